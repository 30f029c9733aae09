#include "services/app/commands/backup_command.h"

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

void AddBackupCommand(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* backup =
      app.add_subcommand("backup", "Copy the store to a new file, also while the service runs");
  backup->add_option("FILE", options->file, "The file to write; must not exist")->required();
  backup->add_option("--data", options->config.data, "Folder of the records [data]");
  backup->add_option("--store", options->config.store,
                     "An SQLite file [genflik.sqlite in the data folder]");
  backup->callback([options, &exit_code] {
    store::BackUp(options->config.store.empty() ? (options->config.data / "genflik.sqlite").string()
                                                : options->config.store,
                  options->file);
    std::cout << "wrote " << options->file.string() << '\n';
    exit_code = kExitDone;
  });
}

}  // namespace genflik::app
