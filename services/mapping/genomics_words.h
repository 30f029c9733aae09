#pragma once

#include <string>
#include <string_view>

// Words in genotype texts that say how many copies there are, whether something was found, or that
// nothing could be told; used by genomics_text and genomics_elements. Swedish and English, with and
// without the dots and rings of Swedish letters.

namespace genflik::mapping {

enum class Zygosity { kNotSaid, kHomozygous, kHeterozygous, kHemizygous, kContradictory };

/// Takes words of zygosity ("homozygot", "(het)") out of `text`, and with them the small words
/// around them ("bärare av").
Zygosity TakeZygosity(std::string& text);

enum class Finding { kNotSaid, kPresent, kAbsent };

/// Takes "positiv", "ej påvisad", "not detected" and the like off the end or the start of `text`.
Finding TakeFinding(std::string& text);

/// What such words alone say ("ej påvisad"); kNotSaid for anything else.
[[nodiscard]] Finding FindingOfWords(std::string_view text);

/// True for "no call", "ej bedömbar" and what may be said around them; not when alleles stand
/// beside, since then it is told of one of them only.
[[nodiscard]] bool SaysNoCall(std::string_view text);

/// True for "wt", "vildtyp", "reference" and the like.
[[nodiscard]] bool IsReferenceWord(std::string_view text);

/// Takes labels ("Genotyp:") off the start and what is left of them off the end of `text`.
void TakeLabels(std::string& text);

}  // namespace genflik::mapping
