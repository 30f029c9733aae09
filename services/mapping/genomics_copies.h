#pragma once

#include <optional>
#include <string>

#include "fhir/json.h"
#include "rules/gene_result.h"

// A copy number that stands beside a genotype (LOINC 82155-3): "*1/*2" with three copies is not the
// genotype *1/*2.

namespace genflik::mapping {

/// The whole number in a component's value (Quantity, integer, or text: "3", "=^3"); nothing when
/// there is none.
[[nodiscard]] std::optional<int> ReadCopyNumber(const fhir::Json& component);

/// Puts the number of copies into a called genotype: "*1/*1" with three is *1/*1x2, "*1/*2xN" with
/// three *1/*2x2, and "*1/*2" with three either of *1/*2x2 and *1x2/*2. False when the two
/// contradict each other, or no genotype follows from them; the result is then as it was.
[[nodiscard]] bool ApplyCopyNumber(int copies, rules::GeneResult& result);

}  // namespace genflik::mapping
