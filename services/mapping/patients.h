#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/issue.h"
#include "fhir/json.h"

// Who a patient is: identifiers in one form, whatever form they came in. A patient is found by
// identifier, never by name.

namespace genflik::mapping {

/// An identifier with its canonical system.
struct PatientIdentifier {
  /// Canonical URI (aliases resolved: an OID of the personnummer gives the same as its URI).
  std::string system = {};
  /// Personnummer and samordningsnummer: twelve digits. Others: trimmed.
  std::string value = {};

  auto operator<=>(const PatientIdentifier&) const = default;
};

/// The one form of an identifier. A personnummer or samordningsnummer that cannot be one (date,
/// check digit) is named in `log` and gives nothing; so does an empty value. `today` decides the
/// century of a ten-digit number. A system without value or a value without system gives nothing.
[[nodiscard]] std::optional<PatientIdentifier> NormaliseIdentifier(
    std::string_view system, std::string_view value, std::chrono::year_month_day today,
    fhir::IssueLog& log);

/// The usable identifiers of a Patient; those out of use (`use` = old) included, since old results
/// carry them.
[[nodiscard]] std::vector<PatientIdentifier> IdentifiersOf(const fhir::Json& patient,
                                                           std::chrono::year_month_day today,
                                                           fhir::IssueLog& log);

}  // namespace genflik::mapping
