#include "rules/engine.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <tuple>
#include <utility>

#include "rules/effective_gene.h"
#include "rules/guideline_match.h"
#include "rules/haplotype_meaning.h"
#include "rules/patient_limits.h"
#include "rules/populations.h"

namespace genflik::rules {
namespace {

// How much an action holds back; with equal alerts the more cautious one comes first.
int Caution(const Action& action) {
  switch (action.kind) {
    case ActionKind::kAvoid:
      return 0;
    case ActionKind::kAlternative:
      return 1;
    case ActionKind::kReduceDose:
    case ActionKind::kMaxDose:
      return 2;
    case ActionKind::kTestFirst:
      return 3;
    case ActionKind::kIncreaseDose:
    case ActionKind::kAdjustDose:
    case ActionKind::kCalculate:
    case ActionKind::kSlowTitration:
      return 4;
    case ActionKind::kMonitor:
      return 5;
    case ActionKind::kNoChange:
      return 6;
    case ActionKind::kNoRecommendation:
      break;
  }
  return 7;
}

double LowestFactor(const Action& action) {
  if (action.factor) return *action.factor;
  return action.factor_range ? action.factor_range->first : 1.0;
}

bool SaferFirst(const Recommendation& a, const Recommendation& b) {
  const auto key = [](const Recommendation& r) {
    return std::tuple(-static_cast<int>(r.alert), Caution(r.action), LowestFactor(r.action));
  };
  if (key(a) != key(b)) return key(a) < key(b);
  return std::tie(a.drug, a.source, a.population, a.id) <
         std::tie(b.drug, b.source, b.population, b.id);
}

class Evaluator {
 public:
  Evaluator(const KnowledgeBase& knowledge, const GeneProfile& profile, const DrugQuery& query,
            const EvaluationContext& context)
      : knowledge_(knowledge),
        profile_(profile),
        context_(context),
        matches_(knowledge.Match(query)),
        active_(FindActive(knowledge, context, matches_)) {
    result_.knowledge_version = knowledge.version();
  }

  Evaluation Run() {
    for (const DrugMatch& match : matches_) {
      if (match.not_systemic) {
        result_.not_systemic.push_back(match.drug->name);
        ApplyTopical(*match.drug);
        continue;
      }
      result_.drugs.push_back(match.drug->name);
      for (const Guideline& guideline : match.drug->guidelines) Apply(*match.drug, guideline);
      for (const Pretest& pretest : match.drug->pretests) AddPretest(pretest);
    }
    std::ranges::stable_sort(result_.recommendations, SaferFirst);
    return std::move(result_);
  }

 private:
  // Of a form that acts where it is put: what a gene that is not known leaves open is no matter.
  void ApplyTopical(const Drug& drug) {
    const bool any = std::ranges::any_of(drug.guidelines, [](const Guideline& guideline) {
      return std::ranges::any_of(guideline.rules,
                                 [](const Rule& rule) { return rule.also_topical; });
    });
    if (!any) return;
    Evaluation whole = std::exchange(result_, {});
    for (const Guideline& guideline : drug.guidelines) Apply(drug, guideline);
    std::erase_if(result_.recommendations, [](const auto& row) { return !row.also_topical; });
    if (!result_.recommendations.empty()) whole.drugs.push_back(drug.name);
    std::ranges::move(result_.recommendations, std::back_inserter(whole.recommendations));
    result_ = std::move(whole);
  }

  const EffectiveReadings& ReadingsOf(const std::string& symbol) {
    const auto known =
        std::ranges::find(readings_, symbol, &std::pair<std::string, EffectiveReadings>::first);
    if (known != readings_.end()) return known->second;
    const Gene* gene = knowledge_.FindGene(symbol);
    const ProfiledGene* profiled = profile_.Find(symbol);
    EffectiveReadings readings;
    if (gene != nullptr) readings = MakeReadings(*gene, profiled, active_);
    for (InteractionNote& note : readings.notes) result_.notes.push_back(std::move(note));
    readings_.emplace_back(symbol, std::move(readings));
    return readings_.back().second;
  }

  void AddUnknown(const std::string& symbol, const std::string& source, InterpretationStatus status,
                  const std::vector<Reason>& reasons) {
    auto known = std::ranges::find(result_.unknown, symbol, &UnknownGene::gene);
    if (known == result_.unknown.end()) {
      result_.unknown.push_back({symbol, status, {}, reasons});
      known = result_.unknown.end() - 1;
    }
    if (std::ranges::find(known->sources, source) == known->sources.end()) {
      known->sources.push_back(source);
    }
  }

  // The risk alleles that the guideline asks about.
  static std::string AskedOf(const Guideline& guideline, size_t position) {
    constexpr std::string_view kPresent = " positive";
    std::vector<std::string> alleles;
    for (const auto& [value, bit] : guideline.vocabulary[position]) {
      if (value.ends_with(kPresent))
        alleles.push_back(value.substr(0, value.size() - kPresent.size()));
    }
    std::ranges::sort(alleles);
    std::string text;
    for (const std::string& allele : alleles) text += (text.empty() ? "" : ", ") + allele;
    return text;
  }

