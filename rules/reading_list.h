#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "rules/phenotyper.h"

namespace genflik::rules {

/// Adds a reason that does not stand yet.
inline void AddReason(std::vector<Reason>& reasons, Reason reason) {
  if (std::ranges::find(reasons, reason) == reasons.end()) reasons.push_back(std::move(reason));
}

/// Adds a reading that does not stand yet.
inline void AddCandidate(GeneInterpretation& result, Interpretation reading) {
  if (std::ranges::find(result.candidates, reading) == result.candidates.end()) {
    result.candidates.push_back(std::move(reading));
  }
}

}  // namespace genflik::rules
