#include "services/core/clock.h"

#include <array>
#include <cstdio>

namespace genflik::core {
namespace {

struct Parts {
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<std::chrono::milliseconds> time;
  std::chrono::weekday weekday;
};

Parts Split(Instant instant) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  return {std::chrono::year_month_day(day), std::chrono::hh_mm_ss(instant - day),
          std::chrono::weekday(day)};
}

}  // namespace

Instant SystemClock::Now() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::string PrintInstant(Instant instant) {
  const Parts parts = Split(instant);
  std::array<char, 40> text{};
  const int length = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
      static_cast<int>(parts.date.year()), static_cast<unsigned>(parts.date.month()),
      static_cast<unsigned>(parts.date.day()), static_cast<int>(parts.time.hours().count()),
      static_cast<int>(parts.time.minutes().count()),
      static_cast<int>(parts.time.seconds().count()),
      static_cast<int>(parts.time.subseconds().count()));
  return {text.data(), static_cast<size_t>(length)};
}

std::string PrintHttpDate(Instant instant) {
  static constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                       "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const Parts parts = Split(instant);
  std::array<char, 40> text{};
  const int length = std::snprintf(
      text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
      kDays.at(parts.weekday.c_encoding()), static_cast<unsigned>(parts.date.day()),
      kMonths.at(static_cast<unsigned>(parts.date.month()) - 1),
      static_cast<int>(parts.date.year()), static_cast<int>(parts.time.hours().count()),
      static_cast<int>(parts.time.minutes().count()),
      static_cast<int>(parts.time.seconds().count()));
  return {text.data(), static_cast<size_t>(length)};
}

}  // namespace genflik::core
