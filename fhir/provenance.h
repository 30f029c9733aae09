#pragma once

#include <string_view>

#include "fhir/json.h"

namespace genflik::fhir {

/// The extension that says whom a Provenance is about: R5's element in its form for R4. By it the
/// Provenance is in the patient's compartment (search, `$everything`, patient scopes), which R4
/// otherwise grants only to Provenances of the Patient resource itself.
inline constexpr std::string_view kProvenancePatient =
    "http://hl7.org/fhir/5.0/StructureDefinition/extension-Provenance.patient";

/// Names the patient (a logical id; empty: nothing happens) in a Provenance.
void SetPatient(Json& provenance, std::string_view patient);
/// Names `to`, once, where a Provenance names the patient `from` (logical ids).
void MovePatient(Json& provenance, std::string_view from, std::string_view to);

}  // namespace genflik::fhir
