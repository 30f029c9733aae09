#pragma once

#include <optional>

#include "services/mapping/dosage_amount.h"

// What a patch gives while it is worn. A part of dosage_amount.cpp; others use dosage.h.

namespace genflik::mapping {

/// True when an amount is one of a patch, by its unit, the route or the product.
[[nodiscard]] bool IsPatchDose(const RawAmount& raw, const DoseContext& context);

/// Sets the day's amount of a patch from the release rate of its label, or else from the `rate` of
/// the order (with its time in `unit.per_days`); says what is needed when neither tells it.
void ReadPatch(InstructionDose& dose, const std::optional<RawAmount>& rate,
               const DoseContext& context);

}  // namespace genflik::mapping
