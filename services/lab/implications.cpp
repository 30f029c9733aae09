#include "services/lab/implications.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/systems.h"
#include "rules/engine.h"
#include "services/mapping/genomics_codes.h"

namespace genflik::lab {

namespace {

using fhir::Json;
using rules::ActionKind;
using rules::GeneEvidence;
using rules::Recommendation;
namespace systems = fhir::systems;

bool Known(const GeneEvidence& gene) { return !gene.diplotype.empty() || !gene.phenotype.empty(); }

bool AsksForSomething(const Recommendation& recommendation) {
  return (recommendation.action.kind != ActionKind::kNoChange &&
          recommendation.action.kind != ActionKind::kNoRecommendation) ||
         recommendation.alert != rules::AlertLevel::kNone;
}

Json Coding(std::string_view system, std::string_view code, std::string_view display) {
  Json coding = {{"system", std::string(system)}, {"code", std::string(code)}};
  if (!display.empty()) coding["display"] = std::string(display);
  return coding;
}

Json Concept(Json coding) { return {{"coding", Json::array({std::move(coding)})}}; }

Json Medication(const rules::KnowledgeBase& knowledge, const std::string& name) {
  Json value = {{"text", name}};
  const rules::Drug* drug = knowledge.FindDrug(name);
  if (drug == nullptr) return value;
  for (const std::string& code : drug->atc) {
    value["coding"].push_back(Coding(systems::kAtc, code, name));
  }
  for (const std::string& code : drug->rxnorm) {
    value["coding"].push_back(Coding(systems::kRxNorm, code, name));
  }
  return value;
}

/// English, with the Swedish beside it: http://hl7.org/fhir/R4/extension-translation.html
void AddText(Json& component, const rules::LocalText& text) {
  component["valueString"] = text.en.empty() ? text.sv : text.en;
  if (text.en.empty() || text.sv.empty()) return;
  component["_valueString"]["extension"] =
      Json::array({{{"url", "http://hl7.org/fhir/StructureDefinition/translation"},
                    {"extension", Json::array({{{"url", "lang"}, {"valueCode", "sv"}},
                                               {{"url", "content"}, {"valueString", text.sv}}})}}});
}

Json Citation(const Recommendation& recommendation) {
  const rules::Citation& citation = recommendation.citation;
  std::string text = recommendation.source;
  if (recommendation.year > 0) text += " " + std::to_string(recommendation.year);
  if (!citation.title.empty()) text += ": " + citation.title;
  if (!citation.pmid.empty()) text += " PMID " + citation.pmid;
  Json artifact = {{"type", "citation"}, {"citation", text}};
  if (!citation.doi.empty()) {
    artifact["url"] = "https://doi.org/" + citation.doi;
  } else if (!citation.url.empty()) {
    artifact["url"] = citation.url;
  }
  return artifact;
}

void AddPhenotypes(const Recommendation& recommendation, Json& components) {
  for (const GeneEvidence& gene : recommendation.genes) {
    if (!Known(gene)) continue;
    const std::string& phenotype = gene.phenotype.empty() ? gene.lookup_value : gene.phenotype;
    Json value = {{"text", gene.gene + " " + phenotype}};
    const std::string_view answer = mapping::AnswerOfPhenotype(phenotype);
    if (!answer.empty()) {
      value["coding"] = Json::array({Coding(systems::kLoinc, answer, phenotype)});
    }
    components.push_back(
        {{"code", Concept(Coding(systems::kGenomicsToBeDetermined, "therapeutic-implication", ""))},
         {"valueCodeableConcept", std::move(value)}});
  }
}

}  // namespace

std::vector<Recommendation> FindImplications(const rules::KnowledgeBase& knowledge,
                                             const std::vector<rules::GeneResult>& results,
                                             ImplicationChoice choice) {
  std::vector<Recommendation> found;
  if (choice == ImplicationChoice::kNone) return found;
  const rules::GeneProfile profile = rules::MakeProfile(knowledge, results);
  for (const rules::Drug& drug : knowledge.drugs()) {
    rules::DrugQuery query;
    query.names.push_back(drug.name);
    for (Recommendation& recommendation :
         rules::Evaluate(knowledge, profile, query, {}).recommendations) {
      if (std::none_of(recommendation.genes.begin(), recommendation.genes.end(), Known)) continue;
      if (choice == ImplicationChoice::kActionable && !AsksForSomething(recommendation)) continue;
      found.push_back(std::move(recommendation));
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Recommendation& a, const auto& b) { return a.drug < b.drug; });
  return found;
}

Json RenderImplication(const rules::KnowledgeBase& knowledge, const Recommendation& recommendation,
                       const std::vector<std::string>& derived_from) {
  Json components = Json::array();
  AddPhenotypes(recommendation, components);
  components.push_back(
      {{"code", Concept(Coding(systems::kLoinc, "51963-7", "Medication assessed"))},
       {"valueCodeableConcept", Medication(knowledge, recommendation.drug)}});
  if (!recommendation.strength.empty()) {
    components.push_back(
        {{"code", Concept(Coding(systems::kLoinc, "93044-6", "Level of evidence"))},
         {"valueCodeableConcept",
          {{"text", recommendation.source + " " + recommendation.strength}}}});
  }
  if (!recommendation.population.empty() && recommendation.population != "all") {
    components.push_back(
        {{"code", Concept(Coding(systems::kLoinc, "81259-4", "Associated phenotype"))},
         {"valueCodeableConcept", {{"text", recommendation.population}}}});
  }
  Json conclusion = {
      {"code", Concept(Coding(systems::kGenomicsToBeDetermined, "conclusion-string", ""))}};
  AddText(conclusion, recommendation.text);
  components.push_back(std::move(conclusion));
  Json observation = {
      {"resourceType", "Observation"},
      {"meta",
       {{"profile", Json::array({std::string(systems::kGenomicsReporting) +
                                 "/StructureDefinition/therapeutic-implication"})}}},
      {"extension",
       Json::array({{{"url", "http://hl7.org/fhir/StructureDefinition/workflow-relatedArtifact"},
                     {"valueRelatedArtifact", Citation(recommendation)}}})},
      {"status", "final"},
      {"category",
       Json::array({Concept(Coding(systems::kObservationCategory, "laboratory", "Laboratory")),
                    Concept(Coding(systems::kV2DiagnosticService, "GE", "Genetics"))})},
      {"code", Concept(Coding(systems::kGenomicsToBeDetermined, "therapeutic-implication", ""))}};
  for (const std::string& reference : derived_from) {
    observation["derivedFrom"].push_back({{"reference", reference}});
  }
  if (recommendation.ambiguous || recommendation.conflict) {
    observation["note"] = Json::array(
        {{{"text", "The genetic data allow other readings too; each has its own implication."}}});
  }
  observation["component"] = std::move(components);
  return observation;
}

}  // namespace genflik::lab
