#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/json.h"
#include "services/core/clock.h"

namespace genflik::lab {

/// Who decided something about results, and why; both are needed.
struct Decision {
  std::string by = {};
  std::string reason = {};
  /// FHIR instant.
  std::string at = {};
};

/// Reads `{"by": …, "reason": …}`; throws Error(kInvalid) when either is missing.
[[nodiscard]] Decision ReadDecision(const fhir::Json& body, core::Instant now);

/// The decision as a Provenance of the resources it changed. `activity` is one of ours:
/// "resolve-conflict", "reopen-conflict", "move-result", "merge-patients",
/// "take-document", "call-variants", "acknowledge-late-result". `patient` is the logical
/// id of the patient whose record it is about; may be empty.
[[nodiscard]] fhir::Json RenderProvenance(const Decision& decision, std::string_view activity,
                                          const std::vector<std::string>& targets,
                                          std::string_view patient);

}  // namespace genflik::lab
