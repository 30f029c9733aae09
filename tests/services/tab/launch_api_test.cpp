#include "services/tab/launch_api.h"

#include <chrono>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "services/core/error.h"

namespace genflik::tab {
namespace {

using nlohmann::json;

const core::Instant kNow = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};

class LaunchApi : public testing::Test {
 protected:
  void SetUp() override {
    AddLaunchRoutes(router_,
                    {{.issuer = "https://ehr.example/fhir",
                      .client_id = "genflik",
                      .origins = {"https://auth.example"}}},
                    signer_, clock_);
  }
  http::Response Call(const std::string& method, const std::string& path,
                      const std::string& body = {}) {
    const auto match = router_.Find(method, path);
    EXPECT_EQ(match.route->protection.kind, http::Protection::Kind::kPublic);
    return match.route->handler({.method = method, .path = path, .body = body});
  }
  core::FixedClock clock_{kNow};
  security::LinkSigner signer_{std::string(32, 'k')};
  http::Router router_;
};

TEST_F(LaunchApi, NamesTheRecordSystemsThatMayStartTheTab) {
  const json answer = json::parse(Call("GET", "/tab/launch-settings").body);
  EXPECT_EQ(answer, json::parse(R"({"issuers":[{"issuer":"https://ehr.example/fhir",
    "clientId":"genflik","scope":"patient/Patient.rs"}]})"));
}

TEST_F(LaunchApi, OpensASignedLinkWhileItHolds) {
  const std::string token =
      signer_.Sign({.patient = "anna", .view = "drugs", .expires = kNow + std::chrono::minutes(1)});
  const std::string body = json({{"token", token}}).dump();
  const json answer = json::parse(Call("POST", "/tab/link", body).body);
  EXPECT_EQ(answer["patient"], "anna");
  EXPECT_EQ(answer["view"], "drugs");
  EXPECT_EQ(answer["expires"], "2026-03-01T00:01:00.000Z");
  clock_.Set(kNow + std::chrono::minutes(2));
  EXPECT_THROW(Call("POST", "/tab/link", body), core::Error);
  EXPECT_THROW(Call("POST", "/tab/link", "{}"), core::Error);
  EXPECT_THROW(Call("POST", "/tab/link", "no json"), core::Error);
}

TEST(LaunchOrigins, ListsEachOriginOnce) {
  EXPECT_EQ(
      LaunchOrigins({{.issuer = "https://ehr.example/fhir", .origins = {"https://auth.example"}},
                     {.issuer = "https://ehr.example/other/fhir"}}),
      (std::vector<std::string>{"https://ehr.example", "https://auth.example"}));
  EXPECT_THROW((void)LaunchOrigins({{.issuer = "ehr.example"}}), core::Error);
  EXPECT_THROW((void)LaunchOrigins({{.issuer = "http://ehr.example/fhir"}}), core::Error);
}

}  // namespace
}  // namespace genflik::tab
