// Bytes as a VCF: read and called, or refused with a reason; nothing else.

#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "rules/definition_loader.h"
#include "services/core/error.h"
#include "services/lab/call_evidence.h"
#include "services/lab/vcf_caller.h"
#include "services/lab/vcf_reader.h"
#include "tests/support/places.h"

namespace {

using namespace genflik;

const rules::PositionIndex& Index() {
  static const rules::PositionIndex index = [] {
    std::vector<rules::DefinitionProblem> problems;
    auto definitions = rules::LoadDefinitions(
        std::string(tests::SourceDir()) + "/rules/knowledge/definitions", problems);
    if (!definitions) throw std::runtime_error("no definitions");
    return rules::PositionIndex(std::move(definitions));
  }();
  return index;
}

void Call(const lab::SampleEvidence& evidence) {
  rules::CallOptions options;
  options.all = true;
  options.combinations = true;
  options.on_request = true;
  const auto call = lab::CallSample(evidence, Index(), options, {});
  lab::CallReportContext context;
  context.index = &Index();
  context.evidence = true;
  const fhir::Json rendered = lab::RenderCalls(call, evidence, context);
  // Text that is no UTF-8 could not be stored.
  (void)fhir::PrintJson(rendered);
  const auto& genes = Index().definitions().genes();
  for (size_t g = 0; g < genes.size(); ++g) {
    const auto kept = lab::RenderEvidence(genes[g], evidence.genes[g]);
    if (lab::RenderEvidence(genes[g], lab::ReadEvidence(kept, g, Index())) != kept) {
      throw std::logic_error("kept evidence reads as something else: " + fhir::PrintJson(kept));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    for (const auto& sample : lab::ReadVcfBytes(bytes, Index(), {}).samples) Call(sample);
  } catch (const core::Error& error) {
    if (std::string_view(error.what()).empty()) std::abort();
  }
  return 0;
}
