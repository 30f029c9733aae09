#include "fhir/provenance.h"

#include <string>

#include <nlohmann/json.hpp>

namespace genflik::fhir {

void SetPatient(Json& provenance, std::string_view patient) {
  if (patient.empty()) return;
  provenance["extension"].push_back(
      {{"url", std::string(kProvenancePatient)},
       {"valueReference", {{"reference", "Patient/" + std::string(patient)}}}});
}

void MovePatient(Json& provenance, std::string_view from, std::string_view to) {
  const auto extensions = provenance.find("extension");
  if (extensions == provenance.end()) return;
  const auto names = [](const Json& extension, std::string_view patient) {
    const Json* reference = Find(extension, "valueReference");
    return FindText(extension, "url") == kProvenancePatient && reference != nullptr &&
           FindText(*reference, "reference") == "Patient/" + std::string(patient);
  };
  Json kept = Json::array();
  bool named = false;
  for (Json& extension : *extensions) {
    if (names(extension, from)) {
      extension["valueReference"] = {{"reference", "Patient/" + std::string(to)}};
    }
    if (names(extension, to)) {
      if (named) continue;
      named = true;
    }
    kept.push_back(std::move(extension));
  }
  *extensions = std::move(kept);
}

}  // namespace genflik::fhir
