#include "services/mapping/dosage_steps.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/mapping/dosage_signals.h"
#include "services/mapping/dosage_text.h"
#include "services/mapping/dosage_timing.h"
#include "services/mapping/dosage_units.h"

namespace genflik::mapping {
namespace {

using fhir::Json;
using Day = std::chrono::sys_days;

// Beyond so many instructions nobody can tell what follows what.
constexpr size_t kMostDated = 200;

// The first and the last day of an instruction; nothing where it is open.
struct Span {
  std::optional<Day> first = {};
  std::optional<Day> last = {};

  bool told() const { return first || last; }
  bool IsLong() const { return !first || !last || *first < *last; }
};

std::optional<int> Digits(std::string_view text, size_t at, size_t count) {
  if (text.size() < at + count) return std::nullopt;
  int value = 0;
  const char* end = text.data() + at + count;
  const auto [stop, error] = std::from_chars(text.data() + at, end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

// The first or the last day of "2026-03-01T08:00:00Z", "2026-03" or "2026".
std::optional<Day> DayOf(std::string_view text, bool last) {
  using namespace std::chrono;
  const auto number = Digits(text, 0, 4);
  if (!number) return std::nullopt;
  const auto whole = year{*number};
  if (text.size() == 4) return last ? Day{whole / December / 31} : Day{whole / January / 1};
  const auto in_year = Digits(text, 5, 2);
  if (!in_year || text[4] != '-') return std::nullopt;
  const auto whole_month = whole / month{static_cast<unsigned>(*in_year)};
  if (!whole_month.ok()) return std::nullopt;
  if (text.size() == 7)
    return last ? Day{whole_month / std::chrono::last} : Day{whole_month / day{1}};
  const auto in_month = Digits(text, 8, 2);
  if (!in_month || text[7] != '-') return std::nullopt;
  const auto date = whole_month / day{static_cast<unsigned>(*in_month)};
  if (!date.ok()) return std::nullopt;
  return Day{date};
}

Span SpanOfEvents(const Json& timing) {
  Span span;
  for (const Json& event : fhir::FindArray(timing, "event")) {
    if (!event.is_string()) return {};
    const auto& text = event.get_ref<const std::string&>();
    const auto first = DayOf(text, false);
    const auto last = DayOf(text, true);
    if (!first || !last) return {};
    span.first = std::min(span.first.value_or(*first), *first);
    span.last = std::max(span.last.value_or(*last), *last);
  }
  return span;
}

Span SpanOf(const Json& item) {
  const Json* timing = fhir::Find(item, "timing");
  if (timing == nullptr) return {};
  const Json* repeat = fhir::Find(*timing, "repeat");
  if (repeat == nullptr) return SpanOfEvents(*timing);
  const Json* period = fhir::Find(*repeat, "boundsPeriod");
  if (period == nullptr) return {};
  Span span{DayOf(fhir::FindText(*period, "start"), false),
            DayOf(fhir::FindText(*period, "end"), true)};
  if (span.first && span.last && *span.last < *span.first) return {};
  return span;
}

// Both write the day of the change: it is one of the later instruction.
bool Touch(const Span& earlier, const Span& later) {
  return earlier.last && later.first && *earlier.last == *later.first && earlier.IsLong() &&
         later.IsLong();
}

bool Apart(const Span& a, const Span& b) {
  const auto before = [](const Span& earlier, const Span& later) {
    return (earlier.last && later.first && *earlier.last < *later.first) || Touch(earlier, later);
  };
  return before(a, b) || before(b, a);
}

bool AnyApart(const std::vector<Span>& spans) {
  for (size_t i = 0; i < spans.size(); ++i) {
    for (size_t k = i + 1; k < spans.size(); ++k) {
      if (Apart(spans[i], spans[k])) return true;
    }
  }
  return false;
}

bool RunsOn(const Span& span, Day day) {
  return (!span.first || *span.first <= day) && (!span.last || *span.last >= day);
}

// The instructions by the days on which the same ones of them run.
std::vector<DoseStep> ByDates(const std::vector<const Json*>& items, std::vector<Span> spans) {
  for (Span& one : spans) {
    const bool touches = std::any_of(spans.begin(), spans.end(), [&](const Span& other) {
      return &other != &one && Touch(one, other);
    });
    if (touches) one.last = *one.last - std::chrono::days{1};
  }
  std::set<Day> changes;
  for (const Span& one : spans) {
    if (one.first) changes.insert(*one.first);
    if (one.last) changes.insert(*one.last + std::chrono::days{1});
  }
  std::vector<DoseStep> steps;
  const auto add = [&](Day day, std::optional<Day> next, bool open) {
    DoseStep step{.items = {}, .days = {}, .dated = true};
    bool dated = !open;
    for (size_t i = 0; i < items.size(); ++i) {
      if (!RunsOn(spans[i], day)) continue;
      step.items.push_back(items[i]);
      dated = dated || spans[i].told();
    }
    if (!open && next) step.days = static_cast<double>((*next - day).count());
    if (dated && !step.items.empty()) steps.push_back(std::move(step));
  };
  add(*changes.begin() - std::chrono::days{1}, *changes.begin(), true);
  for (auto at = changes.begin(); at != changes.end(); ++at) {
    const auto next = std::next(at);
    add(*at, next == changes.end() ? std::nullopt : std::optional<Day>(*next), false);
  }
  return steps;
}

// The instructions of each step; those without a number run all the time.
std::vector<DoseStep> BySequence(const std::vector<const Json*>& items) {
  std::map<double, std::vector<const Json*>> by_sequence;
  std::vector<const Json*> always;
  for (const Json* item : items) {
    const Json* sequence = fhir::Find(*item, "sequence");
    const auto number = sequence == nullptr ? std::nullopt : fhir::NumberOf(*sequence);
    if (number) {
      by_sequence[*number].push_back(item);
    } else {
      always.push_back(item);
    }
  }
  if (by_sequence.empty()) by_sequence[0] = {};
  std::vector<DoseStep> steps;
  for (auto& [number, in_step] : by_sequence) {
    in_step.insert(in_step.end(), always.begin(), always.end());
    steps.push_back({.items = std::move(in_step), .days = {}, .dated = false});
  }
  return steps;
}

std::string WordsOf(const Json& item) { return PlainText(fhir::FindText(item, "text")); }

// "Därefter 20 mg", "sedan 2 tabletter".
bool FollowsOn(const std::string& words) {
  static constexpr std::array<std::string_view, 11> kStarts{
      "därefter", "sedan",     "sen ",     "then ",      "thereafter", "followed by",
      "följt av", "efter det", "härefter", "after that", "herefter"};
  const size_t start = words.find_first_not_of(" -,;:.");
  if (start == std::string::npos) return false;
  return std::any_of(kStarts.begin(), kStarts.end(), [&](std::string_view word) {
    return words.compare(start, word.size(), word) == 0;
  });
}

// The step that a text begins with: "vecka 2", "week 2"; nothing when it names none.
std::optional<int> StepNumber(const std::string& words) {
  static constexpr std::array<std::string_view, 6> kNames{"vecka ", "week ", "steg ",
                                                          "step ",  "fas ",  "phase "};
  for (const std::string_view name : kNames) {
    if (!words.starts_with(name)) continue;
    if (const auto two = Digits(words, name.size(), 2)) return two;
    return Digits(words, name.size(), 1);
  }
  return std::nullopt;
}

// "1 tablett dagligen eller": one of two instructions, and not both.
bool IsAlternative(const std::string& words) {
  const size_t end = words.find_last_not_of(" .,;:");
  const std::string_view text =
      std::string_view(words).substr(0, end == std::string::npos ? 0 : end + 1);
  return text.ends_with(" eller") || text.ends_with(" or") || text.starts_with("eller ") ||
         text.starts_with("or ") || text.starts_with("alternativt ");
}

// Instructions without number or date, told apart by what their texts begin with.
DoseSteps ByWords(const std::vector<const Json*>& items) {
  DoseSteps read;
  std::optional<int> last;
  for (const Json* item : items) {
    const std::string words = WordsOf(*item);
    read.unclear = read.unclear || IsAlternative(words);
    const auto number = StepNumber(words);
    const bool next = FollowsOn(words) || (number && last && *number != *last);
    if (number) last = number;
    if (read.steps.empty() || next) read.steps.emplace_back();
    read.steps.back().items.push_back(item);
  }
  return read;
}

// True when nothing but how long each lasts tells two regular doses apart: one after the other to
// those who write so, a sum to others. Doses of alternating days are no such steps.
bool OnlyLengthsDiffer(const std::vector<const Json*>& items) {
  std::set<std::string> times;
  bool same_times = false;
  bool bounded = false;
  for (const Json* item : items) {
    if (fhir::Find(*item, "sequence") != nullptr) return false;
    const Json* timing = fhir::Find(*item, "timing");
    const Json* repeat = timing == nullptr ? nullptr : fhir::Find(*timing, "repeat");
    const Json* boolean = fhir::Find(*item, "asNeededBoolean");
    const bool as_needed = (boolean != nullptr && *boolean == Json(true)) ||
                           fhir::Find(*item, "asNeededCodeableConcept") != nullptr;
    const DoseTiming read = ReadTiming(timing);
    if (repeat == nullptr || as_needed || read.single || read.single_day || read.average ||
        fhir::Find(*item, "doseAndRate") == nullptr ||
        fhir::Find(*repeat, "boundsPeriod") != nullptr)
      continue;
    std::string when;
    for (const char* member : {"when", "timeOfDay", "dayOfWeek"}) {
      if (const Json* told = fhir::Find(*repeat, member)) when += fhir::PrintJson(*told);
    }
    same_times = !times.insert(when).second || same_times;
    bounded = bounded || read.bound_days;
  }
  return same_times && bounded;
}

// "Tas med mat" as an instruction of its own.
bool SaysNoDose(const Json& item) {
  if (!item.is_object()) return false;
  for (const auto& member : item.items()) {
    if (member.key() != "text" && member.key() != "patientInstruction" && member.key() != "id")
      return false;
  }
  if (fhir::FindText(item, "text").empty()) return false;
  for (const std::string_view name : {"text", "patientInstruction"}) {
    const auto words = fhir::FindText(item, name);
    const TextReading text = ReadDosageText(words);
    const bool more = text.unclear || text.unknown_words || text.uncounted || text.titration ||
                      text.refers_elsewhere || text.stopped || text.as_needed || text.steps ||
                      text.cycle || text.on_days || !text.clauses.empty() || !text.totals.empty();
    if (more || SaysWeekly(words)) return false;
  }
  return true;
}

// How long an order lasts where it tells no dates: "for 7 days".
std::string LengthOf(const Json& instructions) {
  std::string length;
  for (const Json& item : instructions) {
    const Json* timing = fhir::Find(item, "timing");
    const Json* repeat = timing == nullptr ? nullptr : fhir::Find(*timing, "repeat");
    if (repeat == nullptr) continue;
    for (const char* name : {"boundsDuration", "boundsRange"}) {
      if (const Json* bounds = fhir::Find(*repeat, name)) length = fhir::PrintJson(*bounds);
    }
  }
  return length;
}

}  // namespace

DoseSteps ReadSteps(const Json& instructions) {
  std::vector<const Json*> items;
  for (const Json& item : instructions) {
    if (!SaysNoDose(item)) items.push_back(&item);
  }
  if (items.empty()) items.push_back(&instructions.front());
  DoseSteps read{.steps = BySequence(items), .unclear = false};
  const bool numbered = read.steps.size() > 1;
  std::vector<Span> spans;
  for (const Json* item : items) spans.push_back(SpanOf(*item));
  bool apart = false;
  for (const DoseStep& step : read.steps) {
    std::vector<Span> inside;
    for (const Json* item : step.items) inside.push_back(SpanOf(*item));
    if (inside.size() > kMostDated) return {.steps = {}, .unclear = true};
    apart = apart || AnyApart(inside);
  }
  if (apart) {
    // Dates inside of a numbered step: only when every instruction has them do they tell it all.
    const bool all =
        std::all_of(spans.begin(), spans.end(), [](const Span& one) { return one.told(); });
    if (numbered && !all) return {.steps = {}, .unclear = true};
    if (items.size() > kMostDated) return {.steps = {}, .unclear = true};
    return {.steps = ByDates(items, std::move(spans)), .unclear = false};
  }
  if (numbered || items.size() < 2) return read;
  read = ByWords(items);
  read.unclear = read.unclear || (read.steps.size() < 2 && OnlyLengthsDiffer(items));
  return read;
}

bool MayRunTogether(const Json* instructions, const Json* others) {
  const auto told = [](const Json* one) { return one != nullptr && one->is_array(); };
  if (!told(instructions) || !told(others)) return true;
  if (LengthOf(*instructions) != LengthOf(*others)) return false;
  Json all = *instructions;
  all.insert(all.end(), others->begin(), others->end());
  if (all.empty()) return true;
  const DoseSteps steps = ReadSteps(all);
  return steps.unclear || steps.steps.size() < 2;
}

}  // namespace genflik::mapping
