#include "services/app/commands/version_command.h"

#include <iostream>

#include <CLI/CLI.hpp>

#include "services/app/exit_code.h"
#include "services/core/version.h"

namespace genflik::app {

void AddVersionCommand(CLI::App& app, int& exit_code) {
  app.add_subcommand("version", "Print the version of the program")->callback([&exit_code] {
    std::cout << "genflik " << core::kVersion << '\n';
    exit_code = kExitDone;
  });
}

}  // namespace genflik::app
