#include "services/app/commands/load_command.h"

#include <filesystem>
#include <iostream>
#include <memory>
#include <vector>

#include <CLI/CLI.hpp>

#include "services/app/config.h"
#include "services/app/exit_code.h"
#include "services/app/load_files.h"
#include "services/app/parts.h"

namespace genflik::app {
namespace {

struct Options {
  Config config = {};
  std::vector<std::filesystem::path> files = {};
};

}  // namespace

void AddLoadCommand(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* load = app.add_subcommand("load", "Store FHIR bundles and resources from files");
  load->add_option("FILE", options->files, "Files, or folders of .json files")
      ->required()
      ->check(CLI::ExistingPath);
  load->add_option("--data", options->config.data, "Folder of the records [data]");
  load->add_option("--store", options->config.store,
                   "postgresql://... or an SQLite file [genflik.sqlite in the data folder]");
  load->callback([options, &exit_code] {
    const auto parts = BuildParts(options->config);
    LoadFiles(parts->router, options->files);
    std::cout << "loaded\n";
    exit_code = kExitDone;
  });
}

}  // namespace genflik::app
