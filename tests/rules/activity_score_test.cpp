#include "rules/activity_score.h"

#include <gtest/gtest.h>

namespace genflik::rules {
namespace {

TEST(ActivityScore, PrintsWhatItRead) {
  for (const char* text : {"0.0", "0.25", "0.5", "1.0", "1.25", "2.0", "≥3.0", "≥3.25", "n/a"}) {
    const auto score = ActivityScore::Parse(text);
    ASSERT_TRUE(score) << text;
    EXPECT_EQ(score->Text(), text);
  }
  EXPECT_EQ(ActivityScore::Parse("1")->Text(), "1.0");
  EXPECT_EQ(ActivityScore::Parse(">=3")->Text(), "≥3.0");
  for (const char* text : {"", "x", "-1", "1.0x", "≥", "nan", "inf", "1e99"}) {
    EXPECT_FALSE(ActivityScore::Parse(text)) << text;
  }
}

TEST(ActivityScore, AddsAndScales) {
  const ActivityScore one = ActivityScore::Exact(1000);
  EXPECT_EQ((one + ActivityScore::AtLeast(3000)).Text(), "≥4.0");
  EXPECT_EQ((one + ActivityScore()).Text(), "n/a");
  EXPECT_EQ(ActivityScore::Exact(750).Times(0.5).Text(), "0.375");
  EXPECT_EQ(ActivityScore::AtLeast(3000).Times(0.5).Text(), "≥1.5");
  EXPECT_EQ(ActivityScore::AtLeast(3000).Times(0).Text(), "0.0");
  EXPECT_EQ(ActivityScore().Times(0).Text(), "0.0");
  EXPECT_EQ(ActivityScore().Times(0.5).Text(), "n/a");
  EXPECT_EQ(ActivityScore::FromNumber(-1).Text(), "n/a");
}

}  // namespace
}  // namespace genflik::rules
