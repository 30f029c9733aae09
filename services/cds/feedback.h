#pragma once

#include "services/cds/cds_context.h"
#include "services/http/exchange.h"

namespace genflik::cds {

/// Takes what clinicians did with cards: POST {base}/cds-services/{id}/feedback. Durable when it
/// returns. https://cds-hooks.hl7.org/2.0/#feedback
[[nodiscard]] http::Response TakeFeedback(const CdsContext& context, const http::Request& request);

/// How alerts were answered, by drug, gene and reason: GET {base}/alerts/statistics.
[[nodiscard]] http::Response ShowStatistics(const CdsContext& context,
                                            const http::Request& request);

}  // namespace genflik::cds