  // The options of each gene of the guideline, genes without an answer noted.
  std::vector<GeneOptions> OptionsOf(const Guideline& guideline) {
    std::vector<GeneOptions> all;
    all.reserve(guideline.genes.size());
    for (size_t i = 0; i < guideline.genes.size(); ++i) {
      const std::string& symbol = guideline.genes[i];
      const EffectiveReadings& readings = ReadingsOf(symbol);
      const Gene* gene = knowledge_.FindGene(symbol);
      GeneOptions options = MakeOptions(gene, symbol, readings, guideline, i);
      if (!options.usable) {
        const ProfiledGene* profiled = profile_.Find(symbol);
        std::vector<Reason> reasons;
        InterpretationStatus status = InterpretationStatus::kNotTested;
        if (profiled != nullptr) {
          status = profiled->interpretation.status;
          reasons = profiled->interpretation.reasons;
          // Typed, but not for the allele that this guideline asks about.
          if (profiled->interpretation.usable()) status = InterpretationStatus::kNotTested;
        }
        if (reasons.empty() && gene != nullptr) {
          const bool typed = profiled != nullptr && profiled->interpretation.usable();
          reasons.push_back(typed ? MakeReason(*gene, "allele-not-typed", AskedOf(guideline, i))
                                  : MakeReason(*gene, "not-tested", ""));
        }
        AddUnknown(symbol, guideline.source, status, reasons);
      }
      all.push_back(std::move(options));
    }
    return all;
  }

  void AddTransplant(const std::string& symbol) {
    const ProfiledGene* profiled = profile_.Find(symbol);
    if (profiled == nullptr) return;
    TransplantDoubt doubt = TransplantDoubt::kNone;
    for (const GeneResult& result : profiled->results) doubt = std::max(doubt, result.transplant);
    const bool known = std::ranges::any_of(
        result_.transplants, [&](const TransplantNote& note) { return note.gene == symbol; });
    if (doubt != TransplantDoubt::kNone && !known) result_.transplants.push_back({symbol, doubt});
  }

  void Apply(const Drug& drug, const Guideline& guideline) {
    for (const std::string& symbol : guideline.genes) AddTransplant(symbol);
    const std::vector<GeneOptions> options = OptionsOf(guideline);
    const bool any_usable = std::ranges::any_of(options, &GeneOptions::usable);
    std::vector<MatchedRule> matched;
    std::vector<size_t> chosen(options.size(), 0);
    const size_t combinations = CountCombinations(options);
    bool several = false;
    for (size_t n = 0; n < combinations; ++n) {
      size_t rest = n;
      for (size_t i = 0; i < options.size(); ++i) {
        chosen[i] = rest % options[i].options.size();
        rest /= options[i].options.size();
      }
      const std::vector<MatchedRule> found = MatchRules(guideline, options, chosen, context_);
      if (found.empty() && any_usable) AddSilent(drug, guideline, options, chosen);
      several = AddMatched(matched, found, n > 0) || several;
    }
    for (const MatchedRule& match : matched) Add(drug, guideline, options, match, several);
  }

  // True when this combination of readings leads elsewhere than those before it.
  static bool AddMatched(std::vector<MatchedRule>& all, const std::vector<MatchedRule>& found,
                         bool compare) {
    bool differs = false;
    const size_t before = all.size();
    size_t common = 0;
    for (const MatchedRule& match : found) {
      const auto same = std::ranges::find(all, match.rule, &MatchedRule::rule);
      if (same != all.end()) {
        ++common;
        continue;
      }
      all.push_back(match);
      differs = true;
    }
    return compare && (differs || common != before);
  }

  void AddSilent(const Drug& drug, const Guideline& guideline,
                 const std::vector<GeneOptions>& options, const std::vector<size_t>& chosen) {
    SilentGuideline silent{guideline.source, drug.name, "", EvidenceOf(options, chosen)};
    for (const SilentGuideline& known : result_.silent) {
      if (known.source == silent.source && known.drug == silent.drug &&
          known.genes == silent.genes) {
        return;
      }
    }
    result_.silent.push_back(std::move(silent));
  }

