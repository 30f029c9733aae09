#include "services/cds/drug_list.h"

#include <algorithm>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/alerts/recheck.h"
#include "services/cds/cds_service.h"
#include "services/core/error.h"
#include "services/mapping/alerts.h"

namespace genflik::cds {
namespace {

using core::Error;
using core::ErrorCode;
using fhir::Json;
using rules::AlertLevel;

// Red: do not, or only with another dose; yellow: mind; green: looked and nothing to change; grey:
// a gene that decides is not known, which is never green.
std::string_view LightOf(const alerts::Advice& advice) {
  if (advice.level == AlertLevel::kCritical) return "red";
  if (advice.level > AlertLevel::kNone) return "yellow";
  if (!advice.unknown.empty()) return "grey";
  const bool answered = std::any_of(
      advice.others.begin(), advice.others.end(),
      [](const auto& row) { return row.action.kind != rules::ActionKind::kNoRecommendation; });
  return answered ? "green" : "grey";
}

Json RenderDrug(const rules::Drug& drug, const alerts::PatientFacts& facts,
                const rules::KnowledgeBase& knowledge, const CdsContext& context,
                alerts::Language language) {
  rules::DrugQuery query;
  query.names.push_back(drug.name);
  const auto evaluation = rules::Evaluate(knowledge, facts.profile, query, facts.context);
  const auto all = alerts::Judge(
      evaluation, [](const std::string&) { return alerts::OrderedDose{}; }, context.options.policy);
  Json json = Json::object();
  json["drug"] = drug.name;
  json["name"] = alerts::In(language, drug.names);
  if (!drug.atc.empty()) json["atc"] = drug.atc.front();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.drug == drug.name; });
  json["light"] = found == all.end() ? std::string_view("grey") : LightOf(*found);
  if (found == all.end()) return json;
  if (found->level > AlertLevel::kNone)
    json["summary"] = alerts::Summary(*found, knowledge, language);
  if (found->lead) json["rule"] = found->lead->id;
  json["genes"] = Json::array();
  for (const auto& guideline : drug.guidelines) {
    for (const auto& gene : guideline.genes) {
      if (std::find(json["genes"].begin(), json["genes"].end(), gene) == json["genes"].end())
        json["genes"].push_back(gene);
    }
  }
  for (const auto& unknown : found->unknown) json["unknown"].push_back(unknown.gene);
  return json;
}

}  // namespace

http::Response ListDrugs(const CdsContext& context, const http::Request& request) {
  const std::string patient(request.Parameter("patient"));
  const auto knowledge = context.knowledge();
  const std::string today = core::PrintInstant(context.clock.Now()).substr(0, 10);
  const auto facts = context.store.Read([&](const store::Reader& reader) {
    if (!reader.Find("Patient", patient))
      throw Error(ErrorCode::kNotFound, "there is no such patient");
    return alerts::ReadPatientFacts(reader, *knowledge, patient, today);
  });
  alerts::PatientFacts known = facts;
  for (const auto& active : facts.active) known.context.active_drugs.push_back(active.query);
  const auto language =
      PreferredLanguage(request.Header("Accept-Language"), context.options.language);
  Json answer = Json::object();
  answer["patient"] = patient;
  answer["knowledge"] = knowledge->version();
  answer["drugs"] = Json::array();
  for (const auto& drug : knowledge->drugs()) {
    answer["drugs"].push_back(RenderDrug(drug, known, *knowledge, context, language));
  }
  return http::MakeResponse(200, fhir::PrintJson(answer), "application/json");
}

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
  const auto issues = context.store.Read([&](const store::Reader& reader) {
    return alerts::EvaluateOrder(reader, *knowledge, *order, now,
                                 {.policy = context.options.policy, .language = language});
  });
  std::string patient;
  if (const Json* subject = fhir::Find(*order, "subject"))
    patient = fhir::FindText(*subject, "reference");
  const Json response = mapping::RenderGuidanceResponse(patient, core::PrintInstant(now), issues);
  return http::MakeResponse(200, fhir::PrintJson(response), "application/fhir+json");
}

}  // namespace genflik::cds
