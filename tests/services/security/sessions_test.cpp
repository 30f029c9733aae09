#include "services/security/sessions.h"

#include <chrono>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "services/core/clock.h"
#include "services/core/error.h"
#include "services/security/scopes.h"
#include "services/store/store.h"
#include "tests/support/services_tests/gated_service.h"
#include "tests/support/services_tests/rest_client.h"

// Sessions of people in browsers: a token or a signed link becomes a cookie that only this browser
// holds, that no page of somebody else can use, and that ends.

namespace genflik::security {
namespace {

using fhir::Json;
using testing::At;
using testing::BodyOf;
using testing::GatedService;
using testing::HeaderOf;

std::string CookieIn(const http::Response& response) {
  const std::string header = HeaderOf(response, "Set-Cookie");
  return header.substr(0, header.find(';'));
}

class SessionOfTheTab : public ::testing::Test {
 protected:
  http::Response Start(const std::string& token) {
    return service.Call("POST", "/tab/session", token);
  }
  http::Response With(const std::string& cookie, std::string_view method, std::string_view url,
                      http::Headers headers = {}, std::string body = {}) {
    headers.emplace("Cookie", "other=1; " + cookie);
    return service.Call(method, url, "", std::move(body), "application/fhir+json", headers);
  }

  GatedService service;
  std::string prescriber = service.TokenOf("pat-b", "patient/*.cruds");
};

TEST_F(SessionOfTheTab, StartsWithATokenAndHasItsRights) {
  const http::Response started = Start(prescriber);
  ASSERT_EQ(started.status, 201) << started.body;
  const std::string header = HeaderOf(started, "Set-Cookie");
  EXPECT_TRUE(header.starts_with("__Host-genflik=")) << header;
  for (const char* attribute : {"; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/"}) {
    EXPECT_NE(header.find(attribute), std::string::npos) << attribute;
  }
  EXPECT_EQ(header.find("Domain"), std::string::npos);
  EXPECT_EQ(At(BodyOf(started), "/patient"), "pat-b");
  EXPECT_EQ(At(BodyOf(started), "/idleSeconds"), "900");
  const std::string cookie = CookieIn(started);
  // The page does not get to know what the cookie says.
  EXPECT_EQ(started.body.find(cookie.substr(cookie.find('=') + 1)), std::string::npos);
  EXPECT_EQ(With(cookie, "GET", "/record/pat-b").status, 200);
  EXPECT_EQ(With(cookie, "GET", "/fhir/Observation/obs-b").status, 200);
  EXPECT_EQ(With(cookie, "GET", "/fhir/Observation/obs-a").status, 404);
  EXPECT_EQ(At(BodyOf(With(cookie, "GET", "/tab/session")), "/csrf"), At(BodyOf(started), "/csrf"));
}

TEST_F(SessionOfTheTab, IsNotGivenToEverybody) {
  EXPECT_EQ(Start("").status, 401);
  EXPECT_EQ(Start(service.Token("system/Medication.cruds")).status, 403);
  const std::string cookie = CookieIn(Start(prescriber));
  // A session does not start another one.
  const std::string csrf = At(BodyOf(With(cookie, "GET", "/tab/session")), "/csrf");
  EXPECT_EQ(With(cookie, "POST", "/tab/session", {{"X-CSRF-Token", csrf}}).status, 403);
}

TEST_F(SessionOfTheTab, EndsWithTheClientThatStartedIt) {
  const std::string asked =
      "grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3A"
      "client-assertion-type%3Ajwt-bearer&scope=system%2FPatient.rs&client_assertion=" +
      service.Assertion("session");
  const std::string token = At(
      BodyOf(service.Call("POST", "/auth/token", "", asked, "application/x-www-form-urlencoded")),
      "/access_token");
  const std::string cookie = CookieIn(Start(token));
  EXPECT_EQ(With(cookie, "GET", "/tab/session").status, 200);
  service.RegisterClient(false);
  // The registry looks at its file every other second.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  int status = 200;
  while (status == 200 && std::chrono::steady_clock::now() < deadline) {
    status = With(cookie, "GET", "/tab/session").status;
    std::this_thread::yield();
  }
  EXPECT_EQ(status, 401);
}

TEST_F(SessionOfTheTab, ChangesNothingWithoutItsCsrfToken) {
  const http::Response started = Start(prescriber);
  const std::string cookie = CookieIn(started);
  const std::string csrf = At(BodyOf(started), "/csrf");
  const std::string other = At(BodyOf(Start(prescriber)), "/csrf");
  const std::string body = R"({"resourceType":"Observation","status":"final","code":{"text":"x"},)"
                           R"("subject":{"reference":"Patient/pat-b"}})";
  const auto post = [&](const http::Headers& headers) {
    return With(cookie, "POST", "/fhir/Observation", headers, body).status;
  };
  EXPECT_EQ(post({}), 403);
  EXPECT_EQ(post({{"X-CSRF-Token", ""}}), 403);
  EXPECT_EQ(post({{"X-CSRF-Token", "guess"}}), 403);
  EXPECT_EQ(post({{"X-CSRF-Token", other}}), 403);
  EXPECT_EQ(post({{"X-CSRF-Token", csrf}, {"Sec-Fetch-Site", "cross-site"}}), 403);
  EXPECT_EQ(post({{"X-CSRF-Token", csrf}, {"Sec-Fetch-Site", "same-origin"}}), 201);
}

TEST_F(SessionOfTheTab, IsNotUsedFromAnotherSite) {
  const std::string cookie = CookieIn(Start(prescriber));
  EXPECT_EQ(With(cookie, "GET", "/record/pat-b", {{"Sec-Fetch-Site", "cross-site"}}).status, 403);
  EXPECT_EQ(With(cookie, "GET", "/record/pat-b", {{"Sec-Fetch-Site", "same-origin"}}).status, 200);
}

TEST_F(SessionOfTheTab, EndsWhenTold) {
  const http::Response started = Start(prescriber);
  const std::string cookie = CookieIn(started);
  const http::Headers csrf = {{"X-CSRF-Token", At(BodyOf(started), "/csrf")}};
  EXPECT_EQ(With(cookie, "DELETE", "/tab/session").status, 403);
  const http::Response ended = With(cookie, "DELETE", "/tab/session", csrf);
  EXPECT_EQ(ended.status, 204);
  EXPECT_NE(HeaderOf(ended, "Set-Cookie").find("Max-Age=0"), std::string::npos);
  EXPECT_EQ(With(cookie, "GET", "/record/pat-b").status, 401);
}

TEST_F(SessionOfTheTab, ACookieThatNobodyWasGivenOpensNothing) {
  for (const char* cookie : {"__Host-genflik=", "__Host-genflik=x", "__Host-genflik=x=y",
                             "genflik=x", "__Host-genflik"}) {
    EXPECT_EQ(With(cookie, "GET", "/record/pat-b").status, 401) << cookie;
  }
}

TEST_F(SessionOfTheTab, TheStoreHoldsNothingThatOpensIt) {
  const http::Response started = Start(prescriber);
  const std::string cookie = CookieIn(started);
  const std::string secret = cookie.substr(cookie.find('=') + 1);
  const auto records = service.parts->store->Read(
      [](const store::Reader& reader) { return reader.FindRecords({.kind = "session"}); });
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ((records[0].key + records[0].body).find(secret), std::string::npos);
  EXPECT_EQ((records[0].key + records[0].body).find(At(BodyOf(started), "/csrf")),
            std::string::npos);
}

TEST_F(SessionOfTheTab, WhatIsDoneInItIsThePersons) {
  const std::string cookie = CookieIn(Start(prescriber));
  EXPECT_EQ(With(cookie, "GET", "/fhir/Observation/obs-b").status, 200);
  const http::Response seen =
      service.Call("GET", "/fhir/AuditEvent?agent=u1&patient=pat-b", service.AdministratorToken());
  EXPECT_NE(seen.body.find("Observation/obs-b"), std::string::npos) << seen.body;
}

TEST_F(SessionOfTheTab, ASignedLinkOpensOnePatientOnce) {
  LinkTarget target{
      .patient = "pat-b",
      .subject = "Practitioner/eva",
      .expires = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) +
                 std::chrono::minutes(5)};
  const auto open = [&](const LinkTarget& of) {
    return service.Call("POST", "/tab/link", "",
                        fhir::PrintJson({{"token", service.parts->links->Sign(of)}}),
                        "application/json");
  };
  const http::Response opened = open(target);
  ASSERT_EQ(opened.status, 200) << opened.body;
  const std::string cookie = CookieIn(opened);
  EXPECT_EQ(With(cookie, "GET", "/record/pat-b").status, 200);
  EXPECT_EQ(With(cookie, "GET", "/record/pat-a").status, 404);
  EXPECT_EQ(With(cookie, "GET", "/fhir/Observation/obs-a").status, 404);
  EXPECT_EQ(With(cookie, "GET", "/unmapped").status, 403);
  EXPECT_EQ(open(target).status, 401);
  target.subject.clear();
  EXPECT_EQ(open(target).status, 401);
}

// A clock that the test moves.
class SessionTime : public ::testing::Test {
 protected:
  SessionTime()
      : store(store::OpenStore(":memory:", {})), sessions(*store, clock, SessionOptions{}) {
    cookie = sessions.Start({.subject = "eva", .patient = "p"}).cookie;
    cookie.erase(cookie.find(';'));
  }
  bool Holds() {
    http::Request request{.method = "GET", .path = "/record/p"};
    request.headers.emplace("Cookie", cookie);
    try {
      return sessions.Find(request).has_value();
    } catch (const core::Error&) {
      return false;
    }
  }
  void Pass(std::chrono::minutes time) { clock.Set(clock.Now() + time); }

