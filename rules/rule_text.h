#pragma once

#include <string>

#include "rules/drug.h"

namespace genflik::rules {

/// What a row applies to, in the words of its file: "CYP2D6: 0.0 | 0.25; CYP2C19: No Result".
/// Alternatives are joined by " or ". Values are sorted, so equal cases give equal texts.
[[nodiscard]] std::string DescribeCases(const Guideline& guideline, const Rule& rule);
/// An action in one line: "reduce-dose 0.5 of starting dose, also monitor".
[[nodiscard]] std::string DescribeAction(const Action& action);

}  // namespace genflik::rules
