#pragma once

#include <functional>
#include <memory>

#include "rules/knowledge_base.h"
#include "services/core/clock.h"
#include "services/http/router.h"
#include "services/store/store.h"

namespace genflik::tab {

/// Adds what happened besides results (docs/record-json.md); everything must outlive the router.
/// - `GET /record/{patient}/timeline`: the alerts that were given and what was done about them, and
///   the genes that came to be read otherwise by newer knowledge.
/// - `GET /alerts/repeats`: for each gene, how often it was ordered although a result was there,
/// and
///   what became of the order.
void AddTimelineRoutes(http::Router& router, store::Store& store,
                       std::function<std::shared_ptr<const rules::KnowledgeBase>()> knowledge,
                       const core::Clock& clock);

}  // namespace genflik::tab
