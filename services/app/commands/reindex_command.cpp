#include "services/app/commands/reindex_command.h"

#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "services/app/config.h"
#include "services/app/exit_code.h"
#include "services/app/parts.h"

namespace genflik::app {

void AddReindexCommand(CLI::App& app, int& exit_code) {
  auto config = std::make_shared<Config>();
  CLI::App* reindex =
      app.add_subcommand("reindex", "Build search indexes and projections anew from the resources");
  reindex->add_option("--data", config->data, "Folder of the records [data]");
  reindex->add_option("--store", config->store,
                      "postgresql://... or an SQLite file [genflik.sqlite in the data folder]");
  reindex->callback([config, &exit_code] {
    const auto parts = BuildParts(*config);
    std::cout << "indexed " << parts->store->Reindex() << " resources\n";
    exit_code = kExitDone;
  });
}

}  // namespace genflik::app
