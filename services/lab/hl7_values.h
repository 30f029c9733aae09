#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "fhir/json.h"
#include "services/lab/hl7_message.h"
#include "services/lab/lab_configuration.h"
#include "services/lab/lab_report.h"

// Single fields of HL7 v2 as FHIR values; used by hl7_oru_reader.

namespace genflik::lab {

/// A coded field (CWE, CE) as CodeableConcept: both triplets, and the text of component 9.
[[nodiscard]] fhir::Json ReadCoded(const Hl7Segment& segment, size_t field, size_t repetition = 0);

/// Sets value[x] of `element` from one repetition of OBX-5 by the type in OBX-2. False when the
/// type is unknown; an empty field or the HL7 null sets nothing.
[[nodiscard]] bool SetHl7Value(const Hl7Segment& obx, size_t repetition, fhir::Json& element);

/// FHIR Observation status of OBX-11 (table 0085); empty when the code is not in the table.
[[nodiscard]] std::string ObservationStatus(std::string_view code);
/// FHIR DiagnosticReport status of OBR-25 (table 0123); "unknown" when it says nothing usable.
[[nodiscard]] std::string ReportStatus(std::string_view code);

/// Who a PID speaks of. Faults: no usable identifier, one with a wrong check digit, a birth date
/// that contradicts the personnummer.
[[nodiscard]] std::optional<LabPatient> ReadPid(const Hl7Segment& pid, size_t sequence,
                                                const LabConfiguration& lab,
                                                std::chrono::year_month_day today,
                                                std::vector<Hl7Fault>& faults);

}  // namespace genflik::lab
