#include "services/security/replay.h"

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "fhir/json.h"
#include "services/core/clock.h"
#include "services/core/error.h"
#include "services/security/authenticator.h"
#include "services/security/base64.h"
#include "services/security/fetch.h"
#include "services/security/jwks.h"
#include "services/security/signing_key.h"
#include "services/store/store.h"

namespace genflik::security {
namespace {

constexpr std::int64_t kNow = 1'800'000'000;

void ExpectOnce(ReplayGuard& guard) {
  EXPECT_TRUE(guard.Take("a", "1", kNow + 60));
  EXPECT_FALSE(guard.Take("a", "1", kNow + 60));
  EXPECT_TRUE(guard.Take("b", "1", kNow + 60));
  EXPECT_TRUE(guard.Take("a 1", "2", kNow + 60));
  EXPECT_TRUE(guard.Take("a", "1 2", kNow + 60));
  std::atomic<int> taken = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      if (guard.Take("c", "1", kNow + 60)) ++taken;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(taken, 1);
}

TEST(MemoryReplayGuard, TakesAnIdOnceUntilItExpires) {
  core::FixedClock clock{core::Instant(std::chrono::seconds(kNow))};
  MemoryReplayGuard guard(clock);
  ExpectOnce(guard);
  clock.Set(clock.Now() + std::chrono::seconds(60));
  EXPECT_FALSE(guard.Take("a", "1", kNow + 60));
  clock.Set(clock.Now() + std::chrono::seconds(1));
  EXPECT_TRUE(guard.Take("a", "1", kNow + 120));
}

TEST(MemoryReplayGuard, RefusesRatherThanForgets) {
  core::FixedClock clock{core::Instant(std::chrono::seconds(kNow))};
  MemoryReplayGuard guard(clock, 2);
  EXPECT_TRUE(guard.Take("a", "1", kNow + 60));
  EXPECT_TRUE(guard.Take("a", "2", kNow + 60));
  EXPECT_THROW(static_cast<void>(guard.Take("a", "3", kNow + 60)), core::Error);
  EXPECT_FALSE(guard.Take("a", "1", kNow + 60));
}

TEST(StoredReplayGuard, TakesAnIdOnceForAllWhoShareTheStore) {
  core::FixedClock clock{core::Instant(std::chrono::seconds(kNow))};
  const auto store = store::OpenStore(":memory:", {.now = [&clock] { return clock.Now(); }});
  StoredReplayGuard guard(*store);
  ExpectOnce(guard);
  StoredReplayGuard other(*store);
  EXPECT_FALSE(other.Take("a", "1", kNow + 60));
}

TEST(StoredReplayGuard, ForgetsWhatHasExpired) {
  core::FixedClock clock{core::Instant(std::chrono::seconds(kNow))};
  const auto store = store::OpenStore(":memory:", {.now = [&clock] { return clock.Now(); }});
  StoredReplayGuard guard(*store);
  const auto kept = [&store] {
    return store->Read([](const store::Reader& reader) {
      return reader.FindRecords({.kind = "token-used"}).size();
    });
  };
  EXPECT_TRUE(guard.Take("a", "1", kNow + 60));
  EXPECT_TRUE(guard.Take("a", "2", kNow + 600));
  clock.Set(clock.Now() + std::chrono::seconds(60));
  EXPECT_FALSE(guard.Take("a", "1", kNow + 60));
  EXPECT_EQ(kept(), 2U);
  clock.Set(clock.Now() + std::chrono::seconds(1));
  EXPECT_TRUE(guard.Take("a", "3", kNow + 600));
  EXPECT_EQ(kept(), 2U);
  EXPECT_FALSE(guard.Take("a", "2", kNow + 600));
}

// Each process has a gate of its own, with what it has read of the access file.
TEST(Authenticator, TwoOnOneStoreTakeATokenOnce) {
  core::FixedClock clock{core::Instant(std::chrono::seconds(kNow))};
  const auto store = store::OpenStore(":memory:", {.now = [&clock] { return clock.Now(); }});
  const SigningKey key = SigningKey::Generate("ES256");
  const auto process = [&] {
    AuthenticatorOptions options{
        .public_base = "https://gene.test",
        .issuers = {{.issuer = "https://ehr.test", .keys = "unused", .roles = {"cds-client"}}},
        .used = std::make_shared<StoredReplayGuard>(*store)};
    auto authenticator = std::make_unique<Authenticator>(options, clock);
    authenticator->AddOwn("https://own.test",
                          MakeFixedKeys(KeySet::Parse(fhir::PrintJson(
                              fhir::Json{{"keys", fhir::Json::array({key.PublicJwk()})}}))),
                          [](const std::string&) -> std::optional<Authenticator::ClientTraits> {
                            return Authenticator::ClientTraits{};
                          });
    return authenticator;
  };
  const auto first = process();
  const auto second = process();
  const auto token = [&key](const char* id) {
    return key.Sign({{"iss", "https://own.test"},
                     {"sub", "ehr"},
                     {"aud", "https://gene.test/cds-services/genflik-order-sign"},
                     {"iat", kNow},
                     {"exp", kNow + 300},
                     {"jti", id}});
  };
  const std::string path = "/cds-services/genflik-order-sign";
  EXPECT_EQ(first->Authenticate(token("1"), path).client, "ehr");
  EXPECT_THROW(static_cast<void>(second->Authenticate(token("1"), path)), core::Error);
  EXPECT_EQ(second->Authenticate(token("2"), path).client, "ehr");
  EXPECT_THROW(static_cast<void>(first->Authenticate(token("2"), path)), core::Error);
}

TEST(Base64Url, HasOneSpelling) {
  EXPECT_EQ(EncodeBase64Url("\xff\xfe"), "__4");
  EXPECT_EQ(DecodeBase64Url("__4"), "\xff\xfe");
  for (const char* broken : {"__5", "__4=", "A", "+/8", "__ 4", "__4\n"}) {
    EXPECT_FALSE(DecodeBase64Url(broken)) << broken;
  }
}

TEST(Fetch, AsksByHttpsOrOnLoopbackOnly) {
  EXPECT_TRUE(IsFetchable("https://issuer.example.org/keys"));
  EXPECT_TRUE(IsFetchable("http://127.0.0.1:1234/keys"));
  for (const char* url :
       {"http://issuer.example.org/keys", "http://169.254.169.254/latest", "file:///etc/passwd",
        "ftp://127.0.0.1/", "http://127.0.0.1.example.org/", "https://user@issuer.example.org/",
        "http://localhost@example.org/", "gopher://127.0.0.1", "https://", "not a url"}) {
    EXPECT_FALSE(IsFetchable(url)) << url;
  }
  EXPECT_THROW(static_cast<void>(FetchText("http://169.254.169.254/keys", {})), core::Error);
  EXPECT_THROW(static_cast<void>(FetchText("/does/not/exist", {})), core::Error);
}

}  // namespace
}  // namespace genflik::security
