#include "services/app/commands/backup_command.h"

#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "services/app/commands/store_file.h"
#include "services/app/exit_code.h"
#include "services/store/backup.h"

namespace genflik::app {

void AddBackupCommand(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<StoreFileOptions>();
  CLI::App* backup =
      app.add_subcommand("backup", "Copy the store to a new file, also while the service runs");
  backup->add_option("FILE", options->file, "The file to write; must not exist")->required();
  AddStoreOptions(*backup, *options);
  backup->callback([options, &exit_code] {
    store::BackUp(options->Location(), options->file);
    std::cout << "wrote " << options->file.string() << '\n';
    exit_code = kExitDone;
  });
}

}  // namespace genflik::app
