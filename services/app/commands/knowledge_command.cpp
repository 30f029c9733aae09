#include "services/app/commands/knowledge_command.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "rules/knowledge_loader.h"
#include "rules/knowledge_totality.h"
#include "services/app/commands/knowledge_files.h"
#include "services/app/commands/knowledge_show.h"
#include "services/app/exit_code.h"

namespace genflik::app {
namespace {

struct Options {
  std::string directory = {};
  std::string overlay = {};
  bool unanswered = false;
  std::string name = {};
  std::string before = {};
  std::string after = {};
};

void PrintProblem(const rules::KnowledgeProblem& problem) {
  std::cerr << (problem.warning ? "warning: " : "error: ") << problem.file << problem.pointer
            << ": " << problem.reason << '\n';
}

size_t PrintUnanswered(const rules::KnowledgeBase& knowledge, bool all) {
  size_t count = 0;
  for (const rules::Unanswered& row : rules::FindUnanswered(knowledge)) {
    count += row.keys.size();
    if (!all) continue;
    std::cout << "no row: " << row.drug << " " << row.source << " (" << row.population << "): ";
    for (size_t i = 0; i < row.keys.size(); ++i) {
      std::cout << (i == 0 ? "" : ", ") << row.keys[i];
    }
    std::cout << '\n';
  }
  return count;
}

int Check(const Options& options) {
  std::vector<rules::KnowledgeProblem> problems;
  const std::shared_ptr<const rules::KnowledgeBase> knowledge =
      rules::LoadKnowledge(KnowledgeFolder(options.directory), problems, options.overlay);
  std::ranges::for_each(problems, PrintProblem);
  if (!knowledge) return kExitRefused;
  size_t rules = 0;
  for (const rules::Drug& drug : knowledge->drugs()) {
    for (const rules::Guideline& guideline : drug.guidelines) rules += guideline.rules.size();
  }
  const size_t unanswered = PrintUnanswered(*knowledge, options.unanswered);
  std::cout << "knowledge " << knowledge->version() << ": " << knowledge->genes().size()
            << " genes, " << knowledge->drugs().size() << " drugs, " << rules
            << " recommendations, " << problems.size() << " warnings, " << unanswered
            << " look-up keys without a row\n";
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
  check->add_flag("--unanswered", options->unanswered,
                  "list the look-up keys for which a guideline has no row");
  check->callback([options, &exit_code] { exit_code = Check(*options); });

  CLI::App* show = command->add_subcommand("show", "Print all that is known of a drug or gene");
  show->add_option("name", options->name, "gene symbol, or drug by name or code")->required();
  show->add_option("--knowledge", options->directory, "knowledge directory (default: our own)");
  show->add_option("--overlay", options->overlay, "regional overlay directory");
  show->callback([options] {
    std::cout << ShowKnowledge(*LoadKnowledgeOrThrow(options->directory, options->overlay),
                               options->name);
  });

  CLI::App* diff = command->add_subcommand("diff", "Compare two knowledge directories");
  diff->add_option("old", options->before, "knowledge directory")->required();
  diff->add_option("new", options->after, "knowledge directory")->required();
  diff->callback([options] {
    std::cout << CompareKnowledge(*LoadKnowledgeOrThrow(options->before, ""),
                                  *LoadKnowledgeOrThrow(options->after, ""));
  });
}

}  // namespace genflik::app
