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

}  // namespace genflik::fhir
