#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "fhir/json.h"
#include "services/lab/implications.h"
#include "services/lab/kept_call.h"
#include "services/lab/vcf_caller.h"

namespace genflik::lab {

struct CallBundleOptions {
  /// "Patient/id", or empty.
  std::string subject = {};
  /// FHIR dateTime of the sample or the analysis; may be empty.
  std::string effective = {};
  /// Name of the laboratory; may be empty.
  std::string laboratory = {};
  rules::RecordStatus status = rules::RecordStatus::kFinal;
  ImplicationChoice implications = ImplicationChoice::kActionable;
  CallSettings settings = {};
  /// The full URL or the reference that a resource gets, by its type and its key within the report
  /// (empty for the report itself).
  std::function<std::string(std::string_view type, const std::string& key)> place = {};
};

/// One resource of a report.
struct CallResource {
  /// "genotype-CYP2C19", "variant-CYP2C19-94781859-A"…; the same in each call of the sample.
  std::string key = {};
  std::string place = {};
  fhir::Json body = {};
  /// It follows from knowledge that changes, and is shown and not kept.
  bool derived = false;
};

/// The calls of one sample as Genomics Reporting STU3: a DiagnosticReport first, which carries what
/// is needed to call again (extension call-evidence); then for each gene a genotype Observation,
/// or a list of alleles where the phase is not known, derived from a variant for each defined
/// position that differs from the reference and from a haplotype for each allele; then the
/// phenotype that follows, and therapeutic implications. Genes that were not tested, or gave no
/// answer, are no normal results: the former are absent, the latter have a data-absent reason.
[[nodiscard]] std::vector<CallResource> RenderCallResources(const SampleCall& sample,
                                                            const SampleEvidence& evidence,
                                                            const CallReportContext& context,
                                                            const CallBundleOptions& options);

/// The resources as a collection Bundle.
[[nodiscard]] fhir::Json BundleOf(std::vector<CallResource> resources);

/// What was kept in such a DiagnosticReport; null when there is none. Throws
/// core::Error(kMalformed) when it cannot be read.
[[nodiscard]] fhir::Json KeptIn(const fhir::Json& report);

}  // namespace genflik::lab
