#include "services/app/commands/knowledge_files.h"

#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

#include "rules/knowledge_loader.h"
#include "services/core/error.h"
#include "services/core/paths.h"

namespace genflik::app {

std::string KnowledgeFolder(const std::string& directory) {
  return directory.empty() ? (core::ShareDirectory() / "knowledge").string() : directory;
}

std::shared_ptr<const rules::KnowledgeBase> LoadKnowledgeOrThrow(const std::string& directory,
                                                                 const std::string& overlay) {
  std::vector<rules::KnowledgeProblem> problems;
  std::shared_ptr<const rules::KnowledgeBase> knowledge =
      rules::LoadKnowledge(KnowledgeFolder(directory), problems, overlay);
  if (knowledge) return knowledge;
  std::vector<fhir::Issue> issues;
  for (const rules::KnowledgeProblem& problem : problems) {
    if (problem.warning) continue;
    issues.push_back({fhir::Severity::kError, fhir::IssueType::kInvalid, problem.reason,
                      problem.file + problem.pointer});
  }
  throw core::Error(core::ErrorCode::kInvalid, std::move(issues));
}

std::string ReadWholeFile(const std::string& path) {
  if (path == "-") return {std::istreambuf_iterator<char>(std::cin), {}};
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw core::Error(core::ErrorCode::kNotFound, path + ": cannot be read");
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace genflik::app
