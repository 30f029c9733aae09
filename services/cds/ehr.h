#pragma once

#include <functional>
#include <optional>
#include <string>

#include "fhir/json.h"

namespace genflik::cds {

/// The EHR's FHIR server as a request names it. The token is a secret of this one call: it is never
/// stored nor logged.
struct EhrAccess {
  std::string server = {};
  std::string token = {};
};

/// Reads "Patient/1" or "Observation?patient=1" there. Nothing when the server may not be called,
/// does not answer in time, or answers anything but FHIR JSON.
using EhrFetch =
    std::function<std::optional<fhir::Json>(const EhrAccess& access, const std::string& query)>;

}  // namespace genflik::cds
