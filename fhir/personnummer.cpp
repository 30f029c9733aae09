#include "fhir/personnummer.h"

#include <algorithm>

namespace genflik::fhir {
namespace {

constexpr size_t kLong = 12;
constexpr size_t kShort = 10;
constexpr int kSamordningDays = 60;
constexpr int kFullAge = 100;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

int NumberAt(std::string_view digits, size_t start, size_t count) {
  int number = 0;
  for (const char c : digits.substr(start, count)) number = number * 10 + (c - '0');
  return number;
}

// Over the last ten digits only: the century takes no part in the check digit.
bool HasCheckDigit(std::string_view twelve) {
  int sum = 0;
  for (size_t i = 0; i < kShort; ++i) {
    const int product = (twelve[2 + i] - '0') * (i % 2 == 0 ? 2 : 1);
    sum += product / 10 + product % 10;
  }
  return sum % 10 == 0;
}

// The latest century that puts the birth before `today`; one earlier with "+".
std::string AddCentury(std::string_view ten, char separator, std::chrono::year_month_day today) {
  const int year = static_cast<int>(today.year());
  const int month = static_cast<int>(static_cast<unsigned>(today.month()));
  const int day = static_cast<int>(static_cast<unsigned>(today.day()));
  const int raw_day = NumberAt(ten, 4, 2);
  const int birth_day = raw_day > kSamordningDays ? raw_day - kSamordningDays : raw_day;
  int birth = year - year % kFullAge + NumberAt(ten, 0, 2);
  const int of_year = NumberAt(ten, 2, 2) * kFullAge + birth_day;
  if (birth > year || (birth == year && of_year > month * kFullAge + day)) birth -= kFullAge;
  // "+" is written from the year in which the person turns 100.
  if (separator == '+') birth -= kFullAge;
  return std::to_string(birth / kFullAge).append(ten);
}

}  // namespace

std::optional<Personnummer> ReadPersonnummer(std::string_view text, std::chrono::sys_days today) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  std::string digits(text);
  char separator = ' ';
  const size_t place = digits.size() < 5 ? std::string::npos : digits.size() - 5;
  if (place != std::string::npos && (digits[place] == '-' || digits[place] == '+')) {
    separator = digits[place];
    digits.erase(place, 1);
  }
  if (!std::ranges::all_of(digits, IsDigit)) return std::nullopt;
  if (digits.size() == kShort) {
    digits = AddCentury(digits, separator, today);
  } else if (digits.size() != kLong || separator == '+') {
    return std::nullopt;
  }

  Personnummer number{digits, PersonnummerKind::kPersonnummer};
  int day = NumberAt(digits, 6, 2);
  if (day > kSamordningDays) {
    number.kind = PersonnummerKind::kSamordningsnummer;
    day -= kSamordningDays;
  }
  const auto birth = std::chrono::year{NumberAt(digits, 0, 4)} /
                     std::chrono::month{static_cast<unsigned>(NumberAt(digits, 4, 2))} /
                     std::chrono::day{static_cast<unsigned>(day)};
  if (!birth.ok() || std::chrono::sys_days(birth) > today || !HasCheckDigit(digits)) {
    return std::nullopt;
  }
  return number;
}

std::optional<Personnummer> ReadPersonnummer(std::string_view text) {
  return ReadPersonnummer(text,
                          std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()));
}

}  // namespace genflik::fhir
