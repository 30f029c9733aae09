#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/gene.h"

// The field's notation for what a person carries of a gene. Alleles: PharmVar star names with
// copy numbers and tandems, HGVS names, HLA two-field names (https://hla.alleles.org).

namespace genflik::rules {

/// One gene copy in a haplotype, or several equal ones.
struct AlleleUnit {
  /// Name as the gene's file has it; the reported one when it is unknown there.
  std::string name = {};
  int copies = 1;
  /// The laboratory did not count beyond `copies` ("xN", "x≥3").
  bool at_least = false;
  bool operator==(const AlleleUnit&) const = default;
};

/// What lies on one strand.
struct Haplotype {
  std::vector<AlleleUnit> units = {};
  /// Variants that lie together on one copy ("[a + b]"), not copies of the gene in tandem.
  bool together = false;
  bool operator==(const Haplotype&) const = default;
};

/// One haplotype (one copy of the gene) or two, in canonical order.
struct Diplotype {
  std::vector<Haplotype> haplotypes = {};
  bool operator==(const Diplotype&) const = default;
};

struct DiplotypeProblem {
  enum class Kind {
    /// The text is no diplotype.
    kSyntax,
    /// An allele that the gene's file does not have.
    kUnknownAllele,
  };
  Kind kind = Kind::kSyntax;
  /// The allele or piece of text that could not be read.
  std::string what = {};
};

/// What a text can mean: usually one diplotype, two for "(*1/*2)xN" where the copied allele is not
/// known, none when there is a syntax problem. Unknown alleles are kept under their own name.
struct DiplotypeReading {
  std::vector<Diplotype> alternatives = {};
  std::vector<DiplotypeProblem> problems = {};
};

/// Reads `text` as a diplotype of `gene`: "*1/*4", "*1x2/*2", "*36+*10/*4", "CYP2D6*1/*4",
/// "WT/*4", "c.1905+1G>A (*2A)/Reference", "rs9923231 C/T", "-1639 AG", a single allele for a gene
/// with one copy. Suballeles ("*4.002") and HLA fields beyond the second are cut to what the file
/// has.
[[nodiscard]] DiplotypeReading ReadDiplotype(const Gene& gene, std::string_view text);
/// Reads one allele or haplotype ("*36+*10", "c.2846A>T").
[[nodiscard]] DiplotypeReading ReadHaplotype(const Gene& gene, std::string_view text);

[[nodiscard]] std::string Print(const Haplotype& haplotype);
/// Canonical text: the order in which the alleles were reported does not show.
[[nodiscard]] std::string Print(const Diplotype& diplotype);

}  // namespace genflik::rules
