#pragma once

namespace CLI {
class App;
}

namespace genflik::app {

/// Adds `genflik queue list|show|resolve|replay`.
void AddQueueCommand(CLI::App& app, int& exit_code);

}  // namespace genflik::app
