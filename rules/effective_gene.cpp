#include "rules/effective_gene.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace genflik::rules {
namespace {

struct Effect {
  std::optional<double> factor = {};
  std::vector<std::string> caused_by = {};
  std::string needs_review = {};
};

// The strongest factor decides: factors of several inhibitors are not multiplied.
Effect EffectOn(const std::string& gene, const ActiveDrugs& active) {
  Effect effect;
  for (const PhenoconversionRule* rule : active.rules) {
    if (rule->gene != gene || !rule->factor || *rule->factor >= 1) continue;
    if (!effect.factor || *rule->factor < *effect.factor) {
      effect.factor = rule->factor;
      effect.caused_by.clear();
      effect.needs_review.clear();
    }
    if (*rule->factor != *effect.factor) continue;
    effect.caused_by.push_back(rule->drug);
    if (effect.needs_review.empty() && !rule->needs_review.empty()) {
      effect.needs_review = rule->names.en + ": " + rule->needs_review;
    }
  }
  return effect;
}

std::string SwedishStrength(const std::string& strength) {
  if (strength == "strong") return "stark";
  return strength == "moderate" ? "måttlig" : "svag";
}

// "Fluoxetine is a strong inhibitor of CYP2D6"
LocalText EffectText(const PhenoconversionRule& rule) {
  const bool inhibitor = rule.effect == "inhibitor";
  return {rule.names.en + " is a " + rule.strength + " " + rule.effect + " of " + rule.gene,
          rule.names.sv + " är en " + SwedishStrength(rule.strength) + " " +
              (inhibitor ? "hämmare" : "inducerare") + " av " + rule.gene};
}

LocalText NoteText(const PhenoconversionRule& rule, bool no_score) {
  if (!rule.text.empty()) return rule.text;
  LocalText text = EffectText(rule);
  text.en += no_score ? ". Without an activity score its effect cannot be computed."
                      : ". No factor is agreed for this gene; advice follows the genetic result.";
  text.sv += no_score
                 ? ". Utan aktivitetspoäng kan effekten inte räknas ut."
                 : ". Ingen faktor är fastställd för genen; råden följer det genetiska resultatet.";
  return text;
}

void AddNotes(const std::string& gene, const ActiveDrugs& active, bool no_score,
              std::vector<InteractionNote>& notes) {
  for (const PhenoconversionRule* rule : active.rules) {
    if (rule->gene != gene || rule->strength == "weak") continue;
    // With a factor the reading itself tells; words of its own are said all the same.
    if (rule->factor && !no_score && rule->text.empty()) continue;
    notes.push_back({gene, rule->drug, rule->effect, rule->strength, NoteText(*rule, no_score),
                     rule->needs_review});
  }
}

// The genetic reading under the factor; several when the score is only known to be at least so
// much.
std::vector<Interpretation> Convert(const Gene& gene, const Interpretation& genetic,
                                    double factor) {
  if (!genetic.score) return {genetic};
  std::vector<Interpretation> converted = ReadScore(gene, genetic.score->Times(factor));
  for (Interpretation& reading : converted) {
    reading.score_assumed = genetic.score_assumed && factor != 0;
    // The diplotype and functions no longer tell the effect, so they are no look-up keys either.
  }
  return converted;
}

GeneEvidence MakeEvidence(const Gene& gene, const Interpretation& genetic,
                          const Interpretation& effective) {
  GeneEvidence evidence;
  evidence.gene = gene.symbol;
  evidence.diplotype = genetic.diplotype;
  evidence.phenotype = genetic.phenotype;
  if (!genetic.score_assumed) evidence.score = genetic.score;
  evidence.effective_phenotype = effective.phenotype;
  if (!effective.score_assumed) evidence.effective_score = effective.score;
  if (gene.lookup == LookupKind::kStatus) {
    for (const std::string& status : genetic.statuses) {
      if (!evidence.phenotype.empty()) evidence.phenotype += ", ";
      evidence.phenotype += status;
    }
    evidence.effective_phenotype = evidence.phenotype;
  }
  return evidence;
}

}  // namespace

InteractionNote LimitNote(const PhenoconversionRule& rule) {
  LocalText text = EffectText(rule);
  text.en += "; the guideline's advice for that holds.";
  text.sv += "; riktlinjens råd för sådan samtidig behandling gäller.";
  return {rule.gene, rule.drug, rule.effect, rule.strength, std::move(text), rule.needs_review};
}

ActiveDrugs FindActive(const KnowledgeBase& knowledge, const EvaluationContext& context,
                       const std::vector<DrugMatch>& ordered) {
  ActiveDrugs active;
  const auto add = [&](const std::vector<const PhenoconversionRule*>& rules) {
    for (const PhenoconversionRule* rule : rules) {
      const bool is_ordered = std::ranges::any_of(
          ordered, [&](const DrugMatch& match) { return match.drug->name == rule->drug; });
      const bool known = std::ranges::find(active.rules, rule) != active.rules.end();
      if (!is_ordered && !known) active.rules.push_back(rule);
    }
  };
  for (const DrugQuery& query : context.active_drugs) add(knowledge.Phenoconverters(query));
  add(context.converters);
  return active;
}

EffectiveReadings MakeReadings(const Gene& gene, const ProfiledGene* profiled,
                               const ActiveDrugs& active) {
  EffectiveReadings result;
  const bool usable = profiled != nullptr && profiled->interpretation.usable();
  const Effect effect = EffectOn(gene.symbol, active);
  bool no_score = effect.factor.has_value();
  if (usable) {
    for (const Interpretation& genetic : profiled->interpretation.candidates) {
      const bool converts = effect.factor && genetic.score;
      if (converts) no_score = false;
      const std::vector<Interpretation> readings =
          converts ? Convert(gene, genetic, *effect.factor) : std::vector<Interpretation>{genetic};
      for (const Interpretation& effective : readings) {
        GeneEvidence evidence = MakeEvidence(gene, genetic, effective);
        if (converts) {
          evidence.caused_by = effect.caused_by;
          evidence.needs_review = effect.needs_review;
        }
        result.readings.push_back({effective, std::move(evidence)});
      }
    }
  }
  AddNotes(gene.symbol, active, no_score, result.notes);
  return result;
}

}  // namespace genflik::rules
