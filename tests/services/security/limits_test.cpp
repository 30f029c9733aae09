#include "services/security/limits.h"

#include <vector>

#include <gtest/gtest.h>

#include "services/core/error.h"

namespace genflik::security {
namespace {

bool Refuses(Limits& limits, const std::string& caller) {
  try {
    static_cast<void>(limits.Enter(caller));
    return false;
  } catch (const core::Error& error) {
    EXPECT_EQ(error.code(), core::ErrorCode::kThrottled);
    return true;
  }
}

TEST(Limits, HoldEachCallerToItsRate) {
  // So slow that nothing is refilled while the test runs.
  Limits limits({.per_second = 1e-6, .burst = 3});
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(Refuses(limits, "a"));
  EXPECT_TRUE(Refuses(limits, "a"));
  EXPECT_FALSE(Refuses(limits, "b"));
}

TEST(Limits, HoldEachCallerToWhatIsUnderWay) {
  Limits limits({.at_once = 2});
  std::vector<Limits::Pass> passes;
  passes.push_back(limits.Enter("a"));
  passes.push_back(limits.Enter("a"));
  EXPECT_TRUE(Refuses(limits, "a"));
  EXPECT_FALSE(Refuses(limits, "b"));
  passes.pop_back();
  EXPECT_FALSE(Refuses(limits, "a"));
  Limits::Pass moved = std::move(passes.front());
  passes.clear();
  passes.push_back(limits.Enter("a"));
  EXPECT_TRUE(Refuses(limits, "a"));
}

TEST(Limits, LetAllThroughWhenThereAreNone) {
  Limits limits({});
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(Refuses(limits, "a"));
}

}  // namespace
}  // namespace genflik::security
