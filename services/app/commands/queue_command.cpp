#include "services/app/commands/queue_command.h"

#include <iostream>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "services/app/config.h"
#include "services/app/exit_code.h"
#include "services/app/parts.h"
#include "services/lab/queue_actions.h"
#include "services/lab/unmapped_queue.h"

namespace genflik::app {
namespace {

struct Options {
  Config config = {};
  lab::QueueFilter filter = {};
  std::string id = {};
  lab::Decision decision = {};
};

int List(const Options& options) {
  const auto parts = BuildParts(options.config);
  const auto records = parts->store->Read(
      [&](const store::Reader& reader) { return lab::ListQueue(reader, options.filter); });
  for (const store::Record& record : records) {
    const lab::Unmapped entry = lab::FromRecord(record);
    std::cout << record.id << '\t' << record.status << '\t' << record.created << '\t' << entry.form
              << '\t' << entry.source << '\t'
              << (entry.reasons.empty() ? "" : entry.reasons.front()) << '\n';
  }
  return kExitDone;
}

int Show(const Options& options) {
  const auto parts = BuildParts(options.config);
  const auto record = parts->store->Read(
      [&](const store::Reader& reader) { return lab::GetQueueEntry(reader, options.id); });
  std::cout << lab::RenderQueueEntry(record).dump(2) << '\n';
  return kExitDone;
}

int Resolve(const Options& options) {
  const auto parts = BuildParts(options.config);
  lab::Decision decision = options.decision;
  decision.at = core::PrintInstant(parts->clock.Now());
  lab::ResolveQueueEntry(parts->Queue(), options.id, decision);
  std::cout << options.id << " resolved\n";
  return kExitDone;
}

int Replay(const Options& options) {
  const auto parts = BuildParts(options.config);
  const auto reasons = lab::ReplayQueueEntry(parts->Queue(), options.id);
  for (const std::string& reason : reasons) std::cerr << "genflik: " << reason << '\n';
  if (!reasons.empty()) return kExitRefused;
  std::cout << options.id << " replayed\n";
  return kExitDone;
}

}  // namespace

void AddQueueCommand(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* queue =
      app.add_subcommand("queue", "Work on what laboratories sent and could not be used");
  queue->require_subcommand(1);
  queue->add_option("--data", options->config.data, "Folder of the records [data]");
  queue->add_option("--store", options->config.store,
                    "postgresql://... or an SQLite file [genflik.sqlite in the data folder]");
  queue->add_option("--labs", options->config.labs, "Folder of laboratory configurations");
  CLI::App* list = queue->add_subcommand("list", "Id, status, time, form, source and reason");
  list->add_option("--status", options->filter.status,
                   "open, resolved, replayed, replaced or all [open]");
  list->add_option("--patient", options->filter.patient, "Logical id of a patient");
  list->callback([options, &exit_code] { exit_code = List(*options); });
  CLI::App* show = queue->add_subcommand("show", "One entry with its original, as JSON");
  show->add_option("ID", options->id, "Id of the entry")->required();
  show->callback([options, &exit_code] { exit_code = Show(*options); });
  CLI::App* resolve = queue->add_subcommand("resolve", "Close an entry without using it");
  resolve->add_option("ID", options->id, "Id of the entry")->required();
  resolve->add_option("--by", options->decision.by, "Who decides")->required();
  resolve->add_option("--reason", options->decision.reason, "Why")->required();
  resolve->callback([options, &exit_code] { exit_code = Resolve(*options); });
  CLI::App* replay = queue->add_subcommand("replay", "Take the original again");
  replay->add_option("ID", options->id, "Id of the entry")->required();
  replay->callback([options, &exit_code] { exit_code = Replay(*options); });
  for (CLI::App* command : {list, show, resolve, replay}) command->fallthrough();
}

}  // namespace genflik::app
