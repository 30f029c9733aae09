#pragma once

#include <string>
#include <vector>

#include "services/lab/hl7_message.h"
#include "services/lab/lab_configuration.h"
#include "services/lab/lab_report.h"

// From OBX segments of one OBR to Observations in the form of Genomics Reporting.

namespace genflik::lab {

/// One OBX with what belongs to it.
struct Hl7Obx {
  const Hl7Segment* segment = nullptr;
  /// Which OBX of the message, from 1.
  size_t sequence = 0;
  /// FHIR Observation status.
  std::string status = {};
  std::vector<std::string> notes = {};
};

/// What the results of one OBR share.
struct Hl7Context {
  const LabConfiguration& lab;
  const Hl7Segment& obr;
  /// FHIR dateTime of the sample; may be empty.
  std::string sampled;
};

/// Joins the OBX of one result (same OBX-4; without it, a gene opens a new result) and builds an
/// Observation for each genotype, haplotype, variant, phenotype or other value. A gene that
/// contradicts its value is a fault.
[[nodiscard]] std::vector<LabResult> BuildResults(const std::vector<Hl7Obx>& obxs,
                                                  const Hl7Context& context,
                                                  std::vector<Hl7Fault>& faults);

}  // namespace genflik::lab
