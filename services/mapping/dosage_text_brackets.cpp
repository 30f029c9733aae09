#include <utility>

#include "services/mapping/dosage_text_reader.h"

// What a dosage text says once more: in brackets, behind "=" or as a total.

namespace genflik::mapping {

bool TextReader::ReadHeld(Span amount, const std::optional<Unit>& unit) {
  const TextClause& before = Clause();
  const bool measured = unit && unit->kind == UnitKind::kMass && !unit->per_days && !unit->per_kg &&
                        !unit->per_m2 && amount.low == amount.high;
  if (!measured || !before.low || !before.unit || before.unit->kind != UnitKind::kPiece)
    return false;
  Clause().held = amount.low * unit->factor;
  Clause().held_by_one = at_ > 0 && tokens_[at_ - 1].word == "à";
  return true;
}

void TextReader::ReadTotal() {
  total_ = true;
  ++at_;
}

void TextReader::ReadBracket() {
  ++at_;
  if (Class() == WordClass::kMost) return;
  size_t end = 0;
  while (Peek(end) != nullptr && Word(end) != ")") ++end;
  // Another dose in brackets is not the one that is read, and no reason to overlook that one.
  if (!ReadBracketContent(end) && HoldsADose(end)) reading_.unknown_words = true;
  at_ += end;
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
  if (number == nullptr || number->kind != TokenKind::kNumber || number->low != number->high)
    return false;
  auto unit = ReadUnitText(Word(next + 1));
  if (!unit || number->word == "?") return false;
  next += 2;
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

void TextReader::SetBracket(Span amount, Unit unit, bool total) {
  if (!reading_.HasAmount() || !Clause().low) return;
  TextClause& clause = Clause();
  if (unit.kind == UnitKind::kTime) {
    length_after_ = length_after_ || amount.high * unit.factor >= 1;
    return;
  }
  if (unit.per_days || (total && Timed(clause))) {
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
