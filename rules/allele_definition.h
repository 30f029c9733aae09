#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Allele definitions: which bases at which positions make a named allele. Positions and bases are
// those of GRCh38, plus strand, written as VCF 4.3 writes them (left-aligned, indels with the base
// before them): https://samtools.github.io/hts-specs/VCFv4.3.pdf section 1.6.1.

namespace genflik::rules {

/// A set of alleles of one position: bit 0 is the reference base, bit i the i-th alternative.
using AlleleMask = uint32_t;

/// One place in the genome that tells alleles of a gene apart.
struct DefinedPosition {
  int64_t position = 0;
  /// dbSNP id; empty when the variant has none.
  std::string rsid = {};
  std::string ref = {};
  std::vector<std::string> alts = {};
  /// Reference bases from `position` on, as far as other spellings of an indel can reach (a repeat
  /// and one unit more); empty when `ref` says it all.
  std::string context = {};
  /// HGVS names of the alternatives, in their order; empty for single-base substitutions.
  std::vector<std::string> alt_names = {};
  /// A position that matters to guidelines and defines no allele (rs12777823 near CYP2C9).
  bool extra = false;

  /// Reference bases that are known from here on.
  const std::string& Known() const { return context.empty() ? ref : context; }
  /// Whether an alternative is shorter or longer than the reference.
  bool HasIndel() const;
};

/// What an allele asks for at one position.
struct DefinedBase {
  uint16_t position = 0;
  AlleleMask mask = 0;
};

struct NamedAllele {
  std::string name = {};
  /// The name that is reported for a suballele ("*45" for "*45.001"); empty when its own.
  std::string reported_as = {};
  /// Only the positions that the definition names, by index.
  std::vector<DefinedBase> bases = {};
  /// The allele that the blanks of all others are read from.
  bool reference = false;
  /// Every position is named, like those of the reference.
  bool complete = false;

  const std::string& Reported() const { return reported_as.empty() ? name : reported_as; }
};

/// How the gene's alleles are found.
enum class CallMethod {
  /// Each strand is one named allele.
  kNamedAlleles,
  /// Each variant is an allele of its own and all that are found are reported (DPYD, RYR1).
  kEveryVariant,
};

/// How many copies a person has.
enum class GeneCopies { kTwo, kXLinked, kOne };

/// A marker that decides an allele, and a linked one by which it is presumed when the marker was
/// not tested (HapB3 of DPYD: intronic marker, exonic proxy). The proxy alone means nothing.
struct LinkedMarkers {
  size_t marker = 0;
  size_t proxy = 0;
  /// Allele when only the marker is there.
  size_t alone = 0;
  /// Allele when both are there.
  size_t both = 0;
};

/// Where unphased data fit several diplotypes, the frequent one stands for the others.
struct DiplotypePriority {
  std::string keep = {};
  std::vector<std::string> over = {};
};

/// A diplotype that unphased data cannot rule out.
struct DiplotypeAmbiguity {
  std::string called = {};
  std::string alternative = {};
};

/// One variant that stands in for the gene when no diplotype can be called.
struct VariantFallback {
  size_t position = 0;
  /// Genotype, bases sorted and joined by "/" -> diplotype it is read as.
  std::vector<std::pair<std::string, std::string>> diplotypes = {};
};

/// The definitions of one gene; immutable once loaded.
struct GeneDefinition {
  std::string gene = {};
  /// "chr1" … "chr22", "chrX", "chrM".
  std::string chromosome = {};
  /// RefSeq accession of the chromosome.
  std::string sequence = {};
  CallMethod method = CallMethod::kNamedAlleles;
  GeneCopies copies = GeneCopies::kTwo;
  /// A base that no definition knows is read as the reference (genes where known variants are a
  /// danger and silence would hide them).
  bool undocumented_as_reference = false;
  /// Why the gene is called only on request; empty when it always is.
  std::string on_request = {};
  /// Positions (by index) without which nothing is called.
  std::vector<size_t> required = {};
  std::optional<LinkedMarkers> linked = {};
  std::optional<VariantFallback> fallback = {};
  std::vector<DiplotypePriority> priorities = {};
  std::vector<DiplotypeAmbiguity> ambiguities = {};
  /// Sorted by position.
  std::vector<DefinedPosition> positions = {};
  /// The reference allele first.
  std::vector<NamedAllele> alleles = {};
  /// What blanks allow, by position: the masks of the reference allele.
  std::vector<AlleleMask> default_masks = {};
  /// Alleles that small variants cannot show (deletions of the gene, copies, hybrids).
  std::vector<std::string> unseen_alleles = {};

  const NamedAllele& Reference() const { return alleles.front(); }
  /// Index of the position with this coordinate or rs number.
  std::optional<size_t> FindPosition(int64_t position) const;
  std::optional<size_t> FindPosition(std::string_view rsid) const;
  std::optional<size_t> FindAllele(std::string_view name) const;
  /// "rs3758581", or "chr22:42126578" where there is no rs number.
  std::string LabelOf(size_t position) const;
  /// HGVS name of a base at a position: "g.94781859G>A"; "g.94781859?" when it is empty.
  std::string VariantName(size_t position, std::string_view bases) const;
};

/// Compares names as people order them: digits by their number, the rest by character, so that "*2"
/// stands before "*17" and "c.85T>C" before "c.1129-5923C>G".
[[nodiscard]] bool NameLess(std::string_view a, std::string_view b);

}  // namespace genflik::rules
