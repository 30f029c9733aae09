#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "rules/star_caller.h"

// The inside of the caller: one gene of one sample, made ready for matching. Used by star_*.cpp and
// their tests only.

namespace genflik::rules {

/// The usable positions of a gene with their bases, and how the phase ties them together.
struct Strands {
  const GeneDefinition* gene = nullptr;
  const GeneCallEvidence* evidence = nullptr;
  /// One or two chromosome copies.
  int copies = 2;
  /// By position: whether it has a usable genotype.
  std::vector<char> present = {};
  /// By position; meaningful where present.
  std::vector<std::array<BaseLabel, 2>> labels = {};
  /// Positions that differ between the copies.
  std::vector<size_t> hets = {};
  /// For each of `hets`, the group whose members keep together; 0 … groups-1.
  std::vector<size_t> group = {};
  size_t groups = 0;
  /// Some heterozygous position has no phase relative to another.
  bool unphased = false;
  size_t present_count = 0;

  /// The bases of one strand when the groups in `flipped` (bits) are turned around.
  std::vector<BaseLabel> Strand(int copy, uint64_t flipped) const;
};

/// One strand as names.
struct StrandName {
  std::vector<std::string> parts = {};
  int score = 0;

  /// "*2", or "[*2 + *5]" for several parts.
  std::string Text() const;
};

/// Reference first is not the order: fewer parts first, then by name.
[[nodiscard]] bool StrandNameLess(const StrandName& a, const StrandName& b);

/// Joins two strands (or takes the one there is) into a diplotype.
[[nodiscard]] CalledDiplotype Join(const std::vector<StrandName>& strands);

/// Sorts by falling score, then by name, and drops repeats.
void SortDiplotypes(std::vector<CalledDiplotype>& diplotypes);

/// The bit of a label in an allele mask; none for bases that no definition knows.
[[nodiscard]] AlleleMask MaskOf(BaseLabel label);

/// Every pair of named alleles that explains the data; each strand is one named allele.
[[nodiscard]] std::vector<CalledDiplotype> MatchNamedAlleles(const Strands& strands);

/// Combinations and partial alleles, for data that no pair of named alleles explains. Nothing, with
/// a note, when there are too many ways to arrange the phase.
[[nodiscard]] std::vector<CalledDiplotype> MatchCombinations(const Strands& strands,
                                                             std::vector<std::string>& notes);

/// Every-variant genes where the phase is known: what lies together on each strand.
[[nodiscard]] std::vector<CalledDiplotype> MatchVariantsByStrand(const Strands& strands,
                                                                 std::vector<std::string>& notes);
/// Every-variant genes where it is not: all alleles found, repeated when there twice.
[[nodiscard]] std::vector<std::string> ListVariants(const Strands& strands);

/// Names for one strand by combining alleles; shared by the two above. `skip` holds alleles that
/// are left out and positions that are taken as reference.
struct ComposeOptions {
  /// Leftover variants become parts named by position.
  bool partial = true;
  /// By allele: not a candidate.
  std::vector<char> skip_alleles = {};
};
[[nodiscard]] std::vector<StrandName> ComposeStrand(const Strands& strands,
                                                    const std::vector<BaseLabel>& labels,
                                                    const ComposeOptions& options);

}  // namespace genflik::rules
