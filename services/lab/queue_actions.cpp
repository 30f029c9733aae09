#include "services/lab/queue_actions.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/datatypes.h"
#include "services/core/error.h"
#include "services/lab/table_reader.h"
#include "services/lab/unmapped_queue.h"
#include "services/lab/unread_results.h"
#include "services/mapping/genomics.h"

namespace genflik::lab {
namespace {

using core::Error;
using core::ErrorCode;
using fhir::Json;

Json BodyOf(const store::Record& record) {
  fhir::IssueLog log;
  return fhir::ParseJson(record.body, log).value_or(Json::object());
}

store::Record GetOpen(const store::Reader& reader, std::string_view id) {
  store::Record record = GetQueueEntry(reader, id);
  if (record.status != "open") throw Error(ErrorCode::kConflict, "the entry is closed already");
  return record;
}

void Close(store::Writer& writer, std::string_view id, const std::string& status,
           const Decision& decision) {
  store::Record record = GetOpen(writer, id);
  Json body = BodyOf(record);
  body["resolution"] = {{"by", decision.by}, {"reason", decision.reason}, {"at", decision.at}};
  record.body = fhir::PrintJson(body);
  record.status = status;
  writer.UpdateRecord(record);
}

std::vector<std::string> ReplayRow(const QueueContext& context, const Unmapped& entry) {
  const LabConfiguration plain;
  const LabConfiguration* lab =
      entry.configuration.empty() ? &plain : context.laboratories.FindByName(entry.configuration);
  if (lab == nullptr) return {"there is no laboratory configuration " + entry.configuration};
  const core::Instant now = context.clock.Now();
  const Table table =
      ReadTable(entry.original, *lab,
                std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(now)));
  std::vector<std::string> reasons;
  for (const RowProblem& problem : table.problems) {
    reasons.push_back((problem.column.empty() ? "" : problem.column + ": ") + problem.text);
  }
  if (reasons.empty() && table.rows.empty()) reasons.emplace_back("the original holds no row");
  if (!reasons.empty()) return reasons;
  context.store.Write([&](store::Writer& writer) {
    for (const TableRow& row : table.rows) static_cast<void>(StoreReport(writer, row.report, now));
  });
  return {};
}

/// Judges the resource again; an entry about variants is closed by their judge.
std::vector<std::string> ReplayResource(const QueueContext& context, std::string_view id,
                                        const Unmapped& entry) {
  const auto reference = fhir::SplitReference(entry.source);
  if (!reference) throw Error(ErrorCode::kUnsupported, "the entry names no resource");
  const Decision decision{
      .by = "", .reason = "judged again", .at = core::PrintInstant(context.clock.Now())};
  return context.store.Write([&](store::Writer& writer) -> std::vector<std::string> {
    auto stored = writer.Find(reference->type, reference->id);
    if (!stored) throw Error(ErrorCode::kNotFound, "the resource of the entry is gone");
    const store::Record record = GetOpen(writer, id);
    if (record.key.starts_with("variants|")) {
      context.judge(writer, {*stored});
      if (GetQueueEntry(writer, id).status == "open") return entry.reasons;
      return {};
    }
    // The patient may have become known meanwhile.
    if (auto given = GiveSubject(writer, *stored, context.clock.Now())) stored = std::move(given);
    const Json body = stored->Body();
    fhir::IssueLog log;
    static_cast<void>(mapping::ReadGeneResults(body, log));
    std::vector<std::string> reasons = WhyUnread(body);
    for (const fhir::Issue& issue : log.issues()) reasons.push_back(issue.text);
    if (reasons.empty()) Close(writer, id, "replayed", decision);
    return reasons;
  });
}

}  // namespace

Json RenderQueueEntry(const store::Record& record) {
  const Unmapped entry = FromRecord(record);
  Json rendered = {{"id", record.id},
                   {"status", record.status},
                   {"received", record.created},
                   {"form", entry.form},
                   {"source", entry.source},
                   {"patient", entry.patient.empty() ? "" : "Patient/" + entry.patient},
                   {"reasons", entry.reasons},
                   {"original", entry.original},
                   {"configuration", entry.configuration}};
  const Json body = BodyOf(record);
  if (const Json* resolution = fhir::Find(body, "resolution")) rendered["resolution"] = *resolution;
  return rendered;
}

std::vector<store::Record> ListQueue(const store::Reader& reader, const QueueFilter& filter) {
  store::RecordFilter records;
  records.kind = "unmapped";
  records.status = filter.status == "all" ? "" : filter.status;
  records.patient = filter.patient;
  if (records.patient.starts_with("Patient/")) records.patient.erase(0, 8);
  return reader.FindRecords(records);
}

store::Record GetQueueEntry(const store::Reader& reader, std::string_view id) {
  const auto records = reader.FindRecords({.kind = "unmapped", .id = std::string(id)});
  if (records.empty()) throw Error(ErrorCode::kNotFound, "there is no such entry in the queue");
  return records[0];
}

void ResolveQueueEntry(const QueueContext& context, std::string_view id, const Decision& decision) {
  context.store.Write([&](store::Writer& writer) { Close(writer, id, "resolved", decision); });
}

std::vector<std::string> ReplayQueueEntry(const QueueContext& context, std::string_view id) {
  const Unmapped entry = FromRecord(
      context.store.Read([&](const store::Reader& reader) { return GetOpen(reader, id); }));
  if (entry.form == "fhir") {
    return ReplayResource(context, id, entry);
  }
  if (entry.original.empty()) {
    throw Error(ErrorCode::kUnsupported, "the entry holds no original that could be taken again");
  }
  auto reasons =
      entry.form == "hl7v2" ? context.intake.Replay(entry.original) : ReplayRow(context, entry);
  if (reasons.empty()) {
    const Decision decision{
        .by = "", .reason = "taken again", .at = core::PrintInstant(context.clock.Now())};
    context.store.Write([&](store::Writer& writer) { Close(writer, id, "replayed", decision); });
  }
  return reasons;
}

}  // namespace genflik::lab
