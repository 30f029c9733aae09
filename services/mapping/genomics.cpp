#include "services/mapping/genomics.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/systems.h"
#include "services/mapping/genomics_alleles.h"
#include "services/mapping/genomics_codes.h"
#include "services/mapping/genomics_common.h"
#include "services/mapping/genomics_copies.h"
#include "services/mapping/genomics_elements.h"
#include "services/mapping/genomics_evidence.h"
#include "services/mapping/genomics_local.h"

namespace genflik::mapping {
namespace {

using fhir::Find;
using fhir::FindArray;
using fhir::FindText;
using fhir::IssueLog;
using fhir::IssueType;
using fhir::Json;
using rules::GeneResult;

constexpr std::string_view kGeneStudied = "48018-6";
constexpr std::string_view kAllelicState = "53034-5";
constexpr std::string_view kRefAllele = "69547-8";
constexpr std::string_view kAltAllele = "69551-0";
constexpr std::array<std::string_view, 3> kVariantNames = {"81252-9", "81255-2", "48003-8"};
constexpr std::string_view kCodingHgvs = "48004-6";
constexpr std::string_view kCopyNumber = "82155-3";

void AddComponent(const Json& component, Evidence& evidence) {
  const Json* code = Find(component, "code");
  if (code == nullptr) return;
  const auto texts = TextsOf(component);
  if (HasLoinc(*code, kAllelicState)) evidence.allelic_state = AnswerOf(component);
  // One that cannot be read is not two.
  if (HasLoinc(*code, kCopyNumber)) evidence.copies = ReadCopyNumber(component).value_or(-1);
  if (texts.empty()) return;
  if (HasLoinc(*code, kRefAllele)) evidence.ref = texts.front();
  if (HasLoinc(*code, kAltAllele)) evidence.alt = texts.front();
  if (HasLoinc(*code, kCodingHgvs)) evidence.hgvs = texts.front();
  for (const std::string_view name : kVariantNames) {
    if (!HasLoinc(*code, name)) continue;
    evidence.variant_names.insert(evidence.variant_names.end(), texts.begin(), texts.end());
  }
}

/// An implication (STU1) repeats what another result is derived from.
bool IsDerivedImplication(const Json& observation, const Evidence& evidence) {
  return evidence.test && evidence.test->kind == TestKind::kPhenotype && evidence.gene.empty() &&
         !FindArray(observation, "derivedFrom").empty();
}

/// The known gene that a code's text begins with ("CYP2D6 genotype"); empty when there is none.
std::string GeneOfName(const Json* code) {
  std::string name = NormaliseSpaces(TextOfConcept(code));
  std::string gene = TakeGenePrefix(name, "");
  return FindGeneBySymbol(gene) == nullptr ? "" : gene;
}

/// A code that names its gene must not contradict the gene studied.
bool SettleGene(const Json* code, Evidence& own, IssueLog& log) {
  if (own.gene.empty()) own.gene = std::string(own.test->gene);
  const std::string named = GeneOfName(code);
  const bool name_agrees = named.empty() || own.gene.empty() || named == own.gene;
  if (name_agrees && (own.test->gene.empty() || own.gene == own.test->gene)) return true;
  log.Warn(IssueType::kBusinessRule,
           "the code and the gene studied name different genes; not used as a result");
  return false;
}

/// Splits an Observation into what it says of each gene: its own value, and results that stand in
/// components, where every gene component opens a new group.
std::optional<std::vector<Evidence>> Groups(const Json& observation, IssueLog& log) {
  const Json* code = Find(observation, "code");
  Evidence own;
  own.value = &observation;
  if (code != nullptr) own.test = TestOf(*code);
  std::string gene;
  std::vector<Evidence> groups;
  const Json& components = FindArray(observation, "component");
  IssueLog::Scope in_component(log, ".component");
  for (size_t i = 0; i < components.size(); ++i) {
    IssueLog::Scope scope(log, i);
    const Json& component = components[i];
    const Json* component_code = Find(component, "code");
    if (component_code == nullptr) continue;
    if (HasLoinc(*component_code, kGeneStudied)) {
      auto read = ReadGene(component, log);
      if (!read) return std::nullopt;
      gene = *read;
      if (own.gene.empty()) own.gene = gene;
    } else if (const auto test = TestOf(*component_code)) {
      groups.push_back(Evidence{.gene = gene, .test = test, .value = &component});
    } else {
      AddComponent(component, own);
    }
  }
  if (own.test) {
    if (!SettleGene(code, own, log)) return std::nullopt;
    groups.insert(groups.begin(), own);
  }
  for (Evidence& group : groups) {
    if (group.gene.empty()) group.gene = group.test->gene.empty() ? gene : group.test->gene;
  }
  return groups;
}

std::string DetailUrl() {
  return std::string(fhir::systems::kGenflik) + "/StructureDefinition/call-detail";
}

void ReadObservation(const Json& observation, const std::string& source, IssueLog& log,
                     std::vector<GeneResult>& results) {
  if (IsDetail(observation)) return;
  auto groups = Groups(observation, log);
  if (!groups) return;
  if (groups->empty()) {
    if (auto local = ReadLocalResult(observation)) {
      groups->push_back(Evidence{.gene = std::move(local->gene),
                                 .test = TestCode{"", "", local->kind, "", ""},
                                 .value = &observation,
                                 .text = std::move(local->text)});
    }
  }
  if (groups->empty() || IsDerivedImplication(observation, groups->front())) return;
  if (IsSomatic(observation)) {
    log.Warn(IssueType::kBusinessRule,
             "a somatic finding says nothing of inherited genes; kept, but not used as a result");
    return;
  }
  auto common = ReadCommonPart(observation);
  if (!common) {
    log.Warn(IssueType::kBusinessRule,
             "the result is cancelled or of unknown status; kept, but not used as a result");
    return;
  }
  common->source = source;
  const size_t before = results.size();
  for (const Evidence& evidence : *groups) AddEvidence(evidence, *common, log, results);
  // A genotype with its phenotype in one Observation is one result.
  for (size_t i = before; i < results.size(); ++i) {
    if (!results[i].reported_phenotype || !results[i].diplotypes.empty()) continue;
    for (size_t j = before; j < results.size(); ++j) {
      if (i == j || results[j].gene != results[i].gene || results[j].diplotypes.empty()) continue;
      results[j].reported_phenotype = results[i].reported_phenotype;
      results.erase(results.begin() + static_cast<std::ptrdiff_t>(i--));
      break;
    }
  }
}

std::string ReferenceTo(const Json& resource) {
  return std::string(FindText(resource, "resourceType")) + "/" +
         std::string(FindText(resource, "id"));
}

}  // namespace

bool MayHoldGeneResults(const Json& resource) { return !ReadGeneResults(resource).empty(); }

std::vector<GeneResult> ReadGeneResults(const Json& resource, IssueLog& log) {
  std::vector<GeneResult> results;
  const std::string_view type = FindText(resource, "resourceType");
  if (type == "Observation") {
    IssueLog::Scope scope(log, "Observation");
    ReadObservation(resource, ReferenceTo(resource), log, results);
  } else if (type == "DiagnosticReport") {
    IssueLog::Scope scope(log, "DiagnosticReport.contained");
    const Json& contained = FindArray(resource, "contained");
    for (size_t i = 0; i < contained.size(); ++i) {
      if (FindText(contained[i], "resourceType") != "Observation") continue;
      IssueLog::Scope item(log, i);
      ReadObservation(contained[i],
                      ReferenceTo(resource) + "#" + std::string(FindText(contained[i], "id")), log,
                      results);
    }
  }
  return results;
}

bool IsDetail(const Json& observation) {
  const Json& extensions = FindArray(observation, "extension");
  return std::any_of(extensions.begin(), extensions.end(), [](const Json& extension) {
    return FindText(extension, "url") == DetailUrl();
  });
}

void MarkAsDetail(Json& observation) {
  observation["extension"].push_back({{"url", DetailUrl()}, {"valueBoolean", true}});
}

std::vector<GeneResult> ReadGeneResults(const Json& resource) {
  IssueLog unused;
  return ReadGeneResults(resource, unused);
}

}  // namespace genflik::mapping
