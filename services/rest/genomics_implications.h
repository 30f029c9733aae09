#pragma once

#include <vector>

#include "services/rest/genomics_record.h"
#include "services/rest/rest.h"

namespace genflik::rest {

/// What the guidelines in force say of drugs for the results that a question lets through, each as
/// an implication derived from the genotypes and haplotypes it rests on. Computed at every
/// question and never stored, because knowledge changes and a genotype does not. Nothing when the
/// context has no knowledge.
[[nodiscard]] std::vector<Finding> ComputeImplications(const RestContext& context,
                                                       const store::Reader& reader,
                                                       const GenomicsInput& input,
                                                       const GenomicsRecord& record);

}  // namespace genflik::rest
