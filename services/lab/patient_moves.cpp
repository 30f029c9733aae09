#include "services/lab/patient_moves.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/datatypes.h"
#include "fhir/provenance.h"
#include "services/core/error.h"

namespace genflik::lab {
namespace {

using core::Error;
using core::ErrorCode;
using fhir::FindText;
using fhir::Json;

/// What belongs to a patient and follows a merge.
constexpr std::array<std::string_view, 12> kFollowing = {"Specimen",
                                                         "Observation",
                                                         "DiagnosticReport",
                                                         "MedicationRequest",
                                                         "MedicationStatement",
                                                         "MedicationDispense",
                                                         "MedicationAdministration",
                                                         "Procedure",
                                                         "Flag",
                                                         "ServiceRequest",
                                                         "Condition",
                                                         "Provenance"};

/// Our own calls of variants are made anew for the patient the variants belong to.
bool IsDerivedCall(const std::string& id) { return id.starts_with("call-"); }

std::string LinkOf(const Json& patient, std::string_view type) {
  for (const Json& link : fhir::FindArray(patient, "link")) {
    const Json* other = fhir::Find(link, "other");
    if (FindText(link, "type") != type || other == nullptr) continue;
    const std::string_view reference = FindText(*other, "reference");
    if (reference.starts_with("Patient/")) return std::string(reference.substr(8));
  }
  return "";
}

const char* PatientMember(const Json& body) {
  return fhir::Find(body, "subject") != nullptr ? "subject" : "patient";
}

/// Replaces the reference to the patient in the resource and in what it contains.
void GiveTo(const std::string& from, const std::string& to, Json& body) {
  for (const char* member : {"subject", "patient"}) {
    const Json* reference = fhir::Find(body, member);
    if (reference != nullptr && FindText(*reference, "reference") == "Patient/" + from) {
      body[member] = {{"reference", "Patient/" + to}};
    }
  }
  if (FindText(body, "resourceType") == "Provenance") fhir::MovePatient(body, from, to);
  if (fhir::Find(body, "contained") == nullptr) return;
  for (Json& contained : body["contained"]) GiveTo(from, to, contained);
}

void NoteMove(store::Writer& writer, const std::string& from, const std::string& to,
              const std::vector<std::string>& moved, std::string_view kind,
              const Decision& decision) {
  const Json body = {{"kind", std::string(kind)}, {"from", "Patient/" + from},
                     {"to", "Patient/" + to},     {"resources", moved},
                     {"by", decision.by},         {"reason", decision.reason},
                     {"at", decision.at}};
  for (const std::string& patient : {from, to}) {
    writer.AppendRecord(
        {.kind = "move", .patient = patient, .status = "done", .body = fhir::PrintJson(body)});
  }
}

bool BelongsTo(const std::string& patient, const Json& body) {
  const Json* subject = fhir::Find(body, PatientMember(body));
  return subject != nullptr && FindText(*subject, "reference") == "Patient/" + patient;
}

/// What was told of the results goes with them. Where it also tells of what stays, it belongs to
/// both patients until that has moved too.
void MoveProvenances(store::Writer& writer, const std::string& from, const std::string& to,
                     const std::vector<std::string>& moved) {
  std::map<std::string, Json> found;
  for (const std::string& reference : moved) {
    for (const auto& stored : writer.FindMatching("Provenance", "target=" + reference))
      found.try_emplace(stored.id, stored.Body());
  }
  for (auto& [id, provenance] : found) {
    const auto& targets = fhir::FindArray(provenance, "target");
    const bool stays = std::any_of(targets.begin(), targets.end(), [&](const Json& target) {
      const auto parts = fhir::SplitReference(std::string(FindText(target, "reference")));
      const auto stored = parts ? writer.Find(parts->type, parts->id) : std::nullopt;
      return stored && BelongsTo(from, stored->Body());
    });
    if (stays) {
      fhir::SetPatient(provenance, to);
    } else {
      fhir::MovePatient(provenance, from, to);
    }
    writer.Put(std::move(provenance));
  }
}

/// Everything that a report stands for: itself, its results and its specimens.
std::vector<store::StoredResource> PartsOf(const store::Reader& reader,
                                           const store::StoredResource& report) {
  std::vector<store::StoredResource> parts = {report};
  const Json body = report.Body();
  for (const std::string_view member : {"result", "specimen"}) {
    const Json* list = fhir::Find(body, member);
    if (list == nullptr) continue;
    for (const Json& item : list->is_array() ? *list : Json::array({*list})) {
      const auto reference = fhir::SplitReference(std::string(FindText(item, "reference")));
      if (!reference) continue;
      if (auto part = reader.Find(reference->type, reference->id)) parts.push_back(*part);
    }
  }
  return parts;
}

}  // namespace

std::string FollowMerges(const store::Reader& reader, std::string id) {
  std::set<std::string> seen;
  while (seen.insert(id).second) {
    const auto patient = reader.Find("Patient", id);
    // Few are merged, and every order comes by here.
    const bool merged = patient && patient->text.find("replaced-by") != std::string::npos;
    const std::string next = merged ? LinkOf(patient->Body(), "replaced-by") : "";
    if (next.empty()) return id;
    id = next;
  }
  throw Error(ErrorCode::kConflict, "the links of merged patients go in a circle");
}

std::vector<std::string> MoveResult(store::Writer& writer, const std::string& patient,
                                    const std::string& result, const std::string& to,
                                    const Decision& decision) {
  const std::string target = to.starts_with("Patient/") ? to.substr(8) : to;
  if (!writer.Find("Patient", target)) {
    throw Error(ErrorCode::kNotFound, "there is no patient to move the result to");
  }
  if (target == patient) throw Error(ErrorCode::kInvalid, "the result is that patient's already");
  const auto reference = fhir::SplitReference(result);
  if (!reference || (reference->type != "Observation" && reference->type != "DiagnosticReport")) {
    throw Error(ErrorCode::kInvalid, "\"result\" must name an Observation or a DiagnosticReport");
  }
  if (IsDerivedCall(reference->id)) {
    throw Error(ErrorCode::kInvalid,
                "the result follows from variants; move the report or the variants");
  }
  const auto stored = writer.Find(reference->type, reference->id);
  if (!stored) throw Error(ErrorCode::kNotFound, "there is no such result");
  const auto parts = PartsOf(writer, *stored);
  if (!BelongsTo(patient, parts.front().Body())) {
    throw Error(ErrorCode::kInvalid, "the result does not belong to this patient");
  }
  std::vector<std::string> moved;
  for (const store::StoredResource& part : parts) {
    Json body = part.Body();
    GiveTo(patient, target, body);
    writer.Put(std::move(body));
    moved.push_back(part.Reference());
  }
  MoveProvenances(writer, patient, target, moved);
  writer.Put(RenderProvenance(decision, "move-result", moved, target));
  NoteMove(writer, patient, target, moved, "move-result", decision);
  return moved;
}

std::vector<store::StoredResource> FollowPatientLinks(
    store::Writer& writer, const std::vector<store::StoredResource>& written) {
  std::vector<store::StoredResource> stored;
  for (const store::StoredResource& resource : written) {
    if (resource.type != "Patient" || resource.deleted) continue;
    const Json body = resource.Body();
    if (LinkOf(body, "replaced-by").empty()) continue;
    const std::string to = FollowMerges(writer, resource.id);
    auto replacing = writer.Find("Patient", to);
    if (!replacing) throw Error(ErrorCode::kInvalid, "the patient that replaces it does not exist");
    std::vector<std::string> moved;
    for (const std::string_view type : kFollowing) {
      for (const auto& found : writer.FindMatching(type, "patient=Patient/" + resource.id)) {
        if (IsDerivedCall(found.id)) continue;
        Json following = found.Body();
        GiveTo(resource.id, to, following);
        stored.push_back(writer.Put(std::move(following)));
        moved.push_back(found.Reference());
      }
    }
    Json keeper = replacing->Body();
    bool linked = false;
    for (const Json& link : fhir::FindArray(keeper, "link")) {
      const Json* other = fhir::Find(link, "other");
      linked =
          linked || (other != nullptr && FindText(*other, "reference") == "Patient/" + resource.id);
    }
    if (!linked) {
      keeper["link"].push_back(
          {{"other", {{"reference", "Patient/" + resource.id}}}, {"type", "replaces"}});
      stored.push_back(writer.Put(std::move(keeper)));
    }
    if (moved.empty()) continue;
    const Decision decision{.by = "Patient/" + resource.id,
                            .reason = "Patient.link replaced-by",
                            .at = resource.last_updated};
    stored.push_back(writer.Put(RenderProvenance(decision, "merge-patients", moved, to)));
    NoteMove(writer, resource.id, to, moved, "merge-patients", decision);
  }
  return stored;
}

store::WriteObserver WithPatientMerges(store::WriteObserver next) {
  return [next = std::move(next)](store::Writer& writer,
                                  const std::vector<store::StoredResource>& written) {
    std::vector<store::StoredResource> all = written;
    for (auto& moved : FollowPatientLinks(writer, written)) all.push_back(std::move(moved));
    next(writer, all);
  };
}

}  // namespace genflik::lab
