#pragma once

#include "services/mapping/dosage_amount.h"
#include "services/mapping/dosage_text.h"

// What a text says that its pieces hold, against the product. Only the dosage files use this.

namespace genflik::mapping {

/// True for "1 tablett à 50 mg" of a product of 100 mg, and "100 mg (1 tablett)" of one of 50 mg.
[[nodiscard]] bool DeniesStrength(const TextReading& text, const DoseContext& context);

}  // namespace genflik::mapping
