#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fhir/json.h"

// Units of doses and strengths: UCUM codes (https://ucum.org/ucum), annotations for pieces, the
// words that prescribers write in Swedish and English, and units of presentation of SNOMED CT and
// EDQM.

namespace genflik::mapping {

/// What a unit counts, before any "per kilogram" or "per hour".
enum class UnitKind { kMass, kInternational, kVolume, kPiece, kDrop, kCount, kTime, kArea, kMole };

/// A unit as a factor on the canonical one of its kind: mg, IU, mL, pieces, days, m2.
struct Unit {
  UnitKind kind = UnitKind::kCount;
  double factor = 1;
  /// Canonical name of the piece ("tablet"); empty for a piece of any sort.
  std::string piece = {};
  bool per_kg = false;
  bool per_m2 = false;
  /// Days in the denominator: "mg/h" has 1/24; nothing when the unit has no time.
  std::optional<double> per_days = {};

  bool operator==(const Unit&) const = default;
};

/// Reads a UCUM code, case-sensitively. Nothing when it is none or no unit that a dose can have.
[[nodiscard]] std::optional<Unit> ReadUcum(std::string_view code);
/// Reads a unit as people write it ("tabletter", "mg/kg/dygn", "µg/tim"), in any case.
[[nodiscard]] std::optional<Unit> ReadUnitText(std::string_view text);

/// A FHIR Quantity with its unit understood, or the reason why it is not.
struct ReadQuantity {
  double value = 0;
  Unit unit = {};
  /// Set when the quantity cannot be used: "missing-unit", "unknown-unit", "unit-conflict",
  /// "invalid" with the words for a person.
  std::string reason_code = {};
  std::string reason = {};
  /// True when the quantity had no unit at all.
  bool no_unit = false;

  bool ok() const { return reason_code.empty(); }
};

/// Reads a Quantity. The code decides; unit text that says something else makes it unusable, so
/// that a factor of thousand never passes in silence.
[[nodiscard]] ReadQuantity ReadDoseQuantity(const fhir::Json& quantity);

/// The unit as answers name it: "mg", "mg/kg", "IU", "mL", "{tablet}"; time is left out.
[[nodiscard]] std::string UnitName(const Unit& unit);

/// Lower case of ASCII and of the Swedish letters; fractions, decimal commas and dashes made plain.
[[nodiscard]] std::string PlainText(std::string_view text);

}  // namespace genflik::mapping
