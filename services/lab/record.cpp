#include "services/lab/record.h"

#include <algorithm>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/datatypes.h"
#include "fhir/systems.h"
#include "rules/engine.h"
#include "rules/gene_profile.h"
#include "rules/result_history.h"
#include "services/core/error.h"
#include "services/lab/unmapped_queue.h"
#include "services/mapping/genomics.h"
#include "services/mapping/patient_events.h"

namespace genflik::lab {
namespace {

using fhir::FindArray;
using fhir::FindText;
using fhir::Json;
using mapping::PatientEvent;
using rules::GeneResult;

Json Render(const rules::LocalText& text) { return {{"en", text.en}, {"sv", text.sv}}; }

std::string_view CodeOfStatus(rules::RecordStatus status) {
  switch (status) {
    case rules::RecordStatus::kPreliminary:
      return "preliminary";
    case rules::RecordStatus::kFinal:
      return "final";
    case rules::RecordStatus::kAmended:
      return "amended";
    case rules::RecordStatus::kCorrected:
      return "corrected";
    case rules::RecordStatus::kEnteredInError:
      return "entered-in-error";
  }
  return "";
}

Json Remark(std::string_view code, const rules::LocalText& text) {
  return {{"code", std::string(code)}, {"text", Render(text)}};
}

/// Whether a result is from before or after what changed its meaning. Dates of unequal precision
/// compare by their common part; an unknown date counts as after, the side of caution.
Json EventRemarks(const GeneResult& result, const std::vector<PatientEvent>& events) {
  Json remarks = Json::array();
  for (const PatientEvent& event : events) {
    const size_t common = std::min({result.effective.size(), event.date.size(), size_t{10}});
    const bool before =
        common > 0 && result.effective.compare(0, common, event.date, 0, common) < 0;
    remarks.push_back(
        Remark(before ? "before-transplant" : "after-transplant", TextOf(event.kind)));
  }
  return remarks;
}

Json RenderResult(const GeneResult& result, std::string_view role, const std::string& relates_to,
                  Json remarks) {
  const auto& coverage = result.coverage;
  return {{"source", result.source},
          {"role", std::string(role)},
          {"relatesTo", relates_to},
          {"recordStatus", std::string(CodeOfStatus(result.record_status))},
          {"callStatus", std::string(rules::CodeOf(result.status))},
          {"diplotypes", result.diplotypes},
          {"haplotypes", result.haplotypes},
          {"absent", result.absent},
          {"reportedText", result.reported_text},
          {"reportedPhenotype", result.reported_phenotype.value_or("")},
          {"reportedActivityScore",
           result.reported_activity_score ? Json(*result.reported_activity_score) : Json(nullptr)},
          {"laboratory", result.laboratory},
          {"method", result.method},
          {"effective", result.effective},
          {"received", result.received},
          {"coverage",
           {{"known", coverage.known},
            {"alleles", coverage.alleles},
            {"positions", coverage.positions},
            {"copyNumber", coverage.copy_number}}},
          {"remarks", std::move(remarks)}};
}

Json RenderReading(const rules::Gene* gene, const rules::Interpretation& reading) {
  const rules::LocalText words = gene == nullptr || reading.phenotype.empty()
                                     ? rules::LocalText{}
                                     : gene->TextOf(reading.phenotype);
  return {{"diplotype", reading.diplotype},
          {"phenotype", reading.phenotype},
          {"phenotypeText", Render(words)},
          {"activityScore", reading.score ? reading.score->Text() : ""},
          {"functions", reading.functions},
          {"statuses", reading.statuses}};
}

/// Genes for which some guideline advises other than the usual.
std::set<std::string> ActionableGenes(const rules::KnowledgeBase& knowledge,
                                      const rules::GeneProfile& profile) {
  std::set<std::string> genes;
  for (const rules::Drug& drug : knowledge.drugs()) {
    const auto evaluation =
        rules::Evaluate(knowledge, profile, rules::DrugQuery{.names = {drug.name}}, {});
    for (const rules::Recommendation& row : evaluation.recommendations) {
      if (row.alert == rules::AlertLevel::kNone) continue;
      for (const rules::GeneEvidence& evidence : row.genes) {
        if (evidence.lookup_value != "No Result") genes.insert(evidence.gene);
      }
    }
  }
  return genes;
}

std::vector<Json> Bodies(const std::vector<store::StoredResource>& resources) {
  std::vector<Json> bodies;
  for (const store::StoredResource& resource : resources) bodies.push_back(resource.Body());
  return bodies;
}

class RecordBuilder {
 public:
  RecordBuilder(const rules::KnowledgeBase& knowledge, const RecordInput& input)
      : knowledge_(knowledge), input_(input), events_(mapping::ReadEvents(Bodies(input.events))) {}

