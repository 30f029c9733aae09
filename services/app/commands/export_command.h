#pragma once

namespace CLI {
class App;
}  // namespace CLI

namespace genflik::app {

/// `genflik export --research`: results of those who have consented, without names.
void AddExportCommand(CLI::App& app, int& exit_code);

}  // namespace genflik::app
