#pragma once

#include "rules/drug.h"
#include "rules/knowledge_base.h"
#include "rules/recommendation.h"
#include "rules/text.h"

namespace genflik::tab {

/// What to do, in a few words: "Avoid; use prasugrel or ticagrelor instead". Alternatives are named
/// in both languages where `knowledge` has them.
[[nodiscard]] rules::LocalText HeadlineOf(const rules::KnowledgeBase& knowledge,
                                          const rules::Action& action);

/// Why nothing can be said: "Not known: DPYD not tested".
[[nodiscard]] rules::LocalText HeadlineOf(const std::vector<rules::UnknownGene>& unknown);

}  // namespace genflik::tab
