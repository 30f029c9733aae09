// Bytes as a FHIR Bundle or resource: its genetic results and variants are read, each with a gene
// and a source, or named in the log.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <nlohmann/json.hpp>

#include "fhir/json.h"
#include "services/mapping/genomics.h"
#include "services/mapping/genomics_variants.h"

namespace {

using namespace genflik;

void Read(const fhir::Json& resource) {
  if (!resource.is_object()) return;
  fhir::IssueLog log;
  for (const rules::GeneResult& result : mapping::ReadGeneResults(resource, log)) {
    if (result.gene.empty() || result.source.empty()) std::abort();
    (void)fhir::PrintJson(mapping::RenderObservation(result, {}));
  }
  for (const auto& finding : mapping::ReadVariantFindings(resource)) {
    const bool bases = finding.answer == mapping::VariantFinding::Answer::kBases;
    if (bases && finding.bases.empty()) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  fhir::IssueLog log;
  const auto body = fhir::ParseJson(bytes, log);
  if (!body) {
    if (log.issues().empty()) std::abort();
    return 0;
  }
  Read(*body);
  for (const fhir::Json& entry : fhir::FindArray(*body, "entry")) {
    if (const fhir::Json* resource = fhir::Find(entry, "resource")) Read(*resource);
  }
  return 0;
}
