#include "services/core/current_knowledge.h"

#include <utility>

#include "services/core/error.h"
#include "services/core/log.h"

namespace genflik::core {
namespace {

std::shared_ptr<const rules::KnowledgeBase> Load(const std::filesystem::path& directory,
                                                 const std::filesystem::path& overlay) {
  std::vector<rules::KnowledgeProblem> problems;
  auto snapshot = rules::LoadKnowledge(directory, problems, overlay);
  std::vector<fhir::Issue> issues;
  for (const auto& problem : problems) {
    const std::string place = problem.file + '#' + problem.pointer;
    if (problem.warning) {
      Log(LogLevel::kWarning, "knowledge", {{"place", place}, {"reason", problem.reason}});
    } else {
      issues.push_back({fhir::Severity::kError, fhir::IssueType::kInvalid, problem.reason, place});
    }
  }
  if (!snapshot && issues.empty()) {
    issues.push_back({fhir::Severity::kError, fhir::IssueType::kNotFound, "no knowledge files",
                      directory.string()});
  }
  if (!snapshot) throw Error(ErrorCode::kInvalid, std::move(issues));
  return snapshot;
}

}  // namespace

CurrentKnowledge::CurrentKnowledge(std::filesystem::path directory, std::filesystem::path overlay)
    : directory_(std::move(directory)),
      overlay_(std::move(overlay)),
      snapshot_(Load(directory_, overlay_)) {}

CurrentKnowledge::CurrentKnowledge(std::shared_ptr<const rules::KnowledgeBase> snapshot)
    : snapshot_(std::move(snapshot)) {}

std::shared_ptr<const rules::KnowledgeBase> CurrentKnowledge::Get() const {
  const std::scoped_lock lock(mutex_);
  return snapshot_;
}

std::string CurrentKnowledge::Reload() {
  if (directory_.empty()) throw Error(ErrorCode::kUnsupported, "this knowledge has no files");
  auto fresh = Load(directory_, overlay_);
  const std::scoped_lock lock(mutex_);
  snapshot_ = std::move(fresh);
  return snapshot_->version();
}

}  // namespace genflik::core
