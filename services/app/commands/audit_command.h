#pragma once

namespace CLI {
class App;
}  // namespace CLI

namespace genflik::app {

/// `genflik audit verify`: checks the chain of the audit log.
void AddAuditCommand(CLI::App& app, int& exit_code);

}  // namespace genflik::app
