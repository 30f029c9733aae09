#pragma once

namespace CLI {
class App;
}

namespace genflik::app {

/// `genflik replay ID`: decides again what a recorded evaluation decided, and says whether it is
/// the same.
void AddReplayCommand(CLI::App& app, int& exit_code);

}  // namespace genflik::app
