#pragma once

#include <string>
#include <vector>

#include "fhir/json.h"

namespace genflik::lab {

/// One thing that keeps a configuration from being used.
struct SchemaFault {
  /// JSON Pointer of the place; empty for the whole file.
  std::string pointer = {};
  std::string reason = {};
};

/// Checks a laboratory's configuration against services/lab/configurations/schema. Throws
/// Error(kInternal) when the schema itself cannot be read.
[[nodiscard]] std::vector<SchemaFault> CheckLabConfiguration(const fhir::Json& document);

}  // namespace genflik::lab
