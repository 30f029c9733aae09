#include "services/tab/lab_api.h"

#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/core/error.h"
#include "services/lab/conflicts.h"
#include "services/lab/late_results.h"
#include "services/lab/open_conflicts.h"
#include "services/lab/patient_moves.h"
#include "services/lab/record_document.h"
#include "services/tab/patient_path.h"

namespace genflik::tab {
namespace {

using core::Error;
using core::ErrorCode;
using fhir::Json;

http::Response Answer(const Json& body) {
  return http::MakeResponse(200, fhir::PrintJson(body), "application/json");
}

Json BodyOf(const http::Request& request) {
  fhir::IssueLog log;
  auto body = fhir::ParseJson(request.body, log);
  if (!body) throw Error(ErrorCode::kMalformed, log.issues());
  return std::move(*body);
}

http::Response TakeMessage(lab::Hl7Intake& intake, const http::Request& request) {
  std::string ack = intake.Handle(request.body);
  const bool refused = ack.find("\rMSA|AR") != std::string::npos;
  const bool unusable = ack.find("\rMSA|AE") != std::string::npos;
  return http::MakeResponse(refused    ? 400
                            : unusable ? 422
                                       : 200,
                            std::move(ack), "x-application/hl7-v2+er7");
}

http::Response ListQueue(store::Store& store, const http::Request& request) {
  const lab::QueueFilter filter{.status = request.Query("status").value_or("open"),
                                .patient = request.Query("patient").value_or("")};
  Json entries = Json::array();
  const auto records =
      store.Read([&](const store::Reader& reader) { return lab::ListQueue(reader, filter); });
  for (const store::Record& record : records) entries.push_back(lab::RenderQueueEntry(record));
  return Answer({{"entries", std::move(entries)}});
}

http::Response Replay(const lab::QueueContext& queue, const http::Request& request) {
  const auto reasons = lab::ReplayQueueEntry(queue, request.Parameter("id"));
  if (reasons.empty()) return Answer(Json::object());
  std::vector<fhir::Issue> issues;
  for (const std::string& reason : reasons) {
    issues.push_back({fhir::Severity::kError, fhir::IssueType::kProcessing, reason, ""});
  }
  throw Error(ErrorCode::kConflict, std::move(issues));
}

http::Response Resolve(const lab::QueueContext& queue, const http::Request& request) {
  lab::ResolveQueueEntry(queue, request.Parameter("id"),
                         lab::ReadDecision(BodyOf(request), queue.clock.Now()));
  return Answer(Json::object());
}

/// The conflict of one gene, resolved when the request names what to keep.
http::Response Decide(const LabRoutes& routes, const http::Request& request, bool reopen) {
  const Json body = BodyOf(request);
  const core::Instant now = routes.queue.clock.Now();
  const lab::Decision decision = lab::ReadDecision(body, now);
  const std::string keep(fhir::FindText(body, "keep"));
  const std::string gene(request.Parameter("gene"));
  const auto knowledge = routes.knowledge();
  const std::string asked(request.Parameter("patient"));
  const auto changed = routes.queue.store.Write([&](store::Writer& writer) {
    const std::string patient = PatientIdOf(writer, asked, now);
    return reopen ? lab::ReopenConflict(writer, *knowledge, patient, gene, decision)
                  : lab::ResolveConflict(writer, *knowledge, patient, gene, keep, decision);
  });
  return Answer({{reopen ? "reopened" : "setAside", changed}});
}

http::Response Move(const LabRoutes& routes, const http::Request& request) {
  const Json body = BodyOf(request);
  const core::Instant now = routes.queue.clock.Now();
  const lab::Decision decision = lab::ReadDecision(body, now);
  const std::string asked(request.Parameter("patient"));
  const std::string result(fhir::FindText(body, "result"));
  const std::string to(fhir::FindText(body, "to"));
  const auto moved = routes.queue.store.Write([&](store::Writer& writer) {
    return lab::MoveResult(writer, PatientIdOf(writer, asked, now), result, to, decision);
  });
  return Answer({{"moved", moved}});
}

http::Response ListLate(store::Store& store, const http::Request& request) {
  store::RecordFilter filter;
  filter.kind = "late";
  filter.status = request.Query("status").value_or("open");
  if (filter.status == "all") filter.status.clear();
  filter.patient = request.Query("patient").value_or("");
  if (filter.patient.starts_with("Patient/")) filter.patient.erase(0, 8);
  Json entries = Json::array();
  for (const store::Record& record :
       store.Read([&](const store::Reader& reader) { return reader.FindRecords(filter); })) {
    entries.push_back(lab::RenderLateResult(record));
  }
  return Answer({{"entries", std::move(entries)}});
}

http::Response ListConflicting(const LabRoutes& routes) {
  const auto knowledge = routes.knowledge();
  return Answer({{"entries", routes.queue.store.Read([&](const store::Reader& reader) {
                    return lab::ListConflicts(reader, *knowledge);
                  })}});
}

http::Response Acknowledge(const lab::QueueContext& queue, const http::Request& request) {
  const lab::Decision decision = lab::ReadDecision(BodyOf(request), queue.clock.Now());
  const std::string id(request.Parameter("id"));
  queue.store.Write(
      [&](store::Writer& writer) { lab::AcknowledgeLateResult(writer, id, decision); });
  return Answer(Json::object());
}

http::Response TakeDocument(const lab::QueueContext& queue, const http::Request& request) {
  const Json document = BodyOf(request);
  const core::Instant now = queue.clock.Now();
  const std::string patient = queue.store.Write(
      [&](store::Writer& writer) { return lab::TakeRecordDocument(writer, document, now); });
  return Answer({{"patient", "Patient/" + patient}});
}

/// The document; with `keep` its List and Composition become resources, for $document.
http::Response Document(const lab::QueueContext& queue, const http::Request& request, bool keep) {
  const core::Instant now = queue.clock.Now();
  const std::string asked(request.Parameter("patient"));
  const auto build = [&](const store::Reader& reader) {
    return lab::BuildRecordDocument(reader, PatientIdOf(reader, asked, now), now);
  };
  const Json document = keep ? queue.store.Write([&](store::Writer& writer) {
    const std::string patient = PatientIdOf(writer, asked, now);
    for (Json& one : lab::BuildRecordResources(writer, patient, now)) {
      writer.Put(std::move(one));
    }
    return build(writer);
  })
                             : queue.store.Read(build);
  return http::MakeResponse(200, fhir::PrintJson(document), "application/fhir+json");
}

}  // namespace

void AddLabRoutes(http::Router& router, const LabRoutes& routes) {
  const auto pharmacologists = http::Protection::Role({"pharmacologist"});
  const auto queue_workers = http::Protection::Role({"lab", "pharmacologist"});
  const auto clinicians = http::Protection::Role({"prescriber", "pharmacologist"});
  const lab::QueueContext& queue = routes.queue;
  router.Add(
      "POST", "/hl7v2",
      [&intake = queue.intake](const http::Request& request) {
        return TakeMessage(intake, request);
      },
      http::Protection::Role({"lab"}));
  router.Add(
      "GET", "/unmapped",
      [&store = queue.store](const http::Request& request) { return ListQueue(store, request); },
      queue_workers);
  router.Add(
      "GET", "/unmapped/{id}",
      [&store = queue.store](const http::Request& request) {
        return Answer(lab::RenderQueueEntry(store.Read([&](const store::Reader& reader) {
          return lab::GetQueueEntry(reader, request.Parameter("id"));
        })));
      },
      queue_workers);
  router.Add(
      "POST", "/unmapped/{id}/resolve",
      [queue](const http::Request& request) { return Resolve(queue, request); }, queue_workers);
  router.Add(
      "POST", "/unmapped/{id}/replay",
      [queue](const http::Request& request) { return Replay(queue, request); }, queue_workers);
  router.Add(
      "GET", "/conflicts",
      [routes](const http::Request& /*request*/) { return ListConflicting(routes); },
      pharmacologists);
  router.Add(
      "POST", "/record/{patient}/conflicts/{gene}/resolve",
      [routes](const http::Request& request) { return Decide(routes, request, false); },
      pharmacologists);
  router.Add(
      "POST", "/record/{patient}/conflicts/{gene}/reopen",
      [routes](const http::Request& request) { return Decide(routes, request, true); },
      pharmacologists);
  router.Add(
      "GET", "/record/{patient}/document",
      [queue](const http::Request& request) { return Document(queue, request, false); },
      http::Protection::Record());
  router.Add(
      "POST", "/record/{patient}/document",
      [queue](const http::Request& request) { return Document(queue, request, true); },
      pharmacologists);
  router.Add(
      "POST", "/record-documents",
      [queue](const http::Request& request) { return TakeDocument(queue, request); },
      http::Protection::Role({"lab", "administrator"}));
  router.Add(
      "GET", "/late-results",
      [&store = queue.store](const http::Request& request) { return ListLate(store, request); },
      clinicians);
  router.Add(
      "POST", "/late-results/{id}/acknowledge",
      [queue](const http::Request& request) { return Acknowledge(queue, request); }, clinicians);
  router.Add(
      "POST", "/record/{patient}/move",
      [routes](const http::Request& request) { return Move(routes, request); }, queue_workers);
}

}  // namespace genflik::tab
