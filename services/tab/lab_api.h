#pragma once

#include <functional>
#include <memory>

#include "rules/knowledge_base.h"
#include "services/http/router.h"
#include "services/lab/queue_actions.h"

namespace genflik::tab {

/// What the routes need; all must outlive the router.
struct LabRoutes {
  lab::QueueContext queue;
  std::function<std::shared_ptr<const rules::KnowledgeBase>()> knowledge;
};

/// Adds the doors for laboratories that are not FHIR, and the work on what they sent:
/// - `POST /hl7v2`: one HL7 v2 message; the acknowledgement is the answer's body. 200 for AA, 422
///   for AE, 400 for AR.
/// - `GET /unmapped`: entries, oldest first; `?status=` (open by default, or all), `?patient=`.
///   `GET /unmapped/{id}`: one.
/// - `POST /unmapped/{id}/replay`: takes the original again; 409 with the reasons when it still
///   cannot be used.
/// - `POST /unmapped/{id}/resolve`: `{"by": …, "reason": …}` closes an entry; both are needed.
/// - `GET /conflicts`: the results that disagree and wait for a person, of all patients.
/// - `POST /record/{patient}/conflicts/{gene}/resolve`: `{"keep": "Observation/…", "by": …,
///   "reason": …}` decides which of the results that disagree counts; `…/reopen` undoes it.
/// - `POST /record/{patient}/move`: `{"result": "DiagnosticReport/…", "to": "Patient/…", "by": …,
///   "reason": …}` gives a report or result that was stored with the wrong patient to the right
///   one.
/// - `GET /late-results`: results and new knowledge that speak against a running drug; `?status=`
///   (open by default: open, acknowledged, settled, replaced or all), `?patient=`.
///   `POST /late-results/{id}/acknowledge`: `{"by": …, "reason": …}`: a clinician has seen it.
/// - `GET /record/{patient}/document`: the record as one FHIR document Bundle; POST also keeps its
///   List and Composition, so that `Composition/record-ID/$document` gives it.
/// - `POST /record-documents`: takes such a document of another Genflik in.
void AddLabRoutes(http::Router& router, const LabRoutes& routes);

}  // namespace genflik::tab
