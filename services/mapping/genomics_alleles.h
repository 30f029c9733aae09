#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "services/mapping/genomics_codes.h"

// Single alleles and the small words of genotype texts; used by genomics_text.

namespace genflik::mapping {

[[nodiscard]] std::string_view Trim(std::string_view text);
/// Lower case of the letters of ASCII and Latin-1; others are left. The length stays.
[[nodiscard]] std::string LowerCase(std::string_view text);
/// Every run of white space as one blank; quotation marks, "_*" of some programs, and the stars,
/// dashes and blanks that word processors put in are tidied.
[[nodiscard]] std::string NormaliseSpaces(std::string_view text);

/// Takes the gene at the start of `text` off it; gives the symbol, or nothing when there is none.
/// `given` helps to see symbols that Genflik does not know.
std::string TakeGenePrefix(std::string& text, std::string_view given);

/// "AS 1.0", "activity score: 1,5".
[[nodiscard]] std::optional<double> ReadActivityScore(std::string_view text);

/// A genotype of a single-variant gene on the plus strand with the reference first
/// ("rs9923231 C/T"), whichever strand it was written on. `zygosity` is "homozygous",
/// "heterozygous", "absent" (the variant was not found) or empty.
[[nodiscard]] std::optional<std::string> ReadSingleVariant(std::string_view text,
                                                           const SingleVariant& single,
                                                           std::string_view zygosity);

}  // namespace genflik::mapping