  void Add(const Drug& drug, const Guideline& guideline, const std::vector<GeneOptions>& options,
           const MatchedRule& match, bool several) {
    const Rule& rule = *match.rule;
    Recommendation& added = result_.recommendations.emplace_back();
    added.id = rule.id;
    added.source = guideline.source;
    added.year = guideline.year;
    added.drug = drug.name;
    added.genes = EvidenceOf(options, match.chosen);
    added.population = rule.population;
    added.population_known = Membership(rule.population, context_) == PopulationMembership::kMember;
    std::vector<const PhenoconversionRule*> because;
    added.action = ForPatient(rule.action,
                              {.age_years = context_.age_years,
                               .weight_kg = context_.weight_kg,
                               .converters = active_.rules},
                              because);
    for (const PhenoconversionRule* rule_of_drug : because) {
      InteractionNote note = LimitNote(*rule_of_drug);
      const bool known = std::ranges::any_of(result_.notes, [&](const InteractionNote& other) {
        return other.drug == note.drug && other.text.en == note.text.en;
      });
      if (!known) result_.notes.push_back(std::move(note));
    }
    added.standard_dose = drug.standard_dose;
    added.strength = rule.strength;
    added.alert = std::max(rule.alert, added.action.alert.value_or(AlertLevel::kNone));
    added.text = rule.text;
    added.implication = rule.implication;
    added.citation = guideline.citation;
    added.needs_review = rule.needs_review;
    added.also_topical = rule.also_topical;
    for (const GeneEvidence& gene : added.genes) {
      // A reading that nothing rests on needs no check.
      if (gene.needs_review.empty() || gene.effective_score == gene.score) continue;
      if (!added.needs_review.empty()) added.needs_review += " ";
      added.needs_review += gene.needs_review;
    }
    added.ambiguous = several;
    for (const std::string& gene : guideline.genes) {
      const ProfiledGene* profiled = profile_.Find(gene);
      if (profiled == nullptr) continue;
      AddAssumptions(profiled->interpretation, added);
      added.conflict =
          added.conflict || profiled->interpretation.status == InterpretationStatus::kConflict;
    }
    added.knowledge_version = knowledge_.version();
  }

  // What was taken for granted of an allele that is not known is checked before the row is relied
  // on.
  static void AddAssumptions(const GeneInterpretation& known, Recommendation& added) {
    for (const Reason& reason : known.reasons) {
      const bool assumes =
          reason.code == "at-most" || reason.code == "beside-unknown" || reason.code == "one-found";
      if (!assumes) continue;
      if (!added.needs_review.empty()) added.needs_review += " ";
      added.needs_review += reason.text.en;
    }
  }

  void AddPretest(const Pretest& pretest) {
    if (Membership(pretest.applies_to, context_) == PopulationMembership::kExcluded) return;
    const ProfiledGene* profiled = profile_.Find(pretest.gene);
    const bool answered = profiled != nullptr && profiled->interpretation.usable() &&
                          AnswersAllele(profiled->interpretation, pretest) &&
                          std::ranges::none_of(result_.unknown, [&](const UnknownGene& unknown) {
                            return unknown.gene == pretest.gene;
                          });
    if (answered) return;
    result_.pretests.push_back(pretest);
    result_.pretests.back().refused =
        profiled != nullptr && Forbids(profiled->interpretation, pretest);
  }

  // Every reading has the allele in the state with which the drug must not be started.
  static bool Forbids(const GeneInterpretation& known, const Pretest& pretest) {
    if (pretest.required_status.empty() || !known.usable()) return false;
    const std::string other = pretest.required_status == "positive" ? " negative" : " positive";
    return std::ranges::all_of(known.candidates, [&](const Interpretation& reading) {
      return std::ranges::find(reading.statuses, pretest.allele + other) != reading.statuses.end();
    });
  }

  // A result for another risk allele of the gene is no answer, nor is one that forbids the start.
  static bool AnswersAllele(const GeneInterpretation& known, const Pretest& pretest) {
    if (pretest.allele.empty()) return true;
    const std::string wanted = pretest.allele + " " + pretest.required_status;
    return std::ranges::all_of(known.candidates, [&](const Interpretation& reading) {
      return std::ranges::any_of(
          reading.statuses, [&](const std::string& status) { return status.starts_with(wanted); });
    });
  }

  const KnowledgeBase& knowledge_;
  const GeneProfile& profile_;
  const EvaluationContext& context_;
  std::vector<DrugMatch> matches_;
  ActiveDrugs active_;
  std::vector<std::pair<std::string, EffectiveReadings>> readings_;
  Evaluation result_;
};

}  // namespace

Evaluation Evaluate(const KnowledgeBase& knowledge, const GeneProfile& profile,
                    const DrugQuery& drug, const EvaluationContext& context) {
  return Evaluator(knowledge, profile, drug, context).Run();
}

std::vector<EffectiveGene> EffectiveProfile(const KnowledgeBase& knowledge,
                                            const GeneProfile& profile,
                                            const EvaluationContext& context) {
  const ActiveDrugs active = FindActive(knowledge, context, {});
  std::vector<EffectiveGene> genes;
  for (const ProfiledGene& profiled : profile.genes) {
    EffectiveGene effective{profiled.interpretation, {}, {}};
    if (const Gene* gene = knowledge.FindGene(profiled.interpretation.gene)) {
      EffectiveReadings readings = MakeReadings(*gene, &profiled, active);
      for (EffectiveReading& reading : readings.readings) {
        effective.readings.push_back(std::move(reading.evidence));
      }
      effective.notes = std::move(readings.notes);
    }
    genes.push_back(std::move(effective));
  }
  return genes;
}

}  // namespace genflik::rules
