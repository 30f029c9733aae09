#include "services/tab/drug_advice.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "rules/engine.h"
#include "rules/result_history.h"
#include "services/alerts/insufficient_answer.h"
#include "services/alerts/order_check.h"
#include "services/tab/drug_headline.h"

namespace genflik::tab {
namespace {

using fhir::Json;
using rules::AlertLevel;
using rules::GeneEvidence;
using rules::LocalText;

Json Render(const LocalText& text) { return {{"en", text.en}, {"sv", text.sv}}; }

Json Render(const rules::Citation& citation) {
  return {{"title", citation.title},
          {"doi", citation.doi},
          {"pmid", citation.pmid},
          {"url", citation.url}};
}

Json Render(const rules::Action& action) {
  Json json = {{"kind", std::string(rules::CodeOf(action.kind))},
               {"basis", action.basis},
               {"alternatives", action.alternatives},
               {"also", Json::array()}};
  if (action.factor) json["factor"] = *action.factor;
  if (action.factor_range) {
    json["factorRange"] = {action.factor_range->first, action.factor_range->second};
  }
  if (action.max_dose) {
    json["maxDose"] = {{"low", action.max_dose->low},
                       {"high", action.max_dose->high},
                       {"unit", action.max_dose->unit},
                       {"per", action.max_dose->per}};
  }
  for (const rules::ActionKind kind : action.also) {
    json["also"].push_back(std::string(rules::CodeOf(kind)));
  }
  return json;
}

/// The words for a phenotype, or for the presence of an allele where the gene has no phenotype.
LocalText PhenotypeWords(const rules::KnowledgeBase& knowledge, const GeneEvidence& evidence,
                         const std::string& phenotype) {
  const std::string& term = phenotype.empty() ? evidence.lookup_value : phenotype;
  const rules::Gene* gene = knowledge.FindGene(evidence.gene);
  if (gene == nullptr || term.empty() || term == "No Result") return {};
  return gene->TextOf(term);
}

Json Render(const rules::KnowledgeBase& knowledge, const GeneEvidence& evidence) {
  return {
      {"gene", evidence.gene},
      {"diplotype", evidence.diplotype},
      {"phenotype", evidence.phenotype},
      {"phenotypeText", Render(PhenotypeWords(knowledge, evidence, evidence.phenotype))},
      {"activityScore", evidence.score ? evidence.score->Text() : ""},
      {"effectivePhenotype", evidence.effective_phenotype},
      {"effectivePhenotypeText",
       Render(PhenotypeWords(knowledge, evidence, evidence.effective_phenotype))},
      {"effectiveActivityScore", evidence.effective_score ? evidence.effective_score->Text() : ""},
      {"causedBy", evidence.caused_by}};
}

Json Render(const rules::KnowledgeBase& knowledge, const std::vector<GeneEvidence>& genes) {
  Json list = Json::array();
  for (const GeneEvidence& evidence : genes) list.push_back(Render(knowledge, evidence));
  return list;
}

Json Render(const rules::KnowledgeBase& knowledge, const rules::Recommendation& row) {
  return {{"id", row.id},
          {"source", row.source},
          {"year", row.year},
          {"population", row.population},
          {"populationKnown", row.population_known},
          {"action", Render(row.action)},
          {"headline", Render(HeadlineOf(knowledge, row.action))},
          {"strength", row.strength},
          {"alert", std::string(rules::CodeOf(row.alert))},
          {"text", Render(row.text)},
          {"implication", Render(row.implication)},
          {"citation", Render(row.citation)},
          {"genes", Render(knowledge, row.genes)},
          {"needsReview", row.needs_review},
          {"ambiguous", row.ambiguous},
          {"conflict", row.conflict}};
}

Json Render(const rules::UnknownGene& unknown) {
  Json reasons = Json::array();
  for (const rules::Reason& reason : unknown.reasons) {
    reasons.push_back(
        {{"code", reason.code}, {"detail", reason.detail}, {"text", Render(reason.text)}});
  }
  return {{"gene", unknown.gene},
          {"status", std::string(rules::CodeOf(unknown.status))},
          {"sources", unknown.sources},
          {"reasons", std::move(reasons)}};
}

Json Render(const rules::Pretest& test) {
  return {{"gene", test.gene},
          {"authority", test.authority},
          {"jurisdiction", test.jurisdiction},
          {"level", test.level},
          {"condition", test.condition},
          {"year", test.year},
          {"alert", std::string(rules::CodeOf(test.alert))},
          {"text", Render(test.text)},
          {"citation", Render(test.citation)},
          {"needsReview", test.needs_review}};
}

/// A row that asks for something although it raises no alert.
bool AsksForSomething(const rules::Recommendation& row) {
  return row.action.kind != rules::ActionKind::kNoChange &&
         row.action.kind != rules::ActionKind::kNoRecommendation;
}

bool Follows(const alerts::Advice& advice) {
  return advice.lead && advice.dose.verdict == alerts::DoseVerdict::kFollows;
}

std::string LightOf(const rules::Evaluation& evaluation, const alerts::Advice& advice) {
  switch (advice.level) {
    case AlertLevel::kCritical:
      return "red";
    case AlertLevel::kWarning:
      return "amber";
    case AlertLevel::kInfo:
      return "blue";
    case AlertLevel::kNone:
      break;
  }
  const auto& rows = evaluation.recommendations;
  if (std::any_of(rows.begin(), rows.end(), AsksForSomething)) return "blue";
  const bool says_no_change = std::any_of(rows.begin(), rows.end(), [](const auto& row) {
    return row.action.kind == rules::ActionKind::kNoChange;
  });
  return says_no_change && evaluation.unknown.empty() ? "green" : "grey";
}

/// "Test HLA-A, HLA-B before the start": every gene whose test is as urgent as the leading one.
LocalText TestHeadline(const rules::Evaluation& evaluation, const alerts::Advice& advice) {
  std::string genes = advice.pretest->gene;
  for (const auto& test : evaluation.pretests) {
    if (test.alert != advice.level || test.level == "mentioned" ||
        test.jurisdiction != advice.pretest->jurisdiction ||
        genes.find(test.gene) != std::string::npos) {
      continue;
    }
    genes += ", " + test.gene;
  }
  return {.en = "Test " + genes + " before the start", .sv = "Testa " + genes + " före start"};
}

/// Headlines begin with a plain letter in both languages.
std::string Inside(std::string headline) {
  if (!headline.empty() && headline[0] >= 'A' && headline[0] <= 'Z') {
    headline[0] = static_cast<char>(headline[0] - 'A' + 'a');
  }
  return headline;
}

LocalText FollowsHeadline(const LocalText& headline) {
  return {.en = "The ordered dose follows the advice: " + Inside(headline.en),
          .sv = "Ordinerad dos följer rådet: " + Inside(headline.sv)};
}

LocalText Headline(const rules::KnowledgeBase& knowledge, const rules::Evaluation& evaluation,
                   const alerts::Advice& advice, std::string_view light) {
  if (advice.kind == alerts::AdviceKind::kTransplant) {
    return {.en = "Patient with a transplant: do not rely on the result",
            .sv = "Transplanterad patient: lita inte på svaret"};
  }
  if (advice.kind == alerts::AdviceKind::kNarrow) {
    return {.en = alerts::NarrowWords(advice, alerts::Language::kEnglish),
            .sv = alerts::NarrowWords(advice, alerts::Language::kSwedish)};
  }
  if (light == "grey" && !evaluation.unknown.empty()) return HeadlineOf(evaluation.unknown);
  if (advice.pretest && advice.level != AlertLevel::kNone) return TestHeadline(evaluation, advice);
  if (advice.lead) {
    const LocalText headline = HeadlineOf(knowledge, advice.lead->action);
    return Follows(advice) ? FollowsHeadline(headline) : headline;
  }
  const auto& rows = evaluation.recommendations;
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const auto& one) {
    return light != "blue" || AsksForSomething(one);
  });
  if (row != rows.end()) return HeadlineOf(knowledge, row->action);
  return {.en = "No guideline has advice for what is known",
          .sv = "Ingen riktlinje har råd för det som är känt"};
}

