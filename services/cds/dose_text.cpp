#include "services/cds/dose_text.h"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/mapping/dosage_units.h"

namespace genflik::cds {
namespace {

using fhir::Json;
using mapping::UnitKind;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (static_cast<unsigned char>(c) & 0x80U) != 0;
}

// A number of a text, with what stands around it.
struct Number {
  size_t start = 0;
  size_t end = 0;
  /// With a decimal point.
  std::string plain = {};
  std::string word_before = {};
  std::string word_after = {};
};

size_t SkipSpaces(std::string_view text, size_t at) {
  while (at < text.size()) {
    if (text[at] == ' ') {
      ++at;
    } else if (text.substr(at).starts_with("\u00a0")) {
      at += 2;
    } else {
      break;
    }
  }
  return at;
}

std::string WordAt(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && IsLetter(text[end]) && SkipSpaces(text, end) == end) ++end;
  return mapping::PlainText(text.substr(at, end - at));
}

std::string WordBefore(std::string_view text, size_t start) {
  size_t end = start;
  while (end > 0 && (text[end - 1] == ' ' || text[end - 1] == '.')) --end;
  size_t first = end;
  while (first > 0 && IsLetter(text[first - 1])) --first;
  return mapping::PlainText(text.substr(first, end - first));
}

std::string WordAfter(std::string_view text, size_t end) {
  // "var 8:e timme"
  if (text.substr(end).starts_with(":e") || text.substr(end).starts_with(":a")) end += 2;
  return WordAt(text, SkipSpaces(text, end));
}

// Where what joins two ends of a range ends ("3-4", "3 till 4"); nothing when none starts here.
std::optional<size_t> RangeMark(std::string_view text, size_t at) {
  const size_t start = SkipSpaces(text, at);
  for (const std::string_view mark : {"-", "–", "—", "till ", "to "}) {
    if (text.substr(start).starts_with(mark)) return SkipSpaces(text, start + mark.size());
  }
  return std::nullopt;
}

std::vector<Number> NumbersOf(std::string_view text) {
  std::vector<Number> numbers;
  for (size_t at = 0; at < text.size();) {
    if (!IsDigit(text[at])) {
      ++at;
      continue;
    }
    Number number{.start = at};
    while (at < text.size() &&
           (IsDigit(text[at]) || ((text[at] == '.' || text[at] == ',') && at + 1 < text.size() &&
                                  IsDigit(text[at + 1]))))
      ++at;
    number.end = at;
    // The "2" of a square metre.
    if (text.substr(0, number.start).ends_with("/m")) continue;
    number.plain = text.substr(number.start, at - number.start);
    std::replace(number.plain.begin(), number.plain.end(), ',', '.');
    number.word_before = WordBefore(text, number.start);
    number.word_after = WordAfter(text, number.end);
    numbers.push_back(std::move(number));
  }
  // Both ends of a range stand in the same words.
  for (size_t i = numbers.size(); i > 1; --i) {
    if (RangeMark(text, numbers[i - 2].end) == numbers[i - 1].start)
      numbers[i - 2].word_after = numbers[i - 1].word_after;
  }
  for (size_t i = 1; i < numbers.size(); ++i) {
    if (RangeMark(text, numbers[i - 1].end) == numbers[i].start)
      numbers[i].word_before = numbers[i - 1].word_before;
  }
  return numbers;
}

bool IsTimeWord(std::string_view word) {
  if (word.starts_with("gång") || word == "ggr" || word == "times" || word == "time") return true;
  const auto unit = mapping::ReadUnitText(word);
  return unit && unit->kind == UnitKind::kTime;
}

bool IsDoseUnit(std::string_view word) {
  const auto unit = mapping::ReadUnitText(word);
  if (!unit) return false;
  return unit->kind == UnitKind::kMass || unit->kind == UnitKind::kInternational ||
         unit->kind == UnitKind::kVolume || unit->kind == UnitKind::kPiece ||
         unit->kind == UnitKind::kDrop;
}

// "kl 8", "dag 1-14", "1500 mg x 2": a number that tells when.
bool FollowsATime(const Number& number) {
  constexpr std::array<std::string_view, 13> kWords = {"kl",      "x",     "×",    "dag",   "dagar",
                                                       "dagarna", "day",   "days", "vecka", "week",
                                                       "weeks",   "cykel", "cycle"};
  return !IsDoseUnit(number.word_after) &&
         std::ranges::find(kWords, number.word_before) != kWords.end();
}

bool IsNumberWord(std::string_view word) {
  constexpr std::array<std::string_view, 42> kNumbers = {
      "en",        "ett",       "två",  "tre",    "fyra",      "fem",   "sex",   "sju",    "åtta",
      "nio",       "tio",       "elva", "tolv",   "kvarts",    "hel",   "hela",  "full",   "fulla",
      "fjärdedel", "tredjedel", "one",  "two",    "three",     "four",  "five",  "six",    "seven",
      "eight",     "nine",      "ten",  "eleven", "twelve",    "half",  "whole", "double", "triple",
      "quarter",   "third",     "a",    "an",     "trekvarts", "single"};
  for (const std::string_view start : {"halv", "hälft", "dubb", "tredubb"}) {
    if (word.starts_with(start)) return true;
  }
  return std::ranges::find(kNumbers, word) != kNumbers.end();
}

