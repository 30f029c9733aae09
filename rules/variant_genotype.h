#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/gene.h"

// Bases at named positions instead of alleles, as genotyping by position is reported:
// "rs4149056 T/C", "c.1905+1G>A GA", "rs4244285 G/A; rs4986893 G/G; rs12248560 C/C".

namespace genflik::rules {

/// What the bases say.
struct VariantGenotype {
  /// The alleles that the bases make, one for each copy found, the wild type left out.
  std::vector<std::string> found = {};
  /// rs numbers of the positions that were read.
  std::vector<std::string> positions = {};
  /// Every position that must show the reference before nothing found means the wild type was read.
  bool covers_panel = false;
  /// One copy only was told ("rs1050828 T" in a man).
  bool one_copy = false;
  /// A position whose bases cannot be told from those of the other strand, or are none of its own;
  /// what was found elsewhere stands all the same.
  std::string unreadable = {};
};

/// Reads `text`; nothing when it is no list of positions of the gene with their bases. Bases of
/// either strand are taken where the strands cannot be confused. Two equal bases of a variant that
/// swaps complements (C>G, A>T) need a name that tells the strand ("c.2846A>T") or other positions
/// of the same text that do.
[[nodiscard]] std::optional<VariantGenotype> ReadVariantGenotype(const Gene& gene,
                                                                 std::string_view text);

/// "AS 1.5", "activity score: 1,0", "≥3.0", ">=3"; nothing for any other text.
[[nodiscard]] std::optional<ActivityScore> ReadScoreText(std::string_view text);

}  // namespace genflik::rules
