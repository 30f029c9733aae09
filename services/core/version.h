#pragma once

#include <string_view>

namespace genflik::core {

/// The program's version (semantic versioning), as CHANGELOG.md has it.
inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace genflik::core