// "Ta tre tabletter", "hela dosen": an amount that cannot be changed in its place. "Två gånger" and
// "ett glas vatten" are none.
bool NamesAnAmountInWords(std::string_view text) {
  for (const std::string_view part : {"½", "¼", "¾", "⅓", "⅔", "⅛", "⅙"}) {
    if (text.find(part) != std::string_view::npos) return true;
  }
  for (size_t at = 0; at < text.size();) {
    if (!IsLetter(text[at])) {
      ++at;
      continue;
    }
    const size_t start = at;
    while (at < text.size() && IsLetter(text[at])) ++at;
    const std::string word = mapping::PlainText(text.substr(start, at - start));
    if (!IsNumberWord(word)) continue;
    const std::string next = WordAfter(text, at);
    const bool article = word == "a" || word == "an";
    if (article ? IsDoseUnit(next) : !IsTimeWord(next) && !next.starts_with("glas")) return true;
  }
  return false;
}

// Units that both can be read must be the same.
bool SameUnit(std::string_view word, const std::string& unit) {
  const auto said = mapping::ReadUnitText(word);
  const auto meant = mapping::ReadUnitText(mapping::PlainText(unit));
  if (!said || !meant) return true;
  if (said->kind == UnitKind::kPiece && meant->kind == UnitKind::kPiece) return true;
  return said->kind == meant->kind && said->factor == meant->factor;
}

// The change that a number of the text stands for. Nothing when there is none or it is not certain.
const NumberChange* ChangeOf(const Number& number, const std::vector<NumberChange>& changes) {
  const NumberChange* found = nullptr;
  for (const NumberChange& change : changes) {
    if (change.before != number.plain || !SameUnit(number.word_after, change.unit)) continue;
    if (found != nullptr && found->after != change.after) return nullptr;
    if (found == nullptr) found = &change;
  }
  return found;
}

// "1.5 tablets" in English, "1,5 tabletter" in Swedish.
bool HasDecimalPoints(std::string_view text, const std::vector<Number>& numbers) {
  for (const Number& number : numbers) {
    const std::string_view said = text.substr(number.start, number.end - number.start);
    if (said.find(',') != std::string_view::npos) return false;
    if (said.find('.') != std::string_view::npos) return true;
  }
  const std::string plain = mapping::PlainText(text);
  for (const std::string_view word : {"tablets", "capsules", "daily", "times", "take ", "every "}) {
    if (plain.find(word) != std::string::npos) return true;
  }
  return false;
}

// A number of the text and what takes its place.
using Places = std::vector<std::pair<const Number*, const NumberChange*>>;

// Every dose was found, and none more often than it was changed.
bool IsWhole(const Places& places, const std::vector<NumberChange>& changes) {
  return std::ranges::all_of(changes, [&](const NumberChange& change) {
    const auto same = [&](const NumberChange& one) { return one.before == change.before; };
    const auto told =
        std::ranges::count_if(places, [&](const auto& place) { return same(*place.second); });
    return told <= std::ranges::count_if(changes, same) && (told > 0 || change.is_limit);
  });
}

// An amount of a drug in digits: other numbers (a blood pressure) are no matter of the dose.
bool NamesADose(std::string_view text) {
  return std::ranges::any_of(NumbersOf(text),
                             [](const Number& one) { return IsDoseUnit(one.word_after); });
}

void RewriteAdditional(Json& dosage, const std::vector<NumberChange>& changes) {
  constexpr const char* kName = "additionalInstruction";
  if (!dosage.contains(kName) || !dosage.at(kName).is_array()) return;
  Json kept = Json::array();
  for (Json instruction : dosage.at(kName)) {
    const std::string text(fhir::FindText(instruction, "text"));
    if (NamesADose(text)) {
      const auto words = RewriteDoseText(text, changes);
      if (!words) continue;
      instruction.erase("coding");
      instruction["text"] = *words;
    }
    kept.push_back(std::move(instruction));
  }
  if (kept.empty()) {
    dosage.erase(kName);
  } else {
    dosage[kName] = std::move(kept);
  }
}

}  // namespace

std::optional<std::string> RewriteDoseText(std::string_view text,
                                           const std::vector<NumberChange>& changes) {
  if (NamesAnAmountInWords(text)) return std::nullopt;
  const std::vector<Number> numbers = NumbersOf(text);
  Places places;
  for (const Number& number : numbers) {
    if (IsTimeWord(number.word_after)) continue;
    const NumberChange* change = ChangeOf(number, changes);
    const bool timed = FollowsATime(number);
    // "Varje dag 2" may be the days or the tablets; a number that is neither may be an old dose.
    if (timed == (change != nullptr)) return std::nullopt;
    if (change != nullptr) places.emplace_back(&number, change);
  }
  if (!places.empty() && !IsWhole(places, changes)) return std::nullopt;
  const bool points = HasDecimalPoints(text, numbers);
  std::string words;
  size_t done = 0;
  for (const auto& [number, change] : places) {
    std::string after = change->after;
    if (!points) std::replace(after.begin(), after.end(), '.', ',');
    words.append(text.substr(done, number->start - done)).append(after);
    done = number->end;
  }
  return words.append(text.substr(done));
}

void RewriteTexts(Json& dosage, const std::vector<NumberChange>& changes) {
  for (const char* name : {"text", "patientInstruction"}) {
    if (!dosage.contains(name) || !dosage.at(name).is_string()) continue;
    const auto words = RewriteDoseText(dosage.at(name).get<std::string>(), changes);
    if (words) {
      dosage[name] = *words;
    } else {
      dosage.erase(name);
    }
  }
  RewriteAdditional(dosage, changes);
}

}  // namespace genflik::cds
