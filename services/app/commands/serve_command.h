#pragma once

namespace CLI {
class App;
}  // namespace CLI

namespace genflik::app {

/// `genflik serve`: runs the service until SIGINT or SIGTERM; SIGHUP loads the knowledge again.
void AddServeCommand(CLI::App& app, int& exit_code);

}  // namespace genflik::app
