#include "services/app/commands/import_command.h"

#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "services/app/config.h"
#include "services/app/exit_code.h"
#include "services/app/parts.h"
#include "services/core/error.h"
#include "services/core/paths.h"
#include "services/lab/import.h"

namespace genflik::app {
namespace {

struct Options {
  Config config = {};
  std::filesystem::path file = {};
  std::string lab = {};
  bool dry_run = false;
  double price = 0;
  std::string repeats = {};
};

void PrintReport(const lab::ImportReport& report, const Options& options) {
  std::cout << "rows " << report.rows << ", stored " << report.stored << ", stored before "
            << report.done_before << ", not usable " << report.problems << '\n'
            << "gene\ttests\trepeats\tdiffering\n";
  for (const auto& [gene, count] : report.genes) {
    std::cout << gene << '\t' << count.tests << '\t' << count.repeats << '\t' << count.differing
              << '\n';
  }
  std::cout << "all\t" << report.Tests() << '\t' << report.Repeats() << '\n';
  if (options.price > 0) {
    std::cout << "repeats cost " << std::fixed << std::setprecision(2)
              << options.price * static_cast<double>(report.Repeats()) << '\n';
  }
}

/// The repeats as a table, oldest first.
void WriteRepeats(const lab::ImportReport& report, const Options& options) {
  if (options.repeats.empty()) return;
  std::ofstream stream(options.repeats);
  stream << "line\tgene\n";
  for (const auto& repeat : report.repeats) stream << repeat.line << '\t' << repeat.gene << '\n';
  stream.flush();
  if (!stream) {
    throw core::Error(core::ErrorCode::kUnavailable, "cannot write " + options.repeats);
  }
}

void ShowProgress(size_t done, size_t total) {
  constexpr size_t kWidth = 40;
  const size_t filled = total == 0 ? kWidth : done * kWidth / total;
  std::cerr << '\r' << '[' << std::string(filled, '#') << std::string(kWidth - filled, ' ') << "] "
            << done << '/' << total << (done == total ? "\n" : "") << std::flush;
}

void Import(const Options& options, int& exit_code) {
  const auto folder =
      options.config.labs.empty() ? core::ShareDirectory() / "labs" : options.config.labs;
  const auto labs = lab::LabConfigurations::Load(folder);
  const lab::LabConfiguration plain;
  const lab::LabConfiguration* lab = options.lab.empty() ? &plain : labs.FindByName(options.lab);
  if (lab == nullptr) {
    throw core::Error(core::ErrorCode::kInvalid,
                      "no laboratory \"" + options.lab + "\" in " + folder.string());
  }
  std::ifstream stream(options.file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  const auto parts = BuildParts(options.config);
  const std::chrono::year_month_day today(
      std::chrono::floor<std::chrono::days>(parts->clock.Now()));
  lab::Table table = lab::ReadTable(bytes, *lab, today);
  for (const lab::RowProblem& problem : table.problems) {
    std::cerr << options.file.string() << ':' << problem.line << ": "
              << (problem.column.empty() ? "" : problem.column + ": ") << problem.text << '\n';
  }
  // Known by its content: the same file goes on where it stopped whatever it is called, and another
  // file is another import.
  lab::ImportOptions import;
  import.dry_run = options.dry_run;
  import.configuration = lab->name;
  import.name = lab::ImportIdentity(bytes, lab->name);
  import.file = options.file.filename().string();
  const lab::ImportReport report =
      lab::ImportTable(*parts->store, std::move(table), import, parts->clock, ShowProgress);
  PrintReport(report, options);
  WriteRepeats(report, options);
  exit_code = kExitDone;
}

}  // namespace

void AddImportCommand(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* import =
      app.add_subcommand("import", "Store old results from a table (TSV, CSV) and count repeats");
  import->add_option("FILE", options->file, "The table")->required()->check(CLI::ExistingFile);
  import->add_option("--lab", options->lab, "Name of the laboratory's configuration");
  import->add_option("--labs", options->config.labs, "Folder of laboratory configurations");
  import->add_option("--price", options->price, "What one genotyping costs, for the report");
  import->add_option("--repeats", options->repeats,
                     "File for a table of the repeats: line of the input and gene");
  import->add_flag("--dry-run", options->dry_run, "Check and count, store nothing");
  import->add_option("--data", options->config.data, "Folder of the records [data]");
  import->add_option("--store", options->config.store,
                     "postgresql://... or an SQLite file [genflik.sqlite in the data folder]");
  import->callback([options, &exit_code] { Import(*options, exit_code);
});
}  // namespace genflik::app

}  // namespace genflik::app
