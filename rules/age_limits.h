#pragma once

#include <optional>

#include "rules/drug.h"

namespace genflik::rules {

/// The action for a patient of this age: where a guideline gives one limit for most and a lower one
/// beside it for some ages ("15 mg/day from 65 years", "under 12 years at most 2 mg/day" in
/// `basis`), the limit of the age stands alone. Unchanged when the age is not known or the row does
/// not tell ages apart. DPWG's rows on SSRIs (PMID 34782755) and pimozide are of this kind.
[[nodiscard]] Action AtAge(const Action& action, std::optional<double> age_years);

}  // namespace genflik::rules
