#include "fhir/datetime.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace genflik::fhir {
namespace {

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr int kMaxZone = 14 * 60;

// Takes the pieces of a date off the front of a text.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool AtEnd() const { return text_.empty(); }

  bool Take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }

  // Exactly `count` digits with a value in [least, most].
  bool Number(size_t count, int least, int most, int& value) {
    if (text_.size() < count) return false;
    int number = 0;
    for (const char c : text_.substr(0, count)) {
      if (c < '0' || c > '9') return false;
      number = number * 10 + (c - '0');
    }
    text_.remove_prefix(count);
    value = number;
    return number >= least && number <= most;
  }

  // One or more digits after the point; false when there are none.
  bool Fraction(int& milliseconds) {
    size_t digits = 0;
    milliseconds = 0;
    while (digits < text_.size() && text_[digits] >= '0' && text_[digits] <= '9') ++digits;
    for (size_t i = 0; i < 3; ++i) {
      milliseconds = milliseconds * 10 + (i < digits ? text_[i] - '0' : 0);
    }
    text_.remove_prefix(digits);
    return digits > 0;
  }

 private:
  std::string_view text_;
};

bool ReadTime(Reader& reader, DateTime& value) {
  if (!reader.Number(2, 0, 23, value.hour) || !reader.Take(':') ||
      !reader.Number(2, 0, 59, value.minute) || !reader.Take(':') ||
      !reader.Number(2, 0, 60, value.second)) {
    return false;
  }
  value.precision = DatePrecision::kSecond;
  if (!reader.Take('.')) return true;
  value.precision = DatePrecision::kFraction;
  return reader.Fraction(value.millisecond);
}

bool ReadZone(Reader& reader, DateTime& value) {
  if (reader.Take('Z')) {
    value.zone = 0;
    return true;
  }
  const bool west = reader.Take('-');
  if (!west && !reader.Take('+')) return false;
  int hours = 0;
  int minutes = 0;
  if (!reader.Number(2, 0, 14, hours) || !reader.Take(':') || !reader.Number(2, 0, 59, minutes)) {
    return false;
  }
  const int offset = hours * 60 + minutes;
  value.zone = west ? -offset : offset;
  return offset <= kMaxZone;
}

int DaysIn(int year, int month) {
  const auto last = std::chrono::year{year} / month / std::chrono::last;
  return static_cast<int>(static_cast<unsigned>(last.day()));
}

std::int64_t Days(int year, int month, int day) {
  const std::chrono::year_month_day date = std::chrono::year{year} / month / day;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

}  // namespace

std::optional<DateTime> ReadDateTime(std::string_view text) {
  Reader reader(text);
  DateTime value;
  if (!reader.Number(4, 1, 9999, value.year)) return std::nullopt;
  value.precision = DatePrecision::kYear;
  if (reader.AtEnd()) return value;
  if (!reader.Take('-') || !reader.Number(2, 1, 12, value.month)) return std::nullopt;
  value.precision = DatePrecision::kMonth;
  if (reader.AtEnd()) return value;
  if (!reader.Take('-') || !reader.Number(2, 1, DaysIn(value.year, value.month), value.day)) {
    return std::nullopt;
  }
  value.precision = DatePrecision::kDay;
  if (reader.AtEnd()) return value;
  if (!reader.Take('T') || !ReadTime(reader, value) || !ReadZone(reader, value))
    return std::nullopt;
  return reader.AtEnd() ? std::optional(value) : std::nullopt;
}

std::optional<DateTime> ReadDate(std::string_view text) {
  auto value = ReadDateTime(text);
  return value && value->precision <= DatePrecision::kDay ? value : std::nullopt;
}

std::optional<DateTime> ReadInstant(std::string_view text) {
  auto value = ReadDateTime(text);
  return value && value->precision >= DatePrecision::kSecond ? value : std::nullopt;
}

bool IsTime(std::string_view text) {
  Reader reader(text);
  DateTime value;
  return ReadTime(reader, value) && reader.AtEnd();
}

std::string PrintDateTime(const DateTime& value) {
  std::array<char, 48> buffer{};
  int size =
      std::snprintf(buffer.data(), buffer.size(), "%04d-%02d-%02dT%02d:%02d:%02d", value.year,
                    value.month, value.day, value.hour, value.minute, value.second);
  constexpr std::array<int, 3> kDateSizes = {4, 7, 10};
  const auto precision = static_cast<size_t>(value.precision);
  if (precision < kDateSizes.size()) size = kDateSizes.at(precision);
  std::string text(buffer.data(), static_cast<size_t>(size));
  if (value.precision < DatePrecision::kSecond) return text;
  if (value.precision == DatePrecision::kFraction) {
    size = std::snprintf(buffer.data(), buffer.size(), ".%03d", value.millisecond);
    text.append(buffer.data(), static_cast<size_t>(size));
  }
  const int zone = value.zone.value_or(0);
  if (zone == 0) return text + "Z";
  const int minutes = std::abs(zone);
  size = std::snprintf(buffer.data(), buffer.size(), "%c%02d:%02d", zone < 0 ? '-' : '+',
                       minutes / 60, minutes % 60);
  return text.append(buffer.data(), static_cast<size_t>(size));
}

std::string PrintInstant(std::int64_t milliseconds) {
  std::int64_t days = milliseconds / kDay;
  std::int64_t rest = milliseconds % kDay;
  if (rest < 0) {
    rest += kDay;
    --days;
  }
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
  DateTime value;
  value.year = static_cast<int>(date.year());
  value.month = static_cast<int>(static_cast<unsigned>(date.month()));
  value.day = static_cast<int>(static_cast<unsigned>(date.day()));
  value.hour = static_cast<int>(rest / kHour);
  value.minute = static_cast<int>(rest % kHour / kMinute);
  value.second = static_cast<int>(rest % kMinute / kSecond);
  value.millisecond = static_cast<int>(rest % kSecond);
  value.zone = 0;
  value.precision = DatePrecision::kFraction;
  return PrintDateTime(value);
}

TimeSpan SpanOf(const DateTime& value) {
  switch (value.precision) {
    case DatePrecision::kYear:
      return {Days(value.year, 1, 1) * kDay, Days(value.year + 1, 1, 1) * kDay};
    case DatePrecision::kMonth: {
      const std::int64_t low = Days(value.year, value.month, 1);
      return {low * kDay, (low + DaysIn(value.year, value.month)) * kDay};
    }
    case DatePrecision::kDay: {
      const std::int64_t low = Days(value.year, value.month, value.day) * kDay;
      return {low, low + kDay};
    }
    default:
      break;
  }
  const std::int64_t low = Days(value.year, value.month, value.day) * kDay + value.hour * kHour +
                           (value.minute - value.zone.value_or(0)) * kMinute +
                           value.second * kSecond + value.millisecond;
  return {low, low + (value.precision == DatePrecision::kSecond ? kSecond : 1)};
}

std::partial_ordering Compare(const DateTime& a, const DateTime& b) {
  const TimeSpan left = SpanOf(a);
  const TimeSpan right = SpanOf(b);
  if (left == right) return std::partial_ordering::equivalent;
  if (left.high <= right.low) return std::partial_ordering::less;
  if (right.high <= left.low) return std::partial_ordering::greater;
  return std::partial_ordering::unordered;
}

}  // namespace genflik::fhir
