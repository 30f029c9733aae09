#pragma once

#include "services/cds/cds_context.h"
#include "services/cds/decision.h"

namespace genflik::cds {

/// Where the patient has blocked results to the caller, decides once more with them, and where that
/// comes to something else says so on `decision`: that a blocked result affects the order, not
/// which nor how, and how to open it.
void TellOfBlocked(const CdsContext& context, const DecisionInput& input, Decision& decision);

}  // namespace genflik::cds
