#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fhir/json.h"

namespace genflik::cds {

/// The EHR's FHIR server as a request names it. The token is a secret of this one call: it is never
/// stored nor logged.
struct EhrAccess {
  std::string server = {};
  std::string token = {};
};

using Deadline = std::chrono::steady_clock::time_point;

/// Reads "Patient/1", "Observation?patient=1" or a page's full address there, all at the same time;
/// one answer for each query. Nothing where the server may not be called, does not answer by the
/// deadline, or answers anything but FHIR JSON.
using EhrFetch = std::function<std::vector<std::optional<fhir::Json>>(
    const EhrAccess& access, const std::vector<std::string>& queries, Deadline deadline)>;

/// What was fetched for one request, kept with it so that a replay has the same.
struct FetchedResource {
  std::string query = {};
  /// Null where there was no answer.
  std::shared_ptr<const fhir::Json> body = {};
};

}  // namespace genflik::cds
