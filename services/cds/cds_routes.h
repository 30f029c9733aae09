#pragma once

#include "services/cds/cds_context.h"
#include "services/http/router.h"

namespace genflik::cds {

/// Adds discovery, the services, feedback and the statistics of alerts. What `context` refers to
/// must outlive the router.
void AddCdsRoutes(http::Router& router, const CdsContext& context);

}  // namespace genflik::cds
