#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/issue.h"
#include "fhir/json.h"
#include "rules/gene_result.h"

// Genomics Reporting resources <-> GeneResult.
// http://hl7.org/fhir/uv/genomics-reporting/STU3 (and STU1, STU2, and what laboratories really
// send). Resources are told apart by Observation.code, never by meta.profile, which is often
// absent.

namespace genflik::mapping {

/// True for a resource that may hold genetic results: an Observation with a code of a genotype,
/// haplotype, variant or metabolizer phenotype, or a DiagnosticReport that contains such ones.
[[nodiscard]] bool MayHoldGeneResults(const fhir::Json& resource);

/// The results in one Observation, or in the Observations contained in one DiagnosticReport; none
/// when it holds no genetic result. The source is "Type/id" (with "#id" for a contained one). What
/// cannot be used as a result is named in `log` with its place and left out: a gene component that
/// contradicts the value, a result without a gene, a cancelled result. Nothing is guessed: a value
/// that cannot be read is kept as a candidate in the laboratory's own words, which no phenotype
/// follows from.
[[nodiscard]] std::vector<rules::GeneResult> ReadGeneResults(const fhir::Json& resource,
                                                             fhir::IssueLog& log);
/// The same for callers that have read the issues before (the projection).
[[nodiscard]] std::vector<rules::GeneResult> ReadGeneResults(const fhir::Json& resource);

/// What a rendered Observation needs beside the result; all references are "Type/id" or empty.
struct ObservationContext {
  std::string subject = {};
  std::string performer = {};
  std::string specimen = {};
  std::vector<std::string> derived_from = {};
  /// Interpretation by the knowledge in use, added as text; may be empty.
  std::string phenotype = {};
};

/// A Genomics Reporting (STU3) genotype Observation, or a metabolizer phenotype Observation (LOINC
/// 53040-2) for a result without genotype. Reading it again gives the same result.
[[nodiscard]] fhir::Json RenderObservation(const rules::GeneResult& result,
                                           const ObservationContext& context);

/// Marks an Observation that only details a genotype of the same report (a variant behind a called
/// star allele, one of its two haplotypes, the phenotype that followed at the time): it is kept and
/// shown, and ReadGeneResults takes no result of its own from it. Without the mark a variant and
/// the allele that it makes would count as two findings.
void MarkAsDetail(fhir::Json& observation);
/// Whether it carries that mark.
[[nodiscard]] bool IsDetail(const fhir::Json& observation);

}  // namespace genflik::mapping
