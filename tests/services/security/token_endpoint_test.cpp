#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "services/http/message.h"
#include "services/security/jwt.h"
#include "services/security/scopes.h"
#include "tests/support/services_tests/gated_service.h"
#include "tests/support/services_tests/rest_client.h"

namespace genflik::security {
namespace {

using fhir::Json;
using testing::At;
using testing::BodyOf;
using testing::GatedService;

std::string Form(const std::string& assertion, const std::string& scope) {
  return "grant_type=client_credentials&client_assertion_type="
         "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=" +
         assertion + "&scope=" + http::PercentEncode(scope);
}

class TokenEndpointTest : public ::testing::Test {
 protected:
  http::Response Ask(const std::string& form) {
    return service.Call("POST", "/auth/token", "", form, "application/x-www-form-urlencoded");
  }
  std::string Refusal(const std::string& form) {
    const http::Response response = Ask(form);
    EXPECT_GE(response.status, 400);
    EXPECT_EQ(response.body.find("access_token"), std::string::npos);
    return At(BodyOf(response), "/error");
  }
  GatedService service;
};

TEST_F(TokenEndpointTest, GivesARegisteredSystemATokenForWhatItAsks) {
  const http::Response response = Ask(Form(service.Assertion("1"), "system/Observation.rs"));
  ASSERT_EQ(response.status, 200);
  const Json body = BodyOf(response);
  EXPECT_EQ(At(body, "/token_type"), "bearer");
  EXPECT_EQ(At(body, "/scope"), "system/Observation.rs");
  EXPECT_EQ(At(body, "/expires_in"), "300");
  EXPECT_EQ(testing::HeaderOf(response, "Cache-Control"), "no-store");
  const std::string token = At(body, "/access_token");
  EXPECT_EQ(service.Call("GET", "/fhir/Observation/obs-a", token).status, 200);
  EXPECT_EQ(service.Call("DELETE", "/fhir/Observation/vital-a", token).status, 403);
  EXPECT_EQ(service.Call("GET", "/fhir/Patient/pat-a", token).status, 403);
  // The roles are those of the registration.
  EXPECT_EQ(service.Call("GET", "/unmapped", token).status, 200);
  EXPECT_EQ(service.Call("GET", "/alerts/statistics", token).status, 403);
}

TEST_F(TokenEndpointTest, TakesAProofOnce) {
  const std::string proof = service.Assertion("1");
  EXPECT_EQ(Ask(Form(proof, "system/Observation.rs")).status, 200);
  EXPECT_EQ(Refusal(Form(proof, "system/Observation.rs")), "invalid_client");
  EXPECT_EQ(Ask(Form(service.Assertion("2"), "system/Observation.rs")).status, 200);
}

TEST_F(TokenEndpointTest, RefusesAProofThatDoesNotHold) {
  const std::string scope = "system/Observation.rs";
  const Token good = PeekToken(service.Assertion("x"));
  const auto with = [&](const char* name, const Json& value) {
    Json claims = *good.claims;
    claims[name] = value;
    claims["jti"] = std::string("jti-") + name;
    return Form(service.client_key.Sign(claims), scope);
  };
  EXPECT_EQ(Refusal(with("aud", "https://gene.test/fhir")), "invalid_client");
  EXPECT_EQ(Refusal(with("sub", "other")), "invalid_client");
  EXPECT_EQ(Refusal(with("iss", "other")), "invalid_client");
  EXPECT_EQ(Refusal(with("exp", *good.expires + 600)), "invalid_client");
  EXPECT_EQ(Refusal(with("exp", 1'700'000'000)), "invalid_client");
  Json without_id = *good.claims;
  without_id.erase("jti");
  EXPECT_EQ(Refusal(Form(service.client_key.Sign(without_id), scope)), "invalid_client");
  EXPECT_EQ(Refusal(Form(service.key.Sign(*good.claims), scope)), "invalid_client");
  EXPECT_EQ(Refusal(Form("abc", scope)), "invalid_client");
  // An unknown client is answered like a wrong key.
  EXPECT_EQ(Ask(with("sub", "other")).body, Ask(Form(service.key.Sign(*good.claims), scope)).body);
}

TEST_F(TokenEndpointTest, RefusesWhatIsNoRequestForAToken) {
  const std::string proof = service.Assertion("1");
  EXPECT_EQ(Refusal(Form(proof, "system/Patient.cruds")), "invalid_scope");
  EXPECT_EQ(Refusal(Form(service.Assertion("2"), "system/*.rs")), "invalid_scope");
  EXPECT_EQ(Refusal(Form(service.Assertion("3"), "user/Observation.rs")), "invalid_scope");
  EXPECT_EQ(Refusal("grant_type=password&username=a"), "unsupported_grant_type");
  EXPECT_EQ(Refusal("grant_type=client_credentials"), "invalid_request");
  EXPECT_EQ(Refusal(Form(proof, "x") + "&scope=y"), "invalid_request");
  EXPECT_EQ(service.Call("POST", "/auth/token", "", "{}", "application/json").status, 400);
}

TEST_F(TokenEndpointTest, ForgetsAClientThatIsNotRegisteredAnyMore) {
  const std::string token =
      At(BodyOf(Ask(Form(service.Assertion("1"), "system/Observation.rs"))), "/access_token");
  ASSERT_EQ(service.Call("GET", "/fhir/Observation/obs-a", token).status, 200);
  std::filesystem::remove(service.directory.path() / "clients.json");
  // The registry looks at its file every other second.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  int status = 200;
  while (status == 200 && std::chrono::steady_clock::now() < deadline) {
    status = service.Call("GET", "/fhir/Observation/obs-a", token).status;
    std::this_thread::yield();
  }
  EXPECT_EQ(status, 401);
  EXPECT_EQ(Refusal(Form(service.Assertion("9"), "system/Observation.rs")), "invalid_client");
}

TEST_F(TokenEndpointTest, IsFoundByItsDescription) {
  const Json smart = BodyOf(service.Call("GET", "/fhir/.well-known/smart-configuration", ""));
  EXPECT_EQ(At(smart, "/token_endpoint"), "https://gene.test/auth/token");
  EXPECT_EQ(At(smart, "/token_endpoint_auth_methods_supported/0"), "private_key_jwt");
  EXPECT_EQ(At(smart, "/grant_types_supported/0"), "client_credentials");
  const Json statement = BodyOf(service.Call("GET", "/fhir/metadata", ""));
  EXPECT_EQ(At(statement, "/rest/0/security/service/0/coding/0/code"), "SMART-on-FHIR");
  EXPECT_EQ(At(statement, "/rest/0/security/extension/0/extension/0/valueUri"),
            "https://gene.test/auth/token");
}

TEST(Scope, ReadsBothVersions) {
  const auto permissions = [](const char* text) {
    const auto scope = ReadScope(text);
    return scope ? scope->permissions : "none";
  };
  EXPECT_EQ(permissions("patient/Observation.rs"), "rs");
  EXPECT_EQ(permissions("user/*.cruds"), "cruds");
  EXPECT_EQ(permissions("system/Patient.read"), "rs");
  EXPECT_EQ(permissions("system/Patient.write"), "cud");
  EXPECT_EQ(permissions("patient/*.*"), "cruds");
  for (const char* text :
       {"patient/Observation.sr", "patient/Observation.rr", "patient/Observation.",
        "Observation.rs", "patient/observation.rs", "patient/Obs-x.rs", "other/Observation.rs",
        "patient/Observation", "patient/Observation.rs?", "patient/*.rs?category=x",
        "patient/Observation.rs?category", "patient/Observation.rs?_include=*",
        "patient/Observation.rs?a=%zz", "openid", "", "/."}) {
    EXPECT_FALSE(ReadScope(text)) << text;
  }
  const auto narrow =
      ReadScope("system/Observation.rs?category=http%3A%2F%2Fx%7Claboratory&code=1");
  ASSERT_TRUE(narrow);
  EXPECT_EQ(narrow->filter.size(), 2U);
  EXPECT_EQ(narrow->filter[0].second, "http://x|laboratory");
  EXPECT_EQ(ReadScopes(" launch  patient/Patient.r user/x.rs system/*.s ").size(), 2U);
}

TEST(Scope, IncludesOnlyWhatIsLess) {
  const auto includes = [](const char* held, const char* wanted) {
    return Includes(*ReadScope(held), *ReadScope(wanted));
  };
  EXPECT_TRUE(includes("system/*.cruds", "system/Observation.rs"));
  EXPECT_TRUE(includes("system/Observation.rs", "system/Observation.rs?category=x"));
  EXPECT_FALSE(includes("system/Observation.rs?category=x", "system/Observation.rs"));
  EXPECT_FALSE(includes("system/Observation.rs", "system/*.rs"));
  EXPECT_FALSE(includes("system/Observation.rs", "system/Observation.c"));
  EXPECT_FALSE(includes("patient/Observation.rs", "system/Observation.rs"));
}

}  // namespace
}  // namespace genflik::security
