#pragma once

#include <string>
#include <vector>

#include "fhir/json.h"
#include "rules/knowledge_base.h"
#include "rules/star_caller.h"
#include "services/lab/outside_calls.h"
#include "services/lab/vcf_reader.h"

// From the evidence of one sample to calls of all genes, and their JSON form.

namespace genflik::lab {

/// One gene of one sample.
struct GeneReport {
  rules::GeneCall call = {};
  /// Called by another program; the VCF was not used for this gene.
  bool outside = false;
  OutsideCall outside_call = {};
  /// The normal form, for the permanent record and for interpretation.
  rules::GeneResult result = {};
};

/// All genes of one sample. Genes that nothing is known of are named apart.
struct SampleCall {
  std::string sample = {};
  std::vector<GeneReport> genes = {};
  std::vector<std::string> not_tested = {};
};

/// Calls every gene of `index`; outside calls take the place of the file's for their genes.
[[nodiscard]] SampleCall CallSample(const SampleEvidence& evidence,
                                    const rules::PositionIndex& index,
                                    const rules::CallOptions& options,
                                    const std::vector<OutsideCall>& outside);

/// What a rendering needs beside the calls.
struct CallReportContext {
  const rules::PositionIndex* index = nullptr;
  /// Gene files for phenotypes and activity scores; without them both stay empty.
  const rules::KnowledgeBase* knowledge = nullptr;
  std::vector<std::string> warnings = {};
  /// Keep the evidence of every position.
  bool evidence = false;
};

/// `{"sample", "genes": [{"gene", "status", "diplotypes", "phenotypes", "activityScores",
/// "haplotypes", "missingPositions", …}], "notTested"}`; docs/methods/star-allele-calling.md says
/// what each field means. phenotypes and activityScores stand in the order of diplotypes.
[[nodiscard]] fhir::Json RenderCalls(const SampleCall& sample, const SampleEvidence& evidence,
                                     const CallReportContext& context);

}  // namespace genflik::lab
