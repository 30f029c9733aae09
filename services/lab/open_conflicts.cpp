#include "services/lab/open_conflicts.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "rules/result_history.h"

namespace genflik::lab {
namespace {

using fhir::Json;

constexpr const char* kKind = "conflict";
constexpr size_t kMost = 200;

std::string PatientOf(const Json& resource) {
  const Json* subject = fhir::Find(resource, "subject");
  const std::string_view reference =
      subject == nullptr ? "" : fhir::FindText(*subject, "reference");
  return reference.starts_with("Patient/") ? std::string(reference.substr(8)) : "";
}

std::set<std::string> PatientsIn(const std::vector<store::StoredResource>& written) {
  std::set<std::string> patients;
  for (const store::StoredResource& resource : written) {
    const bool result = resource.type == "Observation" || resource.type == "DiagnosticReport";
    if (!result || resource.deleted) continue;
    std::string patient = PatientOf(resource.Body());
    if (!patient.empty()) patients.insert(std::move(patient));
  }
  return patients;
}

/// Most patients have one result a gene; what they say need not be judged.
bool HasSeveralOfOneGene(const std::vector<rules::GeneResult>& results) {
  std::set<std::string> genes;
  return std::any_of(results.begin(), results.end(), [&](const rules::GeneResult& one) {
    return !one.gene.empty() && !genes.insert(one.gene).second;
  });
}

std::string GeneOf(const store::Record& record) {
  fhir::IssueLog log;
  const auto body = fhir::ParseJson(record.body, log);
  return body ? std::string(fhir::FindText(*body, "gene")) : "";
}

/// The results that disagree, the one in force first; none when nothing does.
std::vector<const rules::GeneResult*> SidesOf(const rules::GeneHistory& history) {
  std::vector<const rules::GeneResult*> sides;
  for (const rules::JudgedResult& judged : history.results) {
    if (judged.role == rules::ResultRole::kConflicting) sides.push_back(&judged.result);
  }
  if (sides.empty()) return sides;
  for (const rules::JudgedResult& judged : history.results) {
    if (judged.role == rules::ResultRole::kCurrent) sides.insert(sides.begin(), &judged.result);
  }
  return sides;
}

void KeepConflictsOf(store::Writer& writer, const rules::KnowledgeBase& knowledge,
                     const std::string& patient) {
  const auto results = writer.ResultsOf(patient);
  if (!HasSeveralOfOneGene(results)) return;
  std::map<std::string, store::Record> open;
  for (store::Record& record :
       writer.FindRecords({.kind = kKind, .patient = patient, .status = "open"})) {
    std::string gene = GeneOf(record);
    open.emplace(std::move(gene), std::move(record));
  }
  for (const rules::GeneHistory& history : rules::JudgeResults(knowledge, results)) {
    if (SidesOf(history).empty()) continue;
    if (open.erase(history.gene) > 0) continue;
    writer.AppendRecord({.kind = kKind,
                         .patient = patient,
                         .status = "open",
                         .body = fhir::PrintJson({{"gene", history.gene}})});
  }
  for (auto& [gene, record] : open) {
    record.status = "settled";
    writer.UpdateRecord(record);
  }
}

std::string FindingOf(const rules::GeneResult& result) {
  std::string finding;
  for (const auto* list : {&result.diplotypes, &result.haplotypes}) {
    for (const std::string& one : *list) finding += (finding.empty() ? "" : " | ") + one;
  }
  return finding.empty() ? result.reported_phenotype.value_or("") : finding;
}

Json Render(const store::Record& record, const rules::GeneHistory& history) {
  Json sides = Json::array();
  for (const rules::GeneResult* side : SidesOf(history)) {
    sides.push_back({{"source", side->source},
                     {"finding", FindingOf(*side)},
                     {"laboratory", side->laboratory},
                     {"method", side->method},
                     {"effective", side->effective}});
  }
  return {{"patient", "Patient/" + record.patient},
          {"gene", history.gene},
          {"since", record.created},
          {"results", std::move(sides)}};
}

}  // namespace

store::WriteObserver ObserveConflicts(
    std::function<std::shared_ptr<const rules::KnowledgeBase>()> knowledge) {
  return [knowledge = std::move(knowledge)](store::Writer& writer,
                                            const std::vector<store::StoredResource>& written) {
    for (const std::string& patient : PatientsIn(written)) {
      KeepConflictsOf(writer, *knowledge(), patient);
    }
  };
}

Json ListConflicts(const store::Reader& reader, const rules::KnowledgeBase& knowledge) {
  Json entries = Json::array();
  for (const store::Record& record :
       reader.FindRecords({.kind = kKind, .status = "open", .limit = kMost})) {
    const std::string gene = GeneOf(record);
    for (const rules::GeneHistory& history :
         rules::JudgeResults(knowledge, reader.ResultsOf(record.patient))) {
      if (history.gene != gene || SidesOf(history).empty()) continue;
      entries.push_back(Render(record, history));
    }
  }
  return entries;
}

}  // namespace genflik::lab
