#include "services/cds/evaluate_order.h"

#include <string>

#include <nlohmann/json.hpp>

#include "fhir/datatypes.h"
#include "services/alerts/recheck.h"
#include "services/cds/cds_service.h"
#include "services/core/error.h"
#include "services/mapping/alerts.h"
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
  auto issues = judge();
  std::string patient;
  if (const Json* subject = fhir::Find(*order, "subject"))
    patient = fhir::FindText(*subject, "reference");
  const auto parts = fhir::SplitReference(patient);
  if (parts && security::HasHidden(parts->id)) {
    const security::SeeingBlocked opened;
    if (judge() != issues) issues.push_back(BlockedIssue(language));
  }
  const Json response = mapping::RenderGuidanceResponse(patient, core::PrintInstant(now), issues);
  return http::MakeResponse(200, fhir::PrintJson(response), "application/fhir+json");
}

}  // namespace genflik::cds
