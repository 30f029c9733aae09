#include <nlohmann/json.hpp>

#include "fhir/systems.h"
#include "services/security/audit.h"

namespace genflik::security {
namespace {

using fhir::Json;

constexpr std::string_view kRestful = "http://hl7.org/fhir/restful-interaction";
constexpr std::string_view kObjectRole = "http://terminology.hl7.org/CodeSystem/object-role";
constexpr std::string_view kObjectType = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
constexpr std::string_view kReason = "http://terminology.hl7.org/CodeSystem/v3-ActReason";

Json Coding(std::string_view system, std::string_view code) {
  return {{"system", std::string(system)}, {"code", std::string(code)}};
}

std::string_view SubtypeOf(char action) {
  switch (action) {
    case 'C':
      return "create";
    case 'U':
      return "update";
    case 'D':
      return "delete";
    case 'E':
      return "operation";
    default:
      return "read";
  }
}

// http://hl7.org/fhir/R4/valueset-audit-event-outcome.html
std::string_view OutcomeOf(int status) { return status < 400 ? "0" : status < 500 ? "4" : "8"; }

Json Agents(const Access& access) {
  Json person{{"who", {{"identifier", {{"value", access.subject}}}}},
              {"altId", access.subject},
              {"requestor", true}};
  if (!access.issuer.empty()) person["who"]["identifier"]["system"] = access.issuer;
  if (!access.purpose.empty()) {
    person["purposeOfUse"] =
        Json::array({{{"coding", Json::array({Coding(kReason, access.purpose)})}}});
  }
  if (!access.address.empty()) {
    // 2: an address of a machine (http://hl7.org/fhir/R4/valueset-network-type.html).
    person["network"] = {{"address", access.address}, {"type", "2"}};
  }
  Json agents = Json::array({std::move(person)});
  if (!access.client.empty() && access.client != access.subject) {
    agents.push_back({{"who", {{"identifier", {{"value", access.client}}}}},
                      {"altId", access.client},
                      {"requestor", false}});
  }
  return agents;
}

// A reference with the version ("Observation/1/_history/2") points to that version.
Json Entity(const std::string& reference) {
  return {{"what", {{"reference", reference}}},
          {"type", Coding(kObjectType, "2")},
          {"role", Coding(kObjectRole, "4")}};
}

}  // namespace

Json MakeAuditEvent(const AuditEntry& entry, std::string_view id) {
  Json event{{"resourceType", "AuditEvent"}, {"id", std::string(id)}};
  const bool opened = !entry.access.reason.empty();
  if (opened) {
    event["meta"] = {{"security", Json::array({Coding(kReason, "BTG")})}};
    event["purposeOfEvent"] = Json::array({{{"coding", Json::array({Coding(kReason, "BTG")})}}});
  }
  event["type"] = Coding(fhir::systems::kAuditEventType, "rest");
  event["subtype"] = Json::array({Coding(kRestful, SubtypeOf(entry.action))});
  event["action"] = std::string(1, entry.action);
  event["recorded"] = entry.time;
  event["outcome"] = std::string(OutcomeOf(entry.status));
  event["outcomeDesc"] = entry.route + " " + std::to_string(entry.status);
  event["agent"] = Agents(entry.access);
  event["source"] = {
      {"observer", {{"display", "Genflik"}}},
      {"type",
       Json::array({Coding("http://terminology.hl7.org/CodeSystem/security-source-type", "4")})}};
  Json entities = Json::array();
  if (!entry.patient.empty()) {
    entities.push_back({{"what", {{"reference", "Patient/" + entry.patient}}},
                        {"type", Coding(kObjectType, "1")},
                        {"role", Coding(kObjectRole, "1")}});
  }
  for (const std::string& reference : entry.what) {
    if (reference != "Patient/" + entry.patient) entities.push_back(Entity(reference));
  }
  if (!entry.query.empty() || !entry.request.empty() || opened) {
    Json request{{"type", Coding(kObjectType, "2")}, {"role", Coding(kObjectRole, "24")}};
    Json details = Json::array();
    if (!entry.query.empty()) {
      details.push_back({{"type", "query"}, {"valueString", entry.query}});
    }
    if (!entry.request.empty()) {
      details.push_back({{"type", "request"}, {"valueString", entry.request}});
    }
    if (opened) details.push_back({{"type", "reason"}, {"valueString", entry.access.reason}});
    request["detail"] = std::move(details);
    entities.push_back(std::move(request));
  }
  if (!entities.empty()) event["entity"] = std::move(entities);
  return event;
}

}  // namespace genflik::security
