#include "services/app/commands/dose_command.h"

#include <fstream>
#include <iostream>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "fhir/json.h"
#include "services/app/exit_code.h"
#include "services/core/error.h"
#include "services/mapping/dosage.h"

namespace genflik::app {
namespace {

// Answers every line, a line that is no JSON object too, so that answers stay beside their lines.
int ReadBatch(std::istream& in, const std::string& name) {
  int exit_code = kExitDone;
  std::string line;
  for (size_t number = 1; std::getline(in, line); ++number) {
    if (line.empty()) continue;
    fhir::IssueLog log;
    const auto value = fhir::ParseJson(line, log);
    if (value && value->is_object()) {
      std::cout << fhir::PrintJson(mapping::RenderDose(mapping::ReadDoseLine(*value))) << '\n';
      continue;
    }
    const std::string why = log.issues().empty() ? "no JSON object" : log.issues().front().text;
    std::cerr << "genflik: " << name << " line " << number << ": " << why << '\n';
    mapping::DailyDose refused;
    refused.reason_code = "invalid";
    refused.reason = why;
    std::cout << fhir::PrintJson(mapping::RenderDose(refused)) << '\n';
    exit_code = kExitRefused;
  }
  return exit_code;
}

int RunDose(const std::string& file) {
  if (file == "-") return ReadBatch(std::cin, "standard input");
  std::ifstream in(file);
  if (!in) throw core::Error(core::ErrorCode::kNotFound, file + ": cannot be read");
  return ReadBatch(in, file);
}

}  // namespace

void AddDoseCommand(CLI::App& app, int& exit_code) {
  auto file = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("dose", "Say how the dose of an order is read");
  command
      ->add_option("--batch", *file,
                   "File with one JSON object a line (dosageInstruction, medication, substance, "
                   "patient); - for standard input")
      ->required();
  command->callback([file, &exit_code] { exit_code = RunDose(*file); });
}

}  // namespace genflik::app
