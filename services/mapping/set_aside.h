#pragma once

#include <string>
#include <string_view>

#include "fhir/json.h"

namespace genflik::mapping {

/// Marks an Observation as one that a person has set aside in favour of another result.
void SetAside(std::string_view reason, std::string_view by, std::string_view at,
              fhir::Json& observation);
void ClearSetAside(fhir::Json& observation);
/// "reason (by, at)"; empty when the Observation counts.
[[nodiscard]] std::string ReadSetAside(const fhir::Json& observation);

}  // namespace genflik::mapping
