#pragma once

#include <functional>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include "rules/knowledge_base.h"
#include "services/cds/ehr.h"
#include "services/cds/hook_request.h"

namespace genflik::cds {

/// Answers all queries of one round, each or nothing.
using FetchRound =
    std::function<std::vector<std::optional<fhir::Json>>(const std::vector<std::string>& queries)>;

/// Adds to `request` what prefetch lacks: the patient, genetic results, current drugs, what orders
/// refer to, body size where an order needs it, further pages. What could not be read is marked as
/// failed. Everything that was asked for is put in `fetched`, which must outlive the request.
void FetchMissing(const FetchRound& fetch, const rules::KnowledgeBase& knowledge,
                  HookRequest& request, std::list<FetchedResource>& fetched);

/// Adds the laboratory orders that are under way, where neither prefetch nor FetchMissing gave
/// them: they matter only once a genotyping is advised.
void FetchTests(const FetchRound& fetch, HookRequest& request, std::list<FetchedResource>& fetched);

/// A round that answers from what was fetched before, for replay.
[[nodiscard]] FetchRound FromFetched(const std::vector<FetchedResource>& fetched);

}  // namespace genflik::cds
