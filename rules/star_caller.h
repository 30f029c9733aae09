#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/allele_definition.h"
#include "rules/gene_result.h"
#include "rules/variant_call.h"

// From what a person has at the defined positions to named alleles. The method is described in
// docs/methods/star-allele-calling.md; scoring follows the published one of named-allele matching
// (Sangkuhl et al. 2020, doi:10.1002/cpt.1568): the number of defining positions matched.

namespace genflik::rules {

enum class Sex { kFemale, kMale };

struct CallOptions {
  /// Every diplotype that explains the data, not only those with the highest score.
  bool all = false;
  /// Also combinations of named alleles on one strand, and named alleles with further variants.
  bool combinations = false;
  /// Also genes that are called on request only (CYP2D6 from small variants).
  bool on_request = false;
  /// The gene's own rules: positions without which nothing is called, and which diplotype stands
  /// for others when the phase is not known.
  bool gene_rules = true;
  /// Known sex of the sample, for genes on the X chromosome.
  std::optional<Sex> sex = {};
};

struct CalledDiplotype {
  /// "*1/*2"; one name alone for a gene with one copy.
  std::string text = {};
  /// The names on each strand.
  std::vector<std::string> haplotypes = {};
  /// Number of defining positions matched.
  int score = 0;

  bool operator==(const CalledDiplotype&) const = default;
};

/// A base that no definition knows, at a position that matters.
struct UndocumentedBase {
  size_t position = 0;
  std::string bases = {};
  bool read_as_reference = false;

  bool operator==(const UndocumentedBase&) const = default;
};

/// What the caller found for one gene.
struct GeneCall {
  std::string gene = {};
  CallStatus status = CallStatus::kNotTested;
  /// Best first.
  std::vector<CalledDiplotype> diplotypes = {};
  /// Alleles found where phase is not known (DPYD, RYR1); one that is there twice stands twice.
  std::vector<std::string> haplotypes = {};
  /// Positions without a usable genotype, by index.
  std::vector<size_t> missing = {};
  /// Alleles that cannot be seen because all their positions are missing.
  std::vector<std::string> untestable = {};
  /// Groups of alleles that the missing positions make look alike.
  std::vector<std::vector<std::string>> alike = {};
  /// Diplotypes that unphased data cannot rule out beside the called one.
  std::vector<std::string> not_excluded = {};
  std::vector<UndocumentedBase> undocumented = {};
  /// Diplotype that one variant alone stands for, when nothing could be called (SLCO1B1).
  std::optional<std::string> fallback = {};
  /// Why nothing was called, or what to know about the call.
  std::vector<std::string> notes = {};
  /// No heterozygous position is without phase relative to another.
  bool phase_known = true;
};

/// Calls one gene. Pure: the same evidence gives the same call. The reference allele means "no
/// variant found among the positions tested"; a gene without any position is kNotTested.
[[nodiscard]] GeneCall CallGene(const GeneDefinition& gene, const GeneCallEvidence& evidence,
                                const CallOptions& options);

/// The call as the normal form of a laboratory result; coverage says what could be found.
[[nodiscard]] GeneResult ResultOf(const GeneDefinition& gene, const GeneCall& call);

}  // namespace genflik::rules
