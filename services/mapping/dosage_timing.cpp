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
#include <vector>

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

// A number of a repeat. One that is there but is no number, or is only said to be absent, must not
// pass for "not told": the default frequency of one would take its place.
std::optional<double> Number(const Json& object, std::string_view name, DoseTiming& timing) {
  const Json* value = fhir::Find(object, name);
  if (value == nullptr) {
    if (fhir::Find(object, "_" + std::string(name)) != nullptr) {
      Refuse(timing, "invalid", std::string(name) + " has no value");
    }
    return std::nullopt;
  }
  auto number = fhir::NumberOf(*value);
  if (!number) Refuse(timing, "invalid", std::string(name) + " is no number");
  return number;
}

// The same for a positiveInt.
std::optional<double> Whole(const Json& object, std::string_view name, DoseTiming& timing) {
  auto number = Number(object, name, timing);
  if (number && (*number < 1 || *number != std::floor(*number))) {
    Refuse(timing, "invalid", std::string(name) + " must be a whole number above zero");
  }
  return number;
}

// A list of a timing; a lone value in its place would be overlooked as an empty list.
const Json& List(const Json& object, std::string_view name, DoseTiming& timing) {
  const Json* list = fhir::Find(object, name);
  if (list != nullptr && !list->is_array()) {
    Refuse(timing, "invalid", std::string(name) + " must be a list");
  }
  return fhir::FindArray(object, name);
}

