#pragma once

namespace CLI {
class App;
}  // namespace CLI

namespace genflik::app {

/// `genflik load FILE...`: stores FHIR bundles and resources from files or folders.
void AddLoadCommand(CLI::App& app, int& exit_code);

}  // namespace genflik::app
