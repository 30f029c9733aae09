#pragma once

#include <string>
#include <vector>

#include "rules/knowledge_base.h"

namespace genflik::rules {

/// Look-up values that a patient can have and for which a guideline has neither a row nor an
/// explicit "no advice". The engine answers them with a SilentGuideline, never with silence; the
/// check of the knowledge fails on them, so that no gap is an oversight.
struct Unanswered {
  std::string drug = {};
  std::string source = {};
  std::string population = {};
  /// "CYP2D6 n/a + CYP2C19 No Result".
  std::vector<std::string> keys = {};
};

[[nodiscard]] std::vector<Unanswered> FindUnanswered(const KnowledgeBase& knowledge);

}  // namespace genflik::rules
