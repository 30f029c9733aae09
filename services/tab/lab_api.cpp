#include "services/tab/lab_api.h"

#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/core/error.h"
#include "services/lab/unmapped_queue.h"

namespace genflik::tab {
namespace {

using core::Error;
using core::ErrorCode;
using fhir::Json;

http::Response TakeMessage(lab::Hl7Intake& intake, const http::Request& request) {
  std::string ack = intake.Handle(request.body);
  const bool refused = ack.find("\rMSA|AR") != std::string::npos;
  const bool unusable = ack.find("\rMSA|AE") != std::string::npos;
  return http::MakeResponse(refused    ? 400
                            : unusable ? 422
                                       : 200,
                            std::move(ack), "x-application/hl7-v2+er7");
}

Json Render(const store::Record& record) {
  const lab::Unmapped entry = lab::FromRecord(record);
  fhir::IssueLog log;
  const Json body = fhir::ParseJson(record.body, log).value_or(Json::object());
  Json rendered = {{"id", record.id},
                   {"status", record.status},
                   {"received", record.created},
                   {"form", entry.form},
                   {"source", entry.source},
                   {"patient", entry.patient.empty() ? "" : "Patient/" + entry.patient},
                   {"reasons", entry.reasons},
                   {"original", entry.original},
                   {"configuration", entry.configuration}};
  if (const Json* resolution = fhir::Find(body, "resolution")) rendered["resolution"] = *resolution;
  return rendered;
}

http::Response ListQueue(store::Store& store, const http::Request& request) {
  store::RecordFilter filter;
  filter.kind = "unmapped";
  filter.status = request.Query("status").value_or("open");
  filter.patient = request.Query("patient").value_or("");
  if (filter.patient.starts_with("Patient/")) filter.patient.erase(0, 8);
  Json entries = Json::array();
  const auto records =
      store.Read([&](const store::Reader& reader) { return reader.FindRecords(filter); });
  for (const store::Record& record : records) entries.push_back(Render(record));
  return http::MakeResponse(200, fhir::PrintJson({{"entries", std::move(entries)}}),
                            "application/json");
}

store::Record GetOpen(const store::Reader& reader, std::string_view id) {
  const auto records = reader.FindRecords({.kind = "unmapped", .id = std::string(id)});
  if (records.empty()) throw Error(ErrorCode::kNotFound, "there is no such entry in the queue");
  if (records[0].status != "open") {
    throw Error(ErrorCode::kConflict, "the entry is closed already");
  }
  return records[0];
}

/// Closes an entry; who did it and why stays with it.
void Close(store::Writer& writer, std::string_view id, const std::string& status,
           const std::string& by, const std::string& reason, core::Instant now) {
  store::Record record = GetOpen(writer, id);
  fhir::IssueLog log;
  Json body = fhir::ParseJson(record.body, log).value_or(Json::object());
  body["resolution"] = {{"by", by}, {"reason", reason}, {"at", core::PrintInstant(now)}};
  record.body = fhir::PrintJson(body);
  record.status = status;
  writer.UpdateRecord(record);
}

http::Response Resolve(const LabRoutes& routes, const http::Request& request) {
  fhir::IssueLog log;
  const auto body = fhir::ParseJson(request.body, log);
  if (!body) throw Error(ErrorCode::kMalformed, log.issues());
  const std::string by(fhir::FindText(*body, "by"));
  const std::string reason(fhir::FindText(*body, "reason"));
  if (by.empty() || reason.empty()) {
    throw Error(ErrorCode::kInvalid, "\"by\" and \"reason\" are needed");
  }
  const std::string id(request.Parameter("id"));
  const core::Instant now = routes.clock.Now();
  routes.store.Write(
      [&](store::Writer& writer) { Close(writer, id, "resolved", by, reason, now); });
  return http::MakeResponse(200, "{}", "application/json");
}

http::Response Replay(const LabRoutes& routes, const http::Request& request) {
  const std::string id(request.Parameter("id"));
  const auto entry = lab::FromRecord(
      routes.store.Read([&](const store::Reader& reader) { return GetOpen(reader, id); }));
  if (entry.form != "hl7v2" || entry.original.empty()) {
    throw Error(ErrorCode::kUnsupported, "only HL7 v2 messages can be taken again from here");
  }
  const auto reasons = routes.intake.Replay(entry.original);
  if (!reasons.empty()) {
    std::vector<fhir::Issue> issues;
    for (const std::string& reason : reasons) {
      issues.push_back({fhir::Severity::kError, fhir::IssueType::kProcessing, reason, ""});
    }
    throw Error(ErrorCode::kConflict, std::move(issues));
  }
  const core::Instant now = routes.clock.Now();
  routes.store.Write(
      [&](store::Writer& writer) { Close(writer, id, "replayed", "", "taken again", now); });
  return http::MakeResponse(200, "{}", "application/json");
}

}  // namespace

void AddLabRoutes(http::Router& router, const LabRoutes& routes) {
  router.Add("POST", "/hl7v2", [&intake = routes.intake](const http::Request& request) {
    return TakeMessage(intake, request);
  });
  router.Add("GET", "/unmapped", [&store = routes.store](const http::Request& request) {
    return ListQueue(store, request);
  });
  router.Add("POST", "/unmapped/{id}/resolve",
             [routes](const http::Request& request) { return Resolve(routes, request); });
  router.Add("POST", "/unmapped/{id}/replay",
             [routes](const http::Request& request) { return Replay(routes, request); });
}

}  // namespace genflik::tab
