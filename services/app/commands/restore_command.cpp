#include "services/app/commands/restore_command.h"

#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "services/app/commands/store_file.h"
#include "services/app/exit_code.h"
#include "services/store/backup.h"

namespace genflik::app {

void AddRestoreCommand(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<StoreFileOptions>();
  CLI::App* restore =
      app.add_subcommand("restore", "Put what a backup holds in the place of the store");
  restore->add_option("FILE", options->file, "A file that genflik backup wrote")
      ->required()
      ->check(CLI::ExistingFile);
  AddStoreOptions(*restore, *options);
  restore->callback([options, &exit_code] {
    std::filesystem::create_directories(options->config.data);
    store::Restore(options->Location(), options->file);
    std::cout << "restored " << options->file.string() << '\n';
    exit_code = kExitDone;
  });
}

}  // namespace genflik::app
