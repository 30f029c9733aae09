#pragma once

namespace CLI {
class App;
}  // namespace CLI

namespace genflik::app {

/// `genflik version`: the program's version and that of the knowledge beside it.
void AddVersionCommand(CLI::App& app, int& exit_code);

}  // namespace genflik::app
