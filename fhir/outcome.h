#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/issue.h"
#include "fhir/json.h"

// http://hl7.org/fhir/R4/operationoutcome.html

namespace genflik::fhir {

/// An OperationOutcome of these findings; with none, one that says that all is well.
[[nodiscard]] Json MakeOutcome(const std::vector<Issue>& issues);
/// An OperationOutcome of one finding.
[[nodiscard]] Json MakeOutcome(Severity severity, IssueType type, std::string text,
                               std::string path = {});

}  // namespace genflik::fhir
