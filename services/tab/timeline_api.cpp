#include "services/tab/timeline_api.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "services/core/error.h"
#include "services/tab/compression.h"
#include "services/tab/patient_path.h"
#include "services/tab/reading_log.h"

namespace genflik::tab {
namespace {

using fhir::Json;

constexpr size_t kPage = 5000;

Json BodyOf(const store::Record& record) {
  fhir::IssueLog log;
  return fhir::ParseJson(record.body, log).value_or(Json::object());
}

Json Pick(const Json& body, std::initializer_list<const char*> names) {
  Json picked = Json::object();
  for (const char* name : names) picked[name] = std::string(fhir::FindText(body, name));
  return picked;
}

/// What clinicians answered, by the card.
std::map<std::string, Json> AnswersOf(const store::Reader& reader, const std::string& patient) {
  std::map<std::string, Json> answers;
  for (const auto& record : reader.FindRecords({.kind = "feedback", .patient = patient})) {
    const Json body = BodyOf(record);
    Json answer = Pick(body, {"outcome", "reason", "comment"});
    answer["date"] = record.created;
    answers[std::string(fhir::FindText(body, "card"))].push_back(std::move(answer));
  }
  return answers;
}

/// The cards that clinicians saw, the newest first; silent and repeated ones nobody saw.
Json AlertsOf(const store::Reader& reader, const std::string& patient) {
  const auto answers = AnswersOf(reader, patient);
  Json alerts = Json::array();
  for (const auto& record :
       reader.FindRecords({.kind = "alert", .patient = patient, .newest_first = true})) {
    if (record.status == "quiet" || record.status == "shadow" || record.status == "silent")
      continue;
    const Json body = BodyOf(record);
    Json alert =
        Pick(body, {"drug", "gene", "order", "advice", "indicator", "summary", "knowledge"});
    alert["date"] = record.created;
    const auto answered = answers.find(std::string(fhir::FindText(body, "card")));
    alert["answers"] = answered == answers.end() ? Json::array() : answered->second;
    alerts.push_back(std::move(alert));
  }
  return alerts;
}

/// "Intermediate Metabolizer (0.5)" in the words of the knowledge, the score kept.
Json MeaningText(const rules::KnowledgeBase& knowledge, const ReadingChange& change,
                 const std::string& meaning) {
  const rules::Gene* gene = knowledge.FindGene(change.gene);
  const size_t score = meaning.ends_with(')') ? meaning.rfind(" (") : std::string::npos;
  const std::string rest = score == std::string::npos ? "" : meaning.substr(score);
  rules::LocalText words;
  if (gene != nullptr) words = gene->TextOf(meaning.substr(0, score));
  if (words.en.empty() || words.sv.empty()) return {{"en", meaning}, {"sv", meaning}};
  return {{"en", words.en + rest}, {"sv", words.sv + rest}};
}

Json ChangesOf(const store::Reader& reader, const rules::KnowledgeBase& knowledge,
               const std::string& patient) {
  Json changes = Json::array();
  for (const ReadingChange& change :
       ReadingChanges(reader.FindRecords({.kind = "reading", .patient = patient}))) {
    changes.push_back({{"gene", change.gene},
                       {"diplotype", change.diplotype},
                       {"date", change.date},
                       {"before", MeaningText(knowledge, change, change.before)},
                       {"after", MeaningText(knowledge, change, change.after)},
                       {"knowledgeBefore", change.knowledge_before},
                       {"knowledgeAfter", change.knowledge_after}});
  }
  return changes;
}

/// Calls `each` with every record of a kind, page by page.
template <typename Each>
void ForEach(store::Store& store, const std::string& kind, const Each& each) {
  std::string after;
  while (true) {
    const auto page = store.Read([&](const store::Reader& reader) {
      return reader.FindRecords({.kind = kind, .after_id = after, .limit = kPage});
    });
    for (const auto& record : page) each(record);
    if (page.size() < kPage) return;
    after = page.back().id;
  }
}

Json Repeats(store::Store& store) {
  struct Counts {
    std::int64_t ordered = 0;
    std::int64_t withdrawn = 0;
    std::int64_t ordered_anyway = 0;
  };
  std::map<std::string, Counts> by_gene;
  ForEach(store, "alert", [&](const store::Record& record) {
    const Json body = BodyOf(record);
    const std::string_view advice = fhir::FindText(body, "advice");
    if (!advice.starts_with("duplicate:")) return;
    Counts& counts = by_gene[std::string(advice.substr(advice.find(':') + 1))];
    ++counts.ordered;
    if (record.status == "accepted") ++counts.withdrawn;
    if (record.status == "overridden") ++counts.ordered_anyway;
  });
  Json genes = Json::array();
  for (const auto& [gene, counts] : by_gene) {
    genes.push_back({{"gene", gene},
                     {"ordered", counts.ordered},
                     {"withdrawn", counts.withdrawn},
                     {"orderedAnyway", counts.ordered_anyway}});
  }
  return {{"genes", std::move(genes)}};
}

/// The drugs of the knowledge in both languages, for whoever shows the statistics of alerts.
Json NamesOf(const rules::KnowledgeBase& knowledge) {
  Json names = Json::object();
  for (const rules::Drug& drug : knowledge.drugs()) {
    names[drug.name] = {{"en", drug.names.en}, {"sv", drug.names.sv}};
  }
  return names;
}

}  // namespace

void AddTimelineRoutes(http::Router& router, store::Store& store,
                       std::function<std::shared_ptr<const rules::KnowledgeBase>()> knowledge,
                       const core::Clock& clock) {
  router.Add(
      "GET", "/record/{patient}/timeline",
      [&store, knowledge, &clock](const http::Request& request) {
        const auto in_use = knowledge();
        const Json answer = store.Read([&](const store::Reader& reader) {
          const std::string id = PatientIdOf(reader, request.Parameter("patient"), clock.Now());
          if (!reader.Find("Patient", id)) {
            throw core::Error(core::ErrorCode::kNotFound, "there is no such patient");
          }
          return Json{{"patient", "Patient/" + id},
                      {"alerts", AlertsOf(reader, id)},
                      {"changes", ChangesOf(reader, *in_use, id)}};
        });
        return http::MakeResponse(200, fhir::PrintJson(answer), "application/json");
      },
      http::Protection::Record());
  router.Add(
      "GET", "/alerts/repeats",
      [&store, knowledge](const http::Request& request) {
        Json answer = Repeats(store);
        answer["drugNames"] = NamesOf(*knowledge());
        return Pack(request, http::MakeResponse(200, fhir::PrintJson(answer), "application/json"));
      },
      http::Protection::Role({"pharmacologist", "administrator"}));
}

}  // namespace genflik::tab
