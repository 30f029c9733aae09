#pragma once

namespace CLI {
class App;
}

namespace genflik::app {

/// `genflik dose --batch FILE`: how an order's dose is read, one JSON object a line in and one out.
void AddDoseCommand(CLI::App& app, int& exit_code);

}  // namespace genflik::app
