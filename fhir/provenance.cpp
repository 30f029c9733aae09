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
  for (Json& extension : *extensions) {
    const Json* reference = Find(extension, "valueReference");
    if (FindText(extension, "url") != kProvenancePatient || reference == nullptr ||
        FindText(*reference, "reference") != "Patient/" + std::string(from))
      continue;
    extension["valueReference"] = {{"reference", "Patient/" + std::string(to)}};
  }
}

}  // namespace genflik::fhir
