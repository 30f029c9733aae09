#pragma once

namespace CLI {
class App;
}  // namespace CLI

namespace genflik::app {

/// `genflik knowledge check|show|diff`.
void AddKnowledgeCommand(CLI::App& app, int& exit_code);

}  // namespace genflik::app
