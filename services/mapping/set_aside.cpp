#include "services/mapping/set_aside.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/systems.h"

namespace genflik::mapping {
namespace {

using fhir::FindText;
using fhir::Json;

std::string Url() {
  return std::string(fhir::systems::kGenflik) + "/StructureDefinition/set-aside";
}

}  // namespace

void SetAside(std::string_view reason, std::string_view by, std::string_view at,
              Json& observation) {
  ClearSetAside(observation);
  const auto part = [](const char* url, const char* kind, std::string_view value) -> Json {
    return {{"url", url}, {kind, std::string(value)}};
  };
  observation["extension"].push_back(
      {{"url", Url()},
       {"extension",
        Json::array({part("reason", "valueString", reason), part("by", "valueString", by),
                     part("at", "valueDateTime", at)})}});
}

void ClearSetAside(Json& observation) {
  Json kept = Json::array();
  for (const Json& extension : fhir::FindArray(observation, "extension")) {
    if (FindText(extension, "url") != Url()) kept.push_back(extension);
  }
  if (kept.empty()) {
    observation.erase("extension");
  } else {
    observation["extension"] = std::move(kept);
  }
}

std::string ReadSetAside(const Json& observation) {
  for (const Json& extension : fhir::FindArray(observation, "extension")) {
    if (FindText(extension, "url") != Url()) continue;
    std::string reason;
    std::string by;
    std::string at;
    for (const Json& part : fhir::FindArray(extension, "extension")) {
      if (FindText(part, "url") == "reason") reason = FindText(part, "valueString");
      if (FindText(part, "url") == "by") by = FindText(part, "valueString");
      if (FindText(part, "url") == "at") at = FindText(part, "valueDateTime");
    }
    return reason + " (" + by + ", " + at + ")";
  }
  return "";
}

}  // namespace genflik::mapping
