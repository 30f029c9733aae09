#pragma once

#include "services/cds/cds_context.h"
#include "services/http/exchange.h"

namespace genflik::cds {

/// Judges a MedicationRequest without storing it: POST
/// {base}/fhir/MedicationRequest/$evaluate-order.
[[nodiscard]] http::Response EvaluateOrderOperation(const CdsContext& context,
                                                    const http::Request& request);

}  // namespace genflik::cds
