#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "services/security/signing_key.h"
#include "tests/support/e2e_tests/json.h"
#include "tests/support/e2e_tests/program.h"
#include "tests/support/postgres_server.h"

// A record system proves who it is by a token that it signs for each call
// (https://cds-hooks.hl7.org/2.0/#trusting-cds-clients).

namespace genflik::e2e {
namespace {

using fhir::Json;
using security::SigningKey;

constexpr const char* kBase = "https://genflik.example.org";
constexpr const char* kIssuer = "https://ehr.example.org";
constexpr const char* kService = "/cds-services/genflik-patient-view";

class CdsClient : public ::testing::Test {
 protected:
  CdsClient() {
    std::ofstream(folder_.path() / "keys.json")
        << fhir::PrintJson(Json{{"keys", Json::array({key_.PublicJwk()})}});
    Json issuer{{"issuer", kIssuer}, {"keys", "keys.json"}};
    issuer["roles"] = Json::array({"cds-client"});
    Json access{{"publicBase", kBase}};
    access["issuers"] = Json::array({issuer});
    std::ofstream(folder_.path() / "access.json") << fhir::PrintJson(access);
    std::ofstream(folder_.path() / "config.json")
        << fhir::PrintJson(Json{{"access", (folder_.path() / "access.json").string()}});
    Start({});
  }

  void Start(const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"--config", (folder_.path() / "config.json").string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    service_.reset();
    service_ = std::make_unique<Service>(folder_.path(), arguments);
  }

  static std::int64_t Now() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
  // The claims of a good call; each has an id of its own.
  Json Claims(const std::string& path = kService) {
    return {{"iss", kIssuer},
            {"aud", kBase + path},
            {"iat", Now()},
            {"exp", Now() + 300},
            {"jti", "call-" + std::to_string(++calls_)}};
  }
  int Status(const std::string& token, const std::string& path = kService,
             const std::string& body =
                 R"({"hook":"patient-view","hookInstance":"b7d4e1d4-0d2e-4f0b-9c4e-6d1a2b3c4d5e",)"
                 R"("context":{"userId":"Practitioner/1","patientId":"somebody"}})") const {
    std::map<std::string, std::string> headers{{"Content-Type", "application/json"}};
    if (!token.empty()) headers["Authorization"] = "Bearer " + token;
    return service_->Send("POST", path, body, headers).status;
  }
  int StatusOf(const Json& claims) const { return Status(key_.Sign(claims)); }

  SigningKey key_ = SigningKey::Generate("ES384");
  TemporaryFolder folder_;
  std::unique_ptr<Service> service_;
  int calls_ = 0;
};

TEST_F(CdsClient, IsBelievedOncePerToken) {
  const std::string token = key_.Sign(Claims());
  EXPECT_EQ(Status(token), 200);
  EXPECT_EQ(Status(token), 401);
  EXPECT_EQ(StatusOf(Claims()), 200);
  // The discovery tells nothing of anybody and is open.
  EXPECT_EQ(service_->Get("/cds-services").status, 200);
}

// What was used is remembered in the store: neither a restart nor another process forgets it.
TEST_F(CdsClient, IsNotBelievedAgainAfterARestart) {
  const std::string token = key_.Sign(Claims());
  EXPECT_EQ(Status(token), 200);
  service_->Kill();
  Start({});
  EXPECT_EQ(Status(token), 401);
  EXPECT_EQ(StatusOf(Claims()), 200);
}

TEST_F(CdsClient, IsBelievedOnceByAllProcessesOnOneStore) {
  ASSERT_TRUE(genflik::testing::PostgresServer::IsInstalled())
      << "the package postgresql-15 is missing";
  genflik::testing::PostgresServer server;
  const std::vector<std::string> store = {"--store", server.NewDatabase()};
  Start(store);
  std::unique_ptr<Service> first = std::move(service_);
  Start(store);
  const std::string token = key_.Sign(Claims());
  const std::string other = key_.Sign(Claims());
  EXPECT_EQ(Status(token), 200);
  EXPECT_EQ(Status(other), 200);
  service_.swap(first);
  EXPECT_EQ(Status(token), 401);
  EXPECT_EQ(StatusOf(Claims()), 200);
  // Before the server that they use.
  first.reset();
  service_.reset();
}

TEST_F(CdsClient, IsRefusedWithoutAGoodToken) {
  EXPECT_EQ(Status(""), 401);
  EXPECT_EQ(Status("abc.def.ghi"), 401);
  const auto with = [this](const char* name, const Json& value) {
    Json claims = Claims();
    claims[name] = value;
    return claims;
  };
  EXPECT_EQ(StatusOf(with("iss", "https://elsewhere.example.org")), 401);
  EXPECT_EQ(StatusOf(with("aud", std::string(kBase) + "/cds-services/genflik-order-sign")), 401);
  EXPECT_EQ(StatusOf(with("aud", "https://other.example.org" + std::string(kService))), 401);
  EXPECT_EQ(StatusOf(with("exp", Now() - 120)), 401);
  EXPECT_EQ(StatusOf(with("exp", Now() + 86400)), 401);
  EXPECT_EQ(StatusOf(with("iat", Now() + 600)), 401);
  for (const char* name : {"jti", "iat"}) {
    Json without = Claims();
    without.erase(name);
    EXPECT_EQ(StatusOf(without), 401) << name;
  }
  EXPECT_EQ(Status(key_.Sign(Claims(), "at+jwt")), 401);
  EXPECT_EQ(Status(SigningKey::Generate("ES384").Sign(Claims())), 401);
}

// "aud" may be a list; feedback may be addressed to itself or to its service.
TEST_F(CdsClient, MayAddressFeedbackToTheService) {
  const std::string feedback = std::string(kService) + "/feedback";
  const std::string body =
      R"({"feedback":[{"card":"6f1d1d0a-3c7e-4a57-9a58-2f5b8b4d6c11","outcome":"overridden",)"
      R"("outcomeTimestamp":"2026-03-02T09:05:31Z"}]})";
  EXPECT_EQ(Status(key_.Sign(Claims(feedback)), feedback, body), 200);
  EXPECT_EQ(Status(key_.Sign(Claims()), feedback, body), 200);
  Json claims = Claims();
  claims["aud"] = Json::array({"https://other.example.org", std::string(kBase) + kService});
  EXPECT_EQ(StatusOf(claims), 200);
}

}  // namespace
}  // namespace genflik::e2e
