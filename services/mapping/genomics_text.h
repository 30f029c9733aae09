#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/gene_result.h"

// Genotypes as people and programs write them, from "CYP2D6 *4/*4 (PM)" over
// "2D6: homozygot *4" to GL Strings (https://glstring.org).

namespace genflik::mapping {

/// What a genotype text says of one gene.
struct GenotypeText {
  /// Symbol in the text; empty when it names none.
  std::string gene = {};
  rules::CallStatus status = rules::CallStatus::kCalled;
  std::vector<std::string> diplotypes = {};
  std::vector<std::string> haplotypes = {};
  std::vector<std::string> absent = {};
  std::optional<std::string> phenotype = {};
  std::optional<double> activity_score = {};
  /// False when no genotype could be read; the lists are empty then.
  bool understood = false;
  /// Why not, where more is known than that.
  std::string problem = {};
};

/// Reads a genotype; one element for each gene (a GL String or a list may hold several) and for
/// each allele that was looked for and not found. Words that are not known, of doubt or of denial
/// among them, leave the whole text unread. `gene` is the
/// gene known from elsewhere, or empty; it decides only how alleles are read, and a gene that the
/// text itself names is given back for the caller to compare.
[[nodiscard]] std::vector<GenotypeText> ReadGenotypeText(std::string_view text,
                                                         std::string_view gene);

/// The first of several texts that can be read; empty when none can.
[[nodiscard]] std::vector<GenotypeText> ReadGenotypeTexts(const std::vector<std::string>& texts,
                                                          std::string_view gene);

/// One allele as laboratories write it, in the one form ("*1x2", "*36+*10", "c.1905+1G>A",
/// "Reference", "*57:01"); nothing when it is no allele name.
[[nodiscard]] std::optional<std::string> ReadAllele(std::string_view text, std::string_view gene);

}  // namespace genflik::mapping
