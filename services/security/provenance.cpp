#include "services/security/provenance.h"

#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/datatypes.h"
#include "fhir/provenance.h"
#include "fhir/systems.h"
#include "fhir/validator.h"

namespace genflik::security {
namespace {

using fhir::Json;

Json Concept(std::string_view system, std::string_view code) {
  return {
      {"coding", Json::array({{{"system", std::string(system)}, {"code", std::string(code)}}})}};
}

bool IsVitalSign(const store::StoredResource& resource) {
  // Read only when the words are there at all: this is asked of every result.
  if (resource.text.find("vital-signs") == std::string::npos) return false;
  const Json body = resource.Body();
  for (const Json& category : fhir::FindArray(body, "category")) {
    for (const Json& coding : fhir::FindArray(category, "coding")) {
      if (fhir::FindText(coding, "code") == "vital-signs") return true;
    }
  }
  return false;
}

bool IsResult(const Change& change) {
  const store::StoredResource& resource = change.resource;
  if (resource.deleted || change.action == 'D') return false;
  if (resource.type == "DiagnosticReport" || resource.type == "MolecularSequence") return true;
  return resource.type == "Observation" && !IsVitalSign(resource);
}

// What the Provenances in this transaction tell of.
std::set<std::string> TargetsIn(const std::vector<Change>& changes) {
  std::set<std::string> targets;
  for (const Change& change : changes) {
    if (change.resource.type != "Provenance" || change.resource.deleted) continue;
    const Json body = change.resource.Body();
    for (const Json& target : fhir::FindArray(body, "target")) {
      const auto parts = fhir::SplitReference(fhir::FindText(target, "reference"));
      if (parts) targets.insert(parts->type + "/" + parts->id);
    }
  }
  return targets;
}

Json Named(const std::string& issuer, const std::string& name) {
  Json who{{"identifier", {{"value", name}}}, {"display", name}};
  if (!issuer.empty()) who["identifier"]["system"] = issuer;
  return who;
}

Json AgentsOf(const store::Reader& reader, const Access& access) {
  Json first{{"type", Concept("http://terminology.hl7.org/CodeSystem/provenance-participant-type",
                              "enterer")},
             {"who", Named(access.issuer, access.subject)}};
  if (!access.care_units.empty()) {
    // The narrowest comes last.
    const std::string& unit = access.care_units.back();
    if (fhir::IsId(unit) && reader.Find("Organization", unit)) {
      first["onBehalfOf"] = {{"reference", "Organization/" + unit}};
    } else {
      first["onBehalfOf"] = {{"identifier", {{"value", unit}}}};
    }
  }
  Json agents = Json::array({std::move(first)});
  if (!access.client.empty() && access.client != access.subject) {
    agents.push_back({{"who", Named(access.issuer, access.client)}});
  }
  return agents;
}

}  // namespace

std::vector<Json> MissingProvenance(const store::Reader& reader, const Caller& caller,
                                    const std::vector<Change>& changes, core::Instant now) {
  std::map<std::pair<std::set<std::string>, char>, std::set<std::string>> missing;
  std::optional<std::set<std::string>> told;
  for (const Change& change : changes) {
    if (!IsResult(change)) continue;
    if (!told) told = TargetsIn(changes);
    const std::string reference = change.resource.Reference();
    if (told->contains(reference)) continue;
    missing[{change.patients, change.action}].insert(reference + "/_history/" +
                                                     std::to_string(change.resource.version));
  }
  std::vector<Json> provenances;
  for (const auto& [about, references] : missing) {
    Json provenance{{"resourceType", "Provenance"}};
    for (const std::string& patient : about.first) fhir::SetPatient(provenance, patient);
    Json targets = Json::array();
    for (const std::string& reference : references) targets.push_back({{"reference", reference}});
    provenance["target"] = std::move(targets);
    provenance["recorded"] = core::PrintInstant(now);
    if (!caller.access.purpose.empty()) {
      provenance["reason"] =
          Json::array({Concept(fhir::systems::kV3ActReason, caller.access.purpose)});
    }
    provenance["activity"] = Concept("http://terminology.hl7.org/CodeSystem/v3-DataOperation",
                                     about.second == 'C' ? "CREATE" : "UPDATE");
    provenance["agent"] = AgentsOf(reader, caller.access);
    if (!caller.request.empty()) {
      Json call{{"identifier",
                 {{"system", std::string(fhir::systems::kGenflik) + "/request"},
                  {"value", caller.request}}},
                {"display", caller.route}};
      provenance["entity"] = Json::array({{{"role", "source"}, {"what", std::move(call)}}});
    }
    provenances.push_back(std::move(provenance));
  }
  return provenances;
}

}  // namespace genflik::security
