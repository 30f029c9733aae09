#include "services/mapping/alerts.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/systems.h"

namespace genflik::mapping {
namespace {

using fhir::Json;

constexpr std::string_view kRuleSystem = "https://genflik.se/fhir/rule";
constexpr std::string_view kVersionExtension =
    "https://genflik.se/fhir/StructureDefinition/knowledge-version";
constexpr std::string_view kReasonSystem = "https://genflik.se/fhir/CodeSystem/override-reason";

Json Reference(const std::string& target) { return Json{{"reference", target}}; }

// Two FNV-1a hashes of 64 bits with different starts.
std::string HashText(std::string_view text) {
  std::array<std::uint64_t, 2> hashes{0xcbf29ce484222325ULL, 0x84222325cbf29ce4ULL};
  for (const char c : text) {
    for (auto& hash : hashes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  std::array<char, 33> digits{};
  (void)std::snprintf(digits.data(), digits.size(), "%016llx%016llx",
                      static_cast<unsigned long long>(hashes[0]),
                      static_cast<unsigned long long>(hashes[1]));
  return digits.data();
}

Json RenderMitigation(const Mitigation& mitigation) {
  Json action = Json::object();
  if (!mitigation.code.empty()) {
    action["coding"] = Json::array({Json{{"system", kReasonSystem}, {"code", mitigation.code}}});
  }
  action["text"] = mitigation.text.empty() ? mitigation.code : mitigation.text;
  Json item{{"action", std::move(action)}};
  if (!mitigation.date.empty()) item["date"] = mitigation.date;
  return item;
}

}  // namespace

std::string DetectedIssueId(const std::string& order, const std::string& drug) {
  return "pgx-" + HashText(order + '|' + drug);
}

Json RenderDetectedIssue(const IssueContent& content) {
  Json issue{{"resourceType", "DetectedIssue"}, {"id", content.id}};
  issue["extension"] =
      Json::array({Json{{"url", kVersionExtension}, {"valueString", content.knowledge_version}}});
  issue["identifier"] = Json::array({Json{{"system", kRuleSystem}, {"value", content.rule}}});
  issue["status"] = content.status;
  issue["code"] = Json{{"coding", Json::array({Json{{"system", fhir::systems::kV3ActCode},
                                                    {"code", "GEN"},
                                                    {"display", "Genetic Alert"}}})},
                       {"text", content.summary}};
  issue["severity"] = content.severity;
  issue["patient"] = Reference(content.patient);
  issue["identifiedDateTime"] = content.identified;
  Json implicated = Json::array({Reference(content.order)});
  for (const std::string& observation : content.observations)
    implicated.push_back(Reference(observation));
  issue["implicated"] = std::move(implicated);
  if (!content.observations.empty()) {
    Json details = Json::array();
    for (const std::string& observation : content.observations)
      details.push_back(Reference(observation));
    issue["evidence"] = Json::array({Json{{"detail", std::move(details)}}});
  }
  issue["detail"] = content.detail;
  if (!content.citation_url.empty()) issue["reference"] = content.citation_url;
  for (const Mitigation& mitigation : content.mitigations)
    issue["mitigation"].push_back(RenderMitigation(mitigation));
  return issue;
}

Json RenderGuidanceResponse(const std::string& patient, const std::string& identified,
                            const std::vector<Json>& issues,
                            const std::vector<std::string>& missing) {
  Json response{{"resourceType", "GuidanceResponse"},
                {"moduleUri", "https://genflik.se/fhir/evaluate-order"},
                {"status", missing.empty() ? "success" : "data-required"},
                {"occurrenceDateTime", identified}};
  if (!patient.empty()) response["subject"] = Reference(patient);
  Json output{{"resourceType", "Parameters"}, {"id", "output"}};
  for (const Json& issue : issues) {
    response["contained"].push_back(issue);
    Json parameter{{"name", "issue"}};
    parameter["valueReference"] = Reference("#" + std::string(fhir::FindText(issue, "id")));
    output["parameter"].push_back(std::move(parameter));
  }
  if (!issues.empty()) {
    response["contained"].push_back(std::move(output));
    response["outputParameters"] = Reference("#output");
  }
  if (missing.empty()) return response;
  Json outcome{{"resourceType", "OperationOutcome"}, {"id", "outcome"}};
  for (const auto& text : missing) {
    outcome["issue"].push_back(
        Json{{"severity", "warning"}, {"code", "incomplete"}, {"diagnostics", text}});
  }
  response["contained"].push_back(std::move(outcome));
  response["evaluationMessage"] = Json::array({Reference("#outcome")});
  return response;
}

}  // namespace genflik::mapping
