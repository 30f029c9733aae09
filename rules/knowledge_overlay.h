#pragma once

#include <nlohmann/json_fwd.hpp>

#include "rules/knowledge_reader.h"

namespace genflik::rules {

/// Applies one regional overlay file, which has passed its schema, to what was loaded: rules are
/// added, replaced or retired, each with who did it, who approved it, when and why. A retired or
/// replaced rule stays in the knowledge so that old alerts can be replayed.
void ApplyOverlay(const nlohmann::json& overlay, KnowledgeContent& content, ProblemSink& sink);

}  // namespace genflik::rules
