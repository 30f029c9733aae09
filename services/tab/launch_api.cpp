#include "services/tab/launch_api.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/json.h"
#include "services/core/error.h"
#include "services/tab/static_files.h"

namespace genflik::tab {
namespace {

using core::Error;
using core::ErrorCode;
using fhir::Json;

std::string Settings(const std::vector<LaunchIssuer>& issuers, bool sessions) {
  Json list = Json::array();
  for (const LaunchIssuer& one : issuers) {
    list.push_back({{"issuer", one.issuer}, {"clientId", one.client_id}, {"scope", one.scope}});
  }
  Json settings{{"issuers", std::move(list)}};
  if (sessions) settings["sessions"] = true;
  return fhir::PrintJson(settings);
}

http::Response OpenLink(const security::LinkSigner& signer, security::Sessions* sessions,
                        const http::Request& request, core::Instant now) {
  fhir::IssueLog log;
  const auto body = fhir::ParseJson(request.body, log);
  if (!body) throw Error(ErrorCode::kMalformed, log.issues());
  const std::string token(fhir::FindText(*body, "token"));
  const security::LinkTarget target = signer.Verify(token, now);
  Json answer{{"patient", target.patient},
              {"view", target.view},
              {"drug", target.drug},
              {"expires", core::PrintInstant(target.expires)}};
  if (sessions == nullptr)
    return http::MakeResponse(200, fhir::PrintJson(answer), "application/json");
  const auto started = sessions->StartByLink(token, target, request.peer);
  answer["csrf"] = started.csrf;
  http::Response response = http::MakeResponse(200, fhir::PrintJson(answer), "application/json");
  return response.Set("Set-Cookie", started.cookie);
}

}  // namespace

std::string OriginOf(std::string_view address) {
  const size_t scheme = address.find("://");
  if (scheme == std::string_view::npos) return {};
  return std::string(address.substr(0, address.find('/', scheme + 3)));
}

std::vector<std::string> LaunchOrigins(const std::vector<LaunchIssuer>& issuers) {
  std::vector<std::string> origins;
  const auto add = [&origins](const std::string& origin, const std::string& from) {
    if (!IsOrigin(origin)) {
      throw Error(ErrorCode::kInvalid, "\"" + from + "\" is no address of a record system");
    }
    if (std::find(origins.begin(), origins.end(), origin) == origins.end())
      origins.push_back(origin);
  };
  for (const LaunchIssuer& one : issuers) {
    add(OriginOf(one.issuer), one.issuer);
    for (const std::string& origin : one.origins) add(origin, origin);
  }
  return origins;
}

void AddLaunchRoutes(http::Router& router, const std::vector<LaunchIssuer>& issuers,
                     const security::LinkSigner& signer, const core::Clock& clock,
                     security::Sessions* sessions) {
  router.Add(
      "GET", "/tab/launch-settings",
      [settings = Settings(issuers, sessions != nullptr)](const http::Request&) {
        return http::MakeResponse(200, settings, "application/json");
      },
      http::Protection::Public());
  router.Add(
      "POST", "/tab/link",
      [signer, &clock, sessions](const http::Request& request) {
        return OpenLink(signer, sessions, request, clock.Now());
      },
      http::Protection::Public());
}

}  // namespace genflik::tab
