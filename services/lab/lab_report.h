#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "services/mapping/patients.h"

// What a laboratory said, before anybody judged it: the one value that every reader yields.

namespace genflik::lab {

struct LabPatient {
  /// Logical id of a stored patient, where the sender knows it; the identifiers are then not asked.
  std::string id = {};
  std::vector<mapping::PatientIdentifier> identifiers = {};
  std::string family = {};
  std::vector<std::string> given = {};
  /// FHIR date, in the precision given; may be empty.
  std::string birth_date = {};
  /// FHIR administrative gender; may be empty.
  std::string gender = {};
};

/// One result as an Observation without id, subject and specimen.
struct LabResult {
  /// Identity within the report: the same key in a later report about the same order replaces it.
  std::string key = {};
  fhir::Json observation = {};
  /// Why nothing could be made of it, for the queue; empty when something could.
  std::string unmapped = {};
};

struct LabReport {
  LabPatient patient = {};
  /// Who sends: namespaces the numbers below.
  std::string sender = {};
  /// The laboratory's own number of the report; a later report with the same one replaces it.
  std::string number = {};
  /// The code of the test where several reports share the number; may be empty.
  std::string test = {};
  /// The order it answers; may be empty.
  std::string order_number = {};
  /// DiagnosticReport without id, subject, specimen and result.
  fhir::Json report = {};
  /// Specimen without id and subject; null when nothing is said of it.
  fhir::Json specimen = {};
  std::vector<LabResult> results = {};
  /// Why a person has to read the report as a whole, for the queue; empty when nobody has to.
  std::string unmapped = {};
  /// FHIR dateTime at which this version was issued: a later one wins whatever the order of
  /// arrival.
  std::string issued = {};
};

}  // namespace genflik::lab
