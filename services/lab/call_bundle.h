#pragma once

#include <string>

#include "fhir/json.h"
#include "services/core/ids.h"
#include "services/lab/vcf_caller.h"

namespace genflik::lab {

/// The calls of one sample as a collection Bundle of Genomics Reporting STU3 Observations: a
/// variant for each defined position that differs from the reference, a genotype for each gene (or
/// a haplotype for each allele where the phase is not known) derived from them, and the metabolizer
/// phenotype that follows. `subject` is "Patient/id" or empty. Genes that were not tested, or gave
/// no answer, are no normal results: the former are absent, the latter have a data-absent reason.
[[nodiscard]] fhir::Json RenderCallBundle(const SampleCall& sample, const SampleEvidence& evidence,
                                          const CallReportContext& context,
                                          const std::string& subject, core::Ids& ids);

}  // namespace genflik::lab
