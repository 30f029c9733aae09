#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "rules/definition_loader.h"
#include "rules/knowledge_base.h"
#include "rules/variant_call.h"

namespace genflik::lab {

/// Loads the allele definitions of a folder. Throws core::Error(kInvalid) with every problem.
[[nodiscard]] std::shared_ptr<const rules::AlleleDefinitions> LoadCallDefinitions(
    const std::filesystem::path& folder);

/// The allele definitions in force, read once for all who call. Safe to share between threads.
class CallDefinitions {
 public:
  /// Reads the folder; throws as LoadCallDefinitions does.
  explicit CallDefinitions(std::filesystem::path folder);

  /// Those that go with this knowledge: the folder is read again when the knowledge has another
  /// version than before. What cannot be read is logged and leaves the earlier ones in force.
  [[nodiscard]] std::shared_ptr<const rules::PositionIndex> For(
      const rules::KnowledgeBase& knowledge);

 private:
  const std::filesystem::path folder_;
  std::mutex mutex_;
  /// Of the knowledge that asked last; empty before the first.
  std::string version_;
  std::shared_ptr<const rules::PositionIndex> index_;
};

}  // namespace genflik::lab
