#pragma once

#include <optional>
#include <vector>

#include "fhir/json.h"

// Which instructions run at the same time, and which one after the other: of one order, for
// dosage.cpp (others use dosage.h), and of two.

namespace genflik::mapping {

/// Instructions that run at the same time, for so many days (nothing when the time has no end).
struct DoseStep {
  std::vector<const fhir::Json*> items = {};
  std::optional<double> days = {};
  /// True when dates, and not the instructions themselves, say how long it lasts.
  bool dated = false;
};

/// How the instructions of an order follow each other.
struct DoseSteps {
  std::vector<DoseStep> steps = {};
  /// Set when it is not told in a way that can be trusted.
  bool unclear = false;
};

/// Puts the instructions in order: by their dates where two of them share no day, else by
/// `sequence`, else by words such as "därefter" at the start of a text. What says no dose at all
/// ("tas med mat") is left out when another instruction does. Unclear where only lengths ("for 7
/// days") tell regular doses apart.
[[nodiscard]] DoseSteps ReadSteps(const fhir::Json& instructions);

/// False where dates, numbers, words or lengths of two orders of one drug put one after the other.
/// Both are arrays of FHIR Dosage, or null.
[[nodiscard]] bool MayRunTogether(const fhir::Json* instructions, const fhir::Json* others);

}  // namespace genflik::mapping
