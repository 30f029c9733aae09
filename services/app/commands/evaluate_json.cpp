#include "services/app/commands/evaluate_json.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/json.h"
#include "rules/populations.h"

namespace genflik::app {
namespace {

using Json = nlohmann::ordered_json;

Json Texts(const rules::LocalText& text) { return {{"en", text.en}, {"sv", text.sv}}; }

Json RenderCitation(const rules::Citation& citation) {
  Json json = Json::object();
  if (!citation.title.empty()) json["title"] = citation.title;
  if (!citation.doi.empty()) json["doi"] = citation.doi;
  if (!citation.pmid.empty()) json["pmid"] = citation.pmid;
  if (!citation.url.empty()) json["url"] = citation.url;
  return json;
}

void RenderLimit(const rules::DoseLimit& dose, Json& action) {
  if (dose.low == dose.high) {
    action["maxDose"] = {{"value", dose.low}, {"unit", dose.unit}, {"per", dose.per}};
  } else {
    action["maxDoseRange"] = {
        {"low", dose.low}, {"high", dose.high}, {"unit", dose.unit}, {"per", dose.per}};
  }
}

Json RenderReasons(const std::vector<rules::Reason>& reasons) {
  Json json = Json::array();
  for (const rules::Reason& reason : reasons) {
    json.push_back(
        {{"code", reason.code}, {"detail", reason.detail}, {"text", Texts(reason.text)}});
  }
  return json;
}

Json RenderNotes(const std::vector<rules::InteractionNote>& notes) {
  Json json = Json::array();
  for (const rules::InteractionNote& note : notes) {
    json.push_back({{"gene", note.gene},
                    {"drug", note.drug},
                    {"effect", note.effect},
                    {"strength", note.strength},
                    {"text", Texts(note.text)}});
  }
  return json;
}

Json RenderGenes(const std::vector<rules::GeneEvidence>& genes) {
  Json json = Json::array();
  for (const rules::GeneEvidence& gene : genes) json.push_back(RenderEvidence(gene));
  return json;
}

Json RenderRecommendation(const rules::Recommendation& recommendation) {
  Json json = {{"id", recommendation.id},
               {"source", recommendation.source},
               {"year", recommendation.year},
               {"drug", recommendation.drug},
               {"genes", RenderGenes(recommendation.genes)},
               {"population", recommendation.population},
               {"populationKnown", recommendation.population_known},
               {"action", RenderAction(recommendation.action)},
               {"strength", recommendation.strength},
               {"alert", rules::CodeOf(recommendation.alert)},
               {"text", Texts(recommendation.text)}};
  if (!recommendation.implication.empty()) json["implication"] = Texts(recommendation.implication);
  json["citation"] = RenderCitation(recommendation.citation);
  if (!recommendation.needs_review.empty()) json["needsReview"] = recommendation.needs_review;
  if (recommendation.ambiguous) json["ambiguous"] = true;
  if (recommendation.conflict) json["conflict"] = true;
  return json;
}

Json RenderPretest(const rules::Pretest& pretest) {
  Json json = {{"gene", pretest.gene},
               {"authority", pretest.authority},
               {"jurisdiction", pretest.jurisdiction},
               {"level", pretest.level},
               {"appliesTo", pretest.applies_to},
               {"year", pretest.year},
               {"alert", rules::CodeOf(pretest.alert)},
               {"text", Texts(pretest.text)},
               {"citation", RenderCitation(pretest.citation)}};
  if (!pretest.condition.empty()) json["condition"] = pretest.condition;
  if (!pretest.needs_review.empty()) json["needsReview"] = pretest.needs_review;
  return json;
}

// Walks one question, refusing what has the wrong kind; properties that it does not know it leaves
// alone.
class CaseReader {
 public:
  explicit CaseReader(fhir::IssueLog& log) : log_(log) {}

  EvaluationCase Read(const fhir::Json& json) {
    EvaluationCase question;
    ReadResults(json, question);
    question.context.age_years = Number(json, "age");
    question.context.weight_kg = Number(json, "weight");
    for (const std::string& indication : Strings(json, "indication")) {
      question.context.indications.push_back(rules::ReadIndication(indication));
    }
    for (const std::string& drug : Strings(json, "activeDrugs")) {
      question.context.active_drugs.push_back(rules::ReadDrugQuery(drug));
    }
    question.drug = Text(json, "drug");
    ReadWarfarin(json, question.warfarin);
    return question;
  }

