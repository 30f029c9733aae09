#pragma once

#include "fhir/json.h"
#include "rules/gene_result.h"

// What a method looked for, as an extension of the Observation: the guide has it only in the
// genomic study, which most laboratories do not send.

namespace genflik::mapping {

/// Not known when the Observation has no such extension.
[[nodiscard]] rules::Coverage ReadCoverage(const fhir::Json& observation);
/// The extension; null when the coverage is not known.
[[nodiscard]] fhir::Json RenderCoverage(const rules::Coverage& coverage);

}  // namespace genflik::mapping
