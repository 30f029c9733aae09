#include "services/mapping/genomics_coverage.h"

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "fhir/systems.h"

namespace genflik::mapping {
namespace {

using fhir::Json;

std::string ExtensionUrl() {
  return std::string(fhir::systems::kGenflik) + "/StructureDefinition/coverage";
}

}  // namespace

rules::Coverage ReadCoverage(const Json& observation) {
  rules::Coverage coverage;
  for (const Json& extension : fhir::FindArray(observation, "extension")) {
    if (fhir::FindText(extension, "url") != ExtensionUrl()) continue;
    coverage.known = true;
    for (const Json& part : fhir::FindArray(extension, "extension")) {
      const std::string_view url = fhir::FindText(part, "url");
      const std::string text(fhir::FindText(part, "valueString"));
      if (url == "allele") coverage.alleles.push_back(text);
      if (url == "position") coverage.positions.push_back(text);
      if (url == "copyNumber") {
        const Json* value = fhir::Find(part, "valueBoolean");
        coverage.copy_number = value != nullptr && value->is_boolean() && value->get<bool>();
      }
    }
  }
  return coverage;
}

Json RenderCoverage(const rules::Coverage& coverage) {
  if (!coverage.known) return nullptr;
  Json parts = Json::array();
  for (const std::string& allele : coverage.alleles) {
    parts.push_back({{"url", "allele"}, {"valueString", allele}});
  }
  for (const std::string& position : coverage.positions) {
    parts.push_back({{"url", "position"}, {"valueString", position}});
  }
  parts.push_back({{"url", "copyNumber"}, {"valueBoolean", coverage.copy_number}});
  return {{"url", ExtensionUrl()}, {"extension", std::move(parts)}};
}

}  // namespace genflik::mapping
