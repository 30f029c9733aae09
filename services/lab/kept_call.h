#pragma once

#include <string>
#include <vector>

#include "fhir/json.h"
#include "services/lab/outside_calls.h"
#include "services/lab/vcf_caller.h"

// What is kept with a result so that the sample can be called again, by newer definitions or
// knowledge, without the file.

namespace genflik::lab {

/// How a sample was asked to be called.
struct CallSettings {
  rules::CallOptions options = {};
  /// All when empty.
  std::vector<std::string> genes = {};
  std::vector<OutsideCall> outside = {};
};

struct KeptCall {
  CallSettings settings = {};
  SampleEvidence evidence = {};
  /// Versions that the kept call was made with.
  std::string knowledge = {};
  std::string caller = {};
};

/// `{"sample", "build", "caller", "knowledge", "settings", "outside", "genes": [{"gene",
/// "evidence"}]}`; "evidence" as RenderEvidence writes it. Genes that the file said nothing of are
/// left out.
[[nodiscard]] fhir::Json RenderKept(const SampleEvidence& evidence, const CallSettings& settings,
                                    const CallReportContext& context);

/// Reads the same, or the output of `genflik call --evidence`, by the definitions in force now.
/// Throws core::Error: kMalformed when it is neither, kInvalid when a gene's evidence is not there.
[[nodiscard]] KeptCall ReadKept(const fhir::Json& kept, const rules::PositionIndex& index);

/// Calls the sample as asked: CallSample, and only the genes of the settings. Throws
/// core::Error(kInvalid) for a gene without definitions.
[[nodiscard]] SampleCall CallAsSet(const SampleEvidence& evidence,
                                   const rules::PositionIndex& index, const CallSettings& settings);

}  // namespace genflik::lab
