#include "services/lab/decision_record.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/provenance.h"
#include "fhir/systems.h"
#include "services/core/error.h"

namespace genflik::lab {

using fhir::Json;

Decision ReadDecision(const Json& body, core::Instant now) {
  Decision decision{.by = std::string(fhir::FindText(body, "by")),
                    .reason = std::string(fhir::FindText(body, "reason")),
                    .at = core::PrintInstant(now)};
  if (decision.by.empty() || decision.reason.empty()) {
    throw core::Error(core::ErrorCode::kInvalid, "\"by\" and \"reason\" are needed");
  }
  return decision;
}

Json RenderProvenance(const Decision& decision, std::string_view activity,
                      const std::vector<std::string>& targets, std::string_view patient) {
  Json references = Json::array();
  for (const std::string& target : targets) references.push_back({{"reference", target}});
  const Json coding = {{"system", std::string(fhir::systems::kGenflik) + "/CodeSystem/activity"},
                       {"code", std::string(activity)}};
  Json provenance = {{"resourceType", "Provenance"},
                     {"target", std::move(references)},
                     {"recorded", decision.at},
                     {"reason", Json::array({{{"text", decision.reason}}})},
                     {"activity", {{"coding", Json::array({coding})}}},
                     {"agent", Json::array({{{"who", {{"display", decision.by}}}}})}};
  fhir::SetPatient(provenance, patient);
  return provenance;
}

}  // namespace genflik::lab
