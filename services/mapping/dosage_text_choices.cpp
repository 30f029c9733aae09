#include <algorithm>
#include <array>
#include <string_view>

#include "services/mapping/dosage_signals.h"
#include "services/mapping/dosage_text_reader.h"

// Words that join two parts of a dosage text or end the whole: "eller", "samt vid behov", "utsatt".

namespace genflik::mapping {
namespace {

bool IsAnd(std::string_view word) {
  static constexpr std::array<std::string_view, 6> kWords{"och", "and", "samt", "+", "&", "plus"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

bool IsNot(std::string_view word) { return word == "inte" || word == "ej" || word == "not"; }

// What a patient is told not to do with a tablet that is taken all the same.
bool IsHandling(std::string_view word) {
  static constexpr std::array<std::string_view, 14> kWords{
      "tugga",  "tuggas", "krossa", "krossas", "dela",  "delas",   "bryt",
      "brytas", "suga",   "chew",   "chewed",  "crush", "crushed", "split"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsMeal(std::string_view word) {
  static constexpr std::array<std::string_view, 12> kWords{
      "måltid", "måltiden", "måltider", "måltiderna", "mat", "maten",
      "meal",   "meals",    "food",     "ac",         "pc",  "cc"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

}  // namespace

size_t TextReader::SkipSmallWords(size_t ahead) const {
  for (;; ++ahead) {
    const WordClass what = Class(ahead);
    const bool small = what == WordClass::kFiller || what == WordClass::kOr ||
                       what == WordClass::kOn || what == WordClass::kClock ||
                       what == WordClass::kAgainst;
    if (!small || NumberWord(Word(ahead))) return ahead;
  }
}

void TextReader::ReadChoice() {
  // "byts till 2 tabletter"
  if (at_ > 0 && tokens_[at_ - 1].word == "byts") reading_.steps = true;
  if (Word() != "eller" && Word() != "or") return;
  const size_t next = SkipSmallWords(1);
  const bool number = Peek(next) != nullptr && (Peek(next)->kind == TokenKind::kNumber ||
                                                Peek(next)->kind == TokenKind::kPattern);
  if (Peek(1) == nullptr || number || IsCounted(next) || Class(next) == WordClass::kWeekday ||
      Word(next) == "mitt")
    reading_.unclear = true;
}

bool TextReader::IsMealAt(size_t ahead) const {
  return IsMeal(Word(ahead)) || Class(ahead) == WordClass::kMoment;
}

void TextReader::ReadThen() {
  // "efter maten"
  if (Word() != "efter" || !IsMealAt(1)) reading_.steps = true;
}

void TextReader::ReadMeal() {
  if (!IsMeal(Word()) || reading_.clauses.empty()) return;
  Clause().meals = true;
  if (Clause().often_low) return;
  if (IsAnd(Word(1)) && Class(SkipSmallWords(2)) == WordClass::kMoment) reading_.unclear = true;
  // "till natten och före måltid"
  if (at_ > 1 && IsAnd(tokens_[at_ - 2].word) && Clause().moments > 0) reading_.unclear = true;
}

void TextReader::SetAsNeeded(size_t width) {
  const Token* next = Peek(width);
  const bool more = at_ > 0 && IsAnd(tokens_[at_ - 1].word);
  const bool another =
      next != nullptr && (next->kind == TokenKind::kNumber || NumberWord(next->word).has_value());
  if ((more || another) && Clause().low && Timed(Clause())) reading_.unclear = true;
  reading_.as_needed = true;
  Clause().as_needed = true;
}

void TextReader::ReadAsNeeded(size_t width) {
  SetAsNeeded(width);
  at_ += width;
  SkipComplaint();
}

bool TextReader::IsUnknown(size_t ahead) const {
  const Token* token = Peek(ahead);
  return token != nullptr && token->kind == TokenKind::kWord &&
         Class(ahead) == WordClass::kUnknown && !NumberWord(token->word) &&
         !IsDigit(token->word.front());
}

namespace {

// What stands behind "prn": complaints, and how bad they are.
bool IsSymptom(std::string_view word) {
  static constexpr std::array<std::string_view, 18> kStarts{
      "spasm", "sleep",     "insomn",   "agitat",       "constip", "dyspn",
      "wheez", "heartburn", "migrain",  "breakthrough", "diarrh",  "vomit",
      "dizz",  "severe",    "moderate", "mild",         "svår",    "måttlig"};
  return IsComplaint(word) || std::any_of(kStarts.begin(), kStarts.end(),
                                          [&](auto start) { return word.starts_with(start); });
}

}  // namespace

void TextReader::SkipComplaint() {
  const auto joins = [&](size_t ahead) {
    return IsAnd(Word(ahead)) || Word(ahead) == "or" || Word(ahead) == "eller" ||
           Word(ahead) == "/" || Word(ahead) == "-";
  };
  for (;;) {
    const size_t next = joins(0) ? 1 : 0;
    if (!IsUnknown(next) || (!IsSymptom(Word(next)) && !IsSymptom(Word(next + 1)))) return;
    at_ += next + 1;
  }
}

void TextReader::SkipReason() {
  ++at_;
  // "for a week" is how long.
  if (Word() == "a" && TimeUnit(1) > 0) return ReadLength({1, 1}, 1);
  while (Word() == ":" || Word() == "the" || Word() == "a") ++at_;
  // "for pain or fever"
  while (IsUnknown(0) || ((IsAnd(Word()) || Word() == "or" || Word() == "eller") && IsUnknown(1)))
    ++at_;
}

void TextReader::ReadStop() {
  if (IsHandling(Word(1)) || (at_ > 0 && IsHandling(tokens_[at_ - 1].word))) return;
  // "sluta inte tvärt", "do not stop"
  if (Class(1) == WordClass::kStop && (IsNot(Word()) || IsNot(Word(1)))) {
    ++at_;
    return;
  }
  reading_.ended = reading_.ended || MeaningOf(Word()).value == kEnded;
  // "ej lördagar" takes days away and ends nothing.
  reading_.stopped = reading_.stopped || !IsNot(Word()) || !WeekdayFollows();
}

bool TextReader::IsHandledNot() const {
  if (!IsHandling(Word()) || at_ == 0) return false;
  const std::string_view before = tokens_[at_ - 1].word;
  const bool another =
      at_ > 1 && (before == "or" || before == "eller") && IsHandling(tokens_[at_ - 2].word);
  return IsNot(before) || another;
}

void TextReader::ReadPause() {
  // "söndag uppehåll": days of the week are no cycle.
  if (WeekdayFollows() || (at_ > 0 && MeaningOf(tokens_[at_ - 1].word).what == WordClass::kWeekday))
    return;
  // "uppehåll varannan vecka"
  if (Class(1) == WordClass::kEveryOther || Class(1) == WordClass::kEvery) reading_.unclear = true;
  paused_ = Word() == "paus" || Word() == "uppehåll";
  reading_.cycle = true;
}

}  // namespace genflik::mapping
