#include "services/lab/call_definitions.h"

#include <utility>
#include <vector>

#include "fhir/issue.h"
#include "services/core/error.h"
#include "services/core/log.h"

namespace genflik::lab {

std::shared_ptr<const rules::AlleleDefinitions> LoadCallDefinitions(
    const std::filesystem::path& folder) {
  std::vector<rules::DefinitionProblem> problems;
  auto definitions = rules::LoadDefinitions(folder, problems);
  if (definitions) return definitions;
  std::vector<fhir::Issue> issues;
  for (const auto& problem : problems) {
    issues.push_back({fhir::Severity::kError, fhir::IssueType::kInvalid, problem.reason,
                      problem.file + problem.pointer});
  }
  throw core::Error(core::ErrorCode::kInvalid, std::move(issues));
}

CallDefinitions::CallDefinitions(std::filesystem::path folder)
    : folder_(std::move(folder)),
      index_(std::make_shared<const rules::PositionIndex>(LoadCallDefinitions(folder_))) {}

std::shared_ptr<const rules::PositionIndex> CallDefinitions::For(
    const rules::KnowledgeBase& knowledge) {
  const std::lock_guard lock(mutex_);
  const bool changed = !version_.empty() && version_ != knowledge.version();
  version_ = knowledge.version();
  if (!changed) return index_;
  try {
    index_ = std::make_shared<const rules::PositionIndex>(LoadCallDefinitions(folder_));
  } catch (const core::Error& error) {
    core::Log(core::LogLevel::kError, "definitions-refused", {{"reason", error.what()}});
  }
  return index_;
}

}  // namespace genflik::lab
