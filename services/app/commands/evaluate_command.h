#pragma once

namespace CLI {
class App;
}  // namespace CLI

namespace genflik::app {

/// `genflik evaluate`: what the knowledge says about gene results, alone or for a drug.
void AddEvaluateCommand(CLI::App& app, int& exit_code);

}  // namespace genflik::app
