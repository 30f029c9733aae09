#include "services/security/token_endpoint.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "services/core/error.h"
#include "services/core/log.h"
#include "services/http/message.h"
#include "services/security/jwt.h"

namespace genflik::security {
namespace {

using core::Error;
using core::ErrorCode;
using fhir::Json;

constexpr std::string_view kAssertionType =
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// RFC 6749, 5.2.
struct Refusal {
  int status = 400;
  std::string code = {};
  std::string text = {};
};

http::Response Answered(int status, const Json& body) {
  return http::MakeResponse(status, fhir::PrintJson(body), "application/json")
      .Set("Cache-Control", "no-store")
      .Set("Pragma", "no-cache");
}

using Form = std::map<std::string, std::string>;

Form ReadForm(const http::Request& request) {
  if (!request.Header("Content-Type").starts_with("application/x-www-form-urlencoded")) {
    throw Refusal{.code = "invalid_request", .text = "send application/x-www-form-urlencoded"};
  }
  Form form;
  for (auto& [name, value] : http::ReadQuery(request.body)) {
    // A parameter sent twice could be read in two ways (RFC 6749, 3.2).
    if (!form.emplace(name, std::move(value)).second) {
      throw Refusal{.code = "invalid_request", .text = "a parameter is there twice"};
    }
  }
  return form;
}

// The scopes asked for, all of which must be registered.
std::string GrantedScope(const Client& client, const std::string& wanted) {
  std::vector<Scope> held;
  for (const std::string& text : client.scopes) {
    if (auto scope = ReadScope(text)) held.push_back(std::move(*scope));
  }
  std::string granted;
  std::string_view rest = wanted;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find(' '), rest.size());
    const std::string text(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (text.empty()) continue;
    const auto scope = ReadScope(text);
    const bool given =
        scope && std::ranges::any_of(held, [&](const Scope& one) { return Includes(one, *scope); });
    if (given) granted += (granted.empty() ? "" : " ") + text;
  }
  if (granted.empty() && !wanted.empty()) {
    throw Refusal{.code = "invalid_scope", .text = "the client is registered for none of these"};
  }
  return granted;
}

}  // namespace

TokenEndpoint::TokenEndpoint(Options options, SigningKey key, ClientRegistry& clients,
                             ReplayGuard& replay, const core::Clock& clock)
    : options_(std::move(options)),
      key_(std::move(key)),
      clients_(clients),
      replay_(replay),
      clock_(clock) {}

std::unique_ptr<KeySource> TokenEndpoint::Keys() const {
  return MakeFixedKeys(
      KeySet::Parse(fhir::PrintJson(Json{{"keys", Json::array({key_.PublicJwk()})}})));
}

http::Response TokenEndpoint::Answer(const http::Request& request) {
  try {
    const Form form = ReadForm(request);
    const auto value = [&form](const char* name) {
      const auto found = form.find(name);
      return found == form.end() ? std::string() : found->second;
    };
    if (value("grant_type") != "client_credentials") {
      throw Refusal{.code = "unsupported_grant_type", .text = "only client_credentials"};
    }
    if (value("client_assertion_type") != kAssertionType) {
      throw Refusal{.code = "invalid_request",
                    .text = "only a client_assertion of type jwt-bearer"};
    }
    try {
      const std::string assertion = value("client_assertion");
      const auto client = clients_.Find(PeekToken(assertion).subject);
      // The same words for an unknown client and a wrong key: nobody learns who is registered.
      if (!client) throw Error(ErrorCode::kUnauthenticated, "the assertion does not hold");
      const Token token = VerifyToken(assertion, *client->keys,
                                      {.issuer = client->id,
                                       .audiences = {url()},
                                       .skew = options_.skew,
                                       .longest_life = std::chrono::seconds(300),
                                       .needs_id = true},
                                      clock_.Now());
      if (token.subject != client->id ||
          !replay_.Take(client->id, token.id, *token.expires + options_.skew.count())) {
        throw Error(ErrorCode::kUnauthenticated, "the assertion was used before");
      }
      const std::string scope = GrantedScope(*client, value("scope"));
      return Answered(200, {{"access_token", Issue(*client, scope)},
                            {"token_type", "bearer"},
                            {"expires_in", options_.life.count()},
                            {"scope", scope}});
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kUnauthenticated) throw;
      core::Log(core::LogLevel::kWarning, "token-refused",
                {{"request", request.id}, {"reason", error.what()}});
      throw Refusal{.status = 401, .code = "invalid_client", .text = "the assertion does not hold"};
    }
  } catch (const Refusal& refusal) {
    return Answered(refusal.status, {{"error", refusal.code}, {"error_description", refusal.text}});
  }
}

std::string TokenEndpoint::Issue(const Client& client, const std::string& scope) {
  const std::int64_t now =
      std::chrono::duration_cast<std::chrono::seconds>(clock_.Now().time_since_epoch()).count();
  return key_.Sign({{"iss", issuer()},
                    {"sub", client.id},
                    {"client_id", client.id},
                    {"aud", options_.public_base + "/fhir"},
                    {"iat", now},
                    {"exp", now + options_.life.count()},
                    {"jti", ids_.New()},
                    {"scope", scope}},
                   "at+jwt");
}

void AddTokenRoute(http::Router& router, TokenEndpoint& endpoint) {
  router.Add(
      "POST", "/auth/token",
      [&endpoint](const http::Request& request) { return endpoint.Answer(request); },
      http::Protection::Public());
}

void AddSmartRoutes(http::Router& router, const SmartOptions& options) {
  Json document{{"token_endpoint", options.token_url}};
  if (!options.issuer.empty()) document["issuer"] = options.issuer;
  Json grants = Json::array({"client_credentials"});
  if (!options.authorize_url.empty()) {
    document["authorization_endpoint"] = options.authorize_url;
    document["code_challenge_methods_supported"] = Json::array({"S256"});
    grants.push_back("authorization_code");
  }
  document["grant_types_supported"] = std::move(grants);
  document["token_endpoint_auth_methods_supported"] = Json::array({"private_key_jwt"});
  document["token_endpoint_auth_signing_alg_values_supported"] =
      Json::array({"RS256", "RS384", "ES256", "ES384"});
  document["scopes_supported"] = Json::array({"patient/*.cruds", "user/*.cruds", "system/*.cruds",
                                              "patient/*.read", "user/*.read", "system/*.read"});
  document["capabilities"] = Json::array({"permission-patient", "permission-user", "permission-v1",
                                          "permission-v2", "client-confidential-asymmetric"});
  router.Add(
      "GET", "/fhir/.well-known/smart-configuration",
      [text = fhir::PrintJson(document)](const http::Request&) {
        return http::MakeResponse(200, text, "application/json");
      },
      http::Protection::Public());
}

}  // namespace genflik::security
