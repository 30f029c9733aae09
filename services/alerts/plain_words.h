#pragma once

#include <string>
#include <string_view>

#include "services/alerts/advice_text.h"

// The guidelines' codes in words that a prescriber reads.

namespace genflik::alerts {

/// How strong a recommendation is: "Strong" -> "stark".
[[nodiscard]] std::string StrengthText(std::string_view strength, Language language);

/// The headline of a test that is wanted for some origins only ("överväg HLA-B*15:02 vid asiatiskt
/// ursprung"); empty for a test of everybody.
[[nodiscard]] std::string OriginText(const rules::Pretest& pretest, Language language);

/// What an action's dose is measured against, as far as it changes what a prescriber does now.
enum class DoseBasis {
  kNow,
  kStart,
  /// The lowest usual dose, which is not what was ordered by most.
  kLowest,
  kMaintenance,
  /// Once the treatment has lasted for twelve weeks and works.
  kLongTreatment,
  /// Only for some patients or only when something happens; the advice says which.
  kConditional,
};
[[nodiscard]] DoseBasis BasisOf(const rules::Action& action);

}  // namespace genflik::alerts