  Json Build(core::Instant now) {
    Json record;
    record["patient"] = Patient();
    record["generated"] = core::PrintInstant(now);
    record["knowledge"] = knowledge_.version();
    record["notice"] =
        Render({.en = "Prototype, no CE-marked device. It advises; a clinician decides.",
                .sv = "Prototyp, ingen CE-märkt produkt. Den ger råd; en läkare beslutar."});
    record["genes"] = Genes();
    record["unmapped"] = Unresolved();
    record["moves"] = Moves();
    record["activeDrugs"] = Drugs();
    return record;
  }

 private:
  Json Patient() const {
    const Json patient = input_.patient.Body();
    const Json& names = FindArray(patient, "name");
    Json identifiers = Json::array();
    for (const fhir::Identifier& one : fhir::ReadIdentifiers(FindArray(patient, "identifier"))) {
      identifiers.push_back({{"system", one.system}, {"value", one.value}});
    }
    bool is_protected = false;
    if (const Json* meta = fhir::Find(patient, "meta")) {
      for (const fhir::Coding& label : fhir::ReadCodings(FindArray(*meta, "security"))) {
        is_protected = is_protected || label.system == fhir::systems::kSwedishSecurityLabel;
      }
    }
    Json events = Json::array();
    for (const PatientEvent& event : events_) {
      events.push_back({{"kind", std::string(CodeOf(event.kind))},
                        {"date", event.date},
                        {"source", event.source},
                        {"text", Render(TextOf(event.kind))}});
    }
    return {{"reference", "Patient/" + std::string(FindText(patient, "id"))},
            {"name", names.empty() ? "" : fhir::ReadHumanName(names.front()).Full()},
            {"birthDate", std::string(FindText(patient, "birthDate"))},
            {"gender", std::string(FindText(patient, "gender"))},
            {"identifiers", std::move(identifiers)},
            {"protectedIdentity", is_protected},
            {"events", std::move(events)}};
  }

  Json Genes() const {
    const auto histories = rules::JudgeResults(knowledge_, input_.results);
    std::vector<GeneResult> in_force;
    for (const rules::GeneHistory& history : histories) {
      in_force.insert(in_force.end(), history.in_force.begin(), history.in_force.end());
    }
    const rules::GeneProfile profile = rules::MakeProfile(knowledge_, in_force);
    const std::set<std::string> actionable = ActionableGenes(knowledge_, profile);
    Json genes = Json::array();
    for (const rules::GeneHistory& history : histories) {
      genes.push_back(Gene(history, profile.Find(history.gene), actionable.contains(history.gene)));
    }
    return genes;
  }

  Json Gene(const rules::GeneHistory& history, const rules::ProfiledGene* profiled,
            bool actionable) const {
    const rules::Gene* gene = knowledge_.FindGene(history.gene);
    Json readings = Json::array();
    Json reasons = Json::array();
    std::string status = "withdrawn";
    if (profiled != nullptr) {
      status = rules::CodeOf(profiled->interpretation.status);
      for (const auto& reading : profiled->interpretation.candidates) {
        readings.push_back(RenderReading(gene, reading));
      }
      for (const rules::Reason& reason : profiled->interpretation.reasons) {
        reasons.push_back(
            {{"code", reason.code}, {"detail", reason.detail}, {"text", Render(reason.text)}});
      }
    }
    Json rendered = {{"gene", history.gene},
                     {"status", status},
                     {"interpretations", std::move(readings)},
                     {"reasons", std::move(reasons)}};
    AddResults(history, rendered);
    rendered["actionable"] = actionable;
    return rendered;
  }

  void AddResults(const rules::GeneHistory& history, Json& rendered) const {
    std::string current;
    int repeats = 0;
    Json sources = Json::array();
    Json results = Json::array();
    for (const rules::JudgedResult& judged : history.results) {
      if (judged.role == rules::ResultRole::kCurrent) current = judged.result.source;
      if (judged.role == rules::ResultRole::kRepeat) ++repeats;
      if (judged.role == rules::ResultRole::kConflicting) sources.push_back(judged.result.source);
      Json remarks = EventRemarks(judged.result, events_);
      if (!judged.result.set_aside.empty()) {
        remarks.push_back(Remark("set-aside", {.en = "Set aside: " + judged.result.set_aside,
                                               .sv = "Åsidosatt: " + judged.result.set_aside}));
      }
      results.push_back(RenderResult(judged.result, rules::CodeOf(judged.role), judged.relates_to,
                                     std::move(remarks)));
      AddEarlier(judged.result, results);
    }
    rendered["current"] = current;
    rendered["results"] = std::move(results);
    rendered["repeats"] = repeats;
    rendered["conflict"] = nullptr;
    if (sources.empty()) return;
    sources.insert(sources.begin(), current);
    rendered["conflict"] = {
        {"sources", std::move(sources)},
        {"text",
         Render({.en = "Results disagree; the safer one drives alerts until a person decides.",
                 .sv = "Svaren motsäger varandra; det säkrare styr varningar tills någon "
                       "avgjort."})}};
  }

