#pragma once

#include "services/mapping/dosage_amount.h"

// Of which ingredient of a combination product an amount is. Only the dosage files use this.

namespace genflik::mapping {

/// "1000 mg" of paracetamol with codeine: only an amount that fits the counted ingredient, and no
/// other, tells by itself whose it is. One for each kilogram or square metre is of the named one.
[[nodiscard]] bool IsOfUnknownIngredient(const RawAmount& raw, const Product& product);

/// Fills in the amounts of a day of the ingredients of a combination product.
void ReadIngredients(InstructionDose& dose, const DoseContext& context);

}  // namespace genflik::mapping
