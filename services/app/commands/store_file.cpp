#include "services/app/commands/store_file.h"

#include <CLI/CLI.hpp>

namespace genflik::app {

std::string StoreFileOptions::Location() const {
  return config.store.empty() ? (config.data / "genflik.sqlite").string() : config.store;
}

void AddStoreOptions(CLI::App& command, StoreFileOptions& options) {
  command.add_option("--data", options.config.data, "Folder of the records [data]");
  command.add_option("--store", options.config.store,
                     "An SQLite file [genflik.sqlite in the data folder]");
}

}  // namespace genflik::app
