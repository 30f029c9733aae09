#include "services/lab/record_document.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/bundle.h"
#include "fhir/datatypes.h"
#include "fhir/systems.h"
#include "services/core/error.h"
#include "services/lab/decision_record.h"
#include "services/lab/patients.h"
#include "services/mapping/genomics.h"
#include "services/mapping/genomics_variants.h"

namespace genflik::lab {
namespace {

using core::Error;
using core::ErrorCode;
using fhir::FindText;
using fhir::Json;

/// What a document may hold.
constexpr std::array<std::string_view, 9> kTypes = {
    "Composition", "List",       "Patient",   "Observation", "DiagnosticReport",
    "Specimen",    "Provenance", "Procedure", "Flag"};

Json Reference(const std::string& to) { return {{"reference", to}}; }

bool IsGenetic(const Json& body) {
  return mapping::MayHoldGeneResults(body) || !mapping::ReadVariantFindings(body).empty();
}

/// Resources by reference, in the order they were found.
class Collection {
 public:
  Collection(const store::Reader& reader, std::string_view patient)
      : reader_(reader), patient_(patient) {
    const auto stored = reader.Find("Patient", patient);
    if (!stored) throw Error(ErrorCode::kNotFound, "there is no such patient");
    Add(*stored);
    const std::string query = "patient=Patient/" + patient_;
    for (const auto& found : reader.FindMatching("Observation", query)) {
      if (IsGenetic(found.Body())) results_.push_back(found.Reference());
      if (results_.empty() || results_.back() != found.Reference()) continue;
      Add(found);
    }
    for (const auto& found : reader.FindMatching("DiagnosticReport", query)) AddReport(found);
    for (const std::string_view type : {"Procedure", "Flag"}) {
      for (const auto& found : reader.FindMatching(type, query)) Add(found);
    }
    AddSpecimens();
    AddProvenance();
  }

  const std::vector<std::string>& results() const { return results_; }
  const std::vector<store::StoredResource>& resources() const { return resources_; }

 private:
  void Add(const store::StoredResource& resource) {
    if (known_.insert(resource.Reference()).second) resources_.push_back(resource);
  }

  void AddReport(const store::StoredResource& report) {
    const Json body = report.Body();
    bool genetic = IsGenetic(body);
    for (const Json& result : fhir::FindArray(body, "result")) {
      genetic = genetic || known_.contains(std::string(FindText(result, "reference")));
    }
    if (genetic) Add(report);
  }

  void AddSpecimens() {
    const auto before = resources_;
    for (const auto& resource : before) {
      for (const std::string& reference : fhir::ReferencesOf(resource.Body())) {
        if (!reference.starts_with("Specimen/")) continue;
        if (const auto found = reader_.Find("Specimen", reference.substr(9))) Add(*found);
      }
    }
  }

  void AddProvenance() {
    const auto before = resources_;
    for (const auto& resource : before) {
      for (const auto& found :
           reader_.FindMatching("Provenance", "target=" + resource.Reference())) {
        Add(found);
      }
    }
  }

