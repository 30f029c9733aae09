#include "services/http/message.h"

#include <sstream>

#include <gtest/gtest.h>

#include "services/core/error.h"

namespace genflik::http {
namespace {

core::ErrorCode CodeThrownBy(const auto& action) {
  try {
    action();
  } catch (const core::Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "nothing was thrown";
  return core::ErrorCode::kInternal;
}

TEST(Message, DecodesPathsAndQueries) {
  EXPECT_EQ(ReadPath("/fhir/Patient%2F1/?a=b"), "/fhir/Patient/1");
  EXPECT_EQ(ReadPath("/"), "/");
  const auto query = ReadQuery("name=%C3%96berg+A&&empty=&flag&a=b=c%2B");
  ASSERT_EQ(query.size(), 4U);
  EXPECT_EQ(query[0].second, "Öberg A");
  EXPECT_EQ(query[2], (std::pair<std::string, std::string>("flag", "")));
  EXPECT_EQ(query[3].second, "b=c+");
  EXPECT_EQ(ReadPath("/a%20b/" + PercentEncode("å/?")), "/a b/å/?");
}

TEST(Message, RefusesPathsThatClimbAndBrokenEscapes) {
  for (const char* target : {"/tab/../etc", "/tab/%2e%2e/x", "/a%2", "/a%zz", "/a%00", "x", "/."}) {
    EXPECT_EQ(CodeThrownBy([&] { ReadPath(target); }), core::ErrorCode::kMalformed) << target;
  }
}

TEST(Message, RefusesContradictingLengths) {
  const auto code = [](const Headers& headers) {
    return CodeThrownBy([&] { ReadFraming(headers, 100); });
  };
  EXPECT_EQ(code({{"Content-Length", "3"}, {"Transfer-Encoding", "chunked"}}),
            core::ErrorCode::kMalformed);
  EXPECT_EQ(code({{"Content-Length", "3"}, {"content-length", "4"}}), core::ErrorCode::kMalformed);
  EXPECT_EQ(code({{"Content-Length", "-3"}}), core::ErrorCode::kMalformed);
  EXPECT_EQ(code({{"Content-Length", "3x"}}), core::ErrorCode::kMalformed);
  EXPECT_EQ(code({{"Transfer-Encoding", "gzip, chunked"}}), core::ErrorCode::kMalformed);
  EXPECT_EQ(code({{"Content-Length", "101"}}), core::ErrorCode::kTooLarge);
  EXPECT_EQ(code({{"Content-Length", "99999999999999999999999"}}), core::ErrorCode::kTooLarge);
  EXPECT_EQ(code({{"Content-Encoding", "gzip"}}), core::ErrorCode::kUnsupported);
}

TEST(Message, ReadsABodyAndSaysWhereItEnded) {
  std::istringstream whole("hello");
  EXPECT_EQ(ReadBody(whole, {.chunked = false, .length = 5}, 10), "hello");
  std::istringstream early("hel");
  EXPECT_EQ(CodeThrownBy([&] { return ReadBody(early, {.chunked = false, .length = 5}, 10); }),
            core::ErrorCode::kMalformed);
  std::istringstream large("hello hello");
  EXPECT_EQ(CodeThrownBy([&] { return ReadBody(large, {.chunked = true, .length = 0}, 10); }),
            core::ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace genflik::http
