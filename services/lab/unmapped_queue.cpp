#include "services/lab/unmapped_queue.h"

#include <utility>

#include <nlohmann/json.hpp>

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

void CloseEarlier(store::Writer& writer, const store::StoredResource& resource,
                  const std::string& patient) {
  store::RecordFilter filter;
  filter.kind = std::string(kKind);
  filter.patient = patient;
  filter.status = "open";
  for (store::Record& record : writer.FindRecords(filter)) {
    if (FromRecord(record).source != resource.Reference()) continue;
    record.status = "replaced";
    writer.UpdateRecord(record);
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
    const auto results = mapping::ReadGeneResults(body, log);
    const std::string patient = PatientOf(body);
    if (resource.version > 1) CloseEarlier(writer, resource, patient);
    if (log.issues().empty()) continue;
    Unmapped entry{.form = "fhir", .source = resource.Reference(), .patient = patient};
    for (const fhir::Issue& issue : log.issues()) entry.reasons.push_back(issue.text);
    writer.AppendRecord(
        ToRecord(entry, resource.Reference() + "/_history/" + std::to_string(resource.version)));
  }
}

}  // namespace genflik::lab
