#pragma once

#include "services/core/current_knowledge.h"
#include "services/core/metrics.h"
#include "services/http/router.h"
#include "services/store/store.h"

namespace genflik::app {

/// What the health routes look at.
struct HealthContext {
  store::Store& store;
  const core::CurrentKnowledge& knowledge;
  const core::Metrics& metrics;
};

/// GET /health/live (the process answers), /health/ready (store and knowledge can be used; else
/// 503), /metrics (Prometheus text).
void AddHealthRoutes(http::Router& router, HealthContext context);

}  // namespace genflik::app
