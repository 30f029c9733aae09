#pragma once

#include "services/core/clock.h"
#include "services/http/router.h"
#include "services/lab/intake.h"
#include "services/store/store.h"

namespace genflik::tab {

/// What the routes need; all must outlive the router.
struct LabRoutes {
  store::Store& store;
  lab::Hl7Intake& intake;
  const core::Clock& clock;
};

/// Adds the doors for laboratories that are not FHIR, and the queue of what could not be used:
/// - `POST /hl7v2`: one HL7 v2 message; the acknowledgement is the answer's body. 200 for AA, 422
///   for AE, 400 for AR.
/// - `GET /unmapped`: entries, oldest first; `?status=` (open by default), `?patient=`.
/// - `POST /unmapped/{id}/replay`: takes the original again; 409 with the reasons when it still
///   cannot be used.
/// - `POST /unmapped/{id}/resolve`: `{"by": …, "reason": …}` closes an entry; both are needed.
void AddLabRoutes(http::Router& router, const LabRoutes& routes);

}  // namespace genflik::tab
