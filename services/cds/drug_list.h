#pragma once

#include "services/cds/cds_context.h"
#include "services/http/exchange.h"

namespace genflik::cds {

/// Every drug of the knowledge with its traffic light for one patient: GET
/// {base}/record/{patient}/drugs.
[[nodiscard]] http::Response ListDrugs(const CdsContext& context, const http::Request& request);

/// Judges a MedicationRequest without storing it: POST
/// {base}/fhir/MedicationRequest/$evaluate-order.
[[nodiscard]] http::Response EvaluateOrderOperation(const CdsContext& context,
                                                    const http::Request& request);

}  // namespace genflik::cds
