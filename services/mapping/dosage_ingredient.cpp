#include "services/mapping/dosage_ingredient.h"

#include <algorithm>
#include <cmath>

#include "services/mapping/dosage_limits.h"

namespace genflik::mapping {
namespace {

// True when the amount is that of a number of pieces that people take.
bool IsNumberOfPieces(double amount, const std::optional<Strength>& strength, UnitKind kind) {
  if (!strength || strength->kind != kind || strength->per_unit.kind != UnitKind::kPiece)
    return false;
  const double pieces = amount * strength->per / strength->amount;
  return pieces > 0.2 && pieces < 10.1 && std::abs(pieces * 2 - std::round(pieces * 2)) < 1e-6;
}

}  // namespace

bool IsOfUnknownIngredient(const RawAmount& raw, const Product& product) {
  const bool measured =
      raw.unit.kind == UnitKind::kMass || raw.unit.kind == UnitKind::kInternational;
  if (!measured || raw.unit.per_kg || raw.unit.per_m2 || product.ingredients.size() < 2)
    return false;
  const auto& strength = product.strength();
  if (strength && strength->per_unit.kind == UnitKind::kMass && raw.unit.factor >= 1000)
    return false;
  const auto fits = [&](const std::optional<Strength>& one) {
    return IsNumberOfPieces(raw.high * raw.unit.factor, one, raw.unit.kind) &&
           (raw.low == 0 || IsNumberOfPieces(raw.low * raw.unit.factor, one, raw.unit.kind));
  };
  if (!fits(strength)) return true;
  const auto others = std::count_if(product.ingredients.begin(), product.ingredients.end(),
                                    [&](const Ingredient& one) { return fits(one.strength); });
  return others > 1;
}

void ReadIngredients(InstructionDose& dose, const DoseContext& context) {
  if (context.product.ingredients.size() < 2 || !dose.dose || dose.as_needed) return;
  const UnitKind kind = dose.dose->unit.kind;
  const bool measured = kind == UnitKind::kMass || kind == UnitKind::kInternational;
  for (const Ingredient& ingredient : context.product.ingredients) {
    // An amount of one ingredient says nothing about the others.
    const bool counted = !context.product.ingredient_unclear &&
                         &ingredient == &context.product.ingredients[context.product.counted];
    if (measured && !counted) continue;
    const auto one = ResolveWith(*dose.dose, context, ingredient.strength);
    if (!one.absolute) continue;
    dose.ingredients.push_back(
        {ingredient.name, TimesOf(*one.absolute, dose.timing.low, dose.timing.high)});
  }
}

}  // namespace genflik::mapping
