#include <cmath>
#include <optional>
#include <utility>

#include "services/mapping/dosage_text_reader.h"

// What a number in a dosage text is: an amount, a number of times, a length, a most.

namespace genflik::mapping {

void TextReader::ReadPattern(const Token& token) {
  double sum = 0;
  size_t moments = 0;
  bool equal = true;
  double each = 0;
  for (const double amount : token.pattern) {
    sum += amount;
    if (amount == 0) continue;
    ++moments;
    if (each != 0 && amount != each) equal = false;
    each = amount;
  }
  ++at_;
  std::optional<Unit> unit;
  if (const auto read = ReadUnitText(Word()); read && read->kind != UnitKind::kTime) {
    unit = read;
    ++at_;
  }
  if (moments == 0 || token.pattern.size() > 5) {
    reading_.unclear = true;
    return;
  }
  if (equal) {
    SetAmount({each, each}, unit);
    SetOften({static_cast<double>(moments), static_cast<double>(moments)});
  } else {
    SetAmount({sum, sum}, unit);
    SetOften({1, 1});
  }
}

void TextReader::ReadNumber(Span number, size_t width) {
  size_t next = width;
  // "2 (two) times daily"
  if (Word(next) == "(" && Word(next + 2) == ")" && number.low == number.high &&
      Peek(next + 1) != nullptr) {
    // "three (3) times daily" as well
    const Token& inside = *Peek(next + 1);
    const bool same =
        inside.kind == TokenKind::kNumber && inside.low == inside.high && inside.low == number.low;
    if (same || NumberWord(inside.word) == number.low) next += 3;
  }
  // "1 ½ tablett"
  if (const Token* half = Peek(next);
      half != nullptr && half->kind == TokenKind::kNumber && !half->glued &&
      half->low == half->high && half->low < 1 && half->low > 0 && number.low == number.high &&
      number.low >= 1 && number.low == std::floor(number.low) &&
      ReadUnitText(Word(next + 1)).value_or(Unit{}).kind == UnitKind::kPiece) {
    ReadNumber({number.low + half->low, number.low + half->low}, next + 1);
    return;
  }
  if (number.low == number.high && number.low == std::floor(number.low) && AndAHalf(next) > 0) {
    ReadNumber({number.low + 0.5, number.high + 0.5}, next + AndAHalf(next));
    return;
  }
  if (const Token* token = Peek(next); token != nullptr && token->kind == TokenKind::kNumber &&
                                       token->low < 1 && number.low == number.high &&
                                       token->glued) {
    reading_.unclear = true;
  }
  if (Class(next) == WordClass::kOr) {
    if (ReadAlternative(number, next)) return;
  }
  if (Class(next) == WordClass::kTimes ||
      (Class(next) == WordClass::kBy &&
       (Class(next + 1) == WordClass::kDaily || IsPer(next + 1)))) {
    at_ += next + 1;
    ReadTimes(number);
    return;
  }
  if (Word(next).starts_with("ggr/") || Word(next).starts_with("gånger/") ||
      Word(next).starts_with("times/") || Word(next).starts_with("gång/")) {
    const std::string_view per = Word(next).substr(Word(next).find('/') + 1);
    const auto unit = ReadUnitText(per);
    at_ += next + 1;
    if (unit && unit->kind == UnitKind::kTime) {
      SetOften({number.low / unit->factor, number.high / unit->factor});
    } else {
      reading_.unclear = true;
    }
    return;
  }
  if (Word(next) == "-" && IsLengthOf(next + 1, number)) return;
  if (ReadDaysAWeek(number, next)) return;
  if (TimeUnit(next) > 0) {
    ReadLength(number, next);
    return;
  }
  if (Class(next) == WordClass::kCycle || Word(next).ends_with("cykel")) {
    reading_.cycle = true;
    reading_.cycle_days = number.high;
    at_ += next + 1;
    return;
  }
  ReadAmount(number, next);
}

bool TextReader::ReadDaysAWeek(Span number, size_t next) {
  if (TimeUnit(next) != 1 || number.low != number.high || number.high > 7) return false;
  const bool slash = Word(next + 1) == "/";
  const bool word = IsPer(next + 1) || Word(next + 1) == "i" || Word(next + 1) == "a";
  if ((!slash && !word) || TimeUnit(next + 2) != 7) return false;
  Clause().week_days = static_cast<size_t>(number.high);
  at_ += next + 3;
  return true;
}

bool TextReader::IsLengthOf(size_t ahead, Span number) {
  const std::string_view word = Word(ahead);
  if (!word.starts_with("dag") && !word.starts_with("veck") && !word.starts_with("day"))
    return false;
  reading_.cycle = true;
  reading_.cycle_days = number.high * (word.starts_with("veck") ? 7 : 1);
  at_ += ahead + 1;
  return true;
}

bool TextReader::ReadAlternative(Span number, size_t next) {
  const Token* second = Peek(next + 1);
  if (second == nullptr) return false;
  std::optional<double> high;
  if (second->kind == TokenKind::kNumber) high = second->high;
  if (second->kind == TokenKind::kWord) high = NumberWord(second->word);
  if (!high || *high < number.low || !second->pattern.empty()) return false;
  ReadNumber({number.low, *high}, next + 2);
  return true;
}

bool TextReader::ReadPeriod(double& days) {
  switch (Class()) {
    case WordClass::kDaily:
      days = 1;
      ++at_;
      return true;
    case WordClass::kWeekly:
      days = 7;
      ++at_;
      return true;
    case WordClass::kMonthly:
      days = 30.4375;
      ++at_;
      return true;
    default:
      break;
  }
  if (!IsPer(0)) return false;
  days = TimeUnit(1);
  at_ += 2;
  return true;
}

void TextReader::ReadTimes(Span times) {
  double days = 0;
  if (ReadPeriod(days)) {
    SetOften({times.low / days, times.high / days});
  } else if (Class() == WordClass::kEveryOther && TimeUnit(1) > 0) {
    SetOften({times.low / (2 * TimeUnit(1)), times.high / (2 * TimeUnit(1))});
    at_ += 2;
  } else if (Class() == WordClass::kEvery && IsOrdinal(1) && TimeUnit(2) > 0) {
    const double length = OrdinalAt(1) * TimeUnit(2);
    SetOften({times.low / length, times.high / length});
    at_ += 3;
  } else {
    reading_.unclear = true;
  }
}

void TextReader::ReadLength(Span number, size_t next) {
  const double days = number.high * TimeUnit(next);
  at_ += next + 1;
  if (Word().ends_with("cykel") || Class() == WordClass::kCycle) {
    reading_.cycle = true;
    reading_.cycle_days = days;
    return;
  }
  lengths_ += days;
  length_after_ = length_after_ || (days >= 1 && reading_.HasAmount());
  // "1 vecka per månad": only a part of the time, and no cycle that is told in full.
  const bool of_longer = IsPer(0) || (Word() == "i" && TimeUnit(1) > 7);
  if (of_longer && days >= 1) reading_.unclear = true;
}

void TextReader::ReadAmount(Span number, size_t next) {
  std::optional<Unit> unit;
  size_t width = next;
  if (const auto read = ReadUnitText(Word(next)); read && read->kind != UnitKind::kTime) {
    unit = read;
    ++width;
    if (Word(next) == "a") unit.reset();
  }
  const bool counted =
      unit || Class(width) == WordClass::kBy || Class(width) == WordClass::kDaily ||
      Class(width) == WordClass::kRate || Class(width) == WordClass::kMoment ||
      Class(width) == WordClass::kTimes1 || Class(width) == WordClass::kEveryOther ||
      Class(width) == WordClass::kAsNeeded || Class(width) == WordClass::kOn ||
      Class(width) == WordClass::kEvery ||
      (Class(width) == WordClass::kFiller && Class(width + 1) == WordClass::kMoment) ||
      (Class(width) == WordClass::kOr && Class(width + 1) == WordClass::kMoment) ||
      NumberWord(Word(width)).has_value() || IsPer(width);
  if (!counted) {
    reading_.unclear = true;
    at_ += width;
    return;
  }
  SetAmount(number, unit);
  at_ += width;
}

void TextReader::ReadMost() {
  ++at_;
  while (Class() == WordClass::kFiller || Class() == WordClass::kOf) ++at_;
  const Token* token = Peek();
  if (token == nullptr) return;
  // "max x 3"
  if (Class() == WordClass::kBy && Peek(1) != nullptr && Peek(1)->kind == TokenKind::kNumber) {
    Clause().max = Peek(1)->high;
    Clause().max_is_times = true;
    at_ += 2;
    return;
  }
  std::optional<double> number;
  if (token->kind == TokenKind::kNumber) number = token->high;
  if (token->kind == TokenKind::kWord) number = NumberWord(token->word);
  if (!number) {
    reading_.unclear = true;
    return;
  }
  ++at_;
  TextClause& clause = Clause();
  double days = 0;
  if (Class() == WordClass::kTimes || Word().starts_with("ggr/") || Word().starts_with("gånger/")) {
    const size_t slash = Word().find('/');
    if (slash != std::string_view::npos) {
      const auto unit = ReadUnitText(Word().substr(slash + 1));
      if (unit && unit->kind == UnitKind::kTime) days = unit->factor;
    }
    clause.max_is_times = true;
    ++at_;
  } else if (auto unit = ReadUnitText(Word()); unit && unit->kind != UnitKind::kTime) {
    if (unit->per_days) days = *unit->per_days;
    unit->per_days.reset();
    clause.max_unit = unit;
    ++at_;
  }
  if (days == 0) days = MaxPeriod();
  if (days == 0) {
    reading_.unclear = true;
    return;
  }
  clause.max = *number / days;
}

double TextReader::MaxPeriod() {
  double days = 0;
  if (ReadPeriod(days)) return days;
  if (Word() == "/" && TimeUnit(1) > 0) {
    days = TimeUnit(1);
    at_ += 2;
  } else if ((Word() == "in" || Word() == "på" || Word() == "per" || Word() == "under") &&
             Peek(1) != nullptr && Peek(1)->kind == TokenKind::kNumber && TimeUnit(2) > 0) {
    days = Peek(1)->low * TimeUnit(2);
    at_ += 3;
  }
  return days;
}

}  // namespace genflik::mapping