  const store::Reader& reader_;
  std::string patient_;
  std::set<std::string> known_;
  std::vector<std::string> results_;
  std::vector<store::StoredResource> resources_;
};

Json CodeOf(std::string_view code, std::string_view display) {
  return {{"coding", Json::array({{{"system", std::string(fhir::systems::kLoinc)},
                                   {"code", std::string(code)},
                                   {"display", std::string(display)}}})}};
}

Json ListOf(const std::string& patient, const Collection& collection, core::Instant now) {
  Json list = {{"resourceType", "List"},
               {"id", "tab-" + patient},
               {"status", "current"},
               {"mode", "working"},
               {"title", "Permanent genetic results"},
               {"code", CodeOf("51969-4", "Genetic analysis report")},
               {"subject", Reference("Patient/" + patient)},
               {"date", core::PrintInstant(now)}};
  for (const std::string& result : collection.results()) {
    list["entry"].push_back({{"item", Reference(result)}});
  }
  if (collection.results().empty()) list["emptyReason"] = {{"text", "no genetic results"}};
  return list;
}

Json CompositionOf(const std::string& patient, const Collection& collection, core::Instant now) {
  Json list = {{"title", "The tab"}, {"entry", Json::array({Reference("List/tab-" + patient)})}};
  Json results = {{"title", "Results"}};
  Json others = {{"title", "Reports, specimens, provenance and events"}};
  for (const auto& resource : collection.resources()) {
    if (resource.type == "Patient") continue;
    Json& section = resource.type == "Observation" ? results : others;
    section["entry"].push_back(Reference(resource.Reference()));
  }
  Json sections = Json::array({std::move(list)});
  for (Json* section : {&results, &others}) {
    if (section->contains("entry")) sections.push_back(std::move(*section));
  }
  return {{"resourceType", "Composition"},
          {"id", "record-" + patient},
          {"status", "final"},
          {"type", CodeOf("51969-4", "Genetic analysis report")},
          {"subject", Reference("Patient/" + patient)},
          {"date", core::PrintInstant(now)},
          {"author", Json::array({{{"display", "Genflik (prototype, no CE-marked device)"}}})},
          {"title", "Permanent genetic record"},
          {"section", std::move(sections)}};
}

/// Replaces references to resources that get another id here.
void Rename(const std::map<std::string, std::string>& names, Json& value) {
  if (value.is_array()) {
    for (Json& item : value) Rename(names, item);
  } else if (value.is_object()) {
    for (auto& [key, member] : value.items()) {
      if (key == "reference" && member.is_string()) {
        const auto name = names.find(member.get<std::string>());
        if (name != names.end()) member = name->second;
      } else {
        Rename(names, member);
      }
    }
  }
}

std::vector<mapping::PatientIdentifier> IdentifiersOf(const Json& patient) {
  std::vector<mapping::PatientIdentifier> identifiers;
  for (const auto& one : fhir::ReadIdentifiers(fhir::FindArray(patient, "identifier"))) {
    identifiers.push_back({.system = one.system, .value = one.value});
  }
  return identifiers;
}

const Json& PatientIn(const std::vector<Json>& resources) {
  const Json* patient = nullptr;
  for (const Json& resource : resources) {
    if (FindText(resource, "resourceType") != "Patient") continue;
    if (patient != nullptr) throw Error(ErrorCode::kInvalid, "the document has several patients");
    patient = &resource;
  }
  if (patient == nullptr) throw Error(ErrorCode::kInvalid, "the document has no patient");
  return *patient;
}

std::vector<Json> ResourcesIn(const Json& document) {
  if (FindText(document, "resourceType") != "Bundle" || FindText(document, "type") != "document") {
    throw Error(ErrorCode::kInvalid, "a Bundle of type document is needed");
  }
  std::vector<Json> resources;
  for (const Json& entry : fhir::FindArray(document, "entry")) {
    const Json* resource = fhir::Find(entry, "resource");
    if (resource == nullptr) throw Error(ErrorCode::kInvalid, "an entry has no resource");
    const std::string_view type = FindText(*resource, "resourceType");
    if (std::find(kTypes.begin(), kTypes.end(), type) == kTypes.end() ||
        FindText(*resource, "id").empty()) {
      throw Error(ErrorCode::kInvalid,
                  "the document holds what belongs to no permanent record: " + std::string(type));
    }
    resources.push_back(*resource);
  }
  if (resources.empty() || FindText(resources[0], "resourceType") != "Composition") {
    throw Error(ErrorCode::kInvalid, "the first entry of a document is its Composition");
  }
  return resources;
}

/// Without what the server sets, for telling whether two are the same.
Json Content(Json body) {
  if (body.contains("meta")) {
    body["meta"].erase("versionId");
    body["meta"].erase("lastUpdated");
    if (body["meta"].empty()) body.erase("meta");
  }
  return body;
}

}  // namespace

std::vector<Json> BuildRecordResources(const store::Reader& reader, std::string_view patient,
                                       core::Instant now) {
  const Collection collection(reader, patient);
  const std::string id(patient);
  return {ListOf(id, collection, now), CompositionOf(id, collection, now)};
}

Json BuildRecordDocument(const store::Reader& reader, std::string_view patient, core::Instant now) {
  const Collection collection(reader, patient);
  const std::string id(patient);
  Json entries = Json::array();
  const auto add = [&](Json resource) {
    const std::string url = "https://genflik.se/fhir/" +
                            std::string(FindText(resource, "resourceType")) + "/" +
                            std::string(FindText(resource, "id"));
    entries.push_back({{"fullUrl", url}, {"resource", std::move(resource)}});
  };
  add(CompositionOf(id, collection, now));
  add(ListOf(id, collection, now));
  for (const auto& resource : collection.resources()) add(resource.Body());
  const std::string time = core::PrintInstant(now);
  return {{"resourceType", "Bundle"},
          {"type", "document"},
          {"identifier",
           {{"system", "https://genflik.se/fhir/record-document"}, {"value", id + "|" + time}}},
          {"timestamp", time},
          {"entry", std::move(entries)}};
}

std::string TakeRecordDocument(store::Writer& writer, const Json& document, core::Instant now) {
  std::vector<Json> resources = ResourcesIn(document);
  const Json& patient = PatientIn(resources);
  const std::string theirs(FindText(patient, "id"));
  std::string ours = FindPatient(writer, IdentifiersOf(patient));
  const bool known = !ours.empty();
  if (!known) ours = theirs;
  std::map<std::string, std::string> names = {{"Patient/" + theirs, "Patient/" + ours}};
  std::vector<std::string> taken;
  for (Json& resource : resources) {
    const std::string type(FindText(resource, "resourceType"));
    const std::string id(FindText(resource, "id"));
    // Made anew from what is stored here.
    if (type == "Composition" || type == "List") continue;
    if (type == "Patient" && known) continue;
    // So are our calls of variants, where the patient has another id.
    if (id.starts_with("call-") && ours != theirs) continue;
    Rename(names, resource);
    const auto stored = writer.Find(type, id);
    if (stored && Content(stored->Body()) != Content(resource)) {
      throw Error(ErrorCode::kConflict,
                  type + "/" + id + " is taken here by something else; nothing was stored");
    }
    if (!stored) writer.Put(Content(std::move(resource)));
    taken.push_back(type + "/" + id);
  }
  Json provenance = RenderProvenance(
      {.by = "genflik", .reason = "record document", .at = core::PrintInstant(now)},
      "take-document", taken, ours);
  writer.Put(std::move(provenance));
  return ours;
}

}  // namespace genflik::lab