 private:
  void Refuse(const std::string& path, const std::string& text) {
    log_.Add(fhir::Severity::kError, fhir::IssueType::kInvalid, path + ": " + text);
  }

  void ReadWarfarin(const fhir::Json& json, rules::WarfarinInput& input) {
    input.height_cm = Number(json, "height");
    input.smoker = Flag(json, "smoker");
    input.thrombosis = Flag(json, "thrombosis");
    if (const std::optional<double> inr = Number(json, "targetInr")) input.target_inr = *inr;
    const std::string ancestry = Text(json, "ancestry").value_or("unknown");
    if (ancestry == "white") {
      input.ancestry = rules::WarfarinAncestry::kWhite;
    } else if (ancestry == "asian") {
      input.ancestry = rules::WarfarinAncestry::kAsian;
    } else if (ancestry == "black") {
      input.ancestry = rules::WarfarinAncestry::kBlack;
    } else if (ancestry != "unknown") {
      Refuse("ancestry", "must be white, asian, black or unknown");
    }
  }

  bool Flag(const fhir::Json& json, const char* name) {
    const fhir::Json* value = fhir::Find(json, name);
    if (value == nullptr || value->is_null()) return false;
    if (value->is_boolean()) return value->get<bool>();
    Refuse(name, "must be true or false");
    return false;
  }

  void ReadResults(const fhir::Json& json, EvaluationCase& question) {
    const fhir::Json* results = fhir::Find(json, "results");
    if (results == nullptr || !results->is_array()) {
      Refuse("results", "a list of gene results is needed");
      return;
    }
    for (size_t i = 0; i < results->size(); ++i) {
      const std::string path = "results[" + std::to_string(i) + "]";
      const fhir::Json& entry = results->at(i);
      if (!entry.is_object() || fhir::FindText(entry, "gene").empty()) {
        Refuse(path + ".gene", "a gene symbol is needed");
        continue;
      }
      question.results.push_back(ReadResult(entry, path));
    }
  }

  rules::GeneResult ReadResult(const fhir::Json& json, const std::string& path) {
    rules::GeneResult result;
    result.gene = fhir::FindText(json, "gene");
    if (const auto diplotype = Text(json, "diplotype")) result.diplotypes.push_back(*diplotype);
    for (std::string& text : Strings(json, "diplotypes")) {
      result.diplotypes.push_back(std::move(text));
    }
    result.haplotypes = Strings(json, "haplotypes");
    result.absent = Strings(json, "absent");
    result.reported_phenotype = Text(json, "phenotype");
    ReadScore(json, result);
    const std::string_view status = fhir::FindText(json, "status");
    if (status == "no-call") {
      result.status = rules::CallStatus::kNoCall;
    } else if (status == "not-tested") {
      result.status = rules::CallStatus::kNotTested;
    } else if (!status.empty() && status != "called" && status != "ambiguous") {
      Refuse(path + ".status", "must be called, ambiguous, no-call or not-tested");
    }
    if (result.diplotypes.size() > 1) result.status = rules::CallStatus::kAmbiguous;
    return result;
  }

  // A score that is no plain number ("≥3.0") travels as the laboratory's words.
  void ReadScore(const fhir::Json& json, rules::GeneResult& result) {
    const fhir::Json* score = fhir::Find(json, "activityScore");
    if (score == nullptr || score->is_null()) return;
    if (fhir::IsNumber(*score)) {
      result.reported_activity_score = fhir::NumberOf(*score);
    } else if (score->is_string()) {
      const auto parsed = rules::ActivityScore::Parse(score->get<std::string>());
      if (!parsed) {
        Refuse("activityScore", "must be a number, \"≥3.0\" or \"n/a\"");
      } else if (parsed->known() && !parsed->at_least()) {
        result.reported_activity_score = parsed->value();
      } else if (!result.reported_phenotype) {
        result.reported_phenotype = "activity score " + parsed->Text();
      }
    } else {
      Refuse("activityScore", "must be a number");
    }
  }

