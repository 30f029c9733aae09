#include "services/cds/cds_routes.h"

#include <array>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "rules/notation.h"
#include "services/cds/body_size.h"
#include "services/cds/cds_service.h"
#include "services/cds/evaluate_order.h"
#include "services/cds/feedback.h"
#include "services/cds/hook_request.h"
#include "services/core/error.h"
#include "services/mapping/genomics_codes.h"
#include "services/security/access.h"

namespace genflik::cds {
namespace {

using fhir::Json;

struct Description {
  std::string_view id;
  std::string_view title;
  std::string_view text;
};

constexpr std::array kDescriptions{
    Description{"genflik-order-select", "Genflik: råd när ett läkemedel eller prov väljs",
                "Advice from permanent genetic results while a drug or a genotyping is chosen."},
    Description{"genflik-order-sign", "Genflik: råd när en ordination signeras",
                "Dose-aware advice from permanent genetic results when orders are signed."},
    Description{"genflik-order-dispatch", "Genflik: dubblettkontroll när ett prov skickas",
                "Tells that a genotyping exists already when its order is dispatched."},
    Description{"genflik-patient-view", "Genflik: permanenta genetiska resultat",
                "Sums up the permanent genetic results when a patient is opened."},
    Description{"genflik-encounter-start", "Genflik: permanenta genetiska resultat vid vårdkontakt",
                "Sums up the permanent genetic results when an encounter starts."},
    Description{"genflik-medication-refill", "Genflik: råd när ett recept förnyas",
                "Advice from permanent genetic results when a prescription is renewed."}};

Json Prefetch(std::string_view hook, bool with_user) {
  Json prefetch{{"patient", "Patient/{{context.patientId}}"}};
  prefetch["genotypes"] =
      "Observation?patient={{context.patientId}}&code=" + mapping::TestSearchTokens();
  prefetch["medications"] = "MedicationRequest?patient={{context.patientId}}&status=active";
  if (hook == "order-sign" || hook == "medication-refill") {
    prefetch["size"] = "Observation?patient={{context.patientId}}" + BodySizeSearch();
  }
  const bool has_user = hook != "order-dispatch" && hook != "medication-refill";
  if (with_user && has_user) prefetch["user"] = "{{context.userId}}";
  if (hook == "order-select" || hook == "order-sign") {
    prefetch["tests"] = "ServiceRequest?patient={{context.patientId}}&status=active";
  }
  return prefetch;
}

// `with_user`: the clinician's specialty matters.
std::string DiscoveryText(bool with_user) {
  Json services = Json::array();
  for (const ServiceEntry& service : AllServices()) {
    Json entry{{"hook", service.hook}, {"id", service.id}};
    for (const Description& described : kDescriptions) {
      if (described.id != service.id) continue;
      entry["title"] = described.title;
      entry["description"] = described.text;
    }
    entry["prefetch"] = Prefetch(service.hook, with_user);
    entry["usageRequirements"] =
        "The prefetched Patient should carry the identifiers under which laboratories report. "
        "Genflik's own permanent "
        "results are used first; 'genotypes' adds those that only the record system has.";
    services.push_back(std::move(entry));
  }
  return fhir::PrintJson(Json{{"services", std::move(services)}});
}

// A page of another site may post text, a form or bytes without a type without asking first (the
// "simple requests" of the Fetch standard); JSON it may not.
void DemandJson(const http::Request& request) {
  const std::string header = rules::LowerAscii(request.Header("Content-Type"));
  std::string_view type = std::string_view(header).substr(0, header.find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  if (type == "application/json" || type == "application/fhir+json") return;
  throw core::Error(core::ErrorCode::kUnsupported,
                    "the media type of the body must be application/json");
}

}  // namespace

void AddCdsRoutes(http::Router& router, const CdsContext& context) {
  const auto discover = [text = DiscoveryText(!context.options.specialties.empty())](
                            const http::Request& /*request*/) {
    return http::MakeResponse(200, text, "application/json");
  };
  router.Add("GET", "/cds-services", discover, http::Protection::Public());
  router.Add(
      "POST", "/cds-services/{id}",
      [context](const http::Request& request) {
        DemandJson(request);
        return CallService(context, request);
      },
      http::Protection::Decision());
  router.Add(
      "POST", "/cds-services/{id}/feedback",
      [context](const http::Request& request) {
        DemandJson(request);
        // Feedback answers with nothing of what it is about.
        const security::SeeingBlocked whole;
        return TakeFeedback(context, request);
      },
      http::Protection::Decision());
  router.Add(
      "POST", "/fhir/MedicationRequest/$evaluate-order",
      [context](const http::Request& request) {
        DemandJson(request);
        return EvaluateOrderOperation(context, request);
      },
      http::Protection::Decision());
  router.Add(
      "GET", "/alerts/statistics",
      [context](const http::Request& request) { return ShowStatistics(context, request); },
      http::Protection::Role({"pharmacologist", "administrator"}));
}

}  // namespace genflik::cds
