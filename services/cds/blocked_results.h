#pragma once

#include "services/cds/cds_context.h"
#include "services/cds/decision.h"

namespace genflik::cds {

/// Reads StoredFacts::opened where the patient has blocked results to the caller.
void ReadOpened(const CdsContext& context, StoredFacts& facts);

/// Decides once more with StoredFacts::opened, and where that comes to something else says so on
/// `decision`: that a blocked result affects the order, not which nor how, and how to open it.
/// Pure.
void TellOfBlocked(const DecisionInput& input, Decision& decision);

}  // namespace genflik::cds
