#include "services/mapping/genomics_common.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "services/mapping/genomics_coverage.h"
#include "services/mapping/genomics_elements.h"
#include "services/mapping/set_aside.h"

namespace genflik::mapping {
namespace {

using fhir::Find;
using fhir::FindArray;
using fhir::FindText;
using fhir::Json;
using rules::RecordStatus;

std::optional<RecordStatus> StatusOf(std::string_view code) {
  if (code == "final") return RecordStatus::kFinal;
  if (code == "amended") return RecordStatus::kAmended;
  if (code == "corrected") return RecordStatus::kCorrected;
  if (code == "entered-in-error") return RecordStatus::kEnteredInError;
  if (code == "preliminary" || code == "registered") return RecordStatus::kPreliminary;
  return std::nullopt;
}

std::string EffectiveOf(const Json& observation) {
  for (const std::string_view name : {"effectiveDateTime", "effectiveInstant"}) {
    const std::string_view text = FindText(observation, name);
    if (!text.empty()) return std::string(text);
  }
  if (const Json* period = Find(observation, "effectivePeriod")) {
    return std::string(FindText(*period, "start"));
  }
  return std::string(FindText(observation, "issued"));
}

std::string LaboratoryOf(const Json& observation) {
  for (const Json& performer : FindArray(observation, "performer")) {
    for (const std::string_view name : {"display", "reference"}) {
      const std::string_view text = FindText(performer, name);
      if (!text.empty()) return std::string(text);
    }
  }
  return "";
}

}  // namespace

std::optional<rules::GeneResult> ReadCommonPart(const Json& observation) {
  const auto status = StatusOf(FindText(observation, "status"));
  if (!status) return std::nullopt;
  rules::GeneResult result;
  result.record_status = *status;
  result.laboratory = LaboratoryOf(observation);
  result.method = TextOfConcept(Find(observation, "method"));
  result.effective = EffectiveOf(observation);
  if (const Json* meta = Find(observation, "meta")) {
    result.received = std::string(FindText(*meta, "lastUpdated"));
  }
  result.coverage = ReadCoverage(observation);
  result.set_aside = ReadSetAside(observation);
  return result;
}

bool IsSomatic(const Json& observation) {
  const Json& components = FindArray(observation, "component");
  return std::any_of(components.begin(), components.end(), [](const Json& component) {
    const Json* code = Find(component, "code");
    return code != nullptr && HasLoinc(*code, "48002-0") && AnswerOf(component) == "LA6684-0";
  });
}

}  // namespace genflik::mapping
