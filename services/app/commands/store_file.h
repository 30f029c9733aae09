#pragma once

#include <filesystem>
#include <string>

#include "services/app/config.h"

namespace CLI {
class App;
}  // namespace CLI

namespace genflik::app {

/// What the commands on the store's file take: the store, and a file of the user's.
struct StoreFileOptions {
  Config config = {};
  std::filesystem::path file = {};

  /// Path of the SQLite file, or the URL that was given.
  std::string Location() const;
};

/// Adds --data and --store.
void AddStoreOptions(CLI::App& command, StoreFileOptions& options);

}  // namespace genflik::app
