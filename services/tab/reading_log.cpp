#include "services/tab/reading_log.h"

#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/core/error.h"
#include "services/core/log.h"

namespace genflik::tab {
namespace {

using fhir::Json;

/// "Intermediate Metabolizer (0.25)".
std::string Words(const Json& reading) {
  std::string words(fhir::FindText(reading, "phenotype"));
  for (const Json& status : fhir::FindArray(reading, "statuses")) {
    if (!status.is_string()) continue;
    words += (words.empty() ? "" : ", ") + status.get<std::string>();
  }
  const std::string_view score = fhir::FindText(reading, "activityScore");
  return score.empty() ? words : words + " (" + std::string(score) + ")";
}

/// Diplotype and meaning; nothing when the gene is not read without doubt.
std::optional<std::pair<std::string, std::string>> ReadingOf(const Json& gene) {
  const Json& readings = fhir::FindArray(gene, "interpretations");
  if (fhir::FindText(gene, "status") != "interpreted" || readings.size() != 1) return std::nullopt;
  return std::pair(std::string(fhir::FindText(readings[0], "diplotype")), Words(readings[0]));
}

Json BodyOf(const store::Record& record) {
  fhir::IssueLog log;
  return fhir::ParseJson(record.body, log).value_or(Json::object());
}

/// The readings by gene: diplotype and meaning.
std::map<std::string, std::pair<std::string, std::string>> ReadingsIn(const Json& body) {
  std::map<std::string, std::pair<std::string, std::string>> readings;
  for (const Json& one : fhir::FindArray(body, "readings")) {
    readings[std::string(fhir::FindText(one, "gene"))] = {
        std::string(fhir::FindText(one, "diplotype")), std::string(fhir::FindText(one, "meaning"))};
  }
  return readings;
}

}  // namespace

store::Record ReadingRecord(const Json& record, const std::string& patient) {
  Json readings = Json::array();
  for (const Json& gene : fhir::FindArray(record, "genes")) {
    const auto reading = ReadingOf(gene);
    if (!reading) continue;
    readings.push_back({{"gene", std::string(fhir::FindText(gene, "gene"))},
                        {"diplotype", reading->first},
                        {"meaning", reading->second}});
  }
  return {.kind = "reading",
          .patient = patient,
          .status = "shown",
          .created = std::string(fhir::FindText(record, "generated")),
          .body = fhir::PrintJson({{"knowledge", std::string(fhir::FindText(record, "knowledge"))},
                                   {"readings", std::move(readings)}})};
}

bool SaysMore(const store::Record& before, const store::Record& now) {
  const auto noted = ReadingsIn(BodyOf(before));
  for (const auto& [gene, reading] : ReadingsIn(BodyOf(now))) {
    const auto found = noted.find(gene);
    if (found == noted.end() || found->second != reading) return true;
  }
  return false;
}

void NoteReadings(store::Store& store, const Json& record, const std::string& patient) {
  if (fhir::FindArray(record, "genes").empty()) return;
  try {
    store::Record now = ReadingRecord(record, patient);
    const auto last = store.Read([&](const store::Reader& reader) {
      return reader.FindRecords(
          {.kind = "reading", .patient = patient, .newest_first = true, .limit = 1});
    });
    if (!last.empty() && !SaysMore(last.front(), now)) return;
    store.Write([&](store::Writer& writer) { writer.AppendRecord(std::move(now)); });
  } catch (const core::Error& error) {
    core::Log(core::LogLevel::kError, "readings-not-noted", {{"reason", error.what()}});
  }
}

std::vector<ReadingChange> ReadingChanges(const std::vector<store::Record>& records) {
  struct Noted {
    std::string diplotype;
    std::string meaning;
    std::string knowledge;
  };
  std::map<std::string, Noted> last;
  std::vector<ReadingChange> changes;
  for (const store::Record& record : records) {
    const Json body = BodyOf(record);
    const std::string knowledge(fhir::FindText(body, "knowledge"));
    for (const auto& [gene, reading] : ReadingsIn(body)) {
      const auto& [diplotype, meaning] = reading;
      const auto found = last.find(gene);
      if (found != last.end() && found->second.diplotype == diplotype &&
          found->second.meaning != meaning) {
        changes.push_back({.gene = gene,
                           .diplotype = diplotype,
                           .date = record.created,
                           .before = found->second.meaning,
                           .after = meaning,
                           .knowledge_before = found->second.knowledge,
                           .knowledge_after = knowledge});
      }
      last[gene] = {diplotype, meaning, knowledge};
    }
  }
  return changes;
}

}  // namespace genflik::tab
