#pragma once

#include <memory>
#include <string>

#include "rules/knowledge_base.h"

namespace genflik::app {

/// The knowledge in `directory` (the program's own when empty), with the regional `overlay` when it
/// is not empty. Throws Error(kInvalid) with every problem when it may not be used.
[[nodiscard]] std::shared_ptr<const rules::KnowledgeBase> LoadKnowledgeOrThrow(
    const std::string& directory, const std::string& overlay);
/// `directory`, or the program's own knowledge when it is empty.
[[nodiscard]] std::string KnowledgeFolder(const std::string& directory);
/// The whole file, or standard input for "-". Throws Error(kNotFound).
[[nodiscard]] std::string ReadWholeFile(const std::string& path);

}  // namespace genflik::app
