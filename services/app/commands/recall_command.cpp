#include "services/app/commands/recall_command.h"

#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "services/app/config.h"
#include "services/app/exit_code.h"
#include "services/app/parts.h"

namespace genflik::app {

namespace {

struct RecallArguments {
  Config config = {};
  bool write = false;
};

void Recall(const RecallArguments& arguments) {
  const auto parts = BuildParts(arguments.config);
  size_t changed = 0;
  const auto reports = parts->vcf->RecallAll(arguments.write);
  std::cout << "patient\treport\tknowledge\tgene\tbefore\tnow\n";
  for (const lab::Recalled& report : reports) {
    changed += report.changes.empty() ? 0 : 1;
    for (const auto& change : report.changes) {
      std::cout << report.patient << '\t' << report.report << '\t' << report.before << '\t'
                << change.gene << '\t' << change.from << '\t' << change.to << '\n';
    }
  }
  std::cerr << reports.size() << " reports called again, " << changed << " differ"
            << (arguments.write ? "; stored as amended\n" : "; nothing stored (--write does)\n");
}

}  // namespace

void AddRecallCommand(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<RecallArguments>();
  CLI::App* command = app.add_subcommand(
      "recall", "Call stored VCF results again, from the evidence kept with them");
  command->add_option("--data", arguments->config.data, "Folder of the records [data]");
  command->add_option("--store", arguments->config.store,
                      "postgresql://... or an SQLite file [genflik.sqlite in the data folder]");
  command->add_option("--knowledge", arguments->config.knowledge, "Folder of the knowledge files");
  command->add_flag("--write", arguments->write, "Store what changed, as amended results");
  command->callback([arguments, &exit_code] {
    Recall(*arguments);
    exit_code = kExitDone;
  });
}

}  // namespace genflik::app
