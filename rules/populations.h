#pragma once

#include <string>
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

/// The population code that a plain word for an indication means ("PCI", "stroke"), or the text
/// itself where it is a code already or nobody knows it.
[[nodiscard]] std::string ReadIndication(std::string_view text);

/// A population in words for people; the code itself where nobody has put it into words.
[[nodiscard]] LocalText PopulationText(std::string_view population);

}  // namespace genflik::rules
