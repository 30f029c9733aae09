#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "rules/knowledge_base.h"

namespace genflik::rules {

/// One thing wrong in the knowledge files.
struct KnowledgeProblem {
  /// Path relative to the knowledge directory, such as "drugs/codeine.json".
  std::string file = {};
  /// JSON Pointer of the place; empty for the whole file.
  std::string pointer = {};
  std::string reason = {};
  /// A warning does not keep the knowledge from being used.
  bool warning = false;
};

/// Reads genes/, drugs/, phenoconversion.json and manifest.json of `directory` and, when it is not
/// empty, the regional `overlay` directory; checks them against the schemas in schema/ and against
/// each other. All problems are reported at once. Returns nothing when any is an error: then no
/// part of it may be used.
[[nodiscard]] std::shared_ptr<const KnowledgeBase> LoadKnowledge(
    const std::filesystem::path& directory, std::vector<KnowledgeProblem>& problems,
    const std::filesystem::path& overlay = {});

}  // namespace genflik::rules
