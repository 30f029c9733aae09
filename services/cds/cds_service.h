#pragma once

#include "services/cds/cds_context.h"
#include "services/http/exchange.h"

namespace genflik::cds {

/// Answers a call of a service: POST {base}/cds-services/{id}.
/// https://cds-hooks.hl7.org/2.0/#calling-a-cds-service
[[nodiscard]] http::Response CallService(const CdsContext& context, const http::Request& request);

/// The language that the caller prefers of the two there are (RFC 9110, 12.5.4).
[[nodiscard]] alerts::Language PreferredLanguage(std::string_view accept_language,
                                                 alerts::Language otherwise);

}  // namespace genflik::cds
