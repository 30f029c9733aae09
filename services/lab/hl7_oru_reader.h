#pragma once

#include <chrono>
#include <vector>

#include "services/lab/hl7_message.h"
#include "services/lab/lab_configuration.h"
#include "services/lab/lab_report.h"

namespace genflik::lab {

/// Checks what a receiver must know before it reads the content: type, control id, processing id
/// and version (MSH-9 to MSH-12). Faults are refusals (AR).
void CheckHl7Header(const Hl7Message& message, const LabConfiguration& lab,
                    std::vector<Hl7Fault>& faults);

/// Reads an ORU^R01 (HL7 Version 2.5.1, chapter 7): one report for each OBR. The laboratory's own
/// codes, texts and attachments are kept beside what they were mapped to. With faults nothing of
/// the message may be stored.
[[nodiscard]] std::vector<LabReport> ReadOru(const Hl7Message& message, const LabConfiguration& lab,
                                             std::chrono::year_month_day today,
                                             std::vector<Hl7Fault>& faults);

}  // namespace genflik::lab