  /// What earlier versions of the same resource said.
  void AddEarlier(const GeneResult& result, Json& results) const {
    for (const GeneResult& earlier : input_.earlier_versions) {
      if (!earlier.source.starts_with(result.source + "/_history/") ||
          earlier.gene != result.gene) {
        continue;
      }
      Json remarks = EventRemarks(earlier, events_);
      remarks.push_back(
          Remark("superseded-version", {.en = "The laboratory has replaced this version.",
                                        .sv = "Laboratoriet har ersatt den här versionen."}));
      results.push_back(RenderResult(earlier, "superseded", result.source, std::move(remarks)));
    }
  }

  /// What was moved from or to this patient, by whom and why.
  Json Moves() const {
    Json list = Json::array();
    for (const store::Record& record : input_.moves) {
      fhir::IssueLog log;
      if (auto body = fhir::ParseJson(record.body, log)) list.push_back(std::move(*body));
    }
    return list;
  }

  Json Unresolved() const {
    Json list = Json::array();
    for (const store::Record& record : input_.unmapped) {
      const Unmapped entry = FromRecord(record);
      std::string reason;
      for (const std::string& text : entry.reasons) {
        if (!reason.empty()) reason += "; ";
        reason += text;
      }
      list.push_back({{"id", record.id},
                      {"received", record.created},
                      {"reason", reason},
                      {"source", entry.source}});
    }
    return list;
  }

  Json Drugs() const {
    Json list = Json::array();
    for (const Json& drug : Bodies(input_.drugs)) {
      const Json* medication = fhir::Find(drug, "medicationCodeableConcept");
      const fhir::CodeableConcept words =
          medication == nullptr ? fhir::CodeableConcept{} : fhir::ReadCodeableConcept(*medication);
      std::string name(words.Label());
      if (name.empty()) {
        if (const Json* reference = fhir::Find(drug, "medicationReference")) {
          name = FindText(*reference, "display");
        }
      }
      const fhir::Coding coding = words.codings.empty() ? fhir::Coding{} : words.codings.front();
      std::string since(FindText(drug, "authoredOn"));
      if (since.empty()) since = FindText(drug, "effectiveDateTime");
      list.push_back({{"reference", std::string(FindText(drug, "resourceType")) + "/" +
                                        std::string(FindText(drug, "id"))},
                      {"name", name},
                      {"code", coding.code},
                      {"system", coding.system},
                      {"status", std::string(FindText(drug, "status"))},
                      {"since", since}});
    }
    return list;
  }

  const rules::KnowledgeBase& knowledge_;
  const RecordInput& input_;
  std::vector<PatientEvent> events_;
};

void AddMatching(const store::Reader& reader, std::string_view type, const std::string& query,
                 std::vector<store::StoredResource>& into) {
  for (store::StoredResource& found : reader.FindMatching(type, query)) {
    into.push_back(std::move(found));
  }
}

/// Earlier versions of every resource that holds a result, each once.
std::vector<GeneResult> EarlierVersions(const store::Reader& reader,
                                        const std::vector<GeneResult>& results) {
  std::set<std::string> references;
  for (const GeneResult& result : results) {
    references.insert(result.source.substr(0, result.source.find('#')));
  }
  std::vector<GeneResult> earlier;
  for (const std::string& reference : references) {
    const auto parts = fhir::SplitReference(reference);
    if (!parts) continue;
    const auto latest = reader.FindLatest(parts->type, parts->id);
    if (!latest) continue;
    for (std::int64_t version = latest->version - 1; version > 0; --version) {
      const auto old = reader.FindVersion(parts->type, parts->id, version);
      if (!old || old->deleted) continue;
      for (GeneResult& result : mapping::ReadGeneResults(old->Body())) {
        result.source += "/_history/" + std::to_string(version);
        earlier.push_back(std::move(result));
      }
    }
  }
  return earlier;
}

}  // namespace

RecordInput ReadRecordInput(const store::Reader& reader, std::string_view patient_id) {
  RecordInput input;
  const auto patient = reader.Find("Patient", patient_id);
  if (!patient) throw core::Error(core::ErrorCode::kNotFound, "there is no such patient");
  input.patient = *patient;
  input.results = reader.ResultsOf(patient_id);
  input.earlier_versions = EarlierVersions(reader, input.results);
  const std::string of_patient = "patient=" + std::string(patient_id);
  AddMatching(reader, "Procedure", of_patient, input.events);
  AddMatching(reader, "Flag", of_patient, input.events);
  AddMatching(reader, "MedicationRequest", of_patient + "&status=active", input.drugs);
  AddMatching(reader, "MedicationStatement", of_patient + "&status=active", input.drugs);
  store::RecordFilter filter;
  filter.kind = "unmapped";
  filter.patient = std::string(patient_id);
  filter.status = "open";
  input.unmapped = reader.FindRecords(filter);
  filter.kind = "move";
  filter.status = "";
  input.moves = reader.FindRecords(filter);
  return input;
}

Json BuildRecord(const rules::KnowledgeBase& knowledge, const RecordInput& input,
                 core::Instant now) {
  return RecordBuilder(knowledge, input).Build(now);
}

}  // namespace genflik::lab
