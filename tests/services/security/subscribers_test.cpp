#include "services/security/subscribers.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "services/core/error.h"
#include "services/http/post.h"
#include "services/lab/outbox.h"
#include "services/store/store.h"
#include "tests/support/services_tests/gated_service.h"
#include "tests/support/services_tests/rest_client.h"

// A Subscription is no way around what its maker may see.

namespace genflik::security {
namespace {

using fhir::Json;
using testing::BodyOf;
using testing::GatedService;

class Subscribed : public ::testing::Test {
 protected:
  Subscribed() {
    service.parts->store->Write([](store::Writer& writer) {
      writer.Put({{"resourceType", "Organization"}, {"id", "provider-a"}});
      writer.Put({{"resourceType", "Organization"}, {"id", "provider-b"}});
    });
  }

  static Json Subscription(const std::string& endpoint = "https://hook.test/a",
                           const std::string& header = "Authorization: Bearer x") {
    return {{"resourceType", "Subscription"},
            {"id", "s"},
            {"status", "active"},
            {"reason", "test"},
            {"criteria", "Observation"},
            {"channel",
             {{"type", "rest-hook"},
              {"endpoint", endpoint},
              {"payload", "application/fhir+json"},
              {"header", Json::array({header})}}}};
  }

  int Subscribe(const Json& claims, const Json& subscription = Subscription()) {
    return service
        .Call("PUT", "/fhir/Subscription/s", service.key.Sign(claims),
              fhir::PrintJson(subscription))
        .status;
  }

  static Json Claims(const std::string& scope, const std::string& unit = {}) {
    Json claims = GatedService::Claims(scope);
    if (!unit.empty()) claims["careUnit"] = unit;
    return claims;
  }

  void PutResult(const std::string& id) {
    service.parts->store->Write([&](store::Writer& writer) {
      writer.Put({{"resourceType", "Observation"},
                  {"id", id},
                  {"status", "final"},
                  {"code", {{"text", "result"}}},
                  {"subject", {{"reference", "Patient/pat-b"}}},
                  {"performer", Json::array({{{"reference", "Organization/provider-a"}}})}});
    });
  }

  // What the receivers get of what waits.
  std::vector<std::string> Told() {
    const Subscribers subscribers(*service.parts->store, service.parts->store->audit(),
                                  service.parts->access->authenticator.get());
    const auto telling = [](const lab::Notice& notice) {
      return Telling{notice.subscription, notice.type, notice.id, notice.version};
    };
    lab::OutboxOptions options;
    options.may_see = [&](const lab::Notice& notice) {
      return subscribers.MayBeTold(telling(notice));
    };
    options.told = [&](const lab::Notice& notice) { subscribers.NoteTold(telling(notice)); };
    std::vector<std::string> told;
    lab::SendOutbox(
        *service.parts->store,
        [&](const lab::Delivery& delivery) {
          told.push_back(delivery.body);
          return 200;
        },
        options, service.parts->clock.Now());
    return told;
  }

  size_t Withheld() {
    return service.parts->store
        ->Read([](const store::Reader& reader) {
          return reader.FindRecords({.kind = "outbox", .status = "withheld"});
        })
        .size();
  }

  void Block() {
    service.parts->store->Write([](store::Writer& writer) {
      writer.Put(Json::parse(R"({"resourceType":"Consent","id":"block","status":"active",
        "scope":{"coding":[{"code":"patient-privacy"}]},
        "category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],
        "patient":{"reference":"Patient/pat-b"},
        "organization":[{"reference":"Organization/provider-a"}],"provision":{"type":"deny"}})"));
    });
  }

