#pragma once

#include <string_view>

#include "fhir/definitions.h"
#include "fhir/issue.h"
#include "fhir/json.h"

// Rules of http://hl7.org/fhir/R4/validation.html that can be judged from the resource alone.

namespace genflik::fhir {

/// Judges one resource: structure, cardinality, primitive formats and true dates, required
/// bindings, types of references, contained resources and invariants. Every fault is added to `log`
/// with its FHIRPath; the resource is fit to be stored when `log` has no errors then.
void ValidateResource(const Definitions& definitions, const Json& resource, IssueLog& log);

/// The same, and refuses a resource of another type than `type`.
void ValidateResource(const Definitions& definitions, const Json& resource, std::string_view type,
                      IssueLog& log);

/// The form of a resource id: 1 to 64 of A-Z a-z 0-9 - and full stop.
[[nodiscard]] bool IsId(std::string_view text);

}  // namespace genflik::fhir
