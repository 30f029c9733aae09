#pragma once

#include <vector>

#include "services/alerts/alert_policy.h"

// Which of the rows about one drug speaks first. Pure.

namespace genflik::alerts {

/// True when every gene of `row` is one of `lead`'s.
[[nodiscard]] bool SameGenes(const rules::Recommendation& row, const rules::Recommendation& lead);

/// True when a drug taken at the same time has changed the phenotype by which the row was found.
[[nodiscard]] bool ChangedByDrug(const rules::Recommendation& row);

/// The loudest row of the guideline that leads; of another one only where the leading guideline
/// does not speak about the gene, or where it knows a danger that the leading one does not. Null
/// when no row asks for anything.
[[nodiscard]] const rules::Recommendation* Lead(
    const std::vector<const rules::Recommendation*>& rows, const PolicyOptions& options);

}  // namespace genflik::alerts
