#include <functional>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "services/http/router.h"
#include "services/security/base64.h"
#include "tests/support/services_tests/gated_service.h"
#include "tests/support/services_tests/rest_client.h"

// Every route of the program's own table against every kind of token that must not get through it.
// A route that is added later is in this test without being named here.

namespace genflik::security {
namespace {

using fhir::Json;
using http::Protection;
using http::Route;
using testing::GatedService;

/// The path of a route, with the secret patient's ids in the place of parameters.
std::string PathOf(const std::string& pattern) {
  static const std::map<std::string, std::string> values = {
      {"{type}", "Observation"},   {"{id}", "obs-a"},         {"{version}", "1"},
      {"{patient}", "pat-a"},      {"{patient...}", "pat-a"}, {"{compartment}", "Patient"},
      {"{file...}", "index.html"}, {"{rest...}", "x"},        {"{job}", "job"},
      {"{file}", "file"},          {"{gene}", "DPYD"}};
  std::string path;
  for (size_t at = 0; at < pattern.size();) {
    if (pattern[at] != '{') {
      path += pattern[at++];
      continue;
    }
    const size_t end = pattern.find('}', at) + 1;
    const auto value = values.find(pattern.substr(at, end - at));
    EXPECT_NE(value, values.end()) << "this test has no value for a parameter of " << pattern;
    path += value == values.end() ? "x" : value->second;
    at = end;
  }
  const size_t compartment = path.find("/Patient/obs-a/");
  if (compartment != std::string::npos) path.replace(compartment, 15, "/Patient/pat-a/");
  const size_t everything = path.find("/Patient/obs-a");
  if (everything != std::string::npos) path.replace(everything, 14, "/Patient/pat-a");
  return path;
}

std::string BodyOf(const Route& route) {
  if (route.method == "GET" || route.method == "DELETE") return {};
  if (route.pattern == "/fhir") {
    return R"({"resourceType":"Bundle","type":"transaction","entry":[)"
           R"({"request":{"method":"GET","url":"Observation/obs-a"}}]})";
  }
  if (route.pattern.ends_with("_search")) return {};
  return R"({"resourceType":"Observation","id":"obs-a","status":"final","code":{"text":"x"},)"
         R"("subject":{"reference":"Patient/pat-a"}})";
}

std::string Unsigned(const std::string& header, const Json& claims) {
  return EncodeBase64Url(header) + '.' + EncodeBase64Url(fhir::PrintJson(claims)) + '.';
}

// Signed by HMAC with the public key that everybody can read.
std::string SignedWithPublicKey(const GatedService& service, const Json& claims) {
  std::string text = Unsigned(R"({"alg":"HS256","kid":")" + service.key.key_id() + R"("})", claims);
  text.pop_back();
  const std::string secret = fhir::PrintJson(service.key.PublicJwk());
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, &size);
  return text + '.' + EncodeBase64Url(std::string(reinterpret_cast<char*>(mac), size));
}

using Tokens = std::map<std::string, std::string>;

Tokens TokensNobodyMayBelieve(const GatedService& service) {
  const auto with = [&](const std::function<void(Json&)>& change) {
    Json claims = GatedService::Claims("system/*.cruds");
    claims["roles"] = Json::array({"lakare", "farmakolog", "lab", "admin"});
    change(claims);
    return claims;
  };
  const Json good = with([](Json& /*claims*/) {});
  const auto sign = [&](const std::function<void(Json&)>& change) {
    return service.key.Sign(with(change));
  };
  return {
      {"no token", ""},
      {"no JWT", "abc"},
      {"expired", sign([](Json& claims) { claims["exp"] = 1'700'000'000; })},
      {"not valid yet", sign([](Json& claims) { claims["nbf"] = 4'000'000'000; })},
      {"other audience", sign([](Json& claims) { claims["aud"] = "https://other.test/fhir"; })},
      {"unknown issuer", sign([](Json& claims) { claims["iss"] = "https://evil.test"; })},
      {"one issuer's key for the other", service.other_key.Sign(with([](Json& /*claims*/) {}))},
      {"unknown key", SigningKey::Generate("ES256").Sign(good)},
      {"alg none", Unsigned(R"({"alg":"none"})", good)},
      {"HS256 with the public key", SignedWithPublicKey(service, good)},
      {"revoked client", sign([](Json& claims) { claims["client_id"] = "old-app"; })},
      {"proof for the token endpoint", service.Assertion("matrix")},
  };
}

bool TellsSecret(const http::Response& response) {
  std::string all = response.body;
  for (const auto& [name, value] : response.headers) all += name + value;
  return all.find(GatedService::kSecret) != std::string::npos;
}

class AccessMatrix : public ::testing::Test {
 protected:
  http::Response Call(const Route& route, const std::string& token) {
    return service.Call(route.method, PathOf(route.pattern), token, BodyOf(route));
  }
  std::vector<Route> Guarded() const {
    std::vector<Route> routes;
    for (const Route& route : service.parts->router.routes()) {
      if (route.protection.kind != Protection::Kind::kPublic) routes.push_back(route);
    }
    return routes;
  }

  GatedService service;
};

TEST_F(AccessMatrix, OnlyTheseRoutesAreOpenToEverybody) {
  std::set<std::string> open;
  for (const Route& route : service.parts->router.routes()) {
    if (route.protection.kind == Protection::Kind::kPublic) {
      open.insert(route.method + ' ' + route.pattern);
    }
  }
  EXPECT_EQ(open, (std::set<std::string>{
                      "GET /", "GET /cds-services", "GET /fhir/.well-known/smart-configuration",
                      "GET /fhir/metadata", "GET /health/live", "GET /health/ready", "GET /metrics",
                      "GET /tab", "GET /tab/launch-settings", "GET /tab/{file...}",
                      "POST /auth/token", "POST /tab/link"}));
}

TEST_F(AccessMatrix, NoTokenThatMayNotBeBelievedOpensAnyRoute) {
  const auto tokens = TokensNobodyMayBelieve(service);
  size_t cells = 0;
  for (const Route& route : Guarded()) {
    for (const auto& [name, token] : tokens) {
      const http::Response response = Call(route, token);
      EXPECT_EQ(response.status, 401) << route.method << ' ' << route.pattern << ": " << name;
      EXPECT_EQ(response.headers.count("WWW-Authenticate"), 1U) << route.pattern;
      EXPECT_FALSE(TellsSecret(response)) << route.pattern << ": " << name;
      ++cells;
    }
  }
  EXPECT_GT(cells, 400U);
}

TEST_F(AccessMatrix, ATokenWithAnotherScopeOpensNoRoute) {
  for (const char* scope : {"system/Medication.cruds", "openid fhirUser launch", "",
                            "patient/*.cruds", "user/Observation.x", "system/Observation.rs?"}) {
    for (const Route& route : Guarded()) {
      const http::Response response = Call(route, service.Token(scope));
      EXPECT_EQ(response.status, 403) << route.method << ' ' << route.pattern << ": " << scope;
      EXPECT_FALSE(TellsSecret(response)) << route.pattern;
    }
  }
}

TEST_F(AccessMatrix, AnotherPatientsTokenLearnsNothingByAnyRoute) {
  const std::string token = service.TokenOf("pat-b", "patient/*.cruds");
  for (const Route& route : Guarded()) {
    const http::Response response = Call(route, token);
    EXPECT_FALSE(TellsSecret(response)) << route.method << ' ' << route.pattern;
  }
  // And none of it changed anything.
  const auto observation = service.parts->store->Read(
      [](const store::Reader& reader) { return reader.Find("Observation", "obs-a"); });
  ASSERT_TRUE(observation);
  EXPECT_EQ(observation->version, 2);
}

// Without what differs from one moment to the next.
std::string Comparable(const http::Response& response) {
  static const std::regex changing(
      R"(\d{4}-\d\d-\d\dT[0-9:.]+Z|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[A-Za-z0-9_-]{43})");
  std::string text = std::to_string(response.status) + '\n' + response.body;
  for (const auto& [name, value] : response.headers) text += '\n' + name + ": " + value;
  return std::regex_replace(text, changing, "*");
}

std::string Renamed(std::string text) {
  for (const auto& [from, to] : {std::pair{"obs-a", "obs-q"}, std::pair{"pat-a", "pat-q"}}) {
    for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + 1)) {
      text.replace(at, 5, to);
    }
  }
  return text;
}

// Every word of an answer about another patient's data, the caller's own words aside, is that of an
// answer about what does not exist: neither the content nor the existence shows.
TEST_F(AccessMatrix, AnotherPatientsDataAnswerLikeWhatDoesNotExist) {
  const std::string token = service.TokenOf("pat-b", "patient/*.cruds");
  for (const Route& route : Guarded()) {
    const std::string path = PathOf(route.pattern);
    const std::string body = BodyOf(route);
    const http::Response hidden = service.Call(route.method, path, token, body);
    const http::Response missing = service.Call(route.method, Renamed(path), token, Renamed(body));
    EXPECT_EQ(Renamed(Comparable(hidden)), Comparable(missing))
        << route.method << ' ' << route.pattern;
  }
}

TEST_F(AccessMatrix, TheRightTokenIsLetThroughEverywhere) {
  for (const Route& route : Guarded()) {
    const http::Response response = Call(route, service.AdministratorToken());
    EXPECT_NE(response.status, 401) << route.method << ' ' << route.pattern;
    EXPECT_NE(response.status, 403) << route.method << ' ' << route.pattern;
    EXPECT_LT(response.status, 500) << route.method << ' ' << route.pattern;
  }
}

}  // namespace
}  // namespace genflik::security
