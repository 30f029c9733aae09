#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include "services/mapping/dosage_text_reader.h"

// When and how often, in the words of a dosage text.

namespace genflik::mapping {
namespace {

bool IsExcept(std::string_view word) {
  static constexpr std::array<std::string_view, 9> kWords{
      "ej", "inte", "not", "never", "utom", "förutom", "except", "paus", "uppehåll"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

}  // namespace

bool TextReader::IsPer(size_t ahead) const {
  if (Class(ahead) == WordClass::kEvery) return TimeUnit(ahead + 1) > 0;
  if (Word(ahead) == "i" && Word(ahead + 1) == "dygnet") return true;
  if (Word(ahead) == "i" || Word(ahead) == "under") return TimeUnit(ahead + 1) >= 7;
  return Class(ahead) == WordClass::kPer && TimeUnit(ahead + 1) > 0;
}

bool TextReader::IsMonday(size_t ahead) const {
  static constexpr std::array<std::string_view, 12> kJoins{
      "-", ",", "/", "&", "+", "och", "and", "samt", "till", "to", "t.o.m", "through"};
  const auto joins = [](std::string_view word) {
    return std::find(kJoins.begin(), kJoins.end(), word) != kJoins.end();
  };
  if (Class(ahead + (joins(Word(ahead + 1)) ? 2 : 1)) == WordClass::kWeekday) return true;
  size_t before = at_ + ahead;
  if (before > 0 && joins(tokens_[before - 1].word)) --before;
  return before > 0 && MeaningOf(tokens_[before - 1].word).what == WordClass::kWeekday;
}

bool TextReader::IsOrdinal(size_t ahead) const {
  const Token* token = Peek(ahead);
  if (token == nullptr) return false;
  return token->kind == TokenKind::kOrdinal ||
         (token->kind == TokenKind::kNumber && token->word.empty()) ||
         OrdinalWord(Word(ahead)).has_value() || NumberWord(Word(ahead)).has_value();
}

double TextReader::OrdinalAt(size_t ahead) const {
  const Token* token = Peek(ahead);
  if (token->kind != TokenKind::kWord) return token->low;
  const auto ordinal = OrdinalWord(token->word);
  return ordinal ? *ordinal : NumberWord(token->word).value_or(1);
}

void TextReader::ReadEvery() {
  // "every other Friday"
  if (Class(1) == WordClass::kOther && Class(2) == WordClass::kWeekday) {
    ++at_;
    ReadEveryOther();
    return;
  }
  if (Class(1) == WordClass::kOther && TimeUnit(2) > 0) {
    SetOften({0.5 / TimeUnit(2), 0.5 / TimeUnit(2)});
    at_ += 3;
    return;
  }
  if (IsOrdinal(1)) {
    const double low = OrdinalAt(1);
    double high = Peek(1)->kind == TokenKind::kNumber ? Peek(1)->high : low;
    size_t width = 2;
    // "var 4:e-6:e timme", "var 4:e till 6:e timme"
    if ((Word(2) == "-" || Class(2) == WordClass::kOr) && IsOrdinal(3)) {
      high = OrdinalAt(3);
      width = 4;
    }
    if (const double unit = TimeUnit(width); unit > 0 && low > 0) {
      at_ += width + 1;
      SetInterval(low * unit, high * unit);
      return;
    }
  }
  if (const double unit = TimeUnit(1); unit > 0) {
    // A month to some, Monday to others.
    if (Word(1) == "mån") reading_.unclear = true;
    // "dag 1-10 varje månad" is a cycle.
    if (reading_.on_days && unit > 1) {
      SetInterval(unit, unit);
    } else {
      SetEvery(unit);
    }
    at_ += 2;
    return;
  }
  // "varje kväll", "varje fredag"
  if (Class(1) != WordClass::kMoment && Class(1) != WordClass::kWeekday)
    reading_.unknown_words = true;
  ++at_;
}

void TextReader::SetInterval(double low, double high) {
  if (reading_.on_days && *reading_.on_days > 1) {
    reading_.cycle = true;
    reading_.cycle_days = high;
    return;
  }
  SetOften({1 / high, 1 / low});
}

void TextReader::ReadPer() {
  // "after a week", "in a month"
  const std::string_view before = at_ > 0 ? std::string_view(tokens_[at_ - 1].word) : "";
  if (Word() == "a" && TimeUnit(1) > 0 && (before == "after" || before == "in"))
    return ReadLength({1, 1}, 1);
  if (const double unit = TimeUnit(1); unit > 0) {
    SetEvery(unit);
    at_ += 2;
    return;
  }
  // "1 tabl per 7 dagar"
  if ((Word() == "per" || Word() == "/") && Peek(1) != nullptr &&
      Peek(1)->kind == TokenKind::kNumber && Peek(1)->low > 0 && TimeUnit(2) > 0) {
    SetOften({1 / (Peek(1)->high * TimeUnit(2)), 1 / (Peek(1)->low * TimeUnit(2))});
    at_ += 3;
    return;
  }
  // "om 2 timmar" and the like mean something else.
  if (Word() == "per") reading_.unclear = true;
  ++at_;
}

bool TextReader::ReadDoseCount(double doses) {
  if (Word() != "doses" && Word() != "doser") return false;
  // "every 5 min x 3 doses" is no whole day of them.
  const auto often = HowOften(Clause());
  if (!often || often->high > doses + 1e-9) reading_.unclear = true;
  length_after_ = true;
  ++at_;
  return true;
}

void TextReader::ReadBy() {
  ++at_;
  const Token* token = Peek();
  if (token == nullptr) {
    reading_.unclear = true;
    return;
  }
  std::optional<Span> times;
  if (token->kind == TokenKind::kNumber) times = Span{token->low, token->high};
  static constexpr std::array<std::string_view, 4> kRoman{"i", "ii", "iii", "iv"};
  for (size_t i = 0; i < kRoman.size(); ++i) {
    const auto value = static_cast<double>(i + 1);
    if (token->word == kRoman[i]) times = Span{value, value};
  }
  if (!times || token->word == "?") {
    reading_.unclear = true;
    return;
  }
  ++at_;
  if (ReadDoseCount(times->low)) return;
  // "x 7 dagar" is how long; "x 2 dag 1-14" is how often.
  if (TimeUnit(0) > 0 && (Peek(1) == nullptr || Peek(1)->kind != TokenKind::kNumber)) {
    --at_;
    return;
  }
  // "50 mg x 2 x 2", "1 tablett x 30"
  constexpr double kMostTimes = 12;
  if (Clause().often_low || times->high > kMostTimes || times->low != std::floor(times->low))
    reading_.unclear = true;
  double days = 1;
  ReadPeriod(days);
  SetOften({times->low / days, times->high / days});
}

std::set<double>& TextReader::Seen(std::vector<std::set<double>>& all) {
  (void)Clause();
  if (all.size() < reading_.clauses.size()) all.resize(reading_.clauses.size());
  return all[reading_.clauses.size() - 1];
}

bool TextReader::WeekdayFollows() const {
  return Class(1) == WordClass::kWeekday ||
         (Class(1) == WordClass::kFiller && Class(2) == WordClass::kWeekday);
}

bool TextReader::TakesAway() const {
  for (size_t back = 1; back <= 2 && back <= at_; ++back) {
    const Token& before = tokens_[at_ - back];
    if (IsExcept(before.word)) return true;
    // "ej på lördagar"
    if (MeaningOf(before.word).what != WordClass::kFiller) return false;
  }
  return false;
}

void TextReader::ReadMoment(double which) {
  // "i morgon", "i kväll": one day, and not every day.
  if (at_ > 0 && tokens_[at_ - 1].word == "i") reading_.unclear = true;
  BeginTime(Clause().moments > 0);
  auto& seen = Seen(moments_);
  // "morgon (och kväll)": perhaps.
  const bool bracket =
      (at_ > 0 && tokens_[at_ - 1].word == "(") || (at_ > 1 && tokens_[at_ - 2].word == "(");
  if (seen.insert(which).second && bracket && seen.size() > 1) reading_.unclear = true;
  CountMoments();
  ++at_;
}

void TextReader::CountMoments() {
  const auto& moments = Seen(moments_);
  const auto& clocks = Seen(clocks_);
  Clause().moments =
      CountTogether(moments, clocks).value_or(std::max(moments.size(), clocks.size()));
}

std::optional<size_t> TextReader::CountTogether(const std::set<double>& moments,
                                                const std::set<double>& clocks) {
  const auto fits = [](double moment, double hour) {
    if (moment <= 2) return hour >= 3 && hour <= 12;
    if (moment < 4) return hour >= 10 && hour <= 20;
    if (moment < 5) return hour >= 11 && hour <= 19;
    return hour >= 15 || (moment > 5 && hour <= 4);
  };
  const auto named = std::count_if(clocks.begin(), clocks.end(), [&](double at) {
    return std::any_of(moments.begin(), moments.end(),
                       [&](double moment) { return fits(moment, at); });
  });
  if (named == 0) return moments.size() + clocks.size();
  const bool all = static_cast<size_t>(named) == clocks.size() && clocks.size() <= moments.size();
  return all ? std::optional(moments.size()) : std::nullopt;
}

void TextReader::AddClock(const Token& time, bool after_noon) {
  double hour = IsFourDigitTime(time) ? time.low / 100 : time.low;
  if (after_noon && hour < 12) hour += 12;
  auto& seen = Seen(clocks_);
  // Times go up, or twice round midnight; else the number is one of something else. "kl 8-9" is one
  // time to some and two to others.
  const bool night = seen.size() == 1 && hour >= 4 && hour != *seen.rbegin();
  const bool up = seen.empty() || hour > *seen.rbegin() || night;
  const bool share = hour > 0 && hour < 1 && time.word != ":";
  if (!up || share || time.low != time.high || time.word == "?") reading_.unclear = true;
  seen.insert(hour);
}

void TextReader::ReadWeekday(double which) {
  const bool until = Word(1) == "-" || Word(1) == "till" || Word(1) == "to" ||
                     Word(1) == "through" || Word(1) == "t.o.m";
  // "fr.o.m. måndag", "till fredag" say from when and how long.
  if (!(until && Class(2) == WordClass::kWeekday) && IsBound()) {
    length_after_ = length_after_ || reading_.HasAmount();
    ++at_;
    return;
  }
  BeginTime(Clause().week_days > 0);
  TextClause& clause = Clause();
  // "söndag uppehåll"
  const size_t behind = until && Class(2) == WordClass::kWeekday ? 3 : 1;
  if (TakesAway() || Class(behind) == WordClass::kPause) {
    // "måndag till fredag utom onsdag"
    if (clause.week_days > 0 && !clause.days_away) reading_.unclear = true;
    clause.days_away = true;
  }
  auto& seen = Seen(week_days_);
  if (until && Class(2) == WordClass::kWeekday) {
    // "fredag till måndag" goes round the end of the week.
    const double last = MeaningOf(Word(2)).value;
    const bool list = Word(3) == "-" && Class(4) == WordClass::kWeekday;
    // "Mon-Wed-Fri" are three days, and no week.
    for (double day = which; day != last && !list; day = day == 6 ? 0 : day + 1) seen.insert(day);
    seen.insert(which);
    seen.insert(last);
    at_ += list ? 4 : 3;
  } else {
    seen.insert(which);
    ++at_;
  }
  clause.week_days = clause.days_away ? 7 - seen.size() : seen.size();
}

bool TextReader::IsFourDigitTime(const Token& time) {
  return time.low == time.high && time.low >= 100 && time.low < 2400 && time.word.empty() &&
         std::fmod(time.low, 100) < 60 && time.low == std::floor(time.low);
}

bool TextReader::IsClockTime(bool after_clock) {
  const Token& time = *Peek();
  const bool named = time.word == ":";
  if (ReadUnitText(Word(1)).value_or(Unit{}).kind != UnitKind::kCount) return false;
  if (after_clock) return true;
  // "kl 8 och 2 kl 20", "kl 8, 1 x 2", "kl 8 och 2 till natten" name amounts.
  const WordClass next = Class(1);
  if (next == WordClass::kClock || next == WordClass::kBy || next == WordClass::kTimes ||
      next == WordClass::kOr || (time.high > 24 && !named && !IsFourDigitTime(time))) {
    // "kl 8 och 20 x 3": a time to some, twenty pieces to nobody.
    if (time.low > 4) reading_.unclear = true;
    return false;
  }
  // "kl 8 och 2 på kvällen", "kl 12 och 1 till natten"; but "2pm"
  const bool half_day = Word(1).starts_with("a.m") || Word(1).starts_with("p.m") ||
                        Word(1) == "am" || Word(1) == "pm";
  if (time.low < 4 && !named && !half_day && (SkipRoute(1) > 1 || Class(1) == WordClass::kMoment))
    reading_.unclear = true;
  return true;
}

void TextReader::ReadClockTimes(const std::vector<double>& times) {
  // "kl 8 + 2 tabl kl 20", "kl 8 + 1 på kvällen" name amounts.
  const bool amount = ReadUnitText(Word(1)) || Word(1) == "-" || IsCounted(1) ||
                      IsCounted(SkipRoute(1)) || !std::is_sorted(times.begin(), times.end());
  const bool hours = std::all_of(times.begin(), times.end(),
                                 [](double at) { return at <= 24 && at == std::floor(at); });
  if (amount || !hours || !Peek()->word.empty() || Clause().moments > 0) reading_.unclear = true;
  Seen(clocks_).insert(times.begin(), times.end());
  CountMoments();
  ++at_;
}

void TextReader::ReadClock() {
  // "kväll kl 20" is one time.
  const size_t back = at_ > 1 && tokens_[at_ - 1].word == "(" ? 2 : 1;
  WordMeaning part = at_ >= back ? MeaningOf(tokens_[at_ - back].word) : WordMeaning{};
  const bool named = part.what == WordClass::kMoment;
  ++at_;
  if (Peek() == nullptr) return;
  if (Peek()->kind == TokenKind::kPattern) {
    ReadClockTimes(Peek()->pattern);
    return;
  }
  if (Peek()->kind != TokenKind::kNumber) return;
  BeginTime(!named && Clause().moments > 0);
  bool after_clock = true;
  bool joined = true;
  while (Peek() != nullptr) {
    if (Peek()->kind == TokenKind::kNumber) {
      // "kl 8 1, kl 20 2"
      if (!std::exchange(joined, false) || !IsClockTime(after_clock)) break;
      // "8am", "8 på morgonen", "8 in the morning"
      const Token& time = *Peek();
      ++at_;
      size_t small = 0;
      while (Word(small) == "på" || Word(small) == "in" || Word(small) == "the") ++small;
      const bool behind = Class(small) == WordClass::kMoment;
      if (behind) {
        part = MeaningOf(Word(small));
        at_ += small + 1;
      }
      // "morning at 8 and evening at 8"
      const bool again = behind || Seen(clocks_).contains(time.low);
      AddClock(time, again && part.what == WordClass::kMoment && part.value > 3);
      part = {};
      after_clock = false;
    } else if (Class() == WordClass::kClock) {
      after_clock = joined = true;
      ++at_;
    } else if (Word() == "," || Word() == "och" || Word() == "and" || Word() == "&") {
      joined = true;
      ++at_;
    } else {
      // "kl 8 och 20 + 1 vid behov"
      if (joined && Peek()->kind == TokenKind::kPattern) reading_.unclear = true;
      break;
    }
  }
  CountMoments();
}

void TextReader::ReadDayNumber() {
  const Token* token = Peek(1);
  if (token == nullptr || token->kind != TokenKind::kNumber) {
    ++at_;
    return;
  }
  // "1 tablett dagligen, från dag 8 2 tabletter"
  const std::string_view before = at_ > 0 ? std::string_view(tokens_[at_ - 1].word) : "";
  if ((before == "från" || before == "from" || before == "fr.o.m") && token->low > 1 &&
      reading_.HasAmount())
    reading_.steps = true;
  reading_.on_days = token->high - token->low + 1;
  at_ += 2;
  while ((Word() == "," || Word() == "och" || Word() == "and") && Peek(1) != nullptr &&
         Peek(1)->kind == TokenKind::kNumber && Word(2) != "-" &&
         ReadUnitText(Word(2)).value_or(Unit{}).kind == UnitKind::kCount) {
    reading_.on_days = *reading_.on_days + 1;
    at_ += 2;
  }
  if ((Class() == WordClass::kOf || Word() == "/") && Peek(1) != nullptr &&
      Peek(1)->kind == TokenKind::kNumber) {
    reading_.cycle = true;
    reading_.cycle_days = Peek(1)->high;
    at_ += 2;
    if (TimeUnit(0) > 0) ++at_;
  }
}

}  // namespace genflik::mapping
