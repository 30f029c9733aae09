#include "services/lab/late_results.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/alerts/recheck.h"
#include "services/core/error.h"
#include "services/lab/outbox.h"

namespace genflik::lab {
namespace {

using core::Error;
using core::ErrorCode;
using fhir::FindText;
using fhir::Json;

Json BodyOf(const store::Record& record) {
  fhir::IssueLog log;
  return fhir::ParseJson(record.body, log).value_or(Json::object());
}

std::string ReferenceIn(const Json& resource, std::string_view name) {
  const Json* value = fhir::Find(resource, name);
  return value == nullptr ? "" : std::string(FindText(*value, "reference"));
}

using Issues = std::map<std::string, store::StoredResource>;

/// Our DetectedIssues about a patient, by id.
Issues IssuesOf(const store::Reader& reader, const std::string& patient) {
  Issues issues;
  for (auto& stored : reader.FindMatching("DetectedIssue", "patient=Patient/" + patient)) {
    if (stored.id.starts_with("pgx-")) issues.emplace(stored.id, std::move(stored));
  }
  return issues;
}

/// Worth interrupting somebody who is not at the order: it rests on a result and is no mere note.
bool IsActionable(const Json& issue) {
  return FindText(issue, "status") == "final" && FindText(issue, "severity") != "low" &&
         fhir::FindArray(issue, "implicated").size() > 1;
}

std::string SummaryOf(const Json& issue) {
  const Json* code = fhir::Find(issue, "code");
  return code == nullptr ? "" : std::string(FindText(*code, "text"));
}

/// Told already, as gravely and in the same headline: only what stands below it has changed, such
/// as the remark on a drug that was ordered since.
bool WasTold(const store::StoredResource& before, const Json& issue) {
  const Json was = before.Body();
  return IsActionable(was) && FindText(was, "severity") == FindText(issue, "severity") &&
         SummaryOf(was) == SummaryOf(issue);
}

std::string OrderOf(const Json& issue) {
  const Json& implicated = fhir::FindArray(issue, "implicated");
  return implicated.empty() ? "" : std::string(FindText(implicated[0], "reference"));
}

std::vector<store::Record> OpenEntries(const store::Reader& reader, const std::string& patient) {
  store::RecordFilter filter;
  filter.kind = "late";
  filter.patient = patient;
  filter.status = "open";
  return reader.FindRecords(filter);
}

void Settle(store::Writer& writer, const std::string& patient, const std::string& issue,
            const char* status) {
  for (store::Record& record : OpenEntries(writer, patient)) {
    if (FindText(BodyOf(record), "issue") != "DetectedIssue/" + issue) continue;
    record.status = status;
    writer.UpdateRecord(record);
  }
}

/// What a recheck changed for one patient; returns the changed issues.
std::vector<store::StoredResource> Compare(store::Writer& writer, const std::string& patient,
                                           const Issues& before,
                                           const std::set<std::string>& new_orders,
                                           std::string_view cause) {
  std::vector<store::StoredResource> changed;
  for (auto& [id, stored] : IssuesOf(writer, patient)) {
    const auto old = before.find(id);
    if (old != before.end() && old->second.version == stored.version) continue;
    const Json issue = stored.Body();
    changed.push_back(stored);
    if (FindText(issue, "status") != "final") {
      Settle(writer, patient, id, "settled");
      continue;
    }
    const std::string order = OrderOf(issue);
    if (!IsActionable(issue) || new_orders.contains(order)) continue;
    if (old != before.end() && WasTold(old->second, issue)) continue;
    Settle(writer, patient, id, "replaced");
    const Json body = {{"issue", stored.Reference()},
                       {"order", order},
                       {"cause", std::string(cause)},
                       {"summary", SummaryOf(issue)},
                       {"severity", std::string(FindText(issue, "severity"))},
                       {"escalations", 0},
                       {"escalated", ""}};
    writer.AppendRecord({.kind = "late",
                         .key = stored.Reference() + "/_history/" + std::to_string(stored.version),
                         .patient = patient,
                         .status = "open",
                         .body = fhir::PrintJson(body)});
  }
  return changed;
}

std::string PatientOf(const Json& body) {
  std::string reference = ReferenceIn(body, "subject");
  if (reference.empty()) reference = ReferenceIn(body, "patient");
  return reference.starts_with("Patient/") ? reference.substr(8) : "";
}

/// Patients about whom the transaction says something, and the orders in it.
struct Touched {
  std::set<std::string> patients = {};
  std::set<std::string> orders = {};
};

Touched TouchedBy(const std::vector<store::StoredResource>& written) {
  Touched touched;
  for (const auto& resource : written) {
    const bool order = alerts::IsDrugType(resource.type);
    const bool result = resource.type == "Observation" || resource.type == "DiagnosticReport";
    if (resource.deleted || (!order && !result)) continue;
    if (order) touched.orders.insert(resource.Reference());
    const std::string patient = PatientOf(resource.Body());
    if (!patient.empty()) touched.patients.insert(patient);
  }
  return touched;
}

Json TaskOf(const store::Record& record, const Json& body, int number,
            const EscalationOptions& options, core::Instant now) {
  const std::string unit = options.unit.empty() ? "Responsible unit" : options.unit;
  return {{"resourceType", "Task"},
          {"id", "late-" + record.id + "-" + std::to_string(number)},
          {"status", "requested"},
          {"intent", "order"},
          {"priority", FindText(body, "severity") == "high" ? "stat" : "urgent"},
          {"code", {{"text", "Acknowledge a late genetic result"}}},
          {"description", std::string(FindText(body, "summary"))},
          {"focus", {{"reference", std::string(FindText(body, "issue"))}}},
          {"for", {{"reference", "Patient/" + record.patient}}},
          {"authoredOn", core::PrintInstant(now)},
          {"owner", {{"display", unit}}}};
}

void CompleteTasks(store::Writer& writer, const store::Record& record, const Json& body) {
  const int count = body.value("escalations", 0);
  for (int number = 1; number <= count; ++number) {
    const auto task = writer.Find("Task", "late-" + record.id + "-" + std::to_string(number));
    if (!task) continue;
    Json done = task->Body();
    done["status"] = "completed";
    writer.Put(std::move(done));
  }
}

}  // namespace

store::WriteObserver WithLateResults(store::WriteObserver recheck) {
  return [recheck = std::move(recheck)](store::Writer& writer,
                                        const std::vector<store::StoredResource>& written) {
    const Touched touched = TouchedBy(written);
    std::map<std::string, Issues> before;
    for (const std::string& patient : touched.patients) before[patient] = IssuesOf(writer, patient);
    recheck(writer, written);
    std::vector<store::StoredResource> all = written;
    for (const std::string& patient : touched.patients) {
      for (auto& issue :
           Compare(writer, patient, before.at(patient), touched.orders, "late-result")) {
        all.push_back(std::move(issue));
      }
    }
    QueueNotifications(writer, all);
  };
}

size_t RecheckRunningOrders(store::Store& store, const store::WriteObserver& recheck) {
  std::map<std::string, store::StoredResource> by_patient;
  store.Read([&](const store::Reader& reader) {
    for (auto& order : alerts::FindRunningDrugs(reader, "")) {
      std::string patient = PatientOf(order.Body());
      if (!patient.empty()) by_patient.emplace(std::move(patient), std::move(order));
    }
  });
  size_t opened = 0;
  for (const auto& [patient, order] : by_patient) {
    opened += store.Write([&](store::Writer& writer) {
      const Issues before = IssuesOf(writer, patient);
      const size_t open = OpenEntries(writer, patient).size();
      recheck(writer, {order});
      QueueNotifications(writer, Compare(writer, patient, before, {}, "new-knowledge"));
      const size_t now = OpenEntries(writer, patient).size();
      return now > open ? now - open : 0;
    });
  }
  return opened;
}

Json RenderLateResult(const store::Record& record) {
  Json rendered = BodyOf(record);
  rendered["id"] = record.id;
  rendered["status"] = record.status;
  rendered["at"] = record.created;
  rendered["patient"] = "Patient/" + record.patient;
  return rendered;
}

void AcknowledgeLateResult(store::Writer& writer, std::string_view id, const Decision& decision) {
  auto records = writer.FindRecords({.kind = "late", .id = std::string(id)});
  if (records.empty()) throw Error(ErrorCode::kNotFound, "there is no such late result");
  store::Record& record = records[0];
  if (record.status != "open") throw Error(ErrorCode::kConflict, "it is closed already");
  Json body = BodyOf(record);
  body["acknowledged"] = {{"by", decision.by}, {"reason", decision.reason}, {"at", decision.at}};
  record.status = "acknowledged";
  record.body = fhir::PrintJson(body);
  writer.UpdateRecord(record);
  CompleteTasks(writer, record, body);
  const std::string reference(FindText(body, "issue"));
  const auto stored = writer.Find("DetectedIssue", reference.substr(reference.find('/') + 1));
  if (!stored) return;
  Json issue = stored->Body();
  issue["mitigation"].push_back({{"action", {{"text", "Acknowledged: " + decision.reason}}},
                                 {"date", decision.at},
                                 {"author", {{"display", decision.by}}}});
  writer.Put(std::move(issue));
  writer.Put(RenderProvenance(decision, "acknowledge-late-result", {reference}, record.patient));
}

size_t EscalateLateResults(store::Store& store, const EscalationOptions& options,
                           core::Instant now) {
  const std::string limit = core::PrintInstant(now - options.after);
  const auto due = [&](const store::Record& record) {
    std::string last(FindText(BodyOf(record), "escalated"));
    if (last.empty()) last = record.created;
    // Instants in UTC of one form are ordered like their texts.
    return record.status == "open" && last <= limit;
  };
  std::vector<store::Record> waiting =
      store.Read([](const store::Reader& reader) { return OpenEntries(reader, ""); });
  std::erase_if(waiting, [&](const store::Record& record) { return !due(record); });
  size_t count = 0;
  for (const store::Record& record : waiting) {
    count += store.Write([&](store::Writer& writer) -> size_t {
      auto fresh = writer.FindRecords({.kind = "late", .id = record.id});
      if (fresh.empty() || !due(fresh[0])) return 0;
      Json body = BodyOf(fresh[0]);
      const int number = body.value("escalations", 0) + 1;
      const auto task = writer.Put(TaskOf(record, body, number, options, now));
      body["escalations"] = number;
      body["escalated"] = core::PrintInstant(now);
      fresh[0].body = fhir::PrintJson(body);
      writer.UpdateRecord(fresh[0]);
      // The Task is shown to the observers by itself.
      return task.version == 1 ? 1 : 0;
    });
  }
  return count;
}

}  // namespace genflik::lab
