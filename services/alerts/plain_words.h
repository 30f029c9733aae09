#pragma once

#include <string>
#include <string_view>

#include "services/alerts/advice_text.h"

// The guidelines' codes in words that a prescriber reads.

namespace genflik::alerts {

/// How strong a recommendation is: "Strong" -> "stark".
[[nodiscard]] std::string StrengthText(std::string_view strength, Language language);

}  // namespace genflik::alerts
