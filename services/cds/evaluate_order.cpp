#include "services/cds/evaluate_order.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "fhir/datatypes.h"
#include "services/alerts/recheck.h"
#include "services/cds/call_facts.h"
#include "services/cds/cds_service.h"
#include "services/core/error.h"
#include "services/mapping/alerts.h"
#include "services/mapping/orders.h"
#include "services/security/access.h"

namespace genflik::cds {

using core::Error;
using core::ErrorCode;
using fhir::Json;

namespace {

// That there is something, not what.
Json BlockedIssue(alerts::Language language) {
  Json issue{{"resourceType", "DetectedIssue"}, {"id", "blocked"}, {"status", "preliminary"}};
  issue["code"] = {
      {"text", alerts::Say(language, "Ett spärrat genetiskt resultat påverkar denna ordination",
                           "A blocked genetic result affects this order")}};
  return issue;
}

// What the judgement of an order lacked.
std::vector<std::string> WhatIsMissing(const store::Reader& reader,
                                       const rules::KnowledgeBase& knowledge, const Json& order,
                                       const std::string& patient) {
  std::vector<std::string> missing;
  if (patient.empty() || (!reader.Find("Patient", patient) && reader.ResultsOf(patient).empty()))
    missing.emplace_back("the order's patient is not known here: no genetic result was looked at");
  const Json* referred = fhir::Find(order, "medicationReference");
  const auto parts = fhir::SplitReference(
      referred == nullptr ? std::string() : std::string(fhir::FindText(*referred, "reference")));
  std::optional<Json> medication;
  // Another server's is not ours of the same id.
  if (parts && parts->base.empty()) {
    if (const auto stored = reader.Find("Medication", parts->id)) medication = stored->Body();
  }
  const auto read = mapping::ReadDrugOrder(
      order, [&](std::string_view) -> const Json* { return medication ? &*medication : nullptr; });
  const bool known =
      !knowledge.Match(read.query).empty() || !knowledge.Phenoconverters(read.query).empty();
  if (read.drug_unknown || !known)
    missing.emplace_back("the order's drug is none that the knowledge has: it was not checked");
  return missing;
}

}  // namespace

http::Response EvaluateOrderOperation(const CdsContext& context, const http::Request& request) {
  fhir::IssueLog log;
  const auto body = fhir::ParseJson(request.body, log);
  if (!body) throw Error(ErrorCode::kMalformed, log.issues());
  const Json* order = &*body;
  for (const Json& parameter : fhir::FindArray(*body, "parameter")) {
    if (const Json* resource = fhir::Find(parameter, "resource")) order = resource;
  }
  if (fhir::FindText(*order, "resourceType") != "MedicationRequest") {
    throw Error(ErrorCode::kInvalid,
                "$evaluate-order needs a MedicationRequest, as the body or as a parameter");
  }
  const Json* subject = fhir::Find(*order, "subject");
  if (subject == nullptr || fhir::FindText(*subject, "reference").empty()) {
    throw Error(ErrorCode::kInvalid, "$evaluate-order needs the order's subject: a reference");
  }
  const auto knowledge = context.knowledge();
  const core::Instant now = context.clock.Now();
  const auto language =
      PreferredLanguage(request.Header("Accept-Language"), context.options.language);
  const auto judge = [&] {
    return context.store.Read([&](const store::Reader& reader) {
      return alerts::EvaluateOrder(reader, *knowledge, *order, now,
                                   {.policy = context.options.policy, .language = language});
    });
  };
  // What is not to be followed is no danger.
  const bool follow = IsToBeFollowed(*order);
  std::vector<Json> issues;
  if (follow) issues = judge();
  const std::string patient(fhir::FindText(*subject, "reference"));
  const auto parts = fhir::SplitReference(patient);
  const bool ours = parts && parts->base.empty() && parts->type == "Patient";
  if (follow && ours && security::HasHidden(parts->id)) {
    const security::SeeingBlocked opened;
    if (judge() != issues) issues.push_back(BlockedIssue(language));
  }
  const auto missing = context.store.Read([&](const store::Reader& reader) {
    if (!follow) return std::vector<std::string>{};
    return WhatIsMissing(reader, *knowledge, *order, ours ? parts->id : "");
  });
  const Json response =
      mapping::RenderGuidanceResponse(patient, core::PrintInstant(now), issues, missing);
  return http::MakeResponse(200, fhir::PrintJson(response), "application/fhir+json");
}

}  // namespace genflik::cds
