#include "services/mapping/dosage_held.h"

#include <optional>

namespace genflik::mapping {
namespace {

// A salt and its base may differ by some percent.
bool Alike(double a, double b) { return a > b * 0.9 && a < b * 1.1; }

// True when a clause's mass or count is what the strength makes of it; nothing when the strength
// says nothing about it.
std::optional<bool> FitsStrength(const TextClause& clause, const Strength& strength) {
  const double one = strength.amount / strength.per;
  const UnitKind per = strength.per_unit.kind;
  const auto fits = [&](double mass, double low, double high) {
    return Alike(mass, one * low) || Alike(mass, one * high);
  };
  if (clause.counted) {
    if (clause.counted_unit->kind != per) return std::nullopt;
    const double mass = clause.unit->factor;
    return Alike(*clause.low * mass, one * *clause.counted) ||
           Alike(clause.high * mass, one * *clause.counted);
  }
  if (clause.unit && clause.unit->kind == UnitKind::kVolume) {
    if (per != UnitKind::kVolume) return std::nullopt;
    return fits(*clause.held, *clause.low * clause.unit->factor, clause.high * clause.unit->factor);
  }
  if (per != UnitKind::kPiece) return std::nullopt;
  if (!clause.held_by_all && Alike(*clause.held, one)) return true;
  return !clause.held_by_one && fits(*clause.held, *clause.low, clause.high);
}

// True when the product is known to hold another amount in a millilitre.
bool DeniesConcentration(const TextConcentration& said, const DoseContext& context) {
  bool comparable = false;
  for (const Ingredient& ingredient : context.product.ingredients) {
    const auto& strength = ingredient.strength;
    if (!strength || strength->kind != said.kind || strength->per_unit.kind != UnitKind::kVolume)
      continue;
    comparable = true;
    if (Alike(said.amount, strength->amount / strength->per)) return false;
  }
  return comparable;
}

}  // namespace

bool DeniesStrength(const TextReading& text, const DoseContext& context) {
  for (const TextConcentration& said : text.concentrations) {
    if (DeniesConcentration(said, context)) return true;
  }
  for (const TextClause& clause : text.clauses) {
    if (!clause.held && !clause.counted) continue;
    bool comparable = false;
    bool agrees = false;
    for (const Ingredient& ingredient : context.product.ingredients) {
      const auto& strength = ingredient.strength;
      if (!strength || strength->kind != UnitKind::kMass) continue;
      const auto fits = FitsStrength(clause, *strength);
      comparable = comparable || fits.has_value();
      agrees = agrees || fits.value_or(false);
    }
    if (comparable && !agrees) return true;
  }
  return false;
}

}  // namespace genflik::mapping
