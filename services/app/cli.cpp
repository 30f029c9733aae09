#include "services/app/cli.h"

#include <exception>
#include <iostream>

#include <CLI/CLI.hpp>

#include "services/app/commands/audit_command.h"
#include "services/app/commands/backup_command.h"
#include "services/app/commands/call_command.h"
#include "services/app/commands/dose_command.h"
#include "services/app/commands/evaluate_command.h"
#include "services/app/commands/export_command.h"
#include "services/app/commands/import_command.h"
#include "services/app/commands/knowledge_command.h"
#include "services/app/commands/load_command.h"
#include "services/app/commands/queue_command.h"
#include "services/app/commands/recall_command.h"
#include "services/app/commands/reindex_command.h"
#include "services/app/commands/replay_command.h"
#include "services/app/commands/restore_command.h"
#include "services/app/commands/serve_command.h"
#include "services/app/commands/version_command.h"
#include "services/app/exit_code.h"
#include "services/core/error.h"

namespace genflik::app {
namespace {

int Fail(const core::Error& error) {
  if (error.issues().empty()) std::cerr << "genflik: " << error.what() << '\n';
  for (const auto& issue : error.issues()) {
    std::cerr << "genflik: " << (issue.path.empty() ? "" : issue.path + ": ") << issue.text << '\n';
  }
  return error.code() == core::ErrorCode::kInternal ? kExitInternal : kExitRefused;
}

}  // namespace

int RunCommandLine(int argc, char** argv) {
  CLI::App app("Genflik: the tab for permanent genetic results", "genflik");
  app.require_subcommand(1);
  int exit_code = kExitDone;
  AddAuditCommand(app, exit_code);
  AddCallCommand(app, exit_code);
  AddDoseCommand(app, exit_code);
  AddEvaluateCommand(app, exit_code);
  AddExportCommand(app, exit_code);
  AddImportCommand(app, exit_code);
  AddKnowledgeCommand(app, exit_code);
  AddQueueCommand(app, exit_code);
  AddServeCommand(app, exit_code);
  AddLoadCommand(app, exit_code);
  AddBackupCommand(app, exit_code);
  AddRecallCommand(app, exit_code);
  AddReindexCommand(app, exit_code);
  AddRestoreCommand(app, exit_code);
  AddReplayCommand(app, exit_code);
  AddVersionCommand(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitDone : kExitUsage;
  } catch (const core::Error& error) {
    return Fail(error);
  } catch (const std::exception& error) {
    std::cerr << "genflik: " << error.what() << '\n';
    return kExitInternal;
  }
  return exit_code;
}

}  // namespace genflik::app
