#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/allele_definition.h"
#include "rules/definition_loader.h"

// From records of variants, however they are written, to what a person has at the positions that
// alleles are defined by. Pure: knows no file format.

namespace genflik::rules {

/// What stands on one chromosome copy at a defined position: 0 the reference, i the i-th
/// alternative of the definition, or one of the values below.
using BaseLabel = int16_t;
inline constexpr BaseLabel kReferenceBase = 0;
inline constexpr BaseLabel kMissingBase = -1;
/// The base is not there: a deletion spans it ("*").
inline constexpr BaseLabel kDeletedBase = -2;
/// Labels from here on are bases that no definition knows; GeneCallEvidence::others holds them.
inline constexpr BaseLabel kFirstOtherBase = 1000;

/// Why nothing is known of a position.
enum class SiteProblem : uint8_t {
  kNone,
  /// No record covers it.
  kNotReported,
  /// The genotype is missing ("./.", or "0/." where half of it is).
  kNoCall,
  /// The record failed a filter.
  kFiltered,
  /// Genotype quality, depth or allele balance below what was asked for.
  kLowQuality,
  /// The record's reference bases are not those of the definition.
  kReferenceMismatch,
};
/// "not-reported", "no-call", "filtered", "low-quality", "reference-mismatch"; empty for none.
std::string_view CodeOf(SiteProblem problem);

/// What one sample has at one position.
struct SiteCall {
  std::array<BaseLabel, 2> bases = {kMissingBase, kMissingBase};
  /// Chromosome copies in the genotype; 0 while nothing is known.
  uint8_t copies = 0;
  bool phased = false;
  SiteProblem problem = SiteProblem::kNotReported;
  /// Phase set; 0 when the record names none.
  int32_t phase_set = 0;
  /// Read depth and genotype quality; -1 when not reported.
  int32_t depth = -1;
  int32_t quality = -1;

  bool operator==(const SiteCall&) const = default;
};

/// What one sample has at all positions of one gene; enough to call again without the file.
struct GeneCallEvidence {
  /// In the order of GeneDefinition::positions.
  std::vector<SiteCall> sites = {};
  /// Bases that no definition knows; label kFirstOtherBase + index.
  std::vector<std::string> others = {};

  bool operator==(const GeneCallEvidence&) const = default;
  /// The label for bases that no definition knows.
  BaseLabel LabelOfOther(std::string_view bases);
};

/// The bases behind a label as text: "A", "*" for deleted, "." for missing.
std::string BasesOf(const GeneDefinition& gene, const GeneCallEvidence& evidence, size_t position,
                    BaseLabel label);

/// A record as a file has it, its samples aside.
struct VariantRecord {
  std::string_view chromosome = {};
  /// First and last reference base that the record speaks of, 1-based.
  int64_t position = 0;
  int64_t end = 0;
  std::string_view ref = {};
  std::vector<std::string_view> alts = {};
};

/// What a record says about one defined position.
struct SiteMapping {
  /// Index in AlleleDefinitions::genes and in GeneDefinition::positions.
  size_t gene = 0;
  size_t position = 0;
  /// By the record's allele index, the reference first. Labels from kFirstOtherBase on point into
  /// `others`; empty when the record cannot be used here.
  std::vector<BaseLabel> labels = {};
  std::vector<std::string> others = {};
  /// Why the record cannot be used.
  SiteProblem problem = SiteProblem::kNone;
};

/// A stretch of a chromosome to read, 1-based, both ends included.
struct GenomeRegion {
  std::string chromosome = {};
  int64_t first = 0;
  int64_t last = 0;
};

/// Finds the defined positions that a record speaks of and says which alleles it means there,
/// however the variant is spelled: with padding, several alternatives in one record, or an indel
/// placed elsewhere in a repeat. Safe to share between threads.
class PositionIndex {
 public:
  explicit PositionIndex(std::shared_ptr<const AlleleDefinitions> definitions);

  const AlleleDefinitions& definitions() const { return *definitions_; }
  /// Number of the chromosome ("chr1", "1", "chrM", "MT"), or -1 when no gene lies on it.
  int ChromosomeOf(std::string_view name) const;
  /// Whether any defined position can be concerned by bases `first` to `last`.
  bool Touches(int chromosome, int64_t first, int64_t last) const;
  /// What the record says, for each defined position that it speaks of.
  [[nodiscard]] std::vector<SiteMapping> Map(int chromosome, const VariantRecord& record) const;
  /// Stretches that hold all positions of the genes with these indexes, by chromosome number.
  [[nodiscard]] std::vector<GenomeRegion> Regions() const;

 private:
  struct Entry {
    int64_t first = 0;
    int64_t last = 0;
    uint16_t gene = 0;
    uint16_t position = 0;
  };
  struct Chromosome {
    std::string name = {};
    /// Sorted by first base.
    std::vector<Entry> entries = {};
  };

  template <typename Visit>
  void ForEachEntry(int chromosome, const VariantRecord& record, const Visit& visit) const;
  std::vector<SiteMapping> MapAsSpelled(int chromosome, const VariantRecord& record) const;
  /// One alternative of the record as a definition spells it, where the record spells it in
  /// another way.
  std::optional<VariantRecord> Respelled(int chromosome, const VariantRecord& record,
                                         size_t alt) const;
  static void AddPart(const SiteMapping& part, size_t allele, size_t alleles,
                      std::vector<SiteMapping>& joined);

  std::shared_ptr<const AlleleDefinitions> definitions_;
  std::vector<Chromosome> chromosomes_;
  /// No entry is longer than this.
  int64_t longest_ = 1;
};

/// Joins what a second record says of the same position: the parts of a split multi-allelic site,
/// a reference block beside a variant, an exact repeat. `claims` holds the alternatives that the
/// records so far could have shown (as bits), `added` those of the new one. Returns false, and
/// changes nothing, when the two contradict each other.
[[nodiscard]] bool MergeSite(SiteCall& site, const SiteCall& incoming, uint64_t claims,
                             uint64_t added);

}  // namespace genflik::rules