  std::optional<double> Number(const fhir::Json& json, const char* name) {
    const fhir::Json* value = fhir::Find(json, name);
    if (value == nullptr || value->is_null()) return std::nullopt;
    const std::optional<double> number = fhir::NumberOf(*value);
    if (!number || *number < 0) Refuse(name, "must be a number that is not negative");
    return number;
  }

  std::optional<std::string> Text(const fhir::Json& json, const char* name) {
    const fhir::Json* value = fhir::Find(json, name);
    if (value == nullptr || value->is_null()) return std::nullopt;
    if (!value->is_string()) {
      Refuse(name, "must be text");
      return std::nullopt;
    }
    return value->get<std::string>();
  }

  // One text or a list of them.
  std::vector<std::string> Strings(const fhir::Json& json, const char* name) {
    std::vector<std::string> texts;
    const fhir::Json* value = fhir::Find(json, name);
    if (value == nullptr || value->is_null()) return texts;
    if (value->is_string()) return {value->get<std::string>()};
    if (!value->is_array()) {
      Refuse(name, "must be a list of texts");
      return texts;
    }
    for (const fhir::Json& entry : *value) {
      if (entry.is_string()) {
        texts.push_back(entry.get<std::string>());
      } else {
        Refuse(name, "must be a list of texts");
      }
    }
    return texts;
  }

