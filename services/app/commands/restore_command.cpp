#include "services/app/commands/restore_command.h"

#include <filesystem>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "services/app/config.h"
#include "services/app/exit_code.h"
#include "services/store/backup.h"

namespace genflik::app {
namespace {

struct Options {
  Config config = {};
  std::filesystem::path file = {};
};

}  // namespace

void AddRestoreCommand(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* restore =
      app.add_subcommand("restore", "Put what a backup holds in the place of the store");
  restore->add_option("FILE", options->file, "A file that genflik backup wrote")
      ->required()
      ->check(CLI::ExistingFile);
  restore->add_option("--data", options->config.data, "Folder of the records [data]");
  restore->add_option("--store", options->config.store,
                      "An SQLite file [genflik.sqlite in the data folder]");
  restore->callback([options, &exit_code] {
    std::filesystem::create_directories(options->config.data);
    store::Restore(options->config.store.empty()
                       ? (options->config.data / "genflik.sqlite").string()
                       : options->config.store,
                   options->file);
    std::cout << "restored " << options->file.string() << '\n';
    exit_code = kExitDone;
  });
}

}  // namespace genflik::app
