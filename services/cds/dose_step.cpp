#include "services/cds/dose_step.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "services/mapping/dosage_strength.h"

namespace genflik::cds {
namespace {

using fhir::Json;
using mapping::UnitKind;

// Numbers of an order are decimal, so that a quotient may be a hair below a whole one.
constexpr double kHair = 1e-9;

double DownTo(double amount, double step) { return std::floor(amount / step + kHair) * step; }

bool HasOneOf(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return text.find(word) != std::string_view::npos;
  });
}

// The smallest step between two amounts that can be given; nothing where any amount can be.
std::optional<double> StepOf(const mapping::ReadQuantity& read, const Pieces& pieces) {
  const mapping::Unit& unit = read.unit;
  const double piece = pieces.halves ? 0.5 : 1;
  if (read.no_unit) return piece;
  if (!read.ok()) return std::nullopt;
  if (unit.kind == UnitKind::kDrop) return 1;
  if (unit.kind == UnitKind::kCount) return piece;
  if (unit.kind == UnitKind::kPiece) {
    return unit.piece.empty() || unit.piece == "tablet" || unit.piece == "piece" ? piece : 1;
  }
  if (unit.per_days) return std::nullopt;
  if (unit.per_kg || unit.per_m2) {
    if (read.value < 10) return std::nullopt;
    return 1;
  }
  if (!pieces.holds || unit.kind != pieces.kind || unit.factor <= 0) return std::nullopt;
  return *pieces.holds * piece / unit.factor;
}

}  // namespace

Pieces PiecesOf(const Json& resource, const mapping::DrugOrder& order, const rules::Drug& drug) {
  Json named;
  const Json* medication = mapping::ProductOf(resource, order, named);
  if (medication == nullptr) return {};
  const mapping::Product product = mapping::ReadProduct(medication, mapping::SubstancesOf(drug));
  Pieces pieces;
  const std::string words = product.form + ' ' + product.name;
  pieces.halves = !HasOneOf(words, {"kapsel", "kapslar", "capsule", "depot", "retard", "entero",
                                    "prolong", "release", "gastro", "magsaft"});
  const auto& strength = product.strength();
  const bool liquid = HasOneOf(
      words, {"infusion", "injekt", "inject", "lösning", "solution", "vätska", "suspension",
              "mixtur", "droppar", "drops", "pulver", "powder", "koncentrat"});
  if (!strength || liquid || mapping::IsPatch(product) || strength->per <= 0 ||
      strength->per_unit.kind != UnitKind::kPiece)
    return pieces;
  pieces.holds = strength->amount / strength->per;
  pieces.kind = strength->kind;
  return pieces;
}

double RoundDown(double amount) {
  if (amount <= 0) return 0;
  // Three digits, of which the last two are a multiple of ten or of a quarter of hundred.
  const double unit = std::pow(10, std::floor(std::log10(amount) + kHair) - 2);
  return std::max(DownTo(amount, 10 * unit), DownTo(amount, 25 * unit));
}

std::optional<double> GivableAmount(const Json& quantity, const DoseChange& change,
                                    const Pieces& pieces) {
  const Json* value = fhir::Find(quantity, "value");
  const auto number = value == nullptr ? std::nullopt : fhir::NumberOf(*value);
  if (!number || *number <= 0) return std::nullopt;
  mapping::ReadQuantity read = mapping::ReadDoseQuantity(quantity);
  const double aim = *number * change.factor;
  read.value = aim;
  const auto step = StepOf(read, pieces);
  double amount = step ? DownTo(aim, *step) : RoundDown(aim);
  if (step && amount < *number * change.least * (1 - kHair)) amount += *step;
  const bool within = amount > 0 && amount >= *number * change.least * (1 - kHair) &&
                      amount <= *number * change.most * (1 + kHair);
  const bool moves = change.factor < 1 ? amount < *number : amount > *number;
  if (!within || (!moves && change.factor != 1)) return std::nullopt;
  return amount;
}

}  // namespace genflik::cds
