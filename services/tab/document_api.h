#pragma once

#include <functional>
#include <memory>

#include "rules/knowledge_base.h"
#include "services/core/clock.h"
#include "services/core/ids.h"
#include "services/http/router.h"
#include "services/store/store.h"

namespace genflik::tab {

/// Adds `GET /record/{patient}/fhir-document?lang=sv|en`: the record as a FHIR document, for
/// download. Everything handed in must outlive the router.
void AddDocumentRoutes(http::Router& router, store::Store& store,
                       std::function<std::shared_ptr<const rules::KnowledgeBase>()> knowledge,
                       const core::Clock& clock, core::Ids& ids);

}  // namespace genflik::tab
