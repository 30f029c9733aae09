#include "services/app/commands/knowledge_command.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "rules/knowledge_loader.h"
#include "services/app/commands/knowledge_files.h"
#include "services/app/exit_code.h"

namespace genflik::app {
namespace {

struct Options {
  std::string directory = {};
  std::string overlay = {};
  bool warnings = true;
};

void PrintProblem(const rules::KnowledgeProblem& problem) {
  std::cerr << (problem.warning ? "warning: " : "error: ") << problem.file << problem.pointer
            << ": " << problem.reason << '\n';
}

int Check(const Options& options) {
  std::vector<rules::KnowledgeProblem> problems;
  const std::shared_ptr<const rules::KnowledgeBase> knowledge =
      rules::LoadKnowledge(KnowledgeFolder(options.directory), problems, options.overlay);
  for (const rules::KnowledgeProblem& problem : problems) {
    if (options.warnings || !problem.warning) PrintProblem(problem);
  }
  if (!knowledge) return kExitRefused;
  size_t rules = 0;
  for (const rules::Drug& drug : knowledge->drugs()) {
    for (const rules::Guideline& guideline : drug.guidelines) rules += guideline.rules.size();
  }
  std::cout << "knowledge " << knowledge->version() << ": " << knowledge->genes().size()
            << " genes, " << knowledge->drugs().size() << " drugs, " << rules
            << " recommendations, " << problems.size() << " warnings\n";
  return kExitDone;
}

}  // namespace

void AddKnowledgeCommand(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("knowledge", "Check, show and compare the knowledge");
  command->require_subcommand(1);
  CLI::App* check = command->add_subcommand("check", "Check every knowledge file");
  check->add_option("directory", options->directory, "knowledge directory (default: our own)");
  check->add_option("--overlay", options->overlay, "regional overlay directory");
  check->add_flag("!--no-warnings", options->warnings, "print errors only");
  check->callback([options, &exit_code] { exit_code = Check(*options); });
}

}  // namespace genflik::app
