#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rules/gene.h"
#include "rules/gene_result.h"

// What a method did not look for, so that its "normal" is not taken for more than it is.

namespace genflik::rules {

/// The variants of the gene's panel that no result looked for, by the names of the alleles they
/// make, with "copy number" for CYP2D6. Nothing where a result does not tell what it looked for, or
/// where it is not known what should be looked for.
[[nodiscard]] std::optional<std::vector<std::string>> NotLookedFor(
    const Gene& gene, const std::vector<GeneResult>& results);

/// How NotLookedFor names the number of copies.
inline constexpr const char* kCopyNumber = "copy number";

}  // namespace genflik::rules
