#pragma once

#include "services/alerts/alert_policy.h"
#include "services/cds/decision.h"

namespace genflik::cds {

/// The region's policy, with what is set for the clinician's specialty. Only a Practitioner or
/// PractitionerRole that is the user whom the hook names tells the specialty.
[[nodiscard]] alerts::PolicyOptions PolicyFor(const DecisionInput& input);

}  // namespace genflik::cds
