#pragma once

#include <optional>

#include "fhir/json.h"
#include "rules/gene_result.h"

// What every result of one Observation shares. Used by genomics.

namespace genflik::mapping {

/// Status, laboratory, method, times, coverage and setting aside; nothing for an Observation that
/// is cancelled or of unknown status.
[[nodiscard]] std::optional<rules::GeneResult> ReadCommonPart(const fhir::Json& observation);

/// True when found in a tumour (genomic source class, LOINC 48002-0).
[[nodiscard]] bool IsSomatic(const fhir::Json& observation);

}  // namespace genflik::mapping
