#pragma once

#include <string>
#include <vector>

#include "fhir/definitions.h"
#include "fhir/json.h"
#include "fhir/search_query.h"

// http://hl7.org/fhir/R4/search.html#summary

namespace genflik::fhir {

/// `resource` reduced as `_summary` and `_elements` ask; `elements` wins when both are given. A
/// reduced resource carries the tag SUBSETTED; mandatory elements stay. kFalse and kCount leave it
/// whole.
[[nodiscard]] Json Summarise(const Definitions& definitions, const Json& resource, SummaryMode mode,
                             const std::vector<std::string>& elements = {});

/// True when a resource carries the tag SUBSETTED, and so must not be taken as an update.
[[nodiscard]] bool IsSubsetted(const Json& resource);

}  // namespace genflik::fhir
