#include "services/cds/dose_suggestion.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "services/alerts/plain_words.h"
#include "services/alerts/text_form.h"
#include "services/cds/suggestion.h"

namespace genflik::cds {
namespace {

using alerts::Advice;
using alerts::Language;
using alerts::Say;
using fhir::Json;
using rules::ActionKind;

// Of a single part that is advised, at least so much must be left when it is rounded.
constexpr double kLeastOfAdvised = 0.75;

// What part of the ordered dose is the same part of the full one. Where a drug has several usual
// full doses, the ordered one may be full although it is not the highest.
double ScaleToFull(const Advice& advice) {
  if (advice.dose.full <= 0 || advice.dose.ordered <= 0) return 1;
  const double scale = advice.dose.full / advice.dose.ordered;
  const auto& standard = advice.lead->standard_dose;
  return standard && standard->lowest > 0 ? std::min(scale, 1.0) : scale;
}

// What brings the ordered dose to what the action says; nothing when there is none.
std::optional<DoseChange> ChangeFor(const Advice& advice, const rules::Action& action) {
  if (advice.dose.verdict == alerts::DoseVerdict::kOver && advice.dose.ordered > 0) {
    const double factor = advice.dose.limit / advice.dose.ordered;
    return DoseChange{factor, factor * kLeastOfAdvised, factor};
  }
  const bool reduces = action.kind == ActionKind::kReduceDose;
  if (!reduces && action.kind != ActionKind::kIncreaseDose) return std::nullopt;
  if (reduces && (advice.dose.verdict == alerts::DoseVerdict::kFollows ||
                  advice.dose.verdict == alerts::DoseVerdict::kMayFollow))
    return std::nullopt;
  // What holds later or only for some is not one click away now, nor is a part of another dose than
  // the ordered one.
  const auto basis = alerts::BasisOf(action);
  if (basis == alerts::DoseBasis::kLongTreatment || basis == alerts::DoseBasis::kConditional ||
      basis == alerts::DoseBasis::kLowest)
    return std::nullopt;
  // So small a part comes with another schedule, which is no matter of one click.
  constexpr double kLeastPart = 0.2;
  if (action.factor && *action.factor < kLeastPart) return std::nullopt;
  const double scale = ScaleToFull(advice);
  DoseChange change;
  if (action.factor) {
    change.factor = change.most = *action.factor * scale;
    change.least = change.factor * kLeastOfAdvised;
  } else if (action.factor_range && action.factor_range->first > 0) {
    const auto& [low, high] = *action.factor_range;
    // In the middle of what the guideline allows, to the nearest twentieth.
    change.factor = std::round((low + high) * 10) / 20 * scale;
    change.least = low * scale;
    change.most = high * scale;
  } else {
    return std::nullopt;
  }
  // What is ordered may be less than the full dose, of which the guideline wants a part.
  if (reduces && change.factor >= 1) return std::nullopt;
  return change;
}

// The changed order with the mark that it follows the rule, and its dose.
struct ChangedOrder {
  Json order;
  mapping::DailyDose dose;
  // What part of the ordered dose it is, as it was rounded.
  double part = 1;
};

// Each dose is the day's limit already, so the day has one of them.
bool WantsOneDose(const Advice& advice, const alerts::CheckedOrder& checked) {
  if (advice.dose.verdict != alerts::DoseVerdict::kOver || advice.dose.per != "d") return false;
  const auto read = checked.doses.find(advice.drug);
  if (read == checked.doses.end() || !read->second.dose.per_dose) return false;
  const auto& each = *read->second.dose.per_dose;
  return !each.IsRange() && each.unit == advice.dose.unit &&
         std::abs(each.high - advice.dose.limit) < 0.001 * advice.dose.limit;
}

// What part of one dose another is; `aimed` where that cannot be told.
double PartOf(const mapping::DailyDose& before, const mapping::DailyDose& after, double aimed) {
  const auto part = [](const std::optional<mapping::DoseAmount>& old,
                       const std::optional<mapping::DoseAmount>& changed) -> std::optional<double> {
    if (!old || !changed || old->unit != changed->unit || old->high <= 0) return std::nullopt;
    return changed->high / old->high;
  };
  if (const auto relative = part(before.relative, after.relative)) return *relative;
  return part(before.per_day, after.per_day).value_or(aimed);
}

std::optional<ChangedOrder> ChangeOrder(const Advice& advice, const alerts::CheckedOrder& checked,
                                        const Json& order, const alerts::PatientFacts& facts,
                                        const DoseChange& change, const CardFrame& frame) {
  const rules::Drug* drug = frame.knowledge.FindDrug(advice.drug);
  std::optional<Json> scaled;
  if (WantsOneDose(advice, checked)) scaled = OnceADay(order);
  if (!scaled) {
    const Pieces pieces = drug == nullptr ? Pieces{} : PiecesOf(order, checked.order, *drug);
    scaled = ScaleOrder(order, change, pieces);
  }
  if (!scaled) return std::nullopt;
  ChangedOrder changed{.order = std::move(*scaled), .dose = {}, .part = change.factor};
  if (drug != nullptr) {
    changed.dose = mapping::ReadOrderDose(changed.order, checked.order, *drug, facts.size);
    const auto read = checked.doses.find(advice.drug);
    if (read != checked.doses.end())
      changed.part = PartOf(read->second.dose, changed.dose, change.factor);
    // So that signing it does not raise the same alert.
    MarkOrder(changed.order, alerts::kFollowedExtension,
              alerts::FollowedNote(advice.lead->id, changed.dose));
  }
  return changed;
}

// " (2000 mg per dygn)", where the order says one amount for every day.
std::string DayText(const mapping::DailyDose& dose, Language language) {
  if (dose.meaning != mapping::DoseMeaning::kEveryDay &&
      dose.meaning != mapping::DoseMeaning::kTreatmentDay)
    return {};
  const bool by_size =
      dose.relative && (dose.relative->unit == "mg/kg" || dose.relative->unit == "mg/m2");
  if (!by_size && dose.status != mapping::DoseStatus::kValue) return {};
  const auto& amount = by_size ? dose.relative : dose.per_day;
  if (!amount || amount->IsRange()) return {};
  if (!by_size && amount->unit != "mg" && amount->unit != "IU") return {};
  return " (" + alerts::PrintNumber(amount->high, language) + ' ' + amount->unit + ' ' +
         alerts::PerText("d", language) + ')';
}

// More than the advised part of the full dose even for a very big patient.
bool IsTooMuchForAnybody(const Advice& advice, const DoseChange& change) {
  constexpr double kBiggestSquareMetres = 2.6;
  constexpr double kBiggestKilograms = 150;
  const auto& standard = advice.lead->standard_dose;
  if (!standard || advice.dose.unit != "mg") return false;
  const double size = standard->unit == "mg/m2"   ? kBiggestSquareMetres
                      : standard->unit == "mg/kg" ? kBiggestKilograms
                                                  : 0;
  return size > 0 && advice.dose.ordered > change.most * standard->value * size;
}

// The order cannot have been changed already for the same reason: the advice is a limit, the full
// dose for the patient is known, or so much is nobody's reduced dose.
bool IsSurelyFull(const Advice& advice, const DoseChange& change) {
  return advice.dose.verdict == alerts::DoseVerdict::kOver || advice.dose.full > 0 ||
         IsTooMuchForAnybody(advice, change);
}

std::string DoseLabel(const Advice& advice, const DoseChange& change, const ChangedOrder& changed,
                      Language language) {
  if (advice.dose.verdict == alerts::DoseVerdict::kOver) {
    const double amount = advice.dose.limit * changed.part / change.factor;
    return std::string(Say(language, "Sänk till ", "Lower to ")) +
           alerts::PrintNumber(amount, language) + ' ' + advice.dose.unit + ' ' +
           alerts::PerText(advice.dose.per, language);
  }
  std::string label = std::string(Say(language, "Ändra till ", "Change to ")) +
                      alerts::PrintNumber(std::round(changed.part * 100), language) +
                      std::string(Say(language, " % av ordinerad dos", " % of the ordered dose")) +
                      DayText(changed.dose, language);
  if (IsSurelyFull(advice, change)) return label;
  return label + std::string(changed.part < 1
                                 ? Say(language, ", om den är full dos", ", if that is a full dose")
                                 : Say(language, ", om den inte redan är höjd",
                                       ", if that is not raised already"));
}

// One click must not halve the other drug of a combination, nor a loading dose, nor a dose that was
// not understood.
bool MayScale(const Advice& advice, const alerts::CheckedOrder& checked, const Json& order,
              const CardFrame& frame) {
  for (const auto& match : frame.knowledge.Match(checked.order.query)) {
    if (match.drug->name == advice.drug && match.combination) return false;
  }
  // Whether the circumstance is there the record does not tell.
  if (!advice.lead->action.only_if.empty()) return false;
  const auto read = checked.doses.find(advice.drug);
  if (read == checked.doses.end()) return true;
  // Which of two orders is to be changed, and how far, is no matter of one click; a part of the
  // whole is the same part of each.
  if (read->second.together && (advice.dose.verdict == alerts::DoseVerdict::kOver ||
                                advice.lead->action.kind == ActionKind::kIncreaseDose))
    return false;
  const mapping::DailyDose& dose = read->second.dose;
  if (dose.status == mapping::DoseStatus::kNotParsable ||
      dose.status == mapping::DoseStatus::kConflict)
    return false;
  return dose.meaning != mapping::DoseMeaning::kSingle &&
         dose.meaning != mapping::DoseMeaning::kSingleDay && !HasLoadingDose(order);
}

// A dose that was raised must stay within what the guideline allows.
bool StaysWithin(const Advice& advice, const ChangedOrder& changed) {
  const rules::Action& action = advice.lead->action;
  if (action.kind != ActionKind::kIncreaseDose || !action.max_dose) return true;
  const auto found = alerts::CompareDose(action, {}, {}, {.dose = changed.dose});
  return found.verdict != alerts::DoseVerdict::kOver &&
         found.verdict != alerts::DoseVerdict::kUnreadable;
}

}  // namespace

void SuggestDose(const Advice& advice, const alerts::CheckedOrder& checked, const Json& order,
                 const alerts::PatientFacts& facts, const CardFrame& frame, Card& card) {
  // An update names the order that it changes.
  if (checked.order.reference.empty()) return;
  const auto change = ChangeFor(advice, advice.lead->action);
  if (!change || change->factor <= 0 || !MayScale(advice, checked, order, frame)) return;
  auto changed = ChangeOrder(advice, checked, order, facts, *change, frame);
  if (!changed || !StaysWithin(advice, *changed)) return;
  std::string label = DoseLabel(advice, *change, *changed, frame.language);
  std::vector<Json> actions{UpdateAction(frame, std::move(changed->order), label)};
  // Where a full dose can kill, too little for a while is the smaller harm.
  const bool recommended =
      IsSurelyFull(advice, *change) || advice.level == rules::AlertLevel::kCritical;
  card.suggestions.push_back(MakeSuggestion(frame, card.subject + "|dose", std::move(label),
                                            std::move(actions), recommended));
}

}  // namespace genflik::cds