Json Render(const alerts::DoseFinding& dose) {
  static constexpr std::array kVerdicts{"not-compared", "follows", "may-follow",
                                        "other-days",   "over",    "unreadable"};
  return {{"verdict", kVerdicts.at(static_cast<size_t>(dose.verdict))},
          {"limit", dose.limit},
          {"ordered", dose.ordered},
          {"unit", dose.unit},
          {"per", dose.per}};
}

/// The running orders of one drug.
struct Running {
  std::vector<const RunningDrug*> orders = {};
};
using RunningDrugs = std::map<const rules::Drug*, Running>;

class AdviceBuilder {
 public:
  AdviceBuilder(const rules::KnowledgeBase& knowledge, const AdviceInput& input)
      : knowledge_(knowledge), input_(input) {
    std::vector<rules::GeneResult> in_force;
    for (const auto& history : rules::JudgeResults(knowledge, input.results)) {
      in_force.insert(in_force.end(), history.in_force.begin(), history.in_force.end());
    }
    profile_ = rules::MakeProfile(knowledge, in_force);
    context_.age_years = input.age_years;
    context_.weight_kg = input.weight_kg;
    for (const RunningDrug& drug : input.running) {
      const auto converters = knowledge.Phenoconverters(drug.query);
      context_.converters.insert(context_.converters.end(), converters.begin(), converters.end());
      for (const rules::DrugMatch& match : knowledge.Match(drug.query)) {
        if (!match.not_systemic) running_[match.drug].orders.push_back(&drug);
      }
    }
  }

