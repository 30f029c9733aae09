#include "services/lab/unmapped_queue.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "services/lab/unread_results.h"
#include "services/mapping/genomics.h"

namespace genflik::lab {
namespace {

using fhir::Json;

constexpr std::string_view kKind = "unmapped";

std::string PatientOf(const Json& resource) {
  const Json* subject = fhir::Find(resource, "subject");
  if (subject == nullptr) return "";
  const std::string_view reference = fhir::FindText(*subject, "reference");
  constexpr std::string_view kPrefix = "Patient/";
  return reference.starts_with(kPrefix) ? std::string(reference.substr(kPrefix.size())) : "";
}

/// Entries about earlier versions, of whomever they were.
void CloseEarlier(store::Writer& writer, const store::StoredResource& resource) {
  for (auto version = resource.version - 1; version > 0; --version) {
    const std::string key = resource.Reference() + "/_history/" + std::to_string(version);
    for (const std::string& kind : {key, "variants|" + key}) {
      for (store::Record& record : writer.FindRecords({.kind = std::string(kKind), .key = kind})) {
        if (record.status != "open") continue;
        record.status = "replaced";
        writer.UpdateRecord(record);
      }
    }
  }
}

}  // namespace

store::Record ToRecord(const Unmapped& entry, std::string key) {
  const Json body = {{"form", entry.form},
                     {"source", entry.source},
                     {"reasons", entry.reasons},
                     {"original", entry.original},
                     {"configuration", entry.configuration}};
  return {.kind = std::string(kKind),
          .key = std::move(key),
          .patient = entry.patient,
          .status = "open",
          .body = fhir::PrintJson(body)};
}

Unmapped FromRecord(const store::Record& record) {
  fhir::IssueLog log;
  const Json body = fhir::ParseJson(record.body, log).value_or(Json::object());
  Unmapped entry{.form = std::string(fhir::FindText(body, "form")),
                 .source = std::string(fhir::FindText(body, "source")),
                 .patient = record.patient,
                 .original = std::string(fhir::FindText(body, "original")),
                 .configuration = std::string(fhir::FindText(body, "configuration"))};
  for (const Json& reason : fhir::FindArray(body, "reasons")) {
    if (reason.is_string()) entry.reasons.push_back(reason.get<std::string>());
  }
  return entry;
}

void ObserveResults(store::Writer& writer, const std::vector<store::StoredResource>& written) {
  for (const store::StoredResource& resource : written) {
    const bool genetic = resource.type == "Observation" || resource.type == "DiagnosticReport";
    if (!genetic || resource.deleted) continue;
    const Json body = resource.Body();
    fhir::IssueLog log;
    static_cast<void>(mapping::ReadGeneResults(body, log));
    if (resource.version > 1) CloseEarlier(writer, resource);
    Unmapped entry{.form = "fhir", .source = resource.Reference(), .patient = PatientOf(body)};
    for (const fhir::Issue& issue : log.issues()) entry.reasons.push_back(issue.text);
    if (entry.reasons.empty()) entry.reasons = WhyUnread(body);
    if (entry.reasons.empty()) continue;
    writer.AppendRecord(
        ToRecord(entry, resource.Reference() + "/_history/" + std::to_string(resource.version)));
  }
}

}  // namespace genflik::lab
