#pragma once

#include <vector>

#include "rules/knowledge_reader.h"

namespace genflik::rules {

/// One drug file: ids that stand twice, two rows of one guideline for one case, words missing.
void CheckDrug(const Drug& drug, ProblemSink& sink);
/// Between drug files: two files for one drug, one rule id in two files, alternatives that no file
/// has (a warning).
void CheckDrugs(const std::vector<Drug>& drugs, std::vector<KnowledgeProblem>& problems);

}  // namespace genflik::rules
