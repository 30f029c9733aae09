#include "services/lab/unread_results.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/issue.h"
#include "fhir/systems.h"
#include "services/core/error.h"
#include "services/lab/patients.h"
#include "services/mapping/genomics.h"
#include "services/mapping/genomics_alleles.h"
#include "services/mapping/genomics_elements.h"
#include "services/mapping/genomics_variants.h"
#include "services/mapping/patients.h"

namespace genflik::lab {
namespace {

using fhir::Find;
using fhir::FindArray;
using fhir::FindText;
using fhir::Json;
namespace systems = fhir::systems;

bool HasCoding(const Json& concept_value, std::string_view system, std::string_view code) {
  const Json& codings = FindArray(concept_value, "coding");
  return std::any_of(codings.begin(), codings.end(), [&](const Json& coding) {
    return FindText(coding, "system") == system && FindText(coding, "code") == code;
  });
}

/// In the section of genetics.
bool IsGenetic(const Json& resource) {
  const Json& categories = FindArray(resource, "category");
  return std::any_of(categories.begin(), categories.end(), [](const Json& category) {
    return HasCoding(category, systems::kV2DiagnosticService, "GE");
  });
}

bool IsGeneticReport(const Json& report) {
  const Json* code = Find(report, "code");
  const bool coded = code != nullptr &&
                     (mapping::HasLoinc(*code, "51969-4") || mapping::HasLoinc(*code, "81247-9"));
  return coded || IsGenetic(report);
}

bool HoldsResult(const Json& resource) {
  return !mapping::ReadGeneResults(resource).empty() ||
         !mapping::ReadVariantFindings(resource).empty();
}

std::string_view ReferenceOf(const Json& resource) {
  const Json* subject = Find(resource, "subject");
  return subject == nullptr ? std::string_view() : FindText(*subject, "reference");
}

/// "Patient?identifier=SYSTEM|VALUE".
std::optional<mapping::PatientIdentifier> OfConditional(std::string_view reference,
                                                        std::chrono::year_month_day today) {
  constexpr std::string_view kStart = "Patient?identifier=";
  const size_t bar = reference.find('|');
  if (!reference.starts_with(kStart) || bar == std::string_view::npos ||
      reference.find('&') != std::string_view::npos) {
    return std::nullopt;
  }
  fhir::IssueLog unused;
  return mapping::NormaliseIdentifier(reference.substr(kStart.size(), bar - kStart.size()),
                                      reference.substr(bar + 1), today, unused);
}

std::vector<mapping::PatientIdentifier> IdentifiersOfSubject(const Json& resource,
                                                             std::chrono::year_month_day today) {
  const Json* subject = Find(resource, "subject");
  if (subject == nullptr) return {};
  fhir::IssueLog unused;
  const std::string_view reference = FindText(*subject, "reference");
  if (reference.starts_with('#')) {
    for (const Json& contained : FindArray(resource, "contained")) {
      if (FindText(contained, "id") != reference.substr(1)) continue;
      if (FindText(contained, "resourceType") != "Patient") return {};
      return mapping::IdentifiersOf(contained, today, unused);
    }
    return {};
  }
  std::optional<mapping::PatientIdentifier> identifier = OfConditional(reference, today);
  const Json* told = Find(*subject, "identifier");
  if (!identifier && reference.empty() && told != nullptr) {
    identifier = mapping::NormaliseIdentifier(FindText(*told, "system"), FindText(*told, "value"),
                                              today, unused);
  }
  if (!identifier) return {};
  return {*identifier};
}

/// Empty also where the identifiers lead to several patients: a person must tell.
std::string PatientWith(const store::Writer& writer,
                        const std::vector<mapping::PatientIdentifier>& identifiers) {
  try {
    return FindPatient(writer, identifiers);
  } catch (const core::Error&) {
    return "";
  }
}

bool HasValue(const Json& observation) {
  return std::any_of(observation.items().begin(), observation.items().end(),
                     [](const auto& member) { return member.key().starts_with("value"); });
}

/// The code is the laboratory's own, in no terminology that says what it tests.
bool HasLocalCode(const Json& observation) {
  const Json* code = Find(observation, "code");
  if (code == nullptr) return true;
  const Json& codings = FindArray(*code, "coding");
  return std::none_of(codings.begin(), codings.end(), [](const Json& coding) {
    const std::string_view system = FindText(coding, "system");
    return system == systems::kLoinc || system == systems::kSnomed || system == systems::kNpu ||
           system == systems::kNpuSwedish || system.find("hl7.org") != std::string_view::npos;
  });
}

/// "CYP2D6 metod X"; symbols of two letters are also those of coagulation factors.
bool NamesGene(const Json& observation) {
  std::string name = mapping::NormaliseSpaces(mapping::TextOfConcept(Find(observation, "code")));
  const std::string word = name.substr(0, name.find(' '));
  return word.size() > 3 && mapping::FindGeneBySymbol(word) != nullptr;
}

/// What the doors that keep the original (HL7 v2, tables) and Genflik's own calls stored has been
/// judged there.
bool IsJudged(const Json& resource) {
  const std::string_view id = FindText(resource, "id");
  return id.starts_with("lab-") || id.starts_with("call-") || mapping::IsDetail(resource);
}

}  // namespace

std::optional<store::StoredResource> GiveSubject(store::Writer& writer,
                                                 const store::StoredResource& stored,
                                                 core::Instant now) {
  const bool may_hold = stored.type == "Observation" || stored.type == "DiagnosticReport";
  // Nearly all have one, and need not be read to see it.
  const bool has_patient =
      stored.text.find(R"("subject":{"reference":"Patient/)") != std::string::npos;
  if (!may_hold || stored.deleted || has_patient) return std::nullopt;
  Json body = stored.Body();
  if (Find(body, "subject") == nullptr || ReferenceOf(body).starts_with("Patient/")) {
    return std::nullopt;
  }
  if (!HoldsResult(body) && !IsGeneticReport(body)) return std::nullopt;
  const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now));
  const auto identifiers = IdentifiersOfSubject(body, today);
  const std::string patient = identifiers.empty() ? "" : PatientWith(writer, identifiers);
  if (patient.empty()) return std::nullopt;
  body["subject"]["reference"] = "Patient/" + patient;
  return writer.Put(std::move(body));
}

