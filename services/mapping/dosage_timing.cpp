#include "services/mapping/dosage_timing.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/mapping/dosage_text.h"
#include "services/mapping/dosage_units.h"

namespace genflik::mapping {
namespace {

using fhir::Json;

void Refuse(DoseTiming& timing, std::string code, std::string reason) {
  if (!timing.ok()) return;
  timing.reason_code = std::move(code);
  timing.reason = std::move(reason);
}

std::optional<double> Days(std::string_view unit) {
  static const std::unordered_map<std::string_view, double> days{
      {"s", 1.0 / 86400}, {"min", 1.0 / 1440}, {"h", 1.0 / 24}, {"d", 1},
      {"wk", 7},          {"mo", 30.4375},     {"a", 365.25}};
  const auto found = days.find(unit);
  if (found == days.end()) return std::nullopt;
  return found->second;
}

// Doses a day that a code of GTSAbbreviation means (and its common neighbours).
std::optional<double> CodeRate(std::string_view code) {
  static const std::unordered_map<std::string_view, double> rates{
      {"QD", 1},   {"BID", 2}, {"TID", 3},  {"QID", 4},      {"AM", 1},           {"PM", 1},
      {"QOD", .5}, {"BED", 1}, {"Q1H", 24}, {"Q2H", 12},     {"Q3H", 8},          {"Q4H", 6},
      {"Q6H", 4},  {"Q8H", 3}, {"Q12H", 2}, {"WK", 1.0 / 7}, {"MO", 1 / 30.4375}, {"OD", 1},
      {"BD", 2},   {"TDS", 3}, {"QDS", 4},  {"QHS", 1},      {"Q24H", 1}};
  const auto found = rates.find(code);
  if (found == rates.end()) return std::nullopt;
  return found->second;
}

std::optional<double> Number(const Json& object, std::string_view name) {
  const Json* value = fhir::Find(object, name);
  return value == nullptr ? std::nullopt : fhir::NumberOf(*value);
}

std::optional<double> QuantityDays(const Json* quantity) {
  if (quantity == nullptr) return std::nullopt;
  const ReadQuantity read = ReadDoseQuantity(*quantity);
  if (!read.ok() || read.unit.kind != UnitKind::kTime) return std::nullopt;
  return read.value * read.unit.factor;
}

std::optional<std::chrono::sys_days> DateOf(std::string_view text) {
  if (text.size() < 10) return std::nullopt;
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  std::from_chars(text.data(), text.data() + 4, year);
  std::from_chars(text.data() + 5, text.data() + 7, month);
  std::from_chars(text.data() + 8, text.data() + 10, day);
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                         std::chrono::day{day}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date};
}

std::optional<double> BoundDays(const Json& repeat) {
  if (const auto days = QuantityDays(fhir::Find(repeat, "boundsDuration"))) return days;
  if (const Json* range = fhir::Find(repeat, "boundsRange")) {
    return QuantityDays(fhir::Find(*range, "high"));
  }
  const Json* period = fhir::Find(repeat, "boundsPeriod");
  if (period == nullptr) return std::nullopt;
  const auto start = DateOf(fhir::FindText(*period, "start"));
  const auto end = DateOf(fhir::FindText(*period, "end"));
  if (!start || !end || *end < *start) return std::nullopt;
  // Both days count.
  return static_cast<double>((*end - *start).count() + 1);
}

// Moments of the day; nothing when a code names "each meal" without saying how many.
struct Moments {
  size_t count = 0;
  bool uncounted = false;
};

Moments ReadMoments(const Json& repeat, DoseTiming& timing) {
  static const std::set<std::string_view> known{
      "MORN", "MORN.early", "MORN.late", "NOON",  "AFT", "AFT.early", "AFT.late",
      "EVE",  "EVE.early",  "EVE.late",  "NIGHT", "PHS", "HS",        "WAKE",
      "C",    "CM",         "CD",        "CV",    "AC",  "ACM",       "ACD",
      "ACV",  "PC",         "PCM",       "PCD",   "PCV"};
  Moments moments;
  std::set<std::string, std::less<>> seen;
  for (const Json& when : fhir::FindArray(repeat, "when")) {
    const std::string code = when.is_string() ? when.get<std::string>() : "";
    if (!known.contains(code))
      Refuse(timing, "invalid", "unknown moment of the day '" + code + "'");
    if (code == "C" || code == "AC" || code == "PC") moments.uncounted = true;
    seen.insert(code);
  }
  moments.count = seen.size();
  std::set<std::string, std::less<>> times;
  for (const Json& time : fhir::FindArray(repeat, "timeOfDay")) {
    if (time.is_string()) times.insert(time.get<std::string>());
  }
  if (moments.count == 0) {
    moments.count = times.size();
  } else if (!times.empty() && !moments.uncounted && times.size() != moments.count) {
    timing.other = static_cast<double>(times.size());
  }
  return moments;
}

size_t ReadDaysOfWeek(const Json& repeat, DoseTiming& timing) {
  static const std::set<std::string_view> known{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  std::set<std::string, std::less<>> days;
  for (const Json& day : fhir::FindArray(repeat, "dayOfWeek")) {
    const std::string code = day.is_string() ? day.get<std::string>() : "";
    if (!known.contains(code)) Refuse(timing, "invalid", "unknown day of the week '" + code + "'");
    days.insert(code);
  }
  return days.size();
}

// frequency, period and their maxima as they were written.
struct Rate {
  std::optional<double> frequency;
  double frequency_max = 0;
  std::optional<double> period;
  double period_max = 0;
};

Rate ReadRate(const Json& repeat, DoseTiming& timing) {
  Rate rate;
  rate.frequency = Number(repeat, "frequency");
  const auto most = Number(repeat, "frequencyMax");
  if (!rate.frequency && most) rate.frequency = most;
  rate.frequency_max = most.value_or(rate.frequency.value_or(0));
  rate.period = Number(repeat, "period");
  const auto longest = Number(repeat, "periodMax");
  const std::string_view unit = fhir::FindText(repeat, "periodUnit");
  if ((rate.frequency && *rate.frequency <= 0) || (rate.period && *rate.period <= 0)) {
    Refuse(timing, "invalid", "frequency and period must be above zero");
  }
  if (rate.frequency_max < rate.frequency.value_or(0) ||
      (longest && *longest < rate.period.value_or(0))) {
    Refuse(timing, "invalid", "a maximum below its minimum");
  }
  const bool unit_known = Days(unit).has_value();
  if (!unit.empty() && !unit_known) {
    Refuse(timing, "invalid", "unknown unit of period '" + std::string(unit) + "'");
  }
  if (rate.period && unit.empty()) Refuse(timing, "no-period-unit", "a period without its unit");
  if (!rate.period || !unit_known) return rate;
  rate.period_max = longest.value_or(*rate.period) * *Days(unit);
  rate.period = *rate.period * *Days(unit);
  return rate;
}

bool Agree(double number, double low, double high) {
  return number >= low * (1 - 1e-9) && number <= high * (1 + 1e-9);
}

void Conflict(DoseTiming& timing, double other) {
  if (!timing.other) timing.other = other;
}

// Doses a day from the frequency, checked against the moments and days that stand beside it.
void FromFrequency(DoseTiming& timing, const Rate& rate, const Moments& moments, size_t week_days) {
  const double frequency = rate.frequency.value_or(1);
  const double most = rate.frequency ? rate.frequency_max : 1;
  timing.period_days = *rate.period;
  timing.low = frequency / rate.period_max;
  timing.high = most / *rate.period;
  const double day_share = week_days == 0 ? 1 : static_cast<double>(week_days) / 7;
  const auto moments_a_day = static_cast<double>(moments.count);
  if (moments.count > 0 && !moments.uncounted) {
    // Within a day the moments are all the doses; over longer periods they only say at what time.
    const bool within_day = *rate.period <= 1;
    if (within_day ? !Agree(moments_a_day, timing.low, timing.high) : moments_a_day > most) {
      Conflict(timing, within_day ? moments_a_day * day_share : moments_a_day / *rate.period);
    }
  }
  if (week_days > 0) {
    if (*rate.period <= 1) {
      timing.low *= day_share;
      timing.high *= day_share;
    } else {
      const auto days = static_cast<double>(week_days);
      const bool fits = std::fmod(frequency, days) == 0 || std::fmod(most, days) == 0;
      if (!fits) Conflict(timing, days * std::max(1.0, moments_a_day) / 7);
    }
  }
  timing.average = timing.low < 1 - 1e-9 || (week_days > 0 && week_days < 7);
}

void FromMoments(DoseTiming& timing, const Moments& moments, size_t week_days) {
  if (moments.uncounted && moments.count > 0) {
    Refuse(timing, "no-frequency", "with meals, but not how many");
    return;
  }
  double a_day = std::max(1.0, static_cast<double>(moments.count));
  if (week_days > 0) {
    a_day *= static_cast<double>(week_days) / 7;
    timing.average = week_days < 7;
  }
  timing.low = timing.high = a_day;
}

// "2 gånger dagligen" as the words of Timing.code, where they say how often and nothing else.
std::optional<double> RateInWords(std::string_view words) {
  const TextReading text = ReadDosageText(words);
  const bool more = text.unclear || text.unknown_words || text.titration || text.cycle ||
                    text.refers_elsewhere || text.stopped || text.as_needed || text.steps;
  if (more || text.HasAmount() || text.clauses.size() != 1) return std::nullopt;
  const auto often = HowOften(text.clauses.front());
  if (!often || often->low != often->high || often->low <= 0) return std::nullopt;
  return often->low;
}

void CheckCode(DoseTiming& timing, const Json& whole, bool have_rate) {
  const Json* coded = fhir::Find(whole, "code");
  if (coded == nullptr) return;
  std::optional<double> rate;
  for (const Json& coding : fhir::FindArray(*coded, "coding")) {
    if (const auto found = CodeRate(fhir::FindText(coding, "code"))) rate = found;
  }
  if (!rate) rate = CodeRate(fhir::FindText(*coded, "text"));
  if (!rate) rate = RateInWords(fhir::FindText(*coded, "text"));
  if (!rate) return;
  if (!have_rate) {
    timing.told = true;
    timing.low = timing.high = *rate;
    timing.average = *rate < 1;
    timing.period_days = *rate < 1 ? 1 / *rate : 1;
    return;
  }
  if (!timing.average && !Agree(*rate, timing.low, timing.high)) Conflict(timing, *rate);
}

void ReadEvents(const Json& events, DoseTiming& timing) {
  std::unordered_map<std::string, size_t> by_date;
  for (const Json& event : events) {
    if (event.is_string()) ++by_date[event.get<std::string>().substr(0, 10)];
  }
  if (by_date.empty()) return;
  size_t most = 0;
  for (const auto& [date, count] : by_date) most = std::max(most, count);
  timing.told = true;
  timing.low = timing.high = static_cast<double>(most);
  timing.single = events.size() == 1;
  timing.single_day = by_date.size() == 1 && !timing.single;
  if (by_date.size() > 1) {
    Refuse(timing, "dated-events",
           "doses on " + std::to_string(by_date.size()) + " dates, no regular day");
  }
}

// True when the repeat alone says how often.
bool ReadRepeat(const Json& repeat, DoseTiming& timing) {
  const Rate rate = ReadRate(repeat, timing);
  const Moments moments = ReadMoments(repeat, timing);
  const size_t week_days = ReadDaysOfWeek(repeat, timing);
  const auto count = Number(repeat, "count");
  timing.bound_days = BoundDays(repeat);
  if (const auto duration = Number(repeat, "duration")) {
    const auto unit = Days(fhir::FindText(repeat, "durationUnit"));
    if (unit) timing.duration_days = *duration * *unit;
  }
  const bool single = count && *count == 1 && !Number(repeat, "countMax");
  if (rate.period) {
    FromFrequency(timing, rate, moments, week_days);
  } else if (moments.count > 0 || week_days > 0) {
    if (rate.frequency &&
        !Agree(static_cast<double>(moments.count), *rate.frequency, rate.frequency_max)) {
      Refuse(timing, "no-period", "a frequency without its period");
    }
    FromMoments(timing, moments, week_days);
  } else if (rate.frequency) {
    Refuse(timing, "no-period", "a frequency without its period");
    return true;
  } else if (single) {
    timing.low = timing.high = 1;
  } else {
    return false;
  }
  timing.told = true;
  timing.single = single;
  if (single) {
    timing.low = timing.high = 1;
    timing.average = false;
  } else if (count && *count > 1 && !timing.bound_days && timing.low > 0) {
    timing.bound_days = *count / timing.low;
  }
  timing.single_day = !single && !timing.average && timing.bound_days && *timing.bound_days <= 1;
  return true;
}

}  // namespace

DoseTiming ReadTiming(const Json* whole) {
  DoseTiming timing;
  if (whole == nullptr) return timing;
  const Json* repeat = fhir::Find(*whole, "repeat");
  const bool have_rate = repeat != nullptr && ReadRepeat(*repeat, timing);
  if (timing.ok()) CheckCode(timing, *whole, have_rate);
  if (!timing.told && timing.ok()) ReadEvents(fhir::FindArray(*whole, "event"), timing);
  return timing;
}

}  // namespace genflik::mapping
