#pragma once

#include <optional>
#include <vector>

#include "rules/drug.h"
#include "rules/phenoconversion.h"

namespace genflik::rules {

/// What decides which of a guideline's limits is the patient's.
struct LimitFacts {
  std::optional<double> age_years = {};
  std::optional<double> weight_kg = {};
  /// What the drugs taken at the same time do.
  std::vector<const PhenoconversionRule*> converters = {};
};

/// The action for this patient: the first of `limits` whose conditions all hold takes the place of
/// `max_dose`, or makes the drug one to avoid. While age or weight is not known the limits that may
/// hold stand beside it, as `max_dose_range` from the lowest of them, so that no order is taken to
/// keep to a limit that may not be the patient's. `limits` are empty in what is returned. `because`
/// receives the effects of other drugs that chose a limit.
[[nodiscard]] Action ForPatient(const Action& action, const LimitFacts& facts,
                                std::vector<const PhenoconversionRule*>& because);

}  // namespace genflik::rules
