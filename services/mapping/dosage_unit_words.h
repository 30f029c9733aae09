#pragma once

#include <optional>
#include <string_view>

#include "services/mapping/dosage_units.h"

// The words for units that prescribers write in Swedish and English. Only the dosage files use
// them.

namespace genflik::mapping {

/// One word, in plain text (PlainText): "tabletter", "mcg", "tim", "matsked". Nothing when it names
/// no unit.
[[nodiscard]] std::optional<Unit> UnitWord(std::string_view word);

}  // namespace genflik::mapping
