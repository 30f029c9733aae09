#pragma once

#include <string>

#include "rules/knowledge_base.h"

namespace genflik::app {

/// A gene or drug as text for a person: alleles by function, or every row of every guideline.
/// Throws Error(kNotFound) when the knowledge has neither.
[[nodiscard]] std::string ShowKnowledge(const rules::KnowledgeBase& knowledge,
                                        const std::string& name);

/// What differs between two versions, one line each: "+" new, "-" gone, "~" changed.
[[nodiscard]] std::string CompareKnowledge(const rules::KnowledgeBase& before,
                                           const rules::KnowledgeBase& after);

}  // namespace genflik::app
