#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace genflik::lab {

/// What another program called for one gene (CYP2D6 with copy number, HLA, MT-RNR1).
struct OutsideCall {
  std::string gene = {};
  /// In the normal form: the gene's name not repeated, suballeles by the name of their allele
  /// ("*1.001" as "*1", "*15:02:01" as "*15:02"), star alleles in their order. Several where the
  /// gene stands on several lines: by name, or in the order of the file where a meaning stands with
  /// them.
  std::vector<std::string> diplotypes = {};
  /// A phenotype or another result in words ("*57:01 positive").
  std::vector<std::string> phenotypes = {};
  std::vector<std::string> activity_scores = {};
};

/// Reads a table of outside calls: tab-separated, without header, "#" begins a comment; columns
/// gene, diplotype or allele, phenotype, activity score; at least one of the last three. "." and
/// "./." say that the other program made no call. Lines of one gene are joined. Throws
/// core::Error(kMalformed) with file, line and column.
[[nodiscard]] std::vector<OutsideCall> ReadOutsideCalls(std::string_view text,
                                                        const std::string& name);

}  // namespace genflik::lab
