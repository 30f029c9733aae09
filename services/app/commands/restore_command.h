#pragma once

namespace CLI {
class App;
}  // namespace CLI

namespace genflik::app {

/// `genflik restore FILE`: puts what a backup holds in the place of the store, also while the
/// service runs.
void AddRestoreCommand(CLI::App& app, int& exit_code);

}  // namespace genflik::app
