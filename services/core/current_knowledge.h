#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "rules/knowledge_base.h"
#include "rules/knowledge_loader.h"

namespace genflik::core {

/// The knowledge snapshot in use. Thread-safe: a caller keeps the snapshot it took for the whole of
/// its work, so that one answer never mixes two versions.
class CurrentKnowledge {
 public:
  /// Loads `directory` and the regional `overlay` (empty: none). Throws Error(kInvalid) with every
  /// problem when the files cannot be used.
  explicit CurrentKnowledge(std::filesystem::path directory, std::filesystem::path overlay = {});
  /// Uses a snapshot that stands already, for tests; Reload is then refused.
  explicit CurrentKnowledge(std::shared_ptr<const rules::KnowledgeBase> snapshot);

  std::shared_ptr<const rules::KnowledgeBase> Get() const;
  /// Loads the files again and swaps the snapshot as a whole. When they cannot be used the snapshot
  /// in use stays and Error(kInvalid) names every problem. Returns the new version.
  std::string Reload();

 private:
  std::filesystem::path directory_;
  std::filesystem::path overlay_;
  mutable std::mutex mutex_;
  std::shared_ptr<const rules::KnowledgeBase> snapshot_;
};

}  // namespace genflik::core
