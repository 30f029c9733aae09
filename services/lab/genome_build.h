#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace genflik::lab {

/// A contig line of a VCF header.
struct Contig {
  std::string name = {};
  /// 0 when the line gives none.
  int64_t length = 0;
  /// The line's "assembly" field; empty when it has none.
  std::string assembly = {};
};

/// Checks that a file is written in coordinates of GRCh38: contig lengths decide; where there are
/// none the "assembly" fields of the contig lines, else the "##reference" line. Returns why it is
/// refused, or an empty text.
[[nodiscard]] std::string WhyNotGrch38(const std::vector<Contig>& contigs,
                                       std::string_view reference);

}  // namespace genflik::lab