  Json Build() const {
    Json genes = Json::array();
    for (const auto& gene : rules::EffectiveProfile(knowledge_, profile_, context_)) {
      Json notes = Json::array();
      for (const auto& note : gene.notes) {
        notes.push_back({{"drug", note.drug},
                         {"effect", note.effect},
                         {"strength", note.strength},
                         {"text", Render(note.text)}});
      }
      genes.push_back({{"gene", gene.genetic.gene},
                       {"status", std::string(rules::CodeOf(gene.genetic.status))},
                       {"readings", Render(knowledge_, gene.readings)},
                       {"notes", std::move(notes)}});
    }
    Json drugs = Json::array();
    for (const rules::Drug& drug : knowledge_.drugs()) {
      if (!input_.only_running || running_.contains(&drug)) drugs.push_back(Advise(drug));
    }
    return {{"patient", "Patient/" + input_.patient},
            {"knowledge", knowledge_.version()},
            {"genes", std::move(genes)},
            {"drugs", std::move(drugs)}};
  }

 private:
  Json Advise(const rules::Drug& drug) const {
    const auto running = running_.find(&drug);
    rules::EvaluationContext context = context_;
    Json references = Json::array();
    if (running != running_.end()) {
      for (const RunningDrug* order : running->second.orders) {
        references.push_back(order->reference);
        context.indications.insert(context.indications.end(), order->indications.begin(),
                                   order->indications.end());
      }
    }
    const rules::Evaluation evaluation =
        rules::Evaluate(knowledge_, profile_, rules::DrugQuery{.names = {drug.name}}, context);
    const alerts::Advice advice = Judge(evaluation, context, drug, running);
    const std::string light = LightOf(evaluation, advice);
    Json json = {{"drug", drug.name},
                 {"names", Render(drug.names)},
                 {"synonyms", drug.synonyms},
                 {"brands", drug.brands},
                 {"atc", drug.atc},
                 {"active", running != running_.end()},
                 {"activeReferences", std::move(references)},
                 {"light", light},
                 {"headline", Render(Headline(knowledge_, evaluation, advice, light))},
                 {"dose", Render(advice.dose)}};
    json["late"] = running == running_.end() ? Json::array() : Late(drug, running->second);
    AddFindings(evaluation, advice, json);
    return json;
  }