  GatedService service;
};

TEST_F(Subscribed, IsToldWhatItsMakerMaySeeAndThatIsInTheLog) {
  ASSERT_EQ(Subscribe(Claims("system/*.cruds", "provider-b")), 201);
  PutResult("r1");
  ASSERT_EQ(Told().size(), 1U);
  const auto log =
      service.Call("GET", "/fhir/AuditEvent?patient=pat-b", service.AdministratorToken());
  EXPECT_NE(log.body.find("notification of Subscription/s"), std::string::npos);
}

TEST_F(Subscribed, IsNotToldWhatIsBlockedToItsMaker) {
  ASSERT_EQ(Subscribe(Claims("system/*.cruds", "provider-b")), 201);
  Block();
  PutResult("r1");
  EXPECT_EQ(Told().size(), 0U);
  EXPECT_EQ(Withheld(), 1U);
  // Whose results they are is told.
  ASSERT_EQ(Subscribe(Claims("system/*.cruds", "provider-a")), 200);
  PutResult("r2");
  EXPECT_EQ(Told().size(), 1U);
}

TEST_F(Subscribed, ABlockThatComesBeforeTheNotificationLeavesCounts) {
  ASSERT_EQ(Subscribe(Claims("system/*.cruds", "provider-b")), 201);
  PutResult("r1");
  Block();
  EXPECT_EQ(Told().size(), 0U);
}

TEST_F(Subscribed, GivesNoRightsThatItsMakerLacks) {
  ASSERT_EQ(Subscribe(Claims("system/Subscription.cruds")), 201);
  PutResult("r1");
  EXPECT_EQ(Told().size(), 0U);
  Json of_another = Claims("user/Subscription.cruds patient/*.rs");
  of_another["patient"] = "pat-a";
  ASSERT_EQ(Subscribe(of_another), 200);
  PutResult("r2");
  EXPECT_EQ(Told().size(), 0U);
  EXPECT_EQ(Withheld(), 2U);
}

TEST_F(Subscribed, EndsWithItsMaker) {
  Json claims = Claims("system/*.cruds");
  claims["client_id"] = "lab";
  ASSERT_EQ(Subscribe(claims), 201);
  PutResult("r1");
  EXPECT_EQ(Told().size(), 1U);
  const Authenticator& known = *service.parts->access->authenticator;
  EXPECT_TRUE(known.IsKnown(std::string(GatedService::kIssuer), "lab"));
  EXPECT_FALSE(known.IsKnown(std::string(GatedService::kIssuer), "old-app"));
  EXPECT_FALSE(known.IsKnown("https://stranger.test", "lab"));
}

// Genflik posts to where a Subscription says: that must not be a door to the machines beside it.
TEST_F(Subscribed, NamesAnAddressByHttpsAndOneLineAHeader) {
  const Json claims = Claims("system/*.cruds");
  for (const char* endpoint :
       {"http://127.0.0.1:9200/", "http://localhost/", "http://169.254.169.254/latest",
        "file:///etc/passwd", "https://", "https:///x", "https://hook.test/a\r\nHost: b", ""}) {
    EXPECT_NE(Subscribe(claims, Subscription(endpoint)), 201) << endpoint;
  }
  EXPECT_EQ(Subscribe(claims, Subscription("https://hook.test/a", "X-A: b\r\nX-C: d")), 422);
  EXPECT_EQ(Subscribe(claims, Subscription("https://hook.test/a", "no header")), 422);
}

// The endpoints that a region has not named are closed, whoever asks (GatedService names
// hook.test).
TEST_F(Subscribed, IsAtAHostThatTheRegionNames) {
  const Json claims = Claims("system/*.cruds");
  for (const char* endpoint :
       {"https://10.0.0.1/", "https://localhost/", "https://[::1]/", "https://hook.test.evil.test/",
        "https://evil.test/hook.test", "https://hook.test@evil.test/",
        "https://evil.test?hook.test", "https://evil.test#hook.test",
        "https://evil.test\\hook.test", "https://hook.test%2eevil.test/", "https://a.hook.test/"}) {
    EXPECT_EQ(Subscribe(claims, Subscription(endpoint)), 422) << endpoint;
  }
  EXPECT_EQ(Subscribe(claims, Subscription("https://HOOK.test:8443/a?b=c")), 201);
}

TEST(Receivers, AreHostsWithAnyOrOnePort) {
  const lab::Receivers one{.hosts = {"a.test:8443", "[2001:db8::1]"}};
  EXPECT_TRUE(lab::IsReceiver("https://a.test:8443/x", one));
  EXPECT_FALSE(lab::IsReceiver("https://a.test/x", one));
  EXPECT_TRUE(lab::IsReceiver("https://[2001:db8::1]:444/x", one));
  EXPECT_FALSE(lab::IsReceiver("https://[2001:db8::2]/x", one));
  EXPECT_FALSE(lab::IsReceiver("http://127.0.0.1/x", one));
  const lab::Receivers development{.hosts = {"*"}, .http_here = true};
  EXPECT_TRUE(lab::IsReceiver("https://anywhere.test", development));
  EXPECT_TRUE(lab::IsReceiver("http://127.0.0.1:8080/x", development));
  EXPECT_FALSE(lab::IsReceiver("http://127.0.0.1.evil.test/x", development));
  EXPECT_FALSE(lab::IsReceiver("http://127.0.0.1@evil.test/x", development));
  EXPECT_FALSE(lab::IsReceiver("https:///x", development));
}

// The header is the receiver's key: whoever may read Subscriptions need not have it.
TEST_F(Subscribed, ShowsItsHeadersToNobody) {
  const Json claims = Claims("system/*.cruds");
  const http::Response made = service.Call("PUT", "/fhir/Subscription/s", service.key.Sign(claims),
                                           fhir::PrintJson(Subscription()));
  ASSERT_EQ(made.status, 201);
  EXPECT_EQ(made.body.find("Bearer x"), std::string::npos) << made.body;
  for (const char* url :
       {"/fhir/Subscription/s", "/fhir/Subscription/s/_history/1", "/fhir/Subscription/s/_history",
        "/fhir/Subscription", "/fhir/_history", "/fhir?_type=Subscription"}) {
    const http::Response shown = service.Call("GET", url, service.AdministratorToken());
    EXPECT_EQ(shown.status, 200) << url;
    EXPECT_NE(shown.body.find("Authorization: ***"), std::string::npos) << url << shown.body;
    EXPECT_EQ(shown.body.find("Bearer x"), std::string::npos) << url;
  }
}

TEST_F(Subscribed, KeepsItsHeadersWhenItIsWrittenAsItWasRead) {
  const Json claims = Claims("system/*.cruds");
  ASSERT_EQ(Subscribe(claims), 201);
  Json read = BodyOf(service.Call("GET", "/fhir/Subscription/s", service.key.Sign(claims)));
  read["reason"] = "another";
  ASSERT_EQ(Subscribe(claims, read), 200);
  const auto stored = [&] {
    // Without a caller: as the sender of notifications reads it.
    return service.parts->store->Read(
        [](const store::Reader& reader) { return reader.Find("Subscription", "s")->text; });
  };
  EXPECT_NE(stored().find("Authorization: Bearer x"), std::string::npos) << stored();
  // Stars for a header that never was would be sent as they are.
  Json invented = read;
  invented["channel"]["header"] = Json::array({"X-Key: ***"});
  EXPECT_EQ(Subscribe(claims, invented), 422);
  // But they do not follow to a receiver that somebody else names.
  read["channel"]["endpoint"] = "https://hook.test/other";
  EXPECT_EQ(Subscribe(claims, read), 422);
  read["channel"]["header"] = Json::array({"Authorization: Bearer y"});
  EXPECT_EQ(Subscribe(claims, read), 200);
  EXPECT_NE(stored().find("Authorization: Bearer y"), std::string::npos) << stored();
  // Genflik's own changes keep them too.
  service.parts->store->Write([](store::Writer& writer) {
    Json body = writer.Find("Subscription", "s")->Body();
    body["status"] = "error";
    writer.Put(std::move(body));
  });
  EXPECT_NE(stored().find("Authorization: Bearer y"), std::string::npos) << stored();
}

TEST(Post, SendsNoForgedHeaderAndNoPlainHttp) {
  for (const char* line : {"X-A: b\r\nX-C: d", "X-A: b\nX-C: d", "Host: other", "content-length: 3",
                           "Transfer-Encoding: chunked", "no colon", ": empty", "X A: b"}) {
    // Nobody listens there: only a refusal before the first byte is kInvalid.
    try {
      static_cast<void>(http::Post(
          {.url = "http://127.0.0.1:1/", .http_to_this_machine = true, .headers = {line}}));
      FAIL() << line;
    } catch (const core::Error& error) {
      EXPECT_EQ(error.code(), core::ErrorCode::kInvalid) << line;
    }
  }
  for (const char* url : {"http://127.0.0.1:1/", "http://gene.example.org/", "ftp://127.0.0.1/"}) {
    try {
      static_cast<void>(http::Post({.url = url}));
      FAIL() << url;
    } catch (const core::Error& error) {
      EXPECT_EQ(error.code(), core::ErrorCode::kInvalid) << url;
    }
  }
}

}  // namespace
}  // namespace genflik::security
