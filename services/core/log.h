#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

// One JSON object a line on standard error. Never a name, an identifier of a person or a genotype:
// those belong to the audit only.

namespace genflik::core {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

using LogFields = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// Below `level` nothing is written; kInfo at the start.
void SetLogLevel(LogLevel level);
/// Writes one line: time, level, event, and the fields.
void Log(LogLevel level, std::string_view event, LogFields fields = {});

}  // namespace genflik::core
