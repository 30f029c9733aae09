// Operations of the Genomics Reporting guide on all patients:
// http://hl7.org/fhir/uv/genomics-reporting/STU3/operations.html
#include <algorithm>
#include <functional>
#include <set>

#include <nlohmann/json.hpp>

#include "fhir/datatypes.h"
#include "fhir/search_query.h"
#include "services/core/error.h"
#include "services/rest/genomics_finding.h"
#include "services/rest/interactions.h"
#include "services/rest/support.h"

namespace genflik::rest {
namespace {

using fhir::Json;

constexpr size_t kPage = 1000;
// One question may read so many findings; a larger population is asked by bulk export.
constexpr size_t kMostFindings = 200000;

using Patients = std::set<std::string>;

std::string SubjectOf(const Json& observation) {
  const Json* subject = fhir::Find(observation, "subject");
  const auto parts = subject == nullptr
                         ? std::nullopt
                         : fhir::SplitReference(fhir::FindText(*subject, "reference"));
  if (!parts || parts->type != "Patient" || !parts->base.empty()) return {};
  return "Patient/" + parts->id;
}

// Calls `see(finding, patient)` for every finding of these codes in the store.
void EachFinding(const RestContext& context, const store::Reader& reader, std::string codes,
                 const std::function<void(const Finding&, const std::string&)>& see) {
  fhir::SearchQuery query = ReadSearch(context, "Observation",
                                       {{"code", std::move(codes)}, {"_total", "none"}}, "", true);
  query.count = kPage;
  size_t seen = 0;
  do {
    const store::SearchPage page = reader.Search(query);
    seen += page.matches.size();
    if (seen > kMostFindings) {
      throw Refusal(core::ErrorCode::kTooLarge, fhir::IssueType::kTooCostly,
                    "there are more than " + std::to_string(kMostFindings) +
                        " findings: ask for them by $export");
    }
    for (const store::StoredResource& match : page.matches) {
      const Json body = match.Body();
      const std::string patient = SubjectOf(body);
      if (patient.empty()) continue;
      if (const auto finding = ReadFinding(body, match.Reference())) see(*finding, patient);
    }
    query.page = page.next;
  } while (!query.page.empty());
}

std::int64_t CountPatients(const RestContext& context, const store::Reader& reader) {
  const fhir::SearchQuery query = ReadSearch(context, "Patient", {{"_summary", "count"}}, "", true);
  return reader.Search(query).total.value_or(0);
}

Json Count(std::string_view name, std::int64_t number) {
  return {{"name", std::string(name)}, {"valueQuantity", {{"value", number}}}};
}

void AddCounts(Json& parts, const Patients& patients, std::int64_t all, bool list) {
  parts.push_back(Count("numerator", static_cast<std::int64_t>(patients.size())));
  parts.push_back(Count("denominator", all));
  for (const std::string& patient : patients) {
    if (list) parts.push_back({{"name", "subject"}, {"valueString", patient}});
  }
}

http::Response Answer(Json parameters) {
  return AnswerJson(200, {{"resourceType", "Parameters"}, {"parameter", std::move(parameters)}});
}

bool HasAny(const Finding& finding, const std::vector<std::string_view>& codes,
            const std::vector<GenomicsToken>& wanted) {
  return wanted.empty() || std::ranges::any_of(wanted, [&](const GenomicsToken& token) {
           return HasComponentValue(finding, codes, token);
         });
}

// The findings that an implication may be derived from and that were asked for.
std::set<std::string> FindSources(const RestContext& context, const store::Reader& reader,
                                  const GenomicsInput& input) {
  const auto haplotypes = input.Tokens("haplotypes");
  const auto& variants = input.Values("variants");
  const std::string source = input.SourceClass();
  std::set<std::string> sources;
  EachFinding(context, reader, "84413-4,84414-2,69548-6",
              [&](const Finding& finding, const std::string& /*patient*/) {
                const bool wanted =
                    std::ranges::any_of(
                        haplotypes,
                        [&](const auto& token) { return HoldsHaplotype(finding, token); }) ||
                    std::ranges::any_of(variants,
                                        [&](const auto& name) { return IsVariant(finding, name); });
                if (wanted && IsOfSource(finding, source)) sources.insert(finding.reference);
              });
  return sources;
}

}  // namespace

http::Response FindPopulationSpecificHaplotypes(const RestContext& context,
                                                const store::Reader& reader,
                                                const http::Request& request) {
  const GenomicsInput input(request, {"haplotypes", "genomicSourceClass", "includePatientList"});
  input.Require("haplotypes");
  const auto tokens = input.Tokens("haplotypes");
  const std::string source = input.SourceClass();
  std::vector<Patients> found(tokens.size());
  EachFinding(context, reader, "84413-4,84414-2",
              [&](const Finding& finding, const std::string& patient) {
                if (!IsOfSource(finding, source)) return;
                for (size_t i = 0; i < tokens.size(); ++i) {
                  if (HoldsHaplotype(finding, tokens[i])) found[i].insert(patient);
                }
              });
  const std::int64_t all = CountPatients(context, reader);
  Json parameters = Json::array();
  for (size_t i = 0; i < tokens.size(); ++i) {
    Json parts = Json::array({{{"name", "haplotypeItem"}, {"valueString", tokens[i].item}}});
    AddCounts(parts, found[i], all, input.Flag("includePatientList"));
    parameters.push_back({{"name", "haplotypes"}, {"part", parts}});
  }
  return Answer(std::move(parameters));
}

http::Response FindPopulationSpecificVariants(const RestContext& context,
                                              const store::Reader& reader,
                                              const http::Request& request) {
  const GenomicsInput input(request, {"variants", "genomicSourceClass", "includePatientList"});
  input.Require("variants");
  const auto& names = input.Values("variants");
  const std::string source = input.SourceClass();
  std::vector<Patients> found(names.size());
  EachFinding(context, reader, "69548-6", [&](const Finding& finding, const std::string& patient) {
    if (!IsOfSource(finding, source)) return;
    for (size_t i = 0; i < names.size(); ++i) {
      if (IsVariant(finding, names[i])) found[i].insert(patient);
    }
  });
  const std::int64_t all = CountPatients(context, reader);
  Json parameters = Json::array();
  for (size_t i = 0; i < names.size(); ++i) {
    Json parts = Json::array({{{"name", "variantItem"}, {"valueString", names[i]}}});
    AddCounts(parts, found[i], all, input.Flag("includePatientList"));
    parameters.push_back({{"name", "variants"}, {"part", parts}});
  }
  return Answer(std::move(parameters));
}

http::Response FindPopulationTxImplications(const RestContext& context, const store::Reader& reader,
                                            const http::Request& request) {
  const GenomicsInput input(request, {"variants", "haplotypes", "treatments", "conditions",
                                      "genomicSourceClass", "includePatientList"});
  const bool by_source = !input.Values("variants").empty() || !input.Values("haplotypes").empty();
  const bool by_target = !input.Values("treatments").empty() || !input.Values("conditions").empty();
  const auto sources = by_source ? FindSources(context, reader, input) : std::set<std::string>();
  const auto treatments = input.Tokens("treatments");
  const auto conditions = input.Tokens("conditions");
  Patients found;
  EachFinding(context, reader, "therapeutic-implication",
              [&](const Finding& finding, const std::string& patient) {
                if (!by_source && !by_target) return;
                const Json& derived = fhir::FindArray(finding.observation, "derivedFrom");
                if (by_source && std::ranges::none_of(derived, [&sources](const Json& item) {
                      return sources.contains(std::string(fhir::FindText(item, "reference")));
                    })) {
                  return;
                }
                if (HasAny(finding, {"51963-7", "associated-therapy"}, treatments) &&
                    HasAny(finding, {"81259-4"}, conditions)) {
                  found.insert(patient);
                }
              });
  Json parts = Json::array();
  AddCounts(parts, found, CountPatients(context, reader), input.Flag("includePatientList"));
  return Answer(Json::array({{{"name", "implications"}, {"part", parts}}}));
}

}  // namespace genflik::rest
