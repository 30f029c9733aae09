#include "fhir/json.h"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace genflik::fhir {
namespace {

TEST(Json, KeepsTheDigitsOfDecimals) {
  const std::string text =
      R"({"b":1.50,"a":[0.0,1e3,-0,12345678901234567890,1.0E-2,7],"c":"å\u0001\"\\/"})";
  IssueLog log;
  const auto value = ParseJson(text, log);
  ASSERT_TRUE(value);
  EXPECT_EQ(PrintJson(*value),
            R"({"b":1.50,"a":[0.0,1e3,0,12345678901234567890,1.0E-2,7],"c":"å\u0001\"\\/"})");
  EXPECT_EQ(NumberText(value->at("b")), "1.50");
  EXPECT_EQ(NumberOf(value->at("b")), 1.5);
}

TEST(Json, TellsOnePointFiveFromOnePointFifty) {
  IssueLog log;
  EXPECT_NE(*ParseJson("1.5", log), *ParseJson("1.50", log));
}

TEST(Json, RefusesEqualKeysAndNamesThePlace) {
  IssueLog log;
  EXPECT_FALSE(ParseJson(R"({"a":[{},{"b":1,"b":2}]})", log));
  ASSERT_EQ(log.issues().size(), 1U);
  EXPECT_EQ(log.issues()[0].path, "a[1].b");
}

TEST(Json, RefusesWhatIsNotJson) {
  for (const char* text : {"", "{", "[1,]", "{\"a\":1} x", "\"\xff\"", "1e999", "nul"}) {
    IssueLog log;
    EXPECT_FALSE(ParseJson(text, log)) << text;
    EXPECT_TRUE(log.HasErrors()) << text;
  }
}

TEST(Json, RefusesDepthAndSizeOverTheLimit) {
  IssueLog log;
  EXPECT_FALSE(ParseJson(std::string(1000, '['), log));
  IssueLog second;
  EXPECT_FALSE(ParseJson("[1,2,3]", second, {.max_bytes = 3}));
}

}  // namespace
}  // namespace genflik::fhir
