#include "rules/patient_limits.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace genflik::rules {
namespace {

enum class Holds { kNo, kUnknown, kYes };

Holds Within(const std::optional<double>& value, const std::optional<double>& from,
             const std::optional<double>& under) {
  if (!from && !under) return Holds::kYes;
  if (!value) return Holds::kUnknown;
  return (!from || *value >= *from) && (!under || *value < *under) ? Holds::kYes : Holds::kNo;
}

using Effects = std::vector<const PhenoconversionRule*>;

// What the other drugs do that the limit is about.
Effects EffectsFor(const ConditionalLimit& limit, const LimitFacts& facts) {
  Effects effects;
  for (const PhenoconversionRule* rule : facts.converters) {
    if (rule->gene == limit.gene && rule->effect == limit.effect &&
        std::ranges::find(limit.strengths, rule->strength) != limit.strengths.end())
      effects.push_back(rule);
  }
  return effects;
}

Holds BesideDrug(const ConditionalLimit& limit, const LimitFacts& facts) {
  const bool holds = limit.gene.empty() || !EffectsFor(limit, facts).empty();
  return holds ? Holds::kYes : Holds::kNo;
}

Holds Judge(const ConditionalLimit& limit, const LimitFacts& facts) {
  return std::min({Within(facts.age_years, limit.from_years, limit.under_years),
                   Within(facts.weight_kg, limit.from_kg, limit.under_kg),
                   BesideDrug(limit, facts)});
}

constexpr std::string_view kByWeight = "/kg";

bool IsByWeight(const DoseLimit& dose) { return dose.unit.ends_with(kByWeight); }

// A limit by weight for this weight.
DoseLimit ForWeight(const DoseLimit& dose, double weight_kg) {
  DoseLimit amount = dose;
  amount.unit.erase(amount.unit.size() - kByWeight.size());
  amount.low *= weight_kg;
  amount.high *= weight_kg;
  return amount;
}

// Of a limit by weight the amount for this weight, but not more than it may be at any.
DoseLimit AmountOf(const DoseLimit& dose, const ConditionalLimit& limit, const LimitFacts& facts) {
  if (!IsByWeight(dose)) return dose;
  if (!facts.weight_kg) return limit.at_most.value_or(dose);
  const DoseLimit amount = ForWeight(dose, *facts.weight_kg);
  return limit.at_most && limit.at_most->high < amount.high ? *limit.at_most : amount;
}

Action Avoided(Action action) {
  action.kind = ActionKind::kAvoid;
  action.factor.reset();
  action.factor_range.reset();
  action.max_dose.reset();
  action.start_dose.reset();
  action.or_else.clear();
  return action;
}

}  // namespace

Action ForPatient(const Action& action, const LimitFacts& facts, Effects& because) {
  Action own = action;
  for (Action& other : own.or_else) other = ForPatient(other, facts, because);
  own.limits.clear();
  for (std::optional<DoseLimit>* dose :
       {&own.max_dose, &own.start_dose, &own.least_dose, &own.low_dose}) {
    if (*dose && IsByWeight(**dose) && facts.weight_kg) *dose = ForWeight(**dose, *facts.weight_kg);
  }
  if (action.limits.empty() || !action.max_dose) return own;
  std::optional<double> lowest;
  for (const ConditionalLimit& limit : action.limits) {
    const Holds holds = Judge(limit, facts);
    if (holds == Holds::kNo) continue;
    if (holds == Holds::kYes) {
      const Effects effects = EffectsFor(limit, facts);
      because.insert(because.end(), effects.begin(), effects.end());
      own.alert = limit.alert;
    }
    if (!limit.dose) {
      if (holds == Holds::kYes) return Avoided(std::move(own));
      lowest = 0;
      continue;
    }
    const DoseLimit amount = AmountOf(*limit.dose, limit, facts);
    if (holds == Holds::kYes) {
      own.max_dose = amount;
      if (own.start_dose && own.start_dose->high >= amount.high) own.start_dose.reset();
      // What part of the usual dose the limit is holds for the others.
      own.factor.reset();
      // It holds, but how much it is only the weight tells.
      if (IsByWeight(*limit.dose) && !facts.weight_kg) lowest = 0;
      break;
    }
    lowest = std::min(lowest.value_or(amount.low), amount.low);
  }
  if (lowest && *lowest < own.max_dose->high) {
    own.max_dose_range = own.max_dose;
    own.max_dose_range->low = *lowest;
  }
  return own;
}

}  // namespace genflik::rules
