#pragma once

#include <string_view>

#include "rules/engine.h"
#include "rules/text.h"

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

/// A population in words for people; the code itself where nobody has put it into words.
[[nodiscard]] LocalText PopulationText(std::string_view population);

}  // namespace genflik::rules
