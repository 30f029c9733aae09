#include "fhir/json.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

// Eight characters are looked at together, so each place among them is tried, and letters of more
// than one byte beside.
TEST(Json, EscapesWhereverItStands) {
  const std::vector<std::pair<std::string, std::string>> specials = {
      {"\"", "\\\""},
      {"\\", "\\\\"},
      {"\n", "\\n"},
      {"\x1f", "\\u001f"},
      {std::string(1, '\0'), "\\u0000"},
      {"\x7f", "\x7f"},
      {" ", " "},
      {"å", "å"},
      {"!", "!"}};
  for (size_t before = 0; before < 18; ++before) {
    for (const auto& [plain, printed] : specials) {
      for (const std::string tail : {"", "x", "åäö, 12345678\"", "]\x01"}) {
        const std::string start(before, before % 2 == 0 ? 'a' : '#');
        std::string rest = tail;
        if (tail.ends_with('"')) rest.insert(rest.size() - 1, "\\");
        if (tail.ends_with('\x01')) rest = "]\\u0001";
        EXPECT_EQ(PrintJson(Json(start + plain + tail)), '"' + start + printed + rest + '"');
      }
    }
  }
}

// Strings are read eight characters at a time too.
TEST(Json, ReadsBackEveryCharacterAtEveryPlace) {
  for (size_t before = 0; before < 18; ++before) {
    const std::string start(before, 'a');
    for (int c = 0; c < 256; ++c) {
      const std::string one(1, static_cast<char>(c));
      const bool escaped = one == "\"" || one == "\\";
      const std::string raw = (escaped ? "\\" : "") + one;
      IssueLog log;
      const auto read =
          ParseJson("{\"" + start + raw + "\":[\"" + start + raw + "b\",-1.50,2]}", log);
      ASSERT_EQ(read.has_value(), c >= 0x20 && c < 0x80) << c << " after " << before;
      if (!read) continue;
      EXPECT_EQ(read->items().begin().key(), start + one);
      const Json& list = read->begin().value();
      EXPECT_EQ(list.at(0).get<std::string>(), start + one + "b");
      EXPECT_EQ(NumberText(list.at(1)), "-1.50");
      EXPECT_EQ(NumberText(list.at(2)), "2");
    }
    IssueLog log;
    const auto read = ParseJson('"' + start + "\\u00e5\\n\\ud83d\\ude00ö" + start + '"', log);
    ASSERT_TRUE(read) << before;
    EXPECT_EQ(read->get<std::string>(), start + "å\n😀ö" + start);
  }
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

TEST(Json, RefusesWhatOtherReadersLetPass) {
  using namespace std::string_view_literals;
  for (const std::string_view text : {"{}\0"sv,
                                      "\0"sv,
                                      "\"a\0b\""sv,
                                      "01"sv,
                                      "1."sv,
                                      "+1"sv,
                                      ".5"sv,
                                      "NaN"sv,
                                      "Infinity"sv,
                                      "[1]//"sv,
                                      "'a'"sv,
                                      "{a:1}"sv,
                                      "\"\t\""sv,
                                      R"("\ud800")"sv,
                                      R"("\ude00")"sv,
                                      R"({"a\udfff":1})"sv,
                                      R"("\x41")"sv,
                                      "\"\xc0\xaf\""sv,
                                      "\"\xed\xa0\x80\""sv,
                                      "\"\xf5\x80\x80\x80\""sv,
                                      "-1e400"sv,
                                      "[1}"sv,
                                      "{\"a\"}"sv,
                                      "1 2"sv}) {
    IssueLog log;
    EXPECT_FALSE(ParseJson(text, log)) << text;
    EXPECT_EQ(log.issues().size(), 1U) << text;
  }
}

TEST(Json, ReadsWhatJsonAllows) {
  for (const auto& [text, printed] : std::vector<std::pair<std::string, std::string>>{
           {"\xEF\xBB\xBF[]", "[]"},
           {" \t\r\n{ } ", "{}"},
           {R"("\u00e5\ud83d\ude00\/")", "\"å😀/\""},
           {"1e-999", "1e-999"},
           {"-9223372036854775808", "-9223372036854775808"},
           {"99999999999999999999999999", "99999999999999999999999999"},
           {R"({"":[[],[{}],null,true,false]})", R"({"":[[],[{}],null,true,false]})"}}) {
    IssueLog log;
    const auto value = ParseJson(text, log);
    ASSERT_TRUE(value) << text;
    EXPECT_EQ(PrintJson(*value), printed);
  }
}

TEST(Json, NamesThePlaceOfAFault) {
  for (const auto& [text, path] :
       std::vector<std::pair<std::string, std::string>>{{R"({"a":[1,2,{"b":1e999}]})", "a[2].b"},
                                                        {R"({"a":{"b":[[0],[1,}]})", "a.b[1][0]"},
                                                        {R"({"a":1,"b":{"c":tru}})", "b.c"}}) {
    IssueLog log;
    EXPECT_FALSE(ParseJson(text, log)) << text;
    ASSERT_EQ(log.issues().size(), 1U);
    EXPECT_EQ(log.issues()[0].path, path) << text;
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