  core::FixedClock clock{core::Instant(std::chrono::sys_days{std::chrono::year{2026} / 3 / 2})};
  std::unique_ptr<store::Store> store;
  Sessions sessions;
  std::string cookie;
};

TEST_F(SessionTime, EndsAfterAQuarterOfAnHourWithoutACall) {
  Pass(std::chrono::minutes(14));
  EXPECT_TRUE(Holds());
  Pass(std::chrono::minutes(14));
  EXPECT_TRUE(Holds());
  Pass(std::chrono::minutes(16));
  EXPECT_FALSE(Holds());
  // And does not come to life again.
  EXPECT_FALSE(Holds());
}

TEST_F(SessionTime, EndsAfterADayOfWorkWhateverHappens) {
  for (int i = 0; i < 47; ++i) {
    Pass(std::chrono::minutes(10));
    EXPECT_TRUE(Holds()) << i;
  }
  Pass(std::chrono::minutes(10));
  EXPECT_FALSE(Holds());
}

TEST_F(SessionTime, KeepsWhatTheTokenGranted) {
  const Access granted{.subject = "eva",
                       .client = "app",
                       .issuer = "https://issuer.test",
                       .patient = "p",
                       .purpose = "ETREAT",
                       .purposes = {"TREAT", "ETREAT"},
                       .care_units = {"unit-1", "SE-2"},
                       .scopes = ReadScopes("patient/Observation.rs?category=a%26b user/*.cruds"),
                       .roles = {"prescriber", "lab"}};
  http::Request request{.method = "GET", .path = "/"};
  request.headers.emplace("Cookie", sessions.Start(granted).cookie);
  const auto found = sessions.Find(request);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->subject, granted.subject);
  EXPECT_EQ(found->client, granted.client);
  EXPECT_EQ(found->issuer, granted.issuer);
  EXPECT_EQ(found->patient, granted.patient);
  EXPECT_EQ(found->purpose, granted.purpose);
  EXPECT_EQ(found->purposes, granted.purposes);
  EXPECT_EQ(found->care_units, granted.care_units);
  EXPECT_EQ(found->scopes, granted.scopes);
  EXPECT_EQ(found->roles, granted.roles);
  EXPECT_FALSE(found->unrestricted);
  EXPECT_FALSE(found->opens_blocks);
}

TEST(SessionCookie, ForFramesIsMarkedForThem) {
  const core::SystemClock clock;
  const auto store = store::OpenStore(":memory:", {});
  Sessions sessions(*store, clock, {.framed = true});
  const std::string cookie = sessions.Start({.subject = "eva"}).cookie;
  EXPECT_NE(cookie.find("; Secure; HttpOnly; SameSite=None; Partitioned"), std::string::npos);
}

}  // namespace
}  // namespace genflik::security