store::WriteObserver WithSubjects(const core::Clock& clock, store::WriteObserver next) {
  return [&clock, next = std::move(next)](store::Writer& writer,
                                          const std::vector<store::StoredResource>& written) {
    std::vector<store::StoredResource> all = written;
    for (store::StoredResource& resource : all) {
      if (auto given = GiveSubject(writer, resource, clock.Now())) resource = std::move(*given);
    }
    next(writer, all);
  };
}

std::vector<std::string> WhyUnread(const Json& resource) {
  const std::string_view type = FindText(resource, "resourceType");
  const std::string_view status = FindText(resource, "status");
  if (status == "entered-in-error" || status == "cancelled") return {};
  std::vector<std::string> reasons;
  // Variants without a patient are queued by their judge.
  const bool variants = !mapping::ReadVariantFindings(resource).empty();
  const bool results = !mapping::ReadGeneResults(resource).empty();
  if (results && !variants && !ReferenceOf(resource).starts_with("Patient/")) {
    reasons.emplace_back(
        "subject: the result names no patient who is stored; it belongs to "
        "nobody's record until a version of it does");
  }
  if (results || variants || IsJudged(resource)) return reasons;
  if (type == "Observation" && HasValue(resource) && HasLocalCode(resource) &&
      (IsGenetic(resource) || NamesGene(resource))) {
    reasons.push_back("code: what " + mapping::TextOfConcept(Find(resource, "code")) +
                      " tests is not known, or its value is not read");
  }
  if (type == "DiagnosticReport" && IsGeneticReport(resource) &&
      FindArray(resource, "result").empty() && !FindText(resource, "conclusion").empty()) {
    reasons.emplace_back(
        "conclusion: the report holds free text alone; a person must read whether "
        "it tells a result");
  }
  return reasons;
}

}  // namespace genflik::lab
