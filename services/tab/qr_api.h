#pragma once

#include <functional>
#include <memory>

#include "rules/knowledge_base.h"
#include "services/core/clock.h"
#include "services/http/router.h"
#include "services/store/store.h"

namespace genflik::tab {

/// Adds `GET /record/{patient}/card.svg?lang=sv|en`: the wallet card with the essential results,
/// and a QR code that holds them as text. Everything handed in must outlive the router.
void AddCardRoutes(http::Router& router, store::Store& store,
                   std::function<std::shared_ptr<const rules::KnowledgeBase>()> knowledge,
                   const core::Clock& clock);

}  // namespace genflik::tab
