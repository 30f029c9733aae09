#pragma once

#include <optional>

#include "fhir/issue.h"
#include "fhir/json.h"

// JSON Patch, RFC 6902: http://hl7.org/fhir/R4/http.html#patch

namespace genflik::fhir {

/// `resource` after all operations of `patch`; nothing, with the fault and the number of the
/// operation in `log`, when the patch is malformed, a path is absent or a test fails. A failed test
/// has the issue type conflict. Decimals keep their digits, and 1.0 is not equal to 1.00.
[[nodiscard]] std::optional<Json> ApplyJsonPatch(const Json& resource, const Json& patch,
                                                 IssueLog& log);

}  // namespace genflik::fhir
