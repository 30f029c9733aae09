#pragma once

namespace CLI {
class App;
}

namespace genflik::app {

/// `genflik recall`: calls stored VCF results again by the definitions in force now.
void AddRecallCommand(CLI::App& app, int& exit_code);

}  // namespace genflik::app
