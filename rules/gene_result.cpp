#include "rules/gene_result.h"

#include <array>

namespace genflik::rules {

std::string_view CodeOf(CallStatus status) {
  static constexpr std::array<std::string_view, 4> kCodes = {"called", "ambiguous", "no-call",
                                                             "not-tested"};
  return kCodes.at(static_cast<size_t>(status));
}

}  // namespace genflik::rules
