#pragma once

#include <string>

#include "rules/knowledge_base.h"
#include "services/cds/hook_request.h"

namespace genflik::cds {

/// True when what is said about an order may depend on the patient's weight or body surface: its
/// dose is told by them, or a full dose or a limit of its drug is.
[[nodiscard]] bool UsesSize(const HookRequest& request, const rules::KnowledgeBase& knowledge);

/// The part of a FHIR search that asks a record system for what mapping::kBodySizeQuery finds here:
/// "&code=http://loinc.org|29463-7,…".
[[nodiscard]] std::string BodySizeSearch();

}  // namespace genflik::cds
