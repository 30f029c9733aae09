#pragma once

#include <cstddef>

#include "fhir/json.h"
#include "rules/variant_call.h"

namespace genflik::lab {

/// What a sample has at the positions of one gene, as it is kept with the result: enough to call
/// again when definitions change, without the file. One object for each position that the file
/// spoke of: "position", "ref", "bases" (one for each copy, "." missing, "*" deleted), "phased"
/// with "phaseSet", "depth", "quality", and "problem" where the genotype could not be used.
[[nodiscard]] fhir::Json RenderEvidence(const rules::GeneDefinition& gene,
                                        const rules::GeneCallEvidence& evidence);

/// Reads such a list for the gene with this index, by the definitions in force now. Throws
/// core::Error(kMalformed) when it is no such list.
[[nodiscard]] rules::GeneCallEvidence ReadEvidence(const fhir::Json& list, size_t gene,
                                                   const rules::PositionIndex& index);

}  // namespace genflik::lab
