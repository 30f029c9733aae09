#include <nlohmann/json.hpp>

#include "fhir/systems.h"
#include "services/mapping/genomics.h"
#include "services/mapping/genomics_codes.h"
#include "services/mapping/genomics_coverage.h"

namespace genflik::mapping {
namespace {

using fhir::Json;
using rules::CallStatus;
using rules::GeneResult;
using rules::RecordStatus;
namespace systems = fhir::systems;

std::string_view StatusCode(RecordStatus status) {
  switch (status) {
    case RecordStatus::kPreliminary:
      return "preliminary";
    case RecordStatus::kFinal:
      return "final";
    case RecordStatus::kAmended:
      return "amended";
    case RecordStatus::kCorrected:
      return "corrected";
    case RecordStatus::kEnteredInError:
      return "entered-in-error";
  }
  return "final";
}

Json Coding(std::string_view system, std::string_view code, std::string_view display) {
  Json coding = {{"system", std::string(system)}, {"code", std::string(code)}};
  if (!display.empty()) coding["display"] = std::string(display);
  return coding;
}

Json Concept(Json coding) { return {{"coding", Json::array({std::move(coding)})}}; }

Json GeneComponent(const std::string& symbol) {
  Json value;
  if (const GeneCode* gene = FindGeneBySymbol(symbol)) {
    value = Concept(Coding(systems::kHgnc, "HGNC:" + std::string(gene->hgnc), symbol));
  } else {
    value = {{"text", symbol}};
  }
  return {{"code", Concept(Coding(systems::kLoinc, "48018-6", "Gene studied [ID]"))},
          {"valueCodeableConcept", std::move(value)}};
}

enum class Form { kGenotype, kHaplotype, kPhenotype, kVariantAbsent };

Form FormOf(const GeneResult& result) {
  if (!result.diplotypes.empty() || result.status == CallStatus::kNoCall) return Form::kGenotype;
  // Several alleles without phase are one finding and stay in one Observation.
  if (result.haplotypes.size() > 1) return Form::kGenotype;
  if (!result.haplotypes.empty()) return Form::kHaplotype;
  if (!result.absent.empty()) return Form::kVariantAbsent;
  return result.reported_phenotype ? Form::kPhenotype : Form::kGenotype;
}

std::string Joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += separator;
    text += part;
  }
  return text;
}

Json PhenotypeValue(const std::string& phenotype) {
  const std::string_view answer = AnswerOfPhenotype(phenotype);
  if (answer.empty()) return {{"text", phenotype}};
  return Concept(Coding(systems::kLoinc, answer, phenotype));
}

Json Component(std::string_view code, std::string_view display, Json value) {
  return {{"code", Concept(Coding(systems::kLoinc, code, display))},
          {"valueCodeableConcept", std::move(value)}};
}

/// Sets code and value for what the result holds.
void SetValue(const GeneResult& result, Json& observation, Json& components) {
  const auto set_code = [&](std::string_view code, std::string_view display) {
    observation["code"] = Concept(Coding(systems::kLoinc, code, display));
  };
  switch (FormOf(result)) {
    case Form::kGenotype:
      set_code("84413-4", "Genotype display name");
      if (result.diplotypes.empty() && result.haplotypes.size() > 1) {
        observation["valueCodeableConcept"] = {
            {"text", result.gene + " " + Joined(result.haplotypes, "; ")}};
        break;
      }
      if (result.diplotypes.empty()) {
        observation["dataAbsentReason"] =
            Concept(Coding(systems::kDataAbsentReason, "unknown", "Unknown"));
        break;
      }
      // In the guide's form the gene stands before the alleles; the laboratory's own words stay in
      // the note.
      observation["valueCodeableConcept"] = {
          {"text", result.gene + " " + Joined(result.diplotypes, " or ")}};
      break;
    case Form::kHaplotype:
      set_code("84414-2", "Haplotype name");
      observation["valueCodeableConcept"] = {{"text", result.gene + result.haplotypes.front()}};
      if (!result.haplotypes.front().starts_with('*')) {
        observation["valueCodeableConcept"]["text"] = result.gene + " " + result.haplotypes.front();
      }
      break;
    case Form::kVariantAbsent:
      set_code("69548-6", "Genetic variant assessment");
      observation["valueCodeableConcept"] = Concept(Coding(systems::kLoinc, "LA9634-2", "Absent"));
      components.push_back(
          Component("81252-9", "Discrete genetic variant", {{"text", result.absent.front()}}));
      break;
    case Form::kPhenotype:
      set_code("53040-2", "Genetic variation's effect on drug metabolism");
      observation["valueCodeableConcept"] = PhenotypeValue(*result.reported_phenotype);
      return;
  }
  if (result.reported_phenotype) {
    components.push_back(Component("53040-2", "Genetic variation's effect on drug metabolism",
                                   PhenotypeValue(*result.reported_phenotype)));
  }
}

Json Category(std::string_view system, std::string_view code) {
  return Concept(Coding(system, code, ""));
}

}  // namespace

Json RenderObservation(const GeneResult& result, const ObservationContext& context) {
  Json observation = {{"resourceType", "Observation"}};
  observation["status"] = std::string(StatusCode(result.record_status));
  observation["category"] = Json::array({Category(systems::kObservationCategory, "laboratory"),
                                         Category(systems::kV2DiagnosticService, "GE")});
  Json components = Json::array({GeneComponent(result.gene)});
  SetValue(result, observation, components);
  if (!context.subject.empty()) observation["subject"] = {{"reference", context.subject}};
  if (!result.effective.empty()) observation["effectiveDateTime"] = result.effective;
  Json performer = Json::object();
  if (!context.performer.empty()) performer["reference"] = context.performer;
  if (!result.laboratory.empty() && result.laboratory != context.performer) {
    performer["display"] = result.laboratory;
  }
  if (!performer.empty()) observation["performer"] = Json::array({std::move(performer)});
  if (!result.method.empty()) observation["method"] = {{"text", result.method}};
  if (!context.specimen.empty()) observation["specimen"] = {{"reference", context.specimen}};
  for (const std::string& reference : context.derived_from) {
    observation["derivedFrom"].push_back({{"reference", reference}});
  }
  if (!context.phenotype.empty()) {
    observation["interpretation"] = Json::array({{{"text", context.phenotype}}});
  }
  if (!result.reported_text.empty()) {
    observation["note"] = Json::array({{{"text", result.reported_text}}});
  }
  Json coverage = RenderCoverage(result.coverage);
  if (!coverage.is_null()) observation["extension"] = Json::array({std::move(coverage)});
  observation["component"] = std::move(components);
  return observation;
}

}  // namespace genflik::mapping
