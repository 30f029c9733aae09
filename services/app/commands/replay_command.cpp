#include "services/app/commands/replay_command.h"

#include <iostream>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "services/app/config.h"
#include "services/app/exit_code.h"
#include "services/app/parts.h"
#include "services/cds/evaluation_record.h"
#include "services/core/error.h"

namespace genflik::app {
namespace {

int RunReplay(const std::string& id, const Config& config) {
  const auto parts = BuildParts(config);
  const auto record = parts->store->Read(
      [&](const store::Reader& reader) { return cds::FindEvaluation(reader, id); });
  if (!record) throw core::Error(core::ErrorCode::kNotFound, "there is no evaluation " + id);
  const cds::Replay replay = cds::ReplayEvaluation(
      *record, *parts->knowledge->Get(), {.policy = {.leading = config.leading_guideline}});
  std::cout << "{\"evaluation\":\"" << record->id
            << "\",\"same\":" << (replay.same ? "true" : "false") << ",\"knowledgeThen\":\""
            << replay.knowledge_then << "\",\"knowledgeNow\":\"" << replay.knowledge_now
            << "\",\"cardsThen\":" << replay.cards_then << ",\"cards\":" << replay.cards_now
            << "}\n";
  return replay.same ? kExitDone : kExitRefused;
}

}  // namespace

void AddReplayCommand(CLI::App& app, int& exit_code) {
  auto id = std::make_shared<std::string>();
  auto config = std::make_shared<Config>();
  CLI::App* command =
      app.add_subcommand("replay", "Decide again what a recorded evaluation decided");
  command->add_option("id", *id, "Id of the evaluation, or the hookInstance of the call")
      ->required();
  command->add_option("--data", config->data, "Folder with the record");
  command->add_option("--store", config->store,
                      "SQLite file or postgresql:// URL instead of the one in --data");
  command->callback([id, config, &exit_code] { exit_code = RunReplay(*id, *config); });
}

}  // namespace genflik::app
