#pragma once

#include <functional>
#include <memory>

#include "rules/knowledge_base.h"
#include "services/alerts/alert_policy.h"
#include "services/core/clock.h"
#include "services/http/router.h"
#include "services/store/store.h"

namespace genflik::tab {

/// Adds `GET /record/{patient}/drugs`: what every drug of the knowledge means for the patient
/// (docs/record-json.md); with `?active=true` only the drugs that the patient takes. `policy` is
/// that of the cards at the order. Everything else handed in must outlive the router.
void AddDrugsRoutes(http::Router& router, store::Store& store,
                    std::function<std::shared_ptr<const rules::KnowledgeBase>()> knowledge,
                    const core::Clock& clock, const alerts::PolicyOptions& policy);

}  // namespace genflik::tab
