#include "fhir/datetime.h"

#include <gtest/gtest.h>

namespace genflik::fhir {
namespace {

TEST(DateTime, KeepsPrecisionAndZone) {
  for (const auto* text : {"2026", "2026-02", "2024-02-29", "2026-11-21T23:15:00Z",
                           "2026-11-21T23:15:00.250+01:00", "2026-11-21T23:15:00-05:30"}) {
    const auto value = ReadDateTime(text);
    ASSERT_TRUE(value) << text;
    EXPECT_EQ(PrintDateTime(*value), text);
  }
}

TEST(DateTime, RefusesWhatDoesNotExist) {
  for (const auto* text : {"",
                           "0000",
                           "26",
                           "2026-13",
                           "2026-00",
                           "2026-02-30",
                           "2023-02-29",
                           "2026-1-1",
                           "2026-11-21T",
                           "2026-11-21T10",
                           "2026-11-21T10:00Z",
                           "2026-11-21T10:00:00",
                           "2026-11-21T24:00:00Z",
                           "2026-11-21T10:60:00Z",
                           "2026-11-21T10:00:61Z",
                           "2026-11-21T10:00:00+15:00",
                           "2026-11-21T10:00:00+14:01",
                           "2026-11-21T10:00:00.Z",
                           "2026-11-21 10:00:00Z",
                           "2026-11-21T10:00:00Zx",
                           "2026-11-21x",
                           "-026"}) {
    EXPECT_FALSE(ReadDateTime(text)) << text;
  }
}

TEST(DateTime, TellsDatesFromInstants) {
  EXPECT_TRUE(ReadDate("2026-11"));
  EXPECT_FALSE(ReadDate("2026-11-21T10:00:00Z"));
  EXPECT_FALSE(ReadInstant("2026-11-21"));
  EXPECT_TRUE(ReadInstant("2026-11-21T10:00:00.5Z"));
  EXPECT_TRUE(IsTime("08:30:00.1"));
  EXPECT_FALSE(IsTime("8:30:00"));
  EXPECT_FALSE(IsTime("08:30"));
}

TEST(DateTime, SpansWhatThePrecisionImplies) {
  EXPECT_EQ(SpanOf(*ReadDateTime("1970")), (TimeSpan{0, 365LL * 86'400'000}));
  EXPECT_EQ(SpanOf(*ReadDateTime("1970-02")), (TimeSpan{31LL * 86'400'000, 59LL * 86'400'000}));
  EXPECT_EQ(SpanOf(*ReadDateTime("1970-01-02")), (TimeSpan{86'400'000, 172'800'000}));
  EXPECT_EQ(SpanOf(*ReadDateTime("1970-01-01T01:00:00+01:00")), (TimeSpan{0, 1000}));
  EXPECT_EQ(SpanOf(*ReadDateTime("1970-01-01T00:00:00.123Z")), (TimeSpan{123, 124}));
  EXPECT_EQ(SpanOf(*ReadDateTime("1969-12-31")).high, 0);
}

TEST(DateTime, ComparesOnlyWhatCanBeCompared) {
  const auto compare = [](const char* a, const char* b) {
    return Compare(*ReadDateTime(a), *ReadDateTime(b));
  };
  EXPECT_EQ(compare("2025", "2026-01"), std::partial_ordering::less);
  EXPECT_EQ(compare("2026", "2026-01"), std::partial_ordering::unordered);
  EXPECT_EQ(compare("2026-01-01T10:00:00+01:00", "2026-01-01T09:00:00Z"),
            std::partial_ordering::equivalent);
  EXPECT_EQ(compare("2026-01-02", "2026-01-01"), std::partial_ordering::greater);
}

TEST(DateTime, PrintsInstants) {
  EXPECT_EQ(PrintInstant(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(PrintInstant(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(PrintInstant(1'795'302'900'007), "2026-11-21T23:15:00.007Z");
}

}  // namespace
}  // namespace genflik::fhir