  /// What the alert policy makes of the drug: of its loudest order, when it is taken.
  alerts::Advice Judge(const rules::Evaluation& evaluation, const rules::EvaluationContext& context,
                       const rules::Drug& drug, RunningDrugs::const_iterator running) const {
    std::vector<const RunningDrug*> orders{nullptr};
    if (running != running_.end()) orders = running->second.orders;
    std::optional<alerts::Advice> loudest;
    const rules::DrugQuery query{.names = {drug.name}};
    for (const RunningDrug* order : orders) {
      const auto dose_of = [&](const std::string& name) {
        if (order == nullptr) return alerts::OrderedDose{};
        const auto found = order->doses.find(name);
        if (found == order->doses.end()) return alerts::OrderedDose{};
        alerts::OrderedDose dose = found->second;
        dose.before_results = alerts::IsBeforeResults(order->written, drug, profile_);
        return dose;
      };
      std::vector<alerts::Advice> advice = alerts::JudgeKeepingDangers(
          {knowledge_, profile_, query, context}, evaluation, dose_of, input_.policy);
      alerts::TellOfNarrow(knowledge_, profile_, advice);
      for (alerts::Advice& one : advice) {
        if (one.drug != drug.name) continue;
        if (!loudest || one.level > loudest->level) loudest = std::move(one);
      }
    }
    return loudest.value_or(alerts::Advice{.drug = drug.name});
  }

  /// The row that leads stands first.
  void AddFindings(const rules::Evaluation& evaluation, const alerts::Advice& advice,
                   Json& json) const {
    Json rows = Json::array();
    if (advice.lead) rows.push_back(Render(knowledge_, *advice.lead));
    bool leads = advice.lead.has_value();
    for (const auto& row : evaluation.recommendations) {
      if (leads && row.id == advice.lead->id && row.genes == advice.lead->genes) {
        leads = false;
      } else {
        rows.push_back(Render(knowledge_, row));
      }
    }
    json["recommendations"] = std::move(rows);
    json["unknown"] = Json::array();
    for (const auto& gene : evaluation.unknown) json["unknown"].push_back(Render(gene));
    json["narrow"] = Json::array();
    if (advice.kind == alerts::AdviceKind::kNarrow) json["narrow"].push_back(Narrow(advice));
    json["silent"] = Json::array();
    for (const auto& silent : evaluation.silent) {
      json["silent"].push_back({{"source", silent.source},
                                {"population", silent.population},
                                {"genes", Render(knowledge_, silent.genes)}});
    }
    json["pretests"] = Json::array();
    for (const auto& test : evaluation.pretests) json["pretests"].push_back(Render(test));
  }

  Json Narrow(const alerts::Advice& advice) const {
    const rules::Gene* gene = knowledge_.FindGene(advice.narrow_gene);
    return {{"gene", advice.narrow_gene},
            {"notLookedFor", advice.not_looked_for},
            {"citation", Render(gene->look_for->citation)}};
  }

  /// Results in force that came when an order of the drug was already known here.
  Json Late(const rules::Drug& drug, const Running& running) const {
    std::set<std::string> genes;
    for (const auto& guideline : drug.guidelines) {
      genes.insert(guideline.genes.begin(), guideline.genes.end());
    }
    Json late = Json::array();
    for (const rules::ProfiledGene& gene : profile_.genes) {
      const std::string& symbol = gene.interpretation.gene;
      if (!genes.contains(symbol)) continue;
      std::string received;
      for (const auto& result : gene.results) {
        if (received.empty() || result.received < received) received = result.received;
      }
      for (const RunningDrug* order : running.orders) {
        // Both are instants of this store, in UTC with milliseconds: they compare as text.
        if (order->known_from.empty() || received <= order->known_from) continue;
        late.push_back({{"gene", symbol},
                        {"received", received},
                        {"reference", order->reference},
                        {"since", order->since}});
      }
    }
    return late;
  }

  const rules::KnowledgeBase& knowledge_;
  const AdviceInput& input_;
  rules::GeneProfile profile_;
  rules::EvaluationContext context_;
  RunningDrugs running_;
};

}  // namespace

Json BuildDrugAdvice(const rules::KnowledgeBase& knowledge, const AdviceInput& input) {
  return AdviceBuilder(knowledge, input).Build();
}

}  // namespace genflik::tab
