#pragma once

namespace CLI {
class App;
}  // namespace CLI

namespace genflik::app {

/// `genflik reindex`: builds the search indexes and projections anew from the resources.
void AddReindexCommand(CLI::App& app, int& exit_code);

}  // namespace genflik::app
