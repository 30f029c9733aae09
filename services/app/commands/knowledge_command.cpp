#include "services/app/commands/knowledge_command.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "rules/knowledge_loader.h"
#include "rules/knowledge_totality.h"
#include "services/app/commands/knowledge_effects.h"
#include "services/app/commands/knowledge_files.h"
#include "services/app/commands/knowledge_show.h"
#include "services/app/config.h"
#include "services/app/exit_code.h"
#include "services/app/parts.h"

namespace genflik::app {
namespace {

struct Options {
  std::string directory = {};
  std::string overlay = {};
  std::string name = {};
  std::string before = {};
  std::string after = {};
  Config config = {};
};

void PrintProblem(const rules::KnowledgeProblem& problem) {
  std::cerr << (problem.warning ? "warning: " : "error: ") << problem.file << problem.pointer
            << ": " << problem.reason << '\n';
}

size_t PrintUnanswered(const rules::KnowledgeBase& knowledge) {
  size_t count = 0;
  for (const rules::Unanswered& row : rules::FindUnanswered(knowledge)) {
    count += row.keys.size();
    for (const std::string& key : row.keys) {
      std::cerr << "error: drugs: " << row.drug << ", " << row.source << ", " << row.population
                << ": neither a recommendation nor \"noAdvice\" for " << key << '\n';
    }
  }
  return count;
}

struct Counts {
  size_t rules = 0;
  size_t no_advice = 0;
};

Counts CountRules(const rules::KnowledgeBase& knowledge) {
  Counts counts;
  for (const rules::Drug& drug : knowledge.drugs()) {
    for (const rules::Guideline& guideline : drug.guidelines) {
      counts.rules += guideline.rules.size();
      for (const rules::Rule::Case& one : guideline.no_advice) {
        size_t values = 1;
        for (const auto& of_gene : one.values) values *= std::max<size_t>(of_gene.count(), 1);
        counts.no_advice += values;
      }
    }
  }
  return counts;
}

int Check(const Options& options) {
  std::vector<rules::KnowledgeProblem> problems;
  const std::shared_ptr<const rules::KnowledgeBase> knowledge =
      rules::LoadKnowledge(KnowledgeFolder(options.directory), problems, options.overlay);
  std::ranges::for_each(problems, PrintProblem);
  if (!knowledge) return kExitRefused;
  const Counts counts = CountRules(*knowledge);
  const size_t unanswered = PrintUnanswered(*knowledge);
  std::cout << "knowledge " << knowledge->version() << ": " << knowledge->genes().size()
            << " genes, " << knowledge->drugs().size() << " drugs, " << counts.rules
            << " recommendations, " << counts.no_advice
            << " look-up keys explicitly without advice, " << problems.size() << " warnings, "
            << unanswered << " look-up keys unanswered\n";
  return unanswered == 0 ? kExitDone : kExitRefused;
}

void Diff(const Options& options, bool with_store) {
  const auto before = LoadKnowledgeOrThrow(options.before, "");
  const auto after = LoadKnowledgeOrThrow(options.after, "");
  std::cout << CompareKnowledge(*before, *after);
  if (!with_store) return;
  const auto parts = BuildParts(options.config);
  const alerts::RecheckOptions recheck = {.policy = {.leading = options.config.leading_guideline},
                                          .language = options.config.language == "en"
                                                          ? alerts::Language::kEnglish
                                                          : alerts::Language::kSwedish};
  const EffectCounts counts =
      CompareStored(*parts->store, *before, *after, parts->clock.Now(), recheck, std::cout);
  std::cout << counts.patients << " patients: " << counts.changed_results
            << " results with another meaning, " << counts.changed_alerts << " changed alerts\n";
}

}  // namespace

void AddKnowledgeCommand(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("knowledge", "Check, show and compare the knowledge");
  command->require_subcommand(1);

  CLI::App* check = command->add_subcommand("check", "Check every knowledge file");
  check->add_option("directory", options->directory, "knowledge directory (default: our own)");
  check->add_option("--overlay", options->overlay, "regional overlay directory");
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
  CLI::Option* data = diff->add_option("--data", options->config.data,
                                       "also say what changes for the patients in this folder");
  CLI::Option* store = diff->add_option("--store", options->config.store,
                                        "the same for an SQLite file or postgresql:// URL");
  diff->callback([options, data, store] { Diff(*options, data->count() + store->count() > 0); });
}

}  // namespace genflik::app
