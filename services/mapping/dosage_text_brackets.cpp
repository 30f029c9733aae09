#include <cmath>
#include <cstddef>
#include <utility>

#include "services/mapping/dosage_text_reader.h"

// What a dosage text says once more: in brackets, behind "=" or as a total.

namespace genflik::mapping {
namespace {

// Of one dose, where a strength stands beside them.
constexpr double kMostPieces = 20;

}  // namespace

bool TextReader::ReadHeld(Span amount, const std::optional<Unit>& unit) {
  const TextClause& before = Clause();
  const bool measured = unit && unit->kind == UnitKind::kMass && !unit->per_days && !unit->per_kg &&
                        !unit->per_m2 && amount.low == amount.high;
  if (!measured || !before.low || !before.unit || before.unit->kind != UnitKind::kPiece)
    return false;
  // "30 tabletter, 50 mg x 2": what is handed out.
  if (before.high > kMostPieces) reading_.unclear = true;
  Clause().held = amount.low * unit->factor;
  Clause().held_by_one = at_ > 0 && tokens_[at_ - 1].word == "à";
  Clause().held_by_all = at_ > 0 && tokens_[at_ - 1].word == "=";
  return true;
}

bool TextReader::ReadPiecesOf(Span amount, const std::optional<Unit>& unit) {
  TextClause& before = Clause();
  const bool equal = at_ > 0 && tokens_[at_ - 1].word == "=";
  // "5 ml = 50 mg"
  if (equal && before.unit && before.unit->kind == UnitKind::kVolume && unit && !unit->per_days &&
      unit->kind == UnitKind::kMass && amount.low == amount.high) {
    before.held = amount.low * unit->factor;
    before.held_by_all = true;
    return true;
  }
  const bool measured = before.unit && before.unit->kind == UnitKind::kMass &&
                        !before.unit->per_kg && !before.unit->per_m2 && before.low == before.high &&
                        !before.held && !before.counted;
  const bool counts = unit && !unit->per_days && amount.low == amount.high &&
                      (unit->kind == UnitKind::kPiece || unit->kind == UnitKind::kVolume);
  if (!measured || !counts) return false;
  if (unit->kind == UnitKind::kVolume || amount.low == 1 || equal) {
    before.counted = amount.low * (unit->kind == UnitKind::kPiece ? 1 : unit->factor);
    before.counted_unit = unit;
    return true;
  }
  if (amount.high > kMostPieces) reading_.unclear = true;
  // "50 mg 2 tabl x 2": two pieces, of which the mass may be that of each or of both.
  before.held = *before.low * before.unit->factor;
  before.low = before.high = amount.low;
  before.unit = unit;
  return true;
}

bool TextReader::ReadPiecesWithin(Span number, size_t next) {
  // "2 à 50 mg", "2 x 50 mg"
  const bool of_each = Word(next) == "à" || Class(next) == WordClass::kBy;
  if (of_each) ++next;
  const Token* inner = Peek(next);
  // "3 x 50 mg" alone may be three times a day.
  if (of_each && Peek(next + 2) == nullptr) return false;
  if (inner == nullptr || inner->kind != TokenKind::kNumber || inner->low != inner->high ||
      !inner->word.empty() || number.low < 1)
    return false;
  const auto unit = ReadUnitText(Word(next + 1));
  if (!unit || unit->per_days || unit->per_kg || unit->per_m2) return false;
  if (unit->kind == UnitKind::kVolume && Word(next + 2).starts_with("spoon")) {
    SetAmount({number.low * inner->low, number.high * inner->low}, unit);
    at_ += next + 3;
    return true;
  }
  const auto piece = ReadUnitText(Word(next + 2));
  const bool named = piece && piece->kind == UnitKind::kPiece;
  if (unit->kind != UnitKind::kMass || (!named && !of_each)) return false;
  SetAmount(number, named ? piece : Unit{.kind = UnitKind::kPiece});
  Clause().held = inner->low * unit->factor;
  Clause().held_by_one = true;
  at_ += next + (named ? 3 : 2);
  return true;
}

bool TextReader::IsBehindAmount() const {
  size_t end = at_;
  while (end > 0 && (tokens_[end - 1].word == "=" || tokens_[end - 1].word == "à" ||
                     tokens_[end - 1].word == "("))
    --end;
  return end > 0 && end == amount_end_;
}

bool TextReader::NamesForm() const {
  const Token* number = Peek(1);
  if (ReadUnitText(Word()).value_or(Unit{}).kind != UnitKind::kPiece || number == nullptr)
    return false;
  // "Tabl 1+0+1", "Tabl 1x2"
  if (number->kind == TokenKind::kPattern) return true;
  return number->kind == TokenKind::kNumber &&
         (Class(2) == WordClass::kBy ||
          ReadUnitText(Word(2)).value_or(Unit{}).kind == UnitKind::kMass);
}

void TextReader::SkipSupply() {
  ++at_;
  if (Peek() == nullptr || Peek()->kind != TokenKind::kNumber) return;
  ++at_;
  if (ReadUnitText(Word()).value_or(Unit{}).kind == UnitKind::kPiece) ++at_;
}

void TextReader::ReadTotal() {
  total_days_ = Word() == "veckodos" ? 7 : Word() == "dygnsdos" || Word() == "dagsdos" ? 1 : 0;
  total_ = true;
  ++at_;
}

void TextReader::ReadBracket() {
  ++at_;
  if (Class() == WordClass::kMost) return;
  size_t end = 0;
  while (Peek(end) != nullptr && Word(end) != ")") ++end;
  if (!ReadBracketContent(end) && !RepeatsTheDay(end)) {
    // Another dose in brackets is not the one that is read, and no reason to overlook that one.
    if (HoldsADose(end)) {
      reading_.unknown_words = true;
    } else if (SaysWhen(end)) {
      // "1 tablett x 1 (varannan dag)", "x 3 (vid behov)": as if there were no brackets.
      return;
    }
  }
  at_ += end;
}

bool TextReader::RepeatsTheDay(size_t end) const {
  const auto from = tokens_.begin() + static_cast<std::ptrdiff_t>(at_);
  const TextReading inside = TextReader({from, from + static_cast<std::ptrdiff_t>(end)}).Read();
  if (reading_.clauses.empty() || inside.unclear || inside.steps || inside.as_needed) return false;
  const TextClause& before = reading_.clauses.back();
  const auto often = HowOften(before);
  if (!before.low || !often || inside.clauses.empty()) return false;
  double sum = 0;
  for (const TextClause& clause : inside.clauses) {
    const auto times = HowOften(clause);
    if (!clause.low || clause.unit || !times) return false;
    sum += clause.high * times->high;
  }
  return std::abs(sum - before.high * often->high) < 1e-9;
}

bool TextReader::SaysWhen(size_t end) const {
  for (size_t i = 0; i < end; ++i) {
    if (Word(i) == "?" || Word(i) == "~") return true;
    // "(ev 2)", "(1+0+1)"; but "(tidigare 100 mg)" tells of another time.
    const bool number = Peek(i)->kind == TokenKind::kNumber || NumberWord(Word(i)).has_value();
    if (Peek(i)->kind == TokenKind::kPattern || (number && !ReadUnitText(Word(i + 1)))) return true;
    switch (Class(i)) {
      case WordClass::kAgainst:
        // What follows is a reason.
        if (i == 0) return false;
        break;
      case WordClass::kStop:
        // "(patient not taking)", "(utsatt)", "(ej)"; but "(ej med mjölk)"
        if (Word(i + 1) == "taking" || end == 1 ||
            (Word(i) != "ej" && Word(i) != "inte" && Word(i) != "not"))
          return true;
        break;
      case WordClass::kPause:
        if (end == 1) return true;
        break;
      case WordClass::kThen:
        if (!IsMealAt(i + 1)) return true;
        break;
      case WordClass::kTimes:
      case WordClass::kTimes1:
      case WordClass::kEvery:
      case WordClass::kEveryOther:
      case WordClass::kDaily:
      case WordClass::kWeekly:
      case WordClass::kMonthly:
      case WordClass::kRate:
      case WordClass::kMoment:
      case WordClass::kWeekday:
      case WordClass::kRest:
      case WordClass::kClock:
      case WordClass::kAsNeeded:
      case WordClass::kOn:
      case WordClass::kTitration:
      case WordClass::kDayNumber:
      case WordClass::kBy:
        return true;
      default:
        if (IsPer(i) || (number && IsPer(i + 2))) return true;
    }
  }
  return false;
}

bool TextReader::ReadBracketContent(size_t end) {
  size_t next = 0;
  bool total = false;
  // "total daily dose 100 mg"
  for (; Word(next) == "=" || Class(next) == WordClass::kTotal ||
         (total && (Class(next) == WordClass::kDaily || Class(next) == WordClass::kFiller));
       ++next)
    total = total || Word(next) != "=";
  const bool by_one = Word(next) == "à";
  if (by_one) ++next;
  const Token* number = Peek(next);
  if (number == nullptr || number->kind != TokenKind::kNumber) return false;
  auto unit = ReadUnitText(Word(next + 1));
  if (!unit) return false;
  next += 2;
  if (number->low != number->high || number->word == "?") return IsPlainMass(*unit, next, end);
  // "(6 dagar/vecka)"
  if (unit->kind == UnitKind::kTime && next < end) return false;
  if (Class(next) == WordClass::kTotal) {
    total = true;
    ++next;
  }
  if (next < end && IsPer(next) && !unit->per_days) {
    unit->per_days = TimeUnit(next + 1);
    next += 2;
  } else if (next < end && Class(next) == WordClass::kDaily && !unit->per_days) {
    unit->per_days = 1;
    ++next;
  }
  if (next < end) return false;
  SetBracket({number->low, number->high}, *unit, total);
  if (by_one && reading_.HasAmount()) Clause().held_by_one = true;
  return true;
}

bool TextReader::IsPlainMass(const Unit& unit, size_t next, size_t end) {
  // "4 tablets (2,000 mg total)", "1-2 tablets (50-100 mg total)": the pieces are what counts.
  if (Class(next) == WordClass::kTotal) ++next;
  const bool pieces = reading_.HasAmount() && Clause().low && Clause().unit &&
                      Clause().unit->kind == UnitKind::kPiece;
  return pieces && next == end && unit.kind == UnitKind::kMass && !unit.per_days;
}

void TextReader::SetBracket(Span amount, Unit unit, bool total) {
  if (!reading_.HasAmount() || !Clause().low) return;
  TextClause& clause = Clause();
  if (unit.kind == UnitKind::kTime) {
    length_after_ = length_after_ || amount.high * unit.factor >= 1;
    return;
  }
  if (unit.per_days || (total && Timed(clause) && !IsBehindAmount())) {
    TextClause day;
    day.total = true;
    day.low = amount.low;
    day.high = amount.high;
    day.often_low = day.often_high = 1 / unit.per_days.value_or(1);
    unit.per_days.reset();
    day.unit = std::move(unit);
    reading_.totals.push_back(std::move(day));
    return;
  }
  if (ReadHeld(amount, unit)) {
    clause.held_by_all = total;
    return;
  }
  if (!clause.unit) return;
  const bool by_volume = unit.kind == UnitKind::kVolume || unit.kind == UnitKind::kPiece;
  if (clause.unit->kind == UnitKind::kMass && by_volume) {
    clause.counted = amount.low * (unit.kind == UnitKind::kPiece ? 1 : unit.factor);
    clause.counted_unit = std::move(unit);
  } else if (clause.unit->kind == UnitKind::kVolume && unit.kind == UnitKind::kMass &&
             !unit.per_kg && !unit.per_m2) {
    clause.held = amount.low * unit.factor;
    clause.held_by_all = true;
  }
}

bool TextReader::HoldsADose(size_t end) const {
  bool amount = false;
  bool timed = false;
  for (size_t i = 0; i < end; ++i) {
    const auto unit = ReadUnitText(Word(i + 1)).value_or(Unit{});
    const bool number = Peek(i)->kind == TokenKind::kNumber || NumberWord(Word(i)).has_value();
    amount = amount || (number && i + 1 < end && unit.kind != UnitKind::kCount &&
                        unit.kind != UnitKind::kTime);
    const WordClass what = Class(i);
    timed = timed || what == WordClass::kDaily || what == WordClass::kRate ||
            what == WordClass::kTimes || what == WordClass::kTimes1 || what == WordClass::kBy ||
            what == WordClass::kMoment || what == WordClass::kOn || what == WordClass::kAsNeeded ||
            what == WordClass::kEvery;
  }
  return amount && timed;
}

}  // namespace genflik::mapping
