#include "services/alerts/dose_finding.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "services/mapping/dosage_units.h"

namespace genflik::alerts {
namespace {

using mapping::DailyDose;
using mapping::DoseAmount;
using mapping::DoseStatus;
using rules::Action;
using rules::ActionKind;

constexpr double kTolerance = 1.005;

// Where an adult's size is not known a small adult stands for the patient, so that a full dose of a
// small person is never taken for a reduced one of a large. For a child there is no such size.
constexpr double kSmallAdultSquareMetres = 1.6;
constexpr double kSmallAdultKilograms = 55;
constexpr double kAdultAge = 18;

std::optional<DoseAmount> ReadableDay(const DailyDose& dose) {
  if (dose.status == DoseStatus::kValue || dose.status == DoseStatus::kRange ||
      dose.status == DoseStatus::kPhases) {
    return dose.per_day;
  }
  return std::nullopt;
}

// Given with more than a week between.
bool IsDepot(const DailyDose& dose) {
  return dose.meaning == mapping::DoseMeaning::kAverage && dose.per_day && dose.per_dose &&
         dose.per_day->high > 0 && dose.per_dose->high > 7.5 * dose.per_day->high;
}

// The ordered amount in the terms of a limit, or nothing when it cannot be told.
std::optional<double> OrderedFor(const rules::DoseLimit& limit, const DailyDose& dose) {
  const auto unit = mapping::ReadUcum(limit.unit);
  if (!unit || unit->factor <= 0) return std::nullopt;
  const auto scaled = [&](const std::optional<DoseAmount>& amount, std::string_view name,
                          double times) -> std::optional<double> {
    if (!amount || amount->unit != name) return std::nullopt;
    return amount->high * times / unit->factor;
  };
  const std::string plain = mapping::UnitName(*unit);
  // A depot's mean of a day is no daily dose.
  if (limit.per == "d" && IsDepot(dose)) return std::nullopt;
  if (limit.per == "dose") return scaled(dose.per_dose, plain, 1);
  if (limit.per == "wk") return scaled(ReadableDay(dose), plain, 7);
  if (limit.per == "m2.d") return scaled(dose.relative, plain + "/m2", 1);
  if (limit.unit.ends_with("/kg")) return scaled(dose.relative, plain, 1);
  return scaled(ReadableDay(dose), plain, 1);
}

bool ReachesLeast(const rules::DoseLimit& least, const OrderedDose& ordered) {
  const auto amount = OrderedFor(least, ordered.Compared());
  return amount && *amount * kTolerance >= least.low;
}

// How often a week the dose is given; nothing where one dose of it is not known.
std::optional<double> TimesAWeek(const DailyDose& dose) {
  if (!dose.per_dose || dose.per_dose->high <= 0) return std::nullopt;
  for (const auto& day : {ReadableDay(dose), dose.relative}) {
    if (day && day->unit == dose.per_dose->unit) return 7 * day->high / dose.per_dose->high;
  }
  return std::nullopt;
}

bool IsAdult(const OrderedDose& ordered) {
  return ordered.age_years && *ordered.age_years >= kAdultAge;
}

// The guideline's own number for one of the days, in the unit of the finding; 0 without one.
double NumberOfADay(const rules::DaysOfWeek& days, const DoseFinding& finding,
                    const OrderedDose& ordered) {
  if (!days.each || days.each->per != "m2.d" || days.each->unit != "mg") return 0;
  if (finding.unit == "mg/m2") return days.each->high;
  if (finding.unit != "mg") return 0;
  if (ordered.surface_m2) return days.each->high * *ordered.surface_m2;
  return IsAdult(ordered) ? days.each->high * kSmallAdultSquareMetres : 0;
}

// A mean of the week that is low enough may be a little every day, or much at a time.
bool KeepsDays(const rules::DaysOfWeek& days, const DoseFinding& finding,
               const OrderedDose& ordered) {
  const auto times = TimesAWeek(ordered.Compared());
  if (!times || *times <= 0 || *times > days.most * kTolerance) return false;
  const double most = std::max(finding.limit, NumberOfADay(days, finding, ordered));
  return finding.ordered * 7 / *times <= most * kTolerance;
}

DoseFinding AgainstFactor(double factor, const std::optional<rules::StandardDose>& standard,
                          const OrderedDose& ordered) {
  if (!standard) return {};
  const DailyDose& dose = ordered.Compared();
  DoseFinding finding{.unit = "mg", .per = "d", .together = ordered.together.has_value()};
  double full = 0;
  if (dose.relative && dose.relative->unit == standard->unit) {
    finding.unit = standard->unit;
    finding.full = full = standard->value;
    finding.ordered = dose.relative->high;
  } else if (dose.relative && dose.relative->unit == "mg/m2" && standard->by_surface > 0) {
    finding.unit = "mg/m2";
    finding.full = full = standard->by_surface;
    finding.ordered = dose.relative->high;
  } else if (dose.relative && dose.relative->unit == "mg/m2" && standard->unit == "mg/kg" &&
             ordered.weight_kg && ordered.surface_m2 && *ordered.surface_m2 > 0) {
    finding.unit = "mg/m2";
    finding.full = full = standard->value * *ordered.weight_kg / *ordered.surface_m2;
    finding.ordered = dose.relative->high;
  } else if (const auto day = ReadableDay(dose); day && day->unit == "mg") {
    const bool surface = standard->unit == "mg/m2";
    const auto& size = surface ? ordered.surface_m2 : ordered.weight_kg;
    finding.ordered = day->high;
    if (size) {
      finding.full = full = standard->value * *size;
    } else if (IsAdult(ordered)) {
      full = standard->value * (surface ? kSmallAdultSquareMetres : kSmallAdultKilograms);
    } else {
      return {};
    }
  } else {
    return {};
  }
  finding.limit = full * factor;
  // Above it may still be right by what was found since the start, so it is not called "over".
  if (finding.ordered > finding.limit * kTolerance) return finding;
  finding.verdict = DoseVerdict::kFollows;
  const double surely = finding.limit * standard->lowest / standard->value;
  if (surely > 0 && finding.ordered > surely * kTolerance) {
    finding.verdict = DoseVerdict::kMayFollow;
    finding.before_results = ordered.before_results;
  }
  return finding;
}

}  // namespace

DoseFinding AgainstLimit(const rules::DoseLimit& limit, const OrderedDose& whole) {
  DoseFinding finding{.limit = limit.high, .unit = limit.unit, .per = limit.per};
  finding.together = whole.together.has_value();
  const auto ordered = OrderedFor(limit, whole.Compared());
  if (!ordered) {
    finding.verdict = DoseVerdict::kUnreadable;
    return finding;
  }
  finding.ordered = *ordered;
  finding.verdict =
      *ordered <= limit.high * kTolerance ? DoseVerdict::kFollows : DoseVerdict::kOver;
  return finding;
}

std::string FollowedNote(const std::string& rule_id, const DailyDose& dose) {
  const auto day = dose.per_day ? dose.per_day : dose.relative;
  if (!day) return rule_id;
  // Rounded, so that the digits of a decimal do not matter.
  const long long thousandths = std::llround(day->high * 1000);
  std::string amount = std::to_string(thousandths / 1000);
  if (const long long rest = thousandths % 1000; rest != 0) {
    amount += '.' + std::to_string(1000 + rest).substr(1);
  }
  return rule_id + '|' + amount + ' ' + day->unit;
}

DoseFinding CompareDose(const Action& action, const std::string& rule_id,
                        const std::optional<rules::StandardDose>& standard,
                        const OrderedDose& ordered) {
  if (IsFollowedByNote(rule_id, ordered)) return {.verdict = DoseVerdict::kFollows};
  const bool forbids = action.kind == ActionKind::kAvoid || action.kind == ActionKind::kAlternative;
  if (forbids || action.kind == ActionKind::kTestFirst) return {};
  if (action.depot_dose && IsDepot(ordered.Compared()))
    return AgainstLimit(*action.depot_dose, ordered);
  if (action.start_dose && !ordered.running) {
    DoseFinding finding = AgainstLimit(*action.start_dose, ordered);
    finding.start = true;
    return finding;
  }
  if (action.least_dose && !ReachesLeast(*action.least_dose, ordered)) return {};
  if (action.max_dose) {
    DoseFinding finding = AgainstLimit(*action.max_dose, ordered);
    // What is to be raised is followed by the raised dose, not by every dose below it.
    const bool too_little = action.kind == ActionKind::kIncreaseDose &&
                            finding.verdict == DoseVerdict::kFollows &&
                            finding.ordered * kTolerance < finding.limit;
    if (too_little) return {};
    // A lower limit holds for some ages, and this patient's is not known.
    const bool unsure = finding.verdict == DoseVerdict::kFollows && action.max_dose_range &&
                        finding.ordered > action.max_dose_range->low * kTolerance;
    return unsure ? DoseFinding{} : finding;
  }
  if (action.kind != ActionKind::kReduceDose) return {};
  if (action.factor) {
    DoseFinding finding = AgainstFactor(*action.factor, standard, ordered);
    if (finding.verdict == DoseVerdict::kFollows && action.days &&
        !KeepsDays(*action.days, finding, ordered))
      finding.verdict = DoseVerdict::kOtherDays;
    return finding;
  }
  if (action.factor_range) return AgainstFactor(action.factor_range->second, standard, ordered);
  return {};
}

bool IsFollowedByNote(const std::string& rule_id, const OrderedDose& ordered) {
  return !ordered.followed.empty() && ordered.followed == FollowedNote(rule_id, ordered.dose);
}

}  // namespace genflik::alerts
