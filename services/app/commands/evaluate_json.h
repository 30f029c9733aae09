#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "fhir/issue.h"
#include "rules/engine.h"
#include "rules/warfarin.h"

// The JSON of `genflik evaluate` (docs/api.md): a case in, an answer out.

namespace genflik::app {

/// What one file or line asks.
struct EvaluationCase {
  std::vector<rules::GeneResult> results = {};
  rules::EvaluationContext context = {};
  /// What warfarin's equations need beside the genes, the age and the drugs taken at the same time.
  rules::WarfarinInput warfarin = {};
  /// As written; nothing when the results alone are to be interpreted.
  std::optional<std::string> drug = {};
};

/// Reads a case; every fault goes to `log` with its path, and then nothing is returned.
[[nodiscard]] std::optional<EvaluationCase> ReadEvaluationCase(std::string_view text,
                                                               fhir::IssueLog& log);

/// A score as JSON: a number when it is exact, else the text ("≥3.0", "n/a").
[[nodiscard]] nlohmann::ordered_json RenderScore(const rules::ActivityScore& score);
[[nodiscard]] nlohmann::ordered_json RenderAction(const rules::Action& action);
[[nodiscard]] nlohmann::ordered_json RenderEvidence(const rules::GeneEvidence& evidence);
[[nodiscard]] nlohmann::ordered_json RenderEvaluation(const rules::Evaluation& evaluation);
/// The interpretation of the results alone.
[[nodiscard]] nlohmann::ordered_json RenderProfile(const rules::KnowledgeBase& knowledge,
                                                   const std::vector<rules::EffectiveGene>& genes);
/// What both equations make of the case; what is missing is named.
[[nodiscard]] nlohmann::ordered_json RenderWarfarin(const rules::KnowledgeBase& knowledge,
                                                    const rules::GeneProfile& profile,
                                                    const EvaluationCase& question);
/// The whole answer to a case.
[[nodiscard]] nlohmann::ordered_json AnswerCase(const rules::KnowledgeBase& knowledge,
                                                const EvaluationCase& question);

}  // namespace genflik::app
