#include "services/core/log.h"

#include <array>
#include <atomic>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "fhir/json.h"
#include "services/core/clock.h"

namespace genflik::core {
namespace {

std::atomic<LogLevel> lowest = LogLevel::kInfo;

}  // namespace

void SetLogLevel(LogLevel level) { lowest = level; }

void Log(LogLevel level, std::string_view event, LogFields fields) {
  if (level < lowest) return;
  static constexpr std::array<std::string_view, 4> kNames = {"debug", "info", "warning", "error"};
  fhir::Json line = {{"time", PrintInstant(SystemClock().Now())},
                     {"level", kNames.at(static_cast<size_t>(level))},
                     {"event", event}};
  for (const auto& [name, value] : fields) line[std::string(name)] = value;
  const std::string text = fhir::PrintJson(line) + '\n';
  // One write, so that lines of several threads do not mix; a log that cannot be written is no
  // reason to stop serving.
  [[maybe_unused]] const auto written = write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace genflik::core