// "08:00" or "08:00:00", between midnight and midnight.
bool IsTimeOfDay(std::string_view text) {
  if (text.size() != 5 && (text.size() < 8 || text[5] != ':')) return false;
  const auto two = [&](size_t at) {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    if (!digit(text[at]) || !digit(text[at + 1])) return 99;
    return (text[at] - '0') * 10 + (text[at + 1] - '0');
  };
  return text[2] == ':' && two(0) < 24 && two(3) < 60 && (text.size() == 5 || two(6) < 60);
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

// The hours in which a moment of the day can be; meals are as wide as people eat them.
bool CanBeAt(std::string_view moment, std::string_view time) {
  const int hour = (time[0] - '0') * 10 + (time[1] - '0');
  const auto between = [&](int from, int to) {
    return from <= to ? hour >= from && hour <= to : hour >= from || hour <= to;
  };
  if (moment.starts_with("MORN") || moment == "WAKE" || moment.ends_with("CM"))
    return between(3, 12);
  if (moment == "NOON" || moment == "CD" || moment == "ACD" || moment == "PCD")
    return between(10, 16);
  if (moment.starts_with("AFT")) return between(11, 19);
  if (moment.starts_with("EVE") || moment.ends_with("CV")) return between(15, 23);
  if (moment == "NIGHT") return between(17, 7);
  if (moment == "HS" || moment == "PHS") return between(17, 4);
  return true;
}

using Names = std::set<std::string, std::less<>>;

// True when each moment is at one of the times, and each time at one of the moments.
bool SameMoments(const Names& moments, const Names& times) {
  const auto has_time = [&](const std::string& moment) {
    return std::any_of(times.begin(), times.end(),
                       [&](const std::string& time) { return CanBeAt(moment, time); });
  };
  const auto has_moment = [&](const std::string& time) {
    return std::any_of(moments.begin(), moments.end(),
                       [&](const std::string& moment) { return CanBeAt(moment, time); });
  };
  return std::all_of(moments.begin(), moments.end(), has_time) &&
         std::all_of(times.begin(), times.end(), has_moment);
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
  Names seen;
  for (const Json& when : List(repeat, "when", timing)) {
    const std::string code = when.is_string() ? when.get<std::string>() : "";
    if (!known.contains(code))
      Refuse(timing, "invalid", "unknown moment of the day '" + code + "'");
    if (code == "C" || code == "AC" || code == "PC") moments.uncounted = true;
    seen.insert(code);
  }
  moments.count = seen.size();
  Names times;
  for (const Json& time : List(repeat, "timeOfDay", timing)) {
    const std::string text = time.is_string() ? time.get<std::string>() : "";
    if (!IsTimeOfDay(text)) Refuse(timing, "invalid", "no time of day '" + text + "'");
    times.insert(text.substr(0, 5));
  }
  if (moments.count == 0) {
    moments.count = times.size();
  } else if (!times.empty() && !moments.uncounted && times.size() != moments.count) {
    timing.other = static_cast<double>(times.size());
  } else if (!times.empty() && timing.ok() && !SameMoments(seen, times)) {
    Refuse(timing, "invalid", "the moments of the day and the times of day are not the same");
  }
  return moments;
}

size_t ReadDaysOfWeek(const Json& repeat, DoseTiming& timing) {
  static const std::set<std::string_view> known{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  std::set<std::string, std::less<>> days;
  for (const Json& day : List(repeat, "dayOfWeek", timing)) {
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
  rate.frequency = Whole(repeat, "frequency", timing);
  const auto most = Whole(repeat, "frequencyMax", timing);
  // Where only the most is told, the documented default is the least.
  if (!rate.frequency && most) rate.frequency = 1;
  rate.frequency_max = most.value_or(rate.frequency.value_or(0));
  rate.period = Number(repeat, "period", timing);
  const auto longest = Number(repeat, "periodMax", timing);
  const std::string_view unit = fhir::FindText(repeat, "periodUnit");
  if (rate.period && *rate.period <= 0) {
    Refuse(timing, "invalid", "period must be above zero");
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

// One a second; what is above is a slip of the pen, not a schedule.
constexpr double kMostDosesADay = 86400 * (1 + 1e-9);

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
  if (timing.high > kMostDosesADay) {
    Refuse(timing, "invalid", "more than one dose a second");
    return;
  }
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
      // "Every third day" has no days of the week of its own.
      const bool fits =
          *rate.period >= 7 && (std::fmod(frequency, days) == 0 || std::fmod(most, days) == 0);
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

// Doses a day that a coded timing means, by each of its codes and words.
std::vector<double> CodedRates(const Json& coded, bool& moment) {
  std::vector<double> rates;
  const auto add = [&](std::string_view words) {
    auto rate = CodeRate(words);
    if (!rate) rate = RateInWords(words);
    if (rate) rates.push_back(*rate);
  };
  for (const Json& coding : fhir::FindArray(coded, "coding")) {
    const std::string_view code = fhir::FindText(coding, "code");
    if (const auto rate = CodeRate(code)) rates.push_back(*rate);
    moment = moment || code == "AM" || code == "PM" || code == "BED" || code == "QHS";
  }
  add(fhir::FindText(coded, "text"));
  for (const Json& coding : fhir::FindArray(coded, "coding")) {
    add(fhir::FindText(coding, "display"));
  }
  return rates;
}

void CheckRate(DoseTiming& timing, double rate, bool moment, size_t week_days) {
  if (!timing.told) {
    timing.told = true;
    timing.low = timing.high = rate;
    timing.average = rate < 1;
    timing.period_days = rate < 1 ? 1 / rate : 1;
    return;
  }
  if (timing.single || Agree(rate, timing.low, timing.high)) return;
  // "in the morning" beside "once a week" only says at what time.
  if (moment && timing.average) return;
  const double share = week_days == 0 ? 1 : static_cast<double>(week_days) / 7;
  // A code of every day beside days of the week is meant for those days.
  if (Agree(rate * share, timing.low, timing.high)) return;
  // A month and four weeks are the same to those who write them.
  const bool rare = timing.high < 1.0 / 14 && rate < 1.0 / 14;
  if (rare && Agree(rate, timing.low * 0.9, timing.high * 1.1)) return;
  Conflict(timing, rate * (rate < 1 ? 1 : share));
}

void CheckCode(DoseTiming& timing, const Json& whole, size_t week_days) {
  const Json* coded = fhir::Find(whole, "code");
  if (coded == nullptr) return;
  bool moment = false;
  for (const double rate : CodedRates(*coded, moment)) CheckRate(timing, rate, moment, week_days);
}

void ReadEvents(const Json& events, DoseTiming& timing) {
  std::unordered_map<std::string, size_t> by_date;
  for (const Json& event : events) {
    if (!event.is_string() || !DateOf(event.get_ref<const std::string&>())) {
      Refuse(timing, "invalid", "an event that is no date");
      return;
    }
    ++by_date[event.get<std::string>().substr(0, 10)];
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

void ReadDuration(const Json& repeat, DoseTiming& timing) {
  const auto duration = Number(repeat, "duration", timing);
  if (!duration) return;
  const auto unit = Days(fhir::FindText(repeat, "durationUnit"));
  if (!unit || *duration <= 0) {
    Refuse(timing, "invalid", "a duration without its unit or not above zero");
    return;
  }
  timing.duration_days = *duration * *unit;
  const auto longest = Number(repeat, "durationMax", timing);
  if (!longest) return;
  if (*longest < *duration) Refuse(timing, "invalid", "a maximum below its minimum");
  timing.duration_max_days = *longest * *unit;
}

void ReadRepeat(const Json& repeat, DoseTiming& timing, size_t& week_days) {
  const Rate rate = ReadRate(repeat, timing);
  const Moments moments = ReadMoments(repeat, timing);
  week_days = ReadDaysOfWeek(repeat, timing);
  const auto count = Whole(repeat, "count", timing);
  timing.bound_days = BoundDays(repeat);
  ReadDuration(repeat, timing);
  const bool single = count && *count == 1 && !Whole(repeat, "countMax", timing);
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
    return;
  } else if (single) {
    timing.low = timing.high = 1;
  } else {
    return;
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
}

}  // namespace

DoseTiming ReadTiming(const Json* whole) {
  DoseTiming timing;
  if (whole == nullptr) return timing;
  const Json* repeat = fhir::Find(*whole, "repeat");
  size_t week_days = 0;
  if (repeat != nullptr) ReadRepeat(*repeat, timing, week_days);
  if (timing.ok()) CheckCode(timing, *whole, week_days);
  if (!timing.told && timing.ok()) ReadEvents(List(*whole, "event", timing), timing);
  return timing;
}

}  // namespace genflik::mapping
