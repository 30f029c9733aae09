#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rules/gene.h"
#include "rules/gene_result.h"

// What a method did not look for, so that its "normal" is not taken for more than it is.

namespace genflik::rules {

/// What should be looked for (Gene::look_for, else the panel) and no result did, by the names of
/// the alleles, "copy number" last. Nothing where a result does not tell what it looked for, or
/// where it is not known what should be looked for.
[[nodiscard]] std::optional<std::vector<std::string>> NotLookedFor(
    const Gene& gene, const std::vector<GeneResult>& results);

/// Of `names` (alleles, rs numbers, HGVS names of a gene's variants) those that no result looked
/// for, by the names of the alleles. Nothing where a result does not tell what it looked for.
[[nodiscard]] std::optional<std::vector<std::string>> NotLookedFor(
    const Gene& gene, const std::vector<GeneResult>& results,
    const std::vector<std::string>& names);

/// How NotLookedFor names the number of copies.
inline constexpr const char* kCopyNumber = "copy number";

}  // namespace genflik::rules
