#pragma once

namespace CLI {
class App;
}

namespace genflik::app {

/// Adds `genflik import FILE`: old results from a table, with a report of repeated genotypings.
void AddImportCommand(CLI::App& app, int& exit_code);

}  // namespace genflik::app