  fhir::IssueLog& log_;
};

Json RenderEffectiveGene(const rules::KnowledgeBase& knowledge,
                         const rules::EffectiveGene& effective) {
  Json json = {{"gene", effective.genetic.gene}, {"status", CodeOf(effective.genetic.status)}};
  if (effective.readings.size() == 1) {
    const Json evidence = RenderEvidence(effective.readings[0]);
    for (const auto& [name, value] : evidence.items()) json[name] = value;
    if (const rules::Gene* gene = knowledge.FindGene(effective.genetic.gene)) {
      json["phenotypeText"] = Texts(gene->TextOf(effective.readings[0].phenotype));
    }
  }
  json["readings"] = RenderGenes(effective.readings);
  json["reasons"] = RenderReasons(effective.genetic.reasons);
  if (!effective.notes.empty()) json["notes"] = RenderNotes(effective.notes);
  return json;
}

}  // namespace

Json RenderScore(const rules::ActivityScore& score) {
  if (score.known() && !score.at_least()) return score.value();
  return score.Text();
}

Json RenderAction(const rules::Action& action) {
  Json json = {{"kind", rules::CodeOf(action.kind)}};
  if (action.factor) json["factor"] = *action.factor;
  if (action.factor_range) {
    json["factorRange"] = {action.factor_range->first, action.factor_range->second};
  }
  if (action.max_dose) RenderLimit(*action.max_dose, json);
  if (action.max_dose_range) RenderLimit(*action.max_dose_range, json);
  if (!action.basis.empty()) json["basis"] = action.basis;
  if (!action.alternatives.empty()) json["alternatives"] = action.alternatives;
  for (const rules::ActionKind kind : action.also) json["alsoKinds"].push_back(rules::CodeOf(kind));
  if (!action.or_else.empty()) json["orElse"] = RenderAction(action.or_else.front());
  return json;
}

Json RenderEvidence(const rules::GeneEvidence& evidence) {
  Json json = {{"gene", evidence.gene},
               {"diplotype", evidence.diplotype},
               {"phenotype", evidence.phenotype}};
  json["activityScore"] = evidence.score ? RenderScore(*evidence.score) : Json(nullptr);
  json["effectivePhenotype"] = evidence.effective_phenotype;
  json["effectiveActivityScore"] =
      evidence.effective_score ? RenderScore(*evidence.effective_score) : Json(nullptr);
  json["causedBy"] = evidence.caused_by;
  if (!evidence.needs_review.empty()) json["needsReview"] = evidence.needs_review;
  if (!evidence.lookup_value.empty()) json["lookup"] = evidence.lookup_value;
  return json;
}

Json RenderEvaluation(const rules::Evaluation& evaluation) {
  Json json = {{"knowledge", evaluation.knowledge_version},
               {"drugs", evaluation.drugs},
               {"notSystemic", evaluation.not_systemic},
               {"recommendations", Json::array()},
               {"unknown", Json::array()},
               {"silent", Json::array()},
               {"notes", RenderNotes(evaluation.notes)},
               {"pretests", Json::array()}};
  for (const rules::Recommendation& recommendation : evaluation.recommendations) {
    json["recommendations"].push_back(RenderRecommendation(recommendation));
  }
  for (const rules::UnknownGene& unknown : evaluation.unknown) {
    json["unknown"].push_back({{"gene", unknown.gene},
                               {"status", CodeOf(unknown.status)},
                               {"sources", unknown.sources},
                               {"reasons", RenderReasons(unknown.reasons)}});
  }
  for (const rules::SilentGuideline& silent : evaluation.silent) {
    json["silent"].push_back(
        {{"source", silent.source}, {"drug", silent.drug}, {"genes", RenderGenes(silent.genes)}});
  }
  for (const rules::Pretest& pretest : evaluation.pretests) {
    json["pretests"].push_back(RenderPretest(pretest));
  }
  return json;
}

Json RenderProfile(const rules::KnowledgeBase& knowledge,
                   const std::vector<rules::EffectiveGene>& genes) {
  Json json = {{"knowledge", knowledge.version()}, {"genes", Json::array()}};
  for (const rules::EffectiveGene& gene : genes) {
    json["genes"].push_back(RenderEffectiveGene(knowledge, gene));
  }
  return json;
}

std::optional<EvaluationCase> ReadEvaluationCase(std::string_view text, fhir::IssueLog& log) {
  const std::optional<fhir::Json> json = fhir::ParseJson(text, log);
  if (!json) return std::nullopt;
  EvaluationCase question = CaseReader(log).Read(*json);
  if (log.HasErrors()) return std::nullopt;
  return question;
}

Json RenderWarfarin(const rules::KnowledgeBase& knowledge, const rules::GeneProfile& profile,
                    const EvaluationCase& question) {
  rules::WarfarinInput input = question.warfarin;
  input.age_years = question.context.age_years;
  input.weight_kg = question.context.weight_kg;
  rules::AddWarfarinGenes(profile, input);
  for (const rules::DrugQuery& drug : question.context.active_drugs) {
    for (const rules::PhenoconversionRule* rule : knowledge.Phenoconverters(drug)) {
      input.amiodarone = input.amiodarone || rule->drug == "amiodarone";
      input.enzyme_inducer = input.enzyme_inducer || rule->drug == "carbamazepine" ||
                             rule->drug == "phenytoin" || rule->drug == "rifampin";
    }
  }
  Json json = Json::array();
  for (const auto algorithm : {rules::WarfarinAlgorithm::kIwpc, rules::WarfarinAlgorithm::kGage}) {
    const rules::WarfarinDose dose = rules::EstimateWarfarin(algorithm, input);
    Json one = {{"algorithm", rules::CodeOf(algorithm)}};
    one["mgPerWeek"] = dose.mg_per_week ? Json(*dose.mg_per_week) : Json(nullptr);
    one["mgPerDay"] = dose.mg_per_day() ? Json(*dose.mg_per_day()) : Json(nullptr);
    one["missing"] = dose.missing;
    one["outside"] = dose.outside;
    one["cautions"] = dose.cautions;
    one["limits"] = dose.limits;
    one["needsReview"] = dose.needs_review;
    json.push_back(std::move(one));
  }
  return json;
}

Json AnswerCase(const rules::KnowledgeBase& knowledge, const EvaluationCase& question) {
  const rules::GeneProfile profile = rules::MakeProfile(knowledge, question.results);
  if (!question.drug) {
    return RenderProfile(knowledge, rules::EffectiveProfile(knowledge, profile, question.context));
  }
  const rules::Evaluation evaluation =
      rules::Evaluate(knowledge, profile, rules::ReadDrugQuery(*question.drug), question.context);
  Json json = RenderEvaluation(evaluation);
  if (std::ranges::find(evaluation.drugs, "warfarin") != evaluation.drugs.end()) {
    json["calculations"] = RenderWarfarin(knowledge, profile, question);
  }
  return json;
}

}  // namespace genflik::app
