#pragma once

namespace CLI {
class App;
}  // namespace CLI

namespace genflik::app {

/// `genflik backup FILE`: copies the store to a new file, also while the service runs.
void AddBackupCommand(CLI::App& app, int& exit_code);

}  // namespace genflik::app
