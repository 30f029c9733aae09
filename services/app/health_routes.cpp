#include "services/app/health_routes.h"

#include <nlohmann/json.hpp>

#include "fhir/json.h"
#include "services/core/version.h"

namespace genflik::app {
namespace {

http::Response JsonResponse(int status, const fhir::Json& body) {
  return http::MakeResponse(status, fhir::PrintJson(body), "application/json");
}

}  // namespace

void AddHealthRoutes(http::Router& router, HealthContext context) {
  router.Add(
      "GET", "/health/live",
      [](const http::Request&) {
        return JsonResponse(200, {{"status", "live"}});
      },
      http::Protection::Public());
  router.Add(
      "GET", "/health/ready",
      [context](const http::Request&) {
        context.store.Check();
        return JsonResponse(200, {{"status", "ready"},
                                  {"version", core::kVersion},
                                  {"knowledge", context.knowledge.Get()->version()}});
      },
      http::Protection::Public());
  router.Add(
      "GET", "/metrics",
      [context](const http::Request&) {
        return http::MakeResponse(200, context.metrics.Render(),
                                  "text/plain; version=0.0.4; charset=utf-8");
      },
      http::Protection::Public());
}

}  // namespace genflik::app
