#include "services/security/replay.h"

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "services/core/clock.h"
#include "services/core/error.h"
#include "services/security/base64.h"
#include "services/security/fetch.h"
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
  const auto store = store::OpenStore(":memory:", {});
  StoredReplayGuard guard(*store);
  ExpectOnce(guard);
  StoredReplayGuard other(*store);
  EXPECT_FALSE(other.Take("a", "1", kNow + 60));
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
