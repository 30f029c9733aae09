#pragma once

#include <optional>
#include <string>

#include "rules/activity_score.h"
#include "rules/diplotype.h"
#include "rules/gene.h"
#include "rules/phenotyper.h"

namespace genflik::rules {

/// What one strand does.
struct HaplotypeMeaning {
  /// Clinical function; empty when it follows from a value alone.
  std::string function = {};
  std::optional<ActivityScore> value = {};
  /// Set when the strand's effect is not known.
  std::optional<Reason> unknown = {};
  /// The highest value that an unknown strand can have, where another variant on it sets one.
  std::optional<ActivityScore> at_most = {};
};

/// Reads one strand's function and value from the gene's file.
[[nodiscard]] HaplotypeMeaning MeaningOf(const Gene& gene, const Haplotype& haplotype);

/// A reason with words in both languages.
[[nodiscard]] Reason MakeReason(const Gene& gene, const std::string& code,
                                const std::string& detail);

}  // namespace genflik::rules
