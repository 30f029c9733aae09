#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>
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
  // "50 mg 1+0+1": one of what was named at each moment.
  const TextClause& named = Clause();
  if (equal && each == 1 && named.low && !Timed(named) && named.unit &&
      named.unit->kind == UnitKind::kMass) {
    SetOften({static_cast<double>(moments), static_cast<double>(moments)});
    return;
  }
  std::optional<Unit> unit;
  if (const auto read = ReadUnitText(Word()); read && read->kind != UnitKind::kTime) {
    unit = read;
    ++at_;
  }
  // "4-3-2-1" may be the doses of four days as well.
  const auto& all = token.pattern;
  const bool falls = all.size() > 2 && std::is_sorted(all.rbegin(), all.rend()) &&
                     std::adjacent_find(all.begin(), all.end()) == all.end() && all.back() > 0;
  if (moments == 0 || all.size() > 5 || (falls && token.word == "-")) {
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

bool TextReader::ReadMixed(Span number, size_t next) {
  if (number.low != number.high || number.low != std::floor(number.low)) return false;
  // "1 ½ tablett"
  if (const Token* half = Peek(next);
      half != nullptr && half->kind == TokenKind::kNumber && !half->glued &&
      half->low == half->high && half->low < 1 && half->low > 0 && number.low >= 1 &&
      ReadUnitText(Word(next + 1)).value_or(Unit{}).kind == UnitKind::kPiece) {
    ReadNumber({number.low + half->low, number.low + half->low}, next + 1);
    return true;
  }
  const size_t width = AndAHalf(next);
  if (width > 0) ReadNumber({number.low + 0.5, number.high + 0.5}, next + width);
  return width > 0;
}

bool TextReader::ReadBeside(Span number, size_t next) {
  const std::string_view word = Word(next);
  if (ReadUnitText(word).value_or(Unit{}).kind == UnitKind::kVolume &&
      (Word(next + 1) == "vatten" || Word(next + 1) == "water")) {
    at_ += next + 2;
    return true;
  }
  if (!word.ends_with("/ml") || number.low != number.high) return false;
  const auto unit = ReadUnitText(word.substr(0, word.size() - 3));
  if (!unit || unit->per_days || unit->per_kg || unit->per_m2 ||
      (unit->kind != UnitKind::kMass && unit->kind != UnitKind::kInternational))
    return false;
  reading_.concentrations.push_back({number.low * unit->factor, unit->kind});
  at_ += next + 1;
  return true;
}

bool TextReader::ReadHowOften(Span number, size_t next) {
  const bool by = Class(next) == WordClass::kBy &&
                  (Class(next + 1) == WordClass::kDaily || Class(next + 1) == WordClass::kWeekly ||
                   Class(next + 1) == WordClass::kMonthly || IsPer(next + 1));
  if (Class(next) == WordClass::kTimes || by) {
    at_ += next + 1;
    ReadTimes(number);
    return true;
  }
  const std::string_view word = Word(next);
  const size_t slash = word.find('/');
  if (slash == std::string_view::npos || MeaningOf(word.substr(0, slash)).what != WordClass::kTimes)
    return false;
  const std::string_view per = word.substr(slash + 1);
  const auto unit = ReadUnitText(MeaningOf(per).what == WordClass::kDaily ? "dag" : per);
  at_ += next + 1;
  if (unit && unit->kind == UnitKind::kTime) {
    SetOften({number.low / unit->factor, number.high / unit->factor});
  } else {
    reading_.unclear = true;
  }
  return true;
}

void TextReader::ReadNumber(Span number, size_t next) {
  if (ReadPiecesWithin(number, next) || ReadMixed(number, next) || ReadBeside(number, next)) return;
  if (const Token* token = Peek(next); token != nullptr && token->kind == TokenKind::kNumber &&
                                       token->low < 1 && number.low == number.high &&
                                       token->glued) {
    reading_.unclear = true;
  }
  // "1 à 2 tabletter"; "1 à 50 mg" is one of them
  const auto of = ReadUnitText(Word(next + 2)).value_or(Unit{});
  const bool range =
      Word(next) == "à" && (of.kind == UnitKind::kPiece || of.kind == UnitKind::kVolume ||
                            Class(next + 2) == WordClass::kTimes);
  if ((Class(next) == WordClass::kOr || range) && ReadAlternative(number, next)) return;
  if (ReadHowOften(number, next)) return;
  if (Class(next) == WordClass::kDivided) {
    // "100 mg/day in 2 divided doses"
    at_ += next;
    SkipDivision();
    return;
  }
  // "for 3 doses" is how long.
  const std::string_view before = at_ > 0 ? std::string_view(tokens_[at_ - 1].word) : "";
  if ((Word(next) == "doses" || Word(next) == "doser") && (before == "for" || before == "i") &&
      reading_.HasAmount()) {
    at_ += next;
    ReadDoseCount(number.low);
    return;
  }
  if (Word(next).starts_with("refill")) {
    at_ += next + 1;
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
  if (times.low != std::floor(times.low)) reading_.unclear = true;
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
  // "med 12 timmars mellanrum"
  if (Word().starts_with("mellanrum") || Word().starts_with("intervall")) {
    const bool least = at_ > next + 1 && tokens_[at_ - next - 2].word == "minst";
    ++at_;
    if (!Clause().often_low && !least) {
      SetOften({1 / days, 1 / days});
    } else if (!Clause().often_low || *Clause().often_low * days > 1 + 1e-9) {
      reading_.unclear = true;
    }
    return;
  }
  // "efter 3 dagar", "after a week", "om 3 dagar"
  const std::string_view before =
      at_ > next + 1 ? std::string_view(tokens_[at_ - next - 2].word) : "";
  if (reading_.HasAmount() && (before == "after" || before == "efter" || before == "om"))
    reading_.steps = true;
  lengths_ += days;
  length_after_ = length_after_ || (days >= 1 && reading_.HasAmount());
  // "1 vecka per månad": only a part of the time, and no cycle that is told in full.
  const bool of_longer = IsPer(0) || (Word() == "i" && TimeUnit(1) > 7);
  if (of_longer && days >= 1) reading_.unclear = true;
}

bool TextReader::IsCounted(size_t ahead) const {
  switch (Class(ahead)) {
    case WordClass::kBy:
    case WordClass::kDaily:
    case WordClass::kWeekly:
    case WordClass::kMonthly:
    case WordClass::kRate:
    case WordClass::kMoment:
    case WordClass::kTimes1:
    case WordClass::kEveryOther:
    case WordClass::kAsNeeded:
    case WordClass::kOn:
    case WordClass::kEvery:
    case WordClass::kRest:
    case WordClass::kMost:
      return true;
    default:
      return NumberWord(Word(ahead)).has_value() || IsPer(ahead) ||
             (Class(ahead) == WordClass::kClock && Peek(ahead + 1) != nullptr &&
              Peek(ahead + 1)->kind == TokenKind::kNumber) ||
             (Word(ahead) == "up" && Word(ahead + 1) == "to") ||
             (Word(ahead) == "upp" && Word(ahead + 1) == "till");
  }
}

size_t TextReader::SkipRoute(size_t ahead) const {
  static constexpr std::array<std::string_view, 25> kWords{
      "po",   "p.o", "by",     "mouth", "oral",  "orally", "oralt", "peroralt", "taken",
      "used", "on",  "tas",    "intas", "tages", "in",     "the",   "på",       "at",
      "sc",   "s.c", "subcut", "iv",    "i.v",   "im",     "i.m"};
  while (std::find(kWords.begin(), kWords.end(), Word(ahead)) != kWords.end()) ++ahead;
  return ahead;
}

bool TextReader::EndsTimeFirst(size_t ahead) const {
  const bool open = !reading_.clauses.empty() && !reading_.clauses.back().low;
  if (!(time_first_ && open) && !rest_follows_) return false;
  const Token* next = Peek(ahead);
  if (time_first_ && Class(ahead) == WordClass::kWeekday) return true;
  return next == nullptr || (next->kind == TokenKind::kMark && next->word != "/" &&
                             next->word != "-" && next->word != "(");
}

void TextReader::ReadAmount(Span number, size_t next) {
  // A time of day where no time is read.
  if (Word().empty() && Peek()->word == ":") reading_.unclear = true;
  std::optional<Unit> unit;
  size_t width = next;
  size_t piece = next;
  while (Class(piece) == WordClass::kForm || Word(piece) == "-" || Word(piece) == "whole") ++piece;
  // "1 filmdragerad tablett"
  if (piece > next && ReadUnitText(Word(piece)).value_or(Unit{}).kind == UnitKind::kPiece)
    width = piece;
  // "one each day"
  const bool each = Class(width) == WordClass::kEvery &&
                    (TimeUnit(width + 1) > 0 || Class(width + 1) == WordClass::kMoment);
  if (const auto read = ReadUnitText(Word(width)); read && read->kind != UnitKind::kTime && !each) {
    unit = read;
    ++width;
    if (Word(width - 1) == "a") unit.reset();
    // "halv dos": half of what is not said.
    if (number.low < 1 && Word(width - 1).starts_with("dos")) reading_.unclear = true;
  } else if (Word(width) == "t") {
    unit = Unit{.kind = UnitKind::kPiece, .piece = "tablet"};
    ++width;
  }
  const size_t behind = SkipRoute(width);
  // "one 3 times a day"
  const bool times = Peek()->kind == TokenKind::kWord && Peek(width) != nullptr &&
                     Peek(width)->kind == TokenKind::kNumber &&
                     (Class(width + 1) == WordClass::kTimes ||
                      Word(width + 1).starts_with("times/") || Word(width + 1).starts_with("ggr/"));
  const bool counted =
      unit || times || IsCounted(width) || IsCounted(behind) || EndsTimeFirst(width) ||
      (Class(width) == WordClass::kFiller && Class(width + 1) == WordClass::kMoment) ||
      (Class(width) == WordClass::kOr && Class(width + 1) == WordClass::kMoment) ||
      (Word(behind) == "mitt" && Word(behind + 1) == "på") ||
      (behind > width && Class(behind) == WordClass::kWeekday);
  if (!counted) {
    reading_.unclear = true;
    at_ += width;
    return;
  }
  // "1 tabl 2/dag"
  if (!unit && IsPer(width) && reading_.HasAmount() && Clause().low &&
      (!Timed(Clause()) || Clause().single)) {
    SetOften({number.low / TimeUnit(width + 1), number.high / TimeUnit(width + 1)});
    at_ += width + 2;
    return;
  }
  SetAmount(number, unit);
  at_ += width;
  amount_end_ = at_;
  // "50 mg tablett 1 x 2": what the milligrams are of.
  if (unit && unit->kind == UnitKind::kMass &&
      ReadUnitText(Word()).value_or(Unit{}).kind == UnitKind::kPiece && !IsCounted(0) &&
      ReadUnitText(Word())->piece != "patch")
    ++at_;
}

void TextReader::ReadMost() {
  ++at_;
  while (Class() == WordClass::kFiller || Class() == WordClass::kOf) ++at_;
  const Token* token = Peek();
  if (token == nullptr) {
    reading_.unclear = true;
    return;
  }
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
    clause.max_in_doses = Word().starts_with("dos");
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

void TextReader::CheckMosts() {
  for (TextClause& clause : reading_.clauses) {
    // "2 gånger dagligen som engångsdos"
    if (clause.single && clause.often_low && *clause.often_low > 1) reading_.unclear = true;
    // "50 mg vid behov, högst 6 per dygn": doses, and no milligrams; or the other way round.
    const bool counted = !clause.unit || clause.unit->kind == UnitKind::kPiece;
    if (clause.low && clause.max && !clause.max_is_times && !clause.max_unit && !counted)
      reading_.unclear = true;
    // "100 mg, högst 2 doser"; of two tablets or puffs the doses may be the pieces.
    if (clause.max_in_doses && clause.low) {
      clause.max_is_times = !counted;
      const bool of_doses = clause.unit && clause.unit->piece.empty();
      if (counted && !of_doses && clause.high != 1) reading_.unclear = true;
    }
    if (clause.as_needed || reading_.clauses.size() > 1 || !clause.max || HowOften(clause))
      continue;
    reading_.only_most = !reading_.unclear && !clause.low;
    reading_.unclear = true;
  }
}

}  // namespace genflik::mapping
