#pragma once

#include <string_view>

#include "rules/engine.h"

namespace genflik::rules {

enum class PopulationMembership {
  kMember,
  /// The context does not say; the row is shown with its population named.
  kUnknown,
  kExcluded,
};

/// Whether the patient belongs to one of the guidelines' populations (codes of the drug schema). A
/// code that nobody knows is never excluded.
[[nodiscard]] PopulationMembership Membership(std::string_view population,
                                              const EvaluationContext& context);

}  // namespace genflik::rules
