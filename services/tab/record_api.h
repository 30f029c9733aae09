#pragma once

#include <functional>
#include <memory>

#include "rules/knowledge_base.h"
#include "services/core/clock.h"
#include "services/http/router.h"
#include "services/store/store.h"

namespace genflik::tab {

/// Adds `GET /record/{patient}` (docs/record-json.md). `knowledge` gives the snapshot in use.
/// Everything handed in must outlive the router.
void AddRecordRoutes(http::Router& router, store::Store& store,
                     std::function<std::shared_ptr<const rules::KnowledgeBase>()> knowledge,
                     const core::Clock& clock);

}  // namespace genflik::tab
