#pragma once

#include <filesystem>
#include <iostream>
#include <memory>
#include <vector>

#include "rules/knowledge_loader.h"
#include "tests/support/places.h"

namespace genflik::rules {

/// The folder of the knowledge that the program ships with.
inline std::filesystem::path KnowledgeDirectory() {
  return std::filesystem::path(tests::SourceDir()) / "rules/knowledge";
}

/// That knowledge, loaded once for all tests.
inline std::shared_ptr<const KnowledgeBase> SharedKnowledge() {
  static const std::shared_ptr<const KnowledgeBase> kKnowledge = [] {
    std::vector<KnowledgeProblem> problems;
    std::shared_ptr<const KnowledgeBase> knowledge = LoadKnowledge(KnowledgeDirectory(), problems);
    for (const KnowledgeProblem& problem : problems) {
      if (problem.warning && knowledge) continue;
      std::cerr << problem.file << problem.pointer << ": " << problem.reason << '\n';
    }
    return knowledge;
  }();
  return kKnowledge;
}

inline const KnowledgeBase& Knowledge() { return *SharedKnowledge(); }

}  // namespace genflik::rules
