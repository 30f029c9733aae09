#include "services/alerts/alert_policy.h"

#include <algorithm>
#include <utility>

#include "services/alerts/leading_row.h"
#include "services/alerts/plain_words.h"

namespace genflik::alerts {
namespace {

using mapping::DailyDose;
using rules::Action;
using rules::ActionKind;
using rules::AlertLevel;
using rules::Evaluation;
using rules::Recommendation;

AlertLevel Loudest(const PolicyOptions& options, const Recommendation& row) {
  AlertLevel level = row.alert;
  const auto limit = [&](const std::string& key) {
    const auto found = options.loudest.find(key);
    if (found != options.loudest.end()) level = std::min(level, found->second);
  };
  limit(row.id);
  limit(row.drug);
  for (const auto& gene : row.genes) limit(gene.gene);
  return level;
}

const rules::Pretest* LeadingPretest(const Evaluation& evaluation, const PolicyOptions& options) {
  const rules::Pretest* best = nullptr;
  for (const auto& pretest : evaluation.pretests) {
    const bool counts = std::find(options.jurisdictions.begin(), options.jurisdictions.end(),
                                  pretest.jurisdiction) != options.jurisdictions.end();
    // An authority from elsewhere is heard, as quietly as may be, where the danger is great.
    if (!counts && pretest.alert != AlertLevel::kInfo) continue;
    if (pretest.level == "mentioned" || pretest.alert == AlertLevel::kNone) continue;
    if (best == nullptr || pretest.alert > best->alert) best = &pretest;
  }
  return best;
}

// The action of a row, the first or the second, that wants a part of the usual dose; what that is
// in milligrams it does not say. Null when there is none.
const Action* PartOfTheDose(const Recommendation& row) {
  const auto reduces = [](const Action& action) {
    return action.kind == ActionKind::kReduceDose && (action.factor || action.factor_range);
  };
  if (reduces(row.action)) return &row.action;
  const bool otherwise = !row.action.or_else.empty() && reduces(row.action.or_else.front());
  return otherwise ? &row.action.or_else.front() : nullptr;
}

std::string NameOf(const Recommendation& row) {
  return row.source + (row.year > 0 ? ' ' + std::to_string(row.year) : "");
}

// Another guideline that wants a part of the dose for the same genes, where the order keeps to each
// such part; empty when there is none.
std::string PartKept(const std::vector<const Recommendation*>& rows, const Recommendation& lead,
                     const OrderedDose& ordered) {
  std::string kept;
  for (const Recommendation* row : rows) {
    if (row->source == lead.source || !SameGenes(*row, lead) || !row->population_known) continue;
    const Action* part = PartOfTheDose(*row);
    if (part == nullptr) continue;
    const DoseFinding found = CompareDose(*part, row->id, row->standard_dose, ordered);
    if (found.verdict != DoseVerdict::kFollows) return {};
    kept = NameOf(*row);
  }
  return kept;
}

// Another guideline that names a number for the same genes, and the order keeps to it: to its
// lowest number, which holds at any age. Empty when there is none.
std::string LimitKept(const std::vector<const Recommendation*>& rows, const Recommendation& lead,
                      const OrderedDose& ordered) {
  for (const Recommendation* row : rows) {
    if (row->source == lead.source || !row->action.max_dose) continue;
    if (!SameGenes(*row, lead) || !row->population_known) continue;
    rules::DoseLimit limit = *row->action.max_dose;
    limit.high = limit.low;
    if (row->action.max_dose_range)
      limit.high = std::min(limit.high, row->action.max_dose_range->low);
    if (AgainstLimit(limit, ordered).verdict != DoseVerdict::kFollows) continue;
    return NameOf(*row);
  }
  return {};
}

// Another guideline that limits the dose for the same genes, and the order is over that limit; the
// lowest where there are several.
struct BrokenLimit {
  const Recommendation* row = nullptr;
  DoseFinding finding = {};
};

BrokenLimit FindBrokenLimit(const std::vector<const Recommendation*>& rows,
                            const Recommendation& lead, const OrderedDose& ordered) {
  BrokenLimit broken;
  for (const Recommendation* row : rows) {
    if (row->source == lead.source || row->action.kind != ActionKind::kMaxDose) continue;
    if (!row->population_known || row->alert < AlertLevel::kWarning || !SameGenes(*row, lead))
      continue;
    const DoseFinding finding = CompareDose(row->action, row->id, row->standard_dose, ordered);
    if (finding.verdict != DoseVerdict::kOver) continue;
    if (broken.row == nullptr || finding.limit < broken.finding.limit) broken = {row, finding};
  }
  return broken;
}

bool IsOver(const DoseFinding& finding, const DoseFinding& lower) {
  return finding.verdict == DoseVerdict::kOver &&
         (finding.unit != lower.unit || finding.per != lower.per || finding.limit <= lower.limit);
}

// Another guideline has a lower limit for some ages, the order is over that, and the patient's age
// is not known.
bool MayBreakLimitOfAge(const std::vector<const Recommendation*>& rows, const Recommendation& lead,
                        const OrderedDose& ordered) {
  return std::any_of(rows.begin(), rows.end(), [&](const Recommendation* row) {
    if (row->source == lead.source || row->action.kind != ActionKind::kMaxDose ||
        !row->action.max_dose_range || !SameGenes(*row, lead))
      return false;
    rules::DoseLimit limit = *row->action.max_dose_range;
    limit.high = limit.low;
    return AgainstLimit(limit, ordered).verdict == DoseVerdict::kOver;
  });
}

// A number that an order breaks tells more than a leading row that has none: "titrate slowly" gives
// way to "at most 30 mg a day", "choose another drug" gets it beside itself.
void MindOtherLimit(const std::vector<const Recommendation*>& rows, const OrderedDose& ordered,
                    const PolicyOptions& options, Advice& advice) {
  if (advice.level == AlertLevel::kCritical || IsFollowedByNote(advice.lead->id, ordered)) return;
  const BrokenLimit broken = FindBrokenLimit(rows, *advice.lead, ordered);
  if (broken.row == nullptr || IsOver(advice.dose, broken.finding) ||
      IsOver(advice.second, broken.finding))
    return;
  const AlertLevel level = Loudest(options, *broken.row);
  const ActionKind kind = advice.lead->action.kind;
  advice.keeps_to.clear();
  if (kind == ActionKind::kAvoid || kind == ActionKind::kAlternative) {
    advice.second = broken.finding;
  } else {
    advice.second = {};
    advice.dose = broken.finding;
    advice.others.clear();
    for (const Recommendation* row : rows) {
      if (row != broken.row) advice.others.push_back(*row);
    }
    advice.lead = *broken.row;
  }
  advice.level = std::max(advice.level, level);
}

// An optional advice of the guideline that leads must not hide that another one warns: a worse
// genotype, about which it knows less, would be milder than a better one. Where it speaks of
// patients such as this one (who has had the drug for months), it knows more than the other does.
AlertLevel WithOtherWarnings(const std::vector<const Recommendation*>& rows,
                             const OrderedDose& ordered, const PolicyOptions& options,
                             const Advice& advice) {
  const Recommendation& lead = *advice.lead;
  if (advice.level != AlertLevel::kInfo || lead.strength != "Optional" ||
      lead.population != "general" || options.loudest.contains(lead.id) ||
      advice.second.verdict == DoseVerdict::kFollows)
    return advice.level;
  AlertLevel level = advice.level;
  for (const Recommendation* row : rows) {
    if (row->source == lead.source || !row->population_known || !SameGenes(*row, lead)) continue;
    const AlertLevel loud = std::min(Loudest(options, *row), AlertLevel::kWarning);
    if (loud <= level) continue;
    const DoseFinding found = CompareDose(row->action, row->id, row->standard_dose, ordered);
    if (found.verdict != DoseVerdict::kFollows) level = loud;
  }
  return level;
}

bool Titrates(const Action& action) {
  return action.kind == ActionKind::kSlowTitration ||
         std::ranges::find(action.also, ActionKind::kSlowTitration) != action.also.end();
}

bool IsOneDose(const DailyDose& dose) {
  return dose.meaning == mapping::DoseMeaning::kSingle ||
         dose.meaning == mapping::DoseMeaning::kSingleDay;
}

bool HasOtherLiver(const Advice& advice) {
  return std::ranges::any_of(advice.transplants, [](const rules::TransplantNote& note) {
    return note.doubt == rules::TransplantDoubt::kLiver;
  });
}

// How loud the leading row is for this order; advice.dose is its dose against the row.
AlertLevel AfterDose(const Recommendation& lead, Advice& advice, const OrderedDose& ordered) {
  const Action& action = lead.action;
  AlertLevel level = advice.level;
  // How to begin is no question any more, and what is given now was set by what was measured.
  if (action.start_only && ordered.running) return AlertLevel::kNone;
  // More of a drug because of genes that the organ which breaks it down may not have.
  if (action.kind == ActionKind::kIncreaseDose && HasOtherLiver(advice)) return AlertLevel::kNone;
  if (advice.dose.verdict == DoseVerdict::kFollows) {
    // It begins as it should; that it is to be raised with care is still to be said.
    if (!advice.dose.start || !Titrates(action)) return AlertLevel::kNone;
    level = std::min(level, AlertLevel::kInfo);
  }
  // What may be the advised part already is told in the tab alone; but an order that is older than
  // the result was not lowered for it.
  if (advice.dose.verdict == DoseVerdict::kMayFollow && !advice.dose.before_results)
    return AlertLevel::kNone;
  // Begun long ago, and the row is about how to begin; but not if another drug has made the patient
  // one of whom it speaks since.
  if (action.start_dose && ordered.running && !action.max_dose && !ChangedByDrug(lead) &&
      !IsFollowedByNote(lead.id, ordered))
    level = std::min(level, AlertLevel::kInfo);
  // A loading dose is the usual one where only the maintenance dose is to be changed.
  if (BasisOf(action) == DoseBasis::kMaintenance && IsOneDose(ordered.dose))
    level = std::min(level, AlertLevel::kInfo);
  advice.dose_is_low =
      action.low_dose && AgainstLimit(*action.low_dose, ordered).verdict == DoseVerdict::kFollows;
  return advice.dose_is_low ? std::min(level, AlertLevel::kInfo) : level;
}

// The level of an order that keeps to the second choice of a row that advises against the drug.
AlertLevel WhenSecondIsFollowed(const Action& second, AlertLevel level) {
  if (level == AlertLevel::kWarning) return AlertLevel::kInfo;
  // A raised dose was chosen against loss of effect; a lowered one may still do harm.
  return second.kind == ActionKind::kIncreaseDose ? AlertLevel::kWarning : level;
}

Advice AboutDrug(const Evaluation& evaluation, const std::string& drug, const DoseOfDrug& dose_of,
                 const PolicyOptions& options) {
  Advice advice;
  advice.drug = drug;
  advice.knowledge_version = evaluation.knowledge_version;
  advice.unknown = evaluation.unknown;
  advice.notes = evaluation.notes;
  advice.transplants = evaluation.transplants;
  std::vector<const Recommendation*> rows;
  for (const auto& row : evaluation.recommendations) {
    if (row.drug == drug) rows.push_back(&row);
  }
  const Recommendation* lead = Lead(rows, options);
  for (const Recommendation* row : rows) {
    if (row != lead) advice.others.push_back(*row);
  }
  if (lead == nullptr) return advice;
  advice.lead = *lead;
  advice.running = dose_of(drug).running;
  advice.level = Loudest(options, *lead);
  advice.dose = CompareDose(lead->action, lead->id, lead->standard_dose, dose_of(drug));
  advice.level = AfterDose(*lead, advice, dose_of(drug));
  if (advice.dose.verdict == DoseVerdict::kOtherDays) {
    advice.keeps_to = PartKept(rows, *lead, dose_of(drug));
    if (!advice.keeps_to.empty()) advice.level = std::min(advice.level, AlertLevel::kInfo);
  }
  // The drug is advised against, but the order keeps to what the guideline allows otherwise.
  if (!lead->action.or_else.empty() && advice.level > AlertLevel::kInfo) {
    const Action& other = lead->action.or_else.front();
    advice.second = CompareDose(other, lead->id, lead->standard_dose, dose_of(drug));
    if (advice.second.verdict == DoseVerdict::kFollows &&
        !MayBreakLimitOfAge(rows, *lead, dose_of(drug)))
      advice.level = WhenSecondIsFollowed(other, advice.level);
  }
  if (advice.level == AlertLevel::kWarning && PartOfTheDose(*lead) != nullptr &&
      advice.dose.verdict != DoseVerdict::kOver && advice.second.verdict != DoseVerdict::kOver) {
    advice.keeps_to = LimitKept(rows, *lead, dose_of(drug));
    if (!advice.keeps_to.empty()) advice.level = AlertLevel::kInfo;
  }
  advice.level = WithOtherWarnings(rows, dose_of(drug), options, advice);
  if (lead->action.kind == ActionKind::kSlowTitration && advice.level == AlertLevel::kInfo &&
      MayBreakLimitOfAge(rows, *lead, dose_of(drug)))
    advice.level = AlertLevel::kWarning;
  MindOtherLimit(rows, dose_of(drug), options, advice);
  return advice;
}

}  // namespace

std::string Advice::Key() const {
  if (lead) return lead->id;
  if (pretest) return "test-first:" + drug + ":" + pretest->gene;
  if (kind == AdviceKind::kTransplant) return "transplant:" + drug;
  if (kind == AdviceKind::kUnreadable) return "unreadable:" + drug;
  if (kind == AdviceKind::kNarrow) return "narrow:" + drug + ":" + narrow_gene;
  return drug;
}

std::vector<Advice> Judge(const Evaluation& evaluation, const DoseOfDrug& dose_of,
                          const PolicyOptions& options) {
  std::vector<Advice> all;
  const rules::Pretest* pretest = LeadingPretest(evaluation, options);
  for (const std::string& drug : evaluation.drugs) {
    Advice advice = AboutDrug(evaluation, drug, dose_of, options);
    if (advice.level == AlertLevel::kNone && !advice.transplants.empty()) {
      advice.kind = AdviceKind::kTransplant;
      advice.level = AlertLevel::kInfo;
      if (advice.lead) advice.others.insert(advice.others.begin(), *advice.lead);
      advice.lead.reset();
    }
    // A test that is wanted before the start stands before any advice that is not louder.
    if (pretest != nullptr && advice.level <= pretest->alert) {
      advice.kind = AdviceKind::kTestFirst;
      advice.pretest = *pretest;
      advice.level = pretest->alert;
      if (advice.lead) advice.others.insert(advice.others.begin(), *advice.lead);
      advice.lead.reset();
      advice.dose = {};
      pretest = nullptr;
    }
    all.push_back(std::move(advice));
  }
  return all;
}

}  // namespace genflik::alerts
