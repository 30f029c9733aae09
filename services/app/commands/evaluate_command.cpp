#include "services/app/commands/evaluate_command.h"

#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "services/app/commands/evaluate_json.h"
#include "services/app/commands/knowledge_files.h"
#include "services/app/exit_code.h"
#include "services/core/error.h"

namespace genflik::app {
namespace {

struct Options {
  std::string results = {};
  std::string batch = {};
  std::string drug = {};
  std::string knowledge = {};
  std::string overlay = {};
};

// Faults of one file, each with the file's name in front.
[[noreturn]] void Refuse(const std::string& file, const fhir::IssueLog& log) {
  std::vector<fhir::Issue> issues = log.issues();
  for (fhir::Issue& issue : issues) issue.path = file;
  throw core::Error(core::ErrorCode::kInvalid, std::move(issues));
}

void EvaluateOne(const Options& options) {
  fhir::IssueLog log;
  std::optional<EvaluationCase> question = ReadEvaluationCase(ReadWholeFile(options.results), log);
  if (!question) Refuse(options.results, log);
  if (!options.drug.empty()) question->drug = options.drug;
  const auto knowledge = LoadKnowledgeOrThrow(options.knowledge, options.overlay);
  std::cout << AnswerCase(*knowledge, *question).dump(2) << '\n';
}

// One answer a line; a line that cannot be read is answered with its faults, and the others go on.
int EvaluateBatch(const Options& options) {
  const auto knowledge = LoadKnowledgeOrThrow(options.knowledge, options.overlay);
  std::ifstream file;
  if (options.batch != "-") {
    file.open(options.batch);
    if (!file) {
      throw core::Error(core::ErrorCode::kNotFound, options.batch + ": cannot be read");
    }
  }
  std::istream& input = options.batch == "-" ? std::cin : file;
  int exit_code = kExitDone;
  std::string line;
  for (size_t number = 1; std::getline(input, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    fhir::IssueLog log;
    std::optional<EvaluationCase> question = ReadEvaluationCase(line, log);
    if (question) {
      if (!options.drug.empty() && !question->drug) question->drug = options.drug;
      std::cout << AnswerCase(*knowledge, *question).dump() << '\n';
      continue;
    }
    exit_code = kExitRefused;
    nlohmann::ordered_json answer = {{"line", number}, {"errors", nlohmann::ordered_json::array()}};
    for (const fhir::Issue& issue : log.issues()) {
      answer["errors"].push_back(issue.text);
      std::cerr << "genflik: " << options.batch << ":" << number << ": " << issue.text << '\n';
    }
    std::cout << answer.dump() << '\n';
  }
  return exit_code;
}

}  // namespace

void AddEvaluateCommand(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "evaluate", "Say what the knowledge makes of gene results, alone or for a drug (JSON)");
  CLI::Option* results =
      command->add_option("--results", options->results, "JSON file of results, \"-\" for stdin");
  CLI::Option* batch = command->add_option("--batch", options->batch,
                                           "file with one JSON object a line, \"-\" for stdin");
  results->excludes(batch);
  command->add_option("--drug", options->drug, "ATC code, RxNorm or SNOMED CT id, or name");
  command->add_option("--knowledge", options->knowledge, "knowledge directory (default: our own)");
  command->add_option("--overlay", options->overlay, "regional overlay directory");
  command->callback([options, results, batch, &exit_code] {
    if (results->count() + batch->count() != 1) {
      throw CLI::RequiredError("one of --results and --batch");
    }
    if (batch->count() > 0) {
      exit_code = EvaluateBatch(*options);
    } else {
      EvaluateOne(*options);
    }
  });
}

}  // namespace genflik::app
