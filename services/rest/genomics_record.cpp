#include "services/rest/genomics_record.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "fhir/datatypes.h"
#include "fhir/datetime.h"
#include "services/core/error.h"
#include "services/rest/support.h"

namespace genflik::rest {
namespace {

using fhir::FindArray;
using fhir::FindText;
using fhir::Json;

constexpr std::string_view kFindingCodes =
    "code=84413-4,84414-2,69548-6,82120-7,therapeutic-implication&subject=";

std::string_view ReferenceIn(const Json& holder, std::string_view name) {
  const Json* reference = fhir::Find(holder, name);
  return reference == nullptr ? std::string_view() : FindText(*reference, "reference");
}

std::string DateOf(const Json& resource) {
  for (const char* name :
       {"effectiveDateTime", "performedDateTime", "effectiveInstant", "issued"}) {
    if (!FindText(resource, name).empty()) return std::string(FindText(resource, name));
  }
  for (const char* name : {"effectivePeriod", "performedPeriod"}) {
    const Json* period = fhir::Find(resource, name);
    if (period != nullptr && !FindText(*period, "start").empty()) {
      return std::string(FindText(*period, "start"));
    }
  }
  return {};
}

bool Names(const Json& identifier, const GenomicsToken& token) {
  if (FindText(identifier, "value") != token.code) return false;
  return !token.system || FindText(identifier, "system") == *token.system;
}

bool IsNamed(const Json& resource, const GenomicsToken& token) {
  if (!token.system && FindText(resource, "id") == token.code) return true;
  const Json* accession = fhir::Find(resource, "accessionIdentifier");
  if (accession != nullptr && Names(*accession, token)) return true;
  return std::ranges::any_of(FindArray(resource, "identifier"),
                             [&token](const Json& item) { return Names(item, token); });
}

// A study of the guide has its profile or its analyses.
bool IsStudy(const Json& procedure) {
  if (const Json* meta = fhir::Find(procedure, "meta")) {
    for (const Json& profile : FindArray(*meta, "profile")) {
      if (profile.is_string() &&
          profile.get_ref<const std::string&>().find("/genomic-study") != std::string::npos) {
        return true;
      }
    }
  }
  return std::ranges::any_of(FindArray(procedure, "extension"), [](const Json& extension) {
    return FindText(extension, "url").ends_with("/genomic-study-analysis-ext");
  });
}

}  // namespace

GenomicsRecord::GenomicsRecord(const store::Reader& reader, const GenomicsInput& input)
    : reader_(reader) {
  const std::string id = input.Subject();
  if (!reader.Find("Patient", id)) {
    throw Refusal(core::ErrorCode::kNotFound, fhir::IssueType::kNotFound,
                  "there is no Patient/" + id.substr(0, 64));
  }
  const std::string subject = "Patient/" + id;
  ReadObservations(subject);
  ReadReports(subject);
  ReadStudies(subject);
  Filter(input);
}

void GenomicsRecord::ReadObservations(const std::string& subject) {
  for (const store::StoredResource& stored :
       reader_.FindMatching("Observation", std::string(kFindingCodes) + subject)) {
    if (auto finding = ReadFinding(stored.Body(), stored.Reference())) {
      findings_.push_back(std::move(*finding));
    }
  }
}

void GenomicsRecord::ReadReports(const std::string& subject) {
  for (const store::StoredResource& stored :
       reader_.FindMatching("DiagnosticReport", "subject=" + subject)) {
    Json report = stored.Body();
    if (FindText(report, "status") == "entered-in-error") continue;
    std::set<std::string> found;
    for (const Json& contained : FindArray(report, "contained")) {
      if (FindText(contained, "resourceType") != "Observation") continue;
      const std::string reference =
          stored.Reference() + "#" + std::string(FindText(contained, "id"));
      if (auto finding = ReadFinding(contained, reference)) {
        // It stands alone in an answer, so it must say itself whose it is.
        finding->observation.erase("id");
        finding->observation["subject"] = {{"reference", subject}};
        findings_.push_back(std::move(*finding));
        found.insert(reference);
      }
    }
    std::vector<std::string> open;
    for (const Json& result : FindArray(report, "result")) {
      open.emplace_back(FindText(result, "reference"));
    }
    std::set<std::string> known;
    while (!open.empty()) {
      const std::string reference = std::move(open.back());
      open.pop_back();
      if (!known.insert(reference).second) continue;
      if (Find(reference) != nullptr) found.insert(reference);
      const auto parts = fhir::SplitReference(reference);
      if (!parts || !parts->base.empty() || parts->type != "Observation") continue;
      const auto observation = reader_.Find(parts->type, parts->id);
      if (!observation) continue;
      const Json body = observation->Body();
      for (const char* list : {"hasMember", "derivedFrom"}) {
        for (const Json& item : FindArray(body, list)) {
          open.emplace_back(FindText(item, "reference"));
        }
      }
    }
    if (!found.empty()) AddTest(stored, std::move(report), std::move(found));
  }
}

void GenomicsRecord::ReadStudies(const std::string& subject) {
  for (const store::StoredResource& stored :
       reader_.FindMatching("Procedure", "subject=" + subject)) {
    Json study = stored.Body();
    if (FindText(study, "status") == "entered-in-error" || !IsStudy(study)) continue;
    std::set<std::string> found;
    for (const Finding& finding : findings_) {
      for (const Json& part : FindArray(finding.observation, "partOf")) {
        if (FindText(part, "reference") == stored.Reference()) found.insert(finding.reference);
      }
    }
    AddTest(stored, std::move(study), std::move(found));
  }
}

void GenomicsRecord::AddTest(const store::StoredResource& stored, Json body,
                             std::set<std::string> findings) {
  GenomicsTest test = {.reference = stored.Reference(), .id = stored.id, .date = DateOf(body)};
  const Json& identifiers = FindArray(body, "identifier");
  if (!identifiers.empty() && !FindText(identifiers.front(), "value").empty()) {
    test.id = FindText(identifiers.front(), "value");
  }
  for (const Json& specimen : FindArray(body, "specimen")) {
    test.specimens.emplace_back(FindText(specimen, "reference"));
  }
  for (const std::string& reference : findings) {
    const Finding* finding = Find(reference);
    if (finding == nullptr) continue;
    const std::string specimen(ReferenceIn(finding->observation, "specimen"));
    if (specimen.empty()) continue;
    if (std::ranges::find(test.specimens, specimen) == test.specimens.end()) {
      test.specimens.push_back(specimen);
    }
  }
  test.resource = std::move(body);
  test.findings = std::move(findings);
  tests_.push_back(std::move(test));
}

const Finding* GenomicsRecord::Find(std::string_view reference) const {
  const auto found = std::ranges::find(findings_, reference, &Finding::reference);
  return found == findings_.end() ? nullptr : &*found;
}

std::vector<const Finding*> GenomicsRecord::SourcesOf(const Finding& finding) const {
  std::vector<const Finding*> sources;
  for (const Json& item : FindArray(finding.observation, "derivedFrom")) {
    const Finding* source = Find(FindText(item, "reference"));
    if (source != nullptr) sources.push_back(source);
  }
  return sources;
}

void GenomicsRecord::Filter(const GenomicsInput& input) {
  const auto tests = input.Tokens("testIdentifiers");
  const auto specimens = input.Tokens("specimenIdentifiers");
  const GenomicsDates dates = input.Dates();
  const std::string source = input.SourceClass();
  std::erase_if(findings_, [&](const Finding& finding) {
    if (!tests.empty() && !IsOfTest(finding, tests)) return true;
    if (!specimens.empty() && !IsOfSpecimen(finding.observation, specimens)) return true;
    if (!IsWithin(finding, dates)) return true;
    const bool of_source = finding.kind == FindingKind::kGenotype ||
                           finding.kind == FindingKind::kHaplotype ||
                           finding.kind == FindingKind::kVariant;
    return of_source && !IsOfSource(finding, source);
  });
  std::erase_if(tests_, [&](const GenomicsTest& test) {
    const bool named = tests.empty() || std::ranges::any_of(tests, [&test](const auto& token) {
                         return IsNamed(test.resource, token);
                       });
    if (!named) return true;
    if (dates.from || dates.until) {
      const auto time = fhir::ReadDateTime(test.date);
      if (!time) return true;
      const fhir::TimeSpan span = fhir::SpanOf(*time);
      if ((dates.from && span.low < *dates.from) || (dates.until && span.high > *dates.until)) {
        return true;
      }
    }
    if (specimens.empty()) return false;
    return std::ranges::none_of(test.specimens, [&](const std::string& reference) {
      Json holder = Json::object();
      holder["specimen"]["reference"] = reference;
      return IsOfSpecimen(holder, specimens);
    });
  });
}

bool GenomicsRecord::IsOfTest(const Finding& finding,
                              const std::vector<GenomicsToken>& tests) const {
  return std::ranges::any_of(tests_, [&](const GenomicsTest& test) {
    if (!test.findings.contains(finding.reference)) return false;
    return std::ranges::any_of(
        tests, [&test](const auto& token) { return IsNamed(test.resource, token); });
  });
}

bool GenomicsRecord::IsOfSpecimen(const Json& resource,
                                  const std::vector<GenomicsToken>& specimens) const {
  const Json* specimen = fhir::Find(resource, "specimen");
  if (specimen == nullptr) return false;
  const std::string reference(FindText(*specimen, "reference"));
  const Json* identifier = fhir::Find(*specimen, "identifier");
  const auto parts = fhir::SplitReference(reference);
  const auto stored = parts && parts->base.empty() ? reader_.Find(parts->type, parts->id)
                                                   : std::optional<store::StoredResource>();
  return std::ranges::any_of(specimens, [&](const GenomicsToken& token) {
    if (identifier != nullptr && Names(*identifier, token)) return true;
    if (!token.system && reference == token.code) return true;
    return stored && IsNamed(stored->Body(), token);
  });
}

bool GenomicsRecord::IsWithin(const Finding& finding, const GenomicsDates& dates) const {
  if (!dates.from && !dates.until) return true;
  std::string date = DateOf(finding.observation);
  for (const GenomicsTest& test : tests_) {
    if (date.empty() && test.findings.contains(finding.reference)) date = test.date;
  }
  const auto time = fhir::ReadDateTime(date);
  if (!time) return false;
  const fhir::TimeSpan span = fhir::SpanOf(*time);
  return (!dates.from || span.low >= *dates.from) && (!dates.until || span.high <= *dates.until);
}

}  // namespace genflik::rest
