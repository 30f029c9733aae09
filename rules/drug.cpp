#include "rules/drug.h"

#include <algorithm>
#include <array>

namespace genflik::rules {
namespace {

constexpr std::array<std::string_view, 12> kActionCodes = {
    "no-change", "avoid",         "alternative", "reduce-dose",
    "max-dose",  "increase-dose", "adjust-dose", "slow-titration",
    "monitor",   "test-first",    "calculate",   "no-recommendation"};

}  // namespace

std::string_view CodeOf(ActionKind kind) { return kActionCodes.at(static_cast<size_t>(kind)); }

std::optional<ActionKind> ParseActionKind(std::string_view code) {
  const auto* const found = std::ranges::find(kActionCodes, code);
  if (found == kActionCodes.end()) return std::nullopt;
  return static_cast<ActionKind>(found - kActionCodes.begin());
}

std::string_view CodeOf(AlertLevel level) {
  constexpr std::array<std::string_view, 4> kCodes = {"none", "info", "warning", "critical"};
  return kCodes.at(static_cast<size_t>(level));
}

}  // namespace genflik::rules
