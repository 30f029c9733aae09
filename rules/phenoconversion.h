#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rules/text.h"

namespace genflik::rules {

/// A drug that changes what a gene's product does while it is taken.
struct PhenoconversionRule {
  std::string gene = {};
  /// English name of the drug.
  std::string drug = {};
  LocalText names = {};
  std::vector<std::string> synonyms = {};
  std::vector<std::string> atc = {};
  std::vector<std::string> rxnorm = {};
  std::vector<std::string> snomed = {};
  /// "inhibitor" or "inducer".
  std::string effect = {};
  /// "strong", "moderate" or "weak".
  std::string strength = {};
  /// What the activity score is multiplied by; absent where no factor is agreed, and then the drug
  /// is only named beside the genetic result.
  std::optional<double> factor = {};
  /// Words of its own, where the effect is more than a change of phenotype; may be empty.
  LocalText text = {};
  std::string source = {};
  std::string needs_review = {};
};

}  // namespace genflik::rules
