#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// date, dateTime and instant with the precision they were written in:
// http://hl7.org/fhir/R4/datatypes.html#dateTime

namespace genflik::fhir {

enum class DatePrecision { kYear, kMonth, kDay, kSecond, kFraction };

/// A point in time as it was written. Without a zone it is taken as UTC.
struct DateTime {
  int year = 1;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  /// 60 only in a leap second.
  int second = 0;
  /// Thousandths of a second; further digits are cut.
  int millisecond = 0;
  /// Minutes east of UTC; absent without a time of day.
  std::optional<int> zone = {};
  DatePrecision precision = DatePrecision::kDay;

  bool operator==(const DateTime&) const = default;
};

/// Reads a date or dateTime in one of the forms that FHIR allows; nothing when it has another form
/// or does not exist (30 February).
[[nodiscard]] std::optional<DateTime> ReadDateTime(std::string_view text);
/// The same, and refuses what has a time of day.
[[nodiscard]] std::optional<DateTime> ReadDate(std::string_view text);
/// The same, and refuses what has no time of day with zone.
[[nodiscard]] std::optional<DateTime> ReadInstant(std::string_view text);
/// True for a FHIR time of day, such as "08:30:00".
[[nodiscard]] bool IsTime(std::string_view text);

/// Writes it in its precision and zone.
[[nodiscard]] std::string PrintDateTime(const DateTime& value);
/// An instant in UTC with milliseconds: "2026-11-21T23:15:00.000Z".
[[nodiscard]] std::string PrintInstant(std::int64_t milliseconds);

/// A span of time [low, high) in milliseconds since 1970-01-01T00:00:00Z.
struct TimeSpan {
  std::int64_t low = 0;
  std::int64_t high = 0;

  bool operator==(const TimeSpan&) const = default;
};

/// The span that the written precision implies: "2026" is the whole year.
[[nodiscard]] TimeSpan SpanOf(const DateTime& value);
/// Orders two points when their spans do not overlap or are equal; unordered otherwise.
[[nodiscard]] std::partial_ordering Compare(const DateTime& a, const DateTime& b);

}  // namespace genflik::fhir
