#include "services/mapping/dosage_text.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "services/mapping/dosage_signals.h"
#include "services/mapping/dosage_text_reader.h"

namespace genflik::mapping {
namespace {

// "Vid feber sök vård" says when to call, not when to take.
bool IsAdvice(std::string_view word) {
  static constexpr std::array<std::string_view, 10> kWords{
      "kontakta", "kontakt", "sök", "ring", "uppsök", "contact", "seek", "call", "avbryt", "tala"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

}  // namespace

TextReader::TextReader(std::string_view text) : tokens_(SplitDosageText(text)) {}

TextReader::TextReader(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

TextReading TextReader::Read() {
  while (at_ < tokens_.size()) {
    const Token& token = tokens_[at_];
    switch (token.kind) {
      case TokenKind::kMark:
        ReadMark(token);
        break;
      case TokenKind::kPattern:
        if (token.word == "?") reading_.unclear = true;
        ReadPattern(token);
        break;
      case TokenKind::kOrdinal:
        reading_.unclear = true;
        ++at_;
        break;
      case TokenKind::kNumber:
        if (token.word == "?") reading_.unclear = true;
        ReadNumber({token.low, token.high}, 1);
        break;
      case TokenKind::kWord:
        ReadWord(token);
        break;
    }
  }
  Finish();
  return std::move(reading_);
}

void TextReader::SetOften(Span often) {
  TextClause& clause = Clause();
  if (often.high > 1 && !reading_.HasAmount()) often_first_ = true;
  if (clause.often_low && (*clause.often_low != often.low || clause.often_high != often.high)) {
    reading_.unclear = true;
  }
  clause.often_low = often.low;
  clause.often_high = often.high;
}

void TextReader::SetAmount(Span amount, std::optional<Unit> unit) {
  const bool total = std::exchange(total_, false);
  if (total && Clause().low && (Timed(Clause()) || Clause().as_needed)) {
    reading_.clauses.emplace_back().total = true;
  } else if (Clause().low) {
    // "0,25 mg 1x2": one of what was named, twice.
    const bool one_of_it = !unit && amount.low == 1 && amount.high == 1 && Clause().unit &&
                           Clause().unit->kind == UnitKind::kMass && Class(1) == WordClass::kBy;
    if (one_of_it && !Timed(Clause())) return;
    // "3 tabletter 500 mg", "1 tablett à 5 mg": the strength of the piece, not another dose.
    const bool behind = !Timed(Clause()) || IsBehindAmount();
    if (behind && (ReadHeld(amount, unit) || ReadPiecesOf(amount, unit))) return;
    if (at_ > 0 && tokens_[at_ - 1].word == "=" && !total) reading_.unclear = true;
    if (!Timed(Clause()) && !Clause().as_needed) reading_.unclear = true;
    stepped_ = stepped_ || length_after_;
    reading_.clauses.emplace_back();
  } else if (Timed(Clause()) && reading_.clauses.size() > 1 && !time_first_) {
    reading_.unclear = true;
  }
  if (std::exchange(rest_follows_, false)) SetRestOfDays();
  if (const double days = std::exchange(total_days_, 0); days > 0 && !Timed(Clause()))
    SetOften({1 / days, 1 / days});
  TextClause& clause = Clause();
  clause.low = amount.low;
  clause.high = amount.high;
  if (unit && unit->per_days) {
    // "100 mg/dygn": the amount already is one of a day.
    clause.often_low = clause.often_high = 1 / *unit->per_days;
    unit->per_days.reset();
  }
  clause.unit = std::move(unit);
}

void TextReader::ReadMark(const Token& token) {
  if (token.word == "(") {
    ReadBracket();
    return;
  }
  if (token.word == "/") {
    ReadPer();
    return;
  }
  if (token.word == "=") {
    // "50 mg = 1 tablett": the same dose in another unit.
    if (reading_.HasAmount() && (!Timed(Clause()) || IsBehindAmount())) {
      ++at_;
    } else {
      ReadTotal();
    }
    return;
  }
  if (token.word == "#") {
    SkipSupply();
    return;
  }
  // "1 tablett x 2 ?", "~2 tabletter"
  if (token.word == "?" || token.word == "~") reading_.unclear = true;
  // "1 tablett -> 2 tabletter", "<2 tabletter"
  const bool arrow = token.word == ">" && at_ > 0 && tokens_[at_ - 1].word == "-";
  if (arrow) reading_.steps = true;
  if (!arrow && (token.word == "<" || token.word == ">") && Peek(1) != nullptr &&
      Peek(1)->kind == TokenKind::kNumber)
    reading_.unclear = true;
  // "-1 tablett" is no dose; a dash with a space behind it begins a line.
  if (token.word == "-" && !token.glued && Peek(1) != nullptr && Peek(1)->glued &&
      Peek(1)->kind == TokenKind::kNumber) {
    reading_.unclear = true;
  }
  ++at_;
}

void TextReader::ReadOn() {
  const WordClass next = Class(1);
  if (next == WordClass::kNeed || (IsComplaint(Word(1)) && !IsAdvice(Word(2)))) {
    ReadAsNeeded(2);
  } else if (IsUnknown(1) && IsComplaint(Word(2)) && (Word() == "vid" || Word() == "if")) {
    // "vid svår smärta"
    ReadAsNeeded(3);
  } else if (next == WordClass::kUnknown && (Word() == "vid" || Word() == "if") &&
             !Word(1).empty()) {
    on_unknown_ = true;
    at_ += 2;
  } else {
    ++at_;
  }
}

void TextReader::SkipDivision() {
  ++at_;
  while (Class() == WordClass::kFiller && !NumberWord(Word())) ++at_;
  if (Peek() == nullptr) return;
  if (Peek()->kind == TokenKind::kNumber || NumberWord(Word())) ++at_;
  if (Word().starts_with("dos") || Class() == WordClass::kTimes) ++at_;
  // "100 mg divided BID", "4 tabletter per dag fördelat på morgon och kväll"
  bool parts = Class() == WordClass::kRate;
  while (Class() == WordClass::kRate || Class() == WordClass::kMoment ||
         (Class() == WordClass::kFiller && Class(1) == WordClass::kMoment)) {
    parts = parts || Class() == WordClass::kMoment;
    ++at_;
  }
  // "divided every 8 hours"
  if (Class() == WordClass::kEvery && IsOrdinal(1) && TimeUnit(2) > 0 && TimeUnit(2) < 1) {
    parts = true;
    at_ += 3;
  }
  if (parts && !Timed(Clause())) SetOften({1, 1});
}

void TextReader::ReadWord(const Token& token) {
  if (token.word == "varannan" || token.word == "vartannat" || token.word == "alternate") {
    ReadEveryOther();
    return;
  }
  if (token.word.front() >= '0' && token.word.front() <= '9') {
    ReadDate();
    return;
  }
  if (token.word == "utom" || token.word == "förutom" || token.word == "except") {
    const bool amount =
        Peek(1) != nullptr && (Peek(1)->kind == TokenKind::kNumber || NumberWord(Word(1)));
    if (amount) except_at_ = reading_.clauses.size();
    reading_.unclear = reading_.unclear || (!amount && !WeekdayFollows());
    ++at_;
    return;
  }
  if (token.word == "i" && (Word(1) == "veckan" || Word(1) == "månaden" || Word(1) == "dygnet")) {
    ReadPer();
    return;
  }
  // "alla dagar i veckan"
  if (token.word == "alla" && Word(1) == "dagar") {
    if (!Clause().often_low) SetOften({1, 1});
    at_ += 2;
    return;
  }
  if (ReadNotMore(token.word)) return;
  if (token.word == "mitt" && Word(1) == "på" && Word(2) == "dagen") {
    at_ += 2;
    ReadMoment(3);
    return;
  }
  if (const auto number = NumberWord(token.word); number && *number >= 1 && AndAHalf(1) > 0) {
    ReadNumber({*number + 0.5, *number + 0.5}, 1 + AndAHalf(1));
    return;
  }
  if (const auto number = NumberWord(token.word); number && !IsArticle(token.word)) {
    // "en halv tablett"
    const auto half = NumberWord(Word(1));
    const double joined = Word(1) == "-" ? NumberWord(Word(2)).value_or(0) : 0;
    if (half && *half < 1 && *number == 1) {
      ReadNumber({*half, *half}, 2);
    } else if (joined > 0 && joined < 1 && *number == 1) {
      // "one-half tablet"
      ReadNumber({joined, joined}, 3);
    } else {
      // "half a tablet"
      const bool article = *number < 1 && (Word(1) == "a" || Word(1) == "an");
      ReadNumber({*number, *number}, article ? 2 : 1);
    }
    return;
  }
  const WordMeaning meaning = MeaningOf(token.word);
  if (ReadTimeWord(meaning)) return;
  ReadPlainWord(meaning);
}

size_t TextReader::AndAHalf(size_t ahead) const {
  if (Word(ahead) != "och" && Word(ahead) != "and" && Word(ahead) != "&") return 0;
  // "1 and 1/2 tablets"
  const Token* share = Peek(ahead + 1);
  if (share != nullptr && share->kind == TokenKind::kNumber && share->low == 0.5 &&
      share->high == 0.5 && ReadUnitText(Word(ahead + 2)).value_or(Unit{}).kind == UnitKind::kPiece)
    return 2;
  const std::string_view next = Word(ahead + 1);
  const bool article = next == "en" || next == "ett" || next == "a" || next == "one";
  const size_t width = article ? (Word(ahead + 2) == "-" ? 3 : 2) : 1;
  return NumberWord(Word(ahead + width)) == 0.5 ? width + 1 : 0;
}

bool TextReader::ReadNotMore(std::string_view word) {
  const bool no = word == "no" || word == "not" || word == "inte" || word == "ej";
  size_t width = 0;
  if (no && (Word(2) == "than" || Word(2) == "än" || Word(2) == "exceed")) width = 2;
  if (no && Word(1) == "exceed") width = 1;
  if ((word == "up" && Word(1) == "to") || (word == "upp" && Word(1) == "till")) width = 1;
  if (width == 0) return false;
  at_ += width;
  ReadMost();
  return true;
}

bool TextReader::IsArticle(std::string_view word) const {
  // "en om dagen"
  if ((word != "en" && word != "ett") || IsPer(1)) return false;
  const auto unit = ReadUnitText(Word(1));
  return !unit && Class(1) != WordClass::kTimes && Class(1) != WordClass::kOr &&
         Class(1) != WordClass::kDaily && Class(1) != WordClass::kForm && !NumberWord(Word(1));
}

bool TextReader::ReadTimeWord(WordMeaning meaning) {
  switch (meaning.what) {
    case WordClass::kEvery:
      ReadEvery();
      return true;
    case WordClass::kPer:
      ReadPer();
      return true;
    case WordClass::kBy:
      ReadBy();
      return true;
    case WordClass::kMoment:
      ReadMoment(meaning.value);
      return true;
    case WordClass::kWeekday:
      ReadWeekday(meaning.value);
      return true;
    case WordClass::kClock:
      ReadClock();
      return true;
    case WordClass::kDaily:
      // "veckodos 15 mg dagligen"
      if (Clause().often_low.value_or(1) < 1) reading_.unclear = true;
      if (!Clause().often_low) SetOften({1, 1});
      ++at_;
      return true;
    case WordClass::kWeekly:
      SetEvery(7);
      ++at_;
      return true;
    case WordClass::kMonthly:
      SetEvery(30.4375);
      ++at_;
      return true;
    case WordClass::kRest:
      ReadRestOfDays();
      return true;
    case WordClass::kRate:
      SetOften({meaning.value, meaning.value});
      ++at_;
      return true;
    case WordClass::kTimes1: {
      // "once or twice daily"
      const bool range = Class(1) == WordClass::kOr && Class(2) == WordClass::kTimes1;
      const double most = range ? MeaningOf(Word(2)).value : meaning.value;
      at_ += range ? 3 : 1;
      ReadTimes({meaning.value, most});
      return true;
    }
    case WordClass::kDayNumber:
      ReadDayNumber();
      return true;
    default:
      return false;
  }
}

void TextReader::ReadUnknown() {
  // "minst 4 timmars mellanrum"
  const bool gap = Word() == "minst" && TimeUnit(2) > 0 && Word(3).starts_with("mellanrum");
  if (NamesForm() || IsHandledNot() || gap) return;
  if (TimeUnit(0) == 0) reading_.unknown_words = true;
  if (Word() == "en" || ReadUnitText(Word()).value_or(Unit{}).kind == UnitKind::kPiece)
    reading_.uncounted = true;
}

void TextReader::ReadPlainWord(WordMeaning meaning) {
  switch (meaning.what) {
    case WordClass::kMost:
      ReadMost();
      return;
    case WordClass::kAsNeeded:
      ReadAsNeeded(1);
      return;
    case WordClass::kOn:
      ReadOn();
      return;
    case WordClass::kThen:
      // "efter behov"
      if (Class(1) == WordClass::kNeed) return ReadAsNeeded(2);
      NoteWord(meaning);
      ++at_;
      return;
    case WordClass::kAgainst:
      SkipReason();
      return;
    case WordClass::kDivided:
      SkipDivision();
      return;
    case WordClass::kTotal:
      ReadTotal();
      return;
    default:
      NoteWord(meaning);
      ++at_;
  }
}

void TextReader::NoteWord(WordMeaning meaning) {
  switch (meaning.what) {
    case WordClass::kOr:
      return ReadChoice();
    case WordClass::kFiller:
      return ReadMeal();
    case WordClass::kStop:
      return ReadStop();
    case WordClass::kThen:
      return ReadThen();
    case WordClass::kUnknown:
      return ReadUnknown();
    case WordClass::kTitration:
      reading_.titration = true;
      return;
    case WordClass::kRefers:
      reading_.refers_elsewhere = true;
      return;
    case WordClass::kPause:
      ReadPause();
      return;
    case WordClass::kCycle:
      reading_.cycle = true;
      return;
    case WordClass::kSingle:
      Clause().single = true;
      return;
    case WordClass::kOf:
      // "2 veckor på, 1 vecka av"
      if (lengths_ > 0 && at_ + 1 == tokens_.size()) reading_.cycle = true;
      return;
    case WordClass::kFirst:
      // "första veckan i månaden": a part of the time.
      if (TimeUnit(1) > 0) reading_.unclear = true;
      return;
    default:
      return;
  }
}

void TextReader::Finish() {
  SetExceptions();
  // "15 mg x 1, veckodos"
  if (total_days_ > 1) reading_.unclear = true;
  for (size_t i = 0; i < std::min(moments_.size(), clocks_.size()); ++i) {
    if (!CountTogether(moments_[i], clocks_[i])) reading_.unclear = true;
  }
  if (rest_follows_ || PartsMayDeny()) reading_.unclear = true;
  const auto first_total = std::stable_partition(reading_.clauses.begin(), reading_.clauses.end(),
                                                 [](const TextClause& one) { return !one.total; });
  reading_.totals.insert(reading_.totals.end(), first_total, reading_.clauses.end());
  reading_.clauses.erase(first_total, reading_.clauses.end());
  if (on_unknown_) {
    // "dagligen vid diabetes" names the disease; "1 tablett vid förmaksflimmer" waits for it.
    const bool timed = std::any_of(reading_.clauses.begin(), reading_.clauses.end(), Timed);
    if (timed) {
      reading_.unknown_words = true;
    } else {
      reading_.as_needed = true;
      Clause().as_needed = true;
    }
  }
  if (reading_.cycle && !reading_.cycle_days && lengths_ > 0) reading_.cycle_days = lengths_;
  // "Paus", "gör uppehåll": of no length, and so until further notice.
  if (paused_ && !reading_.cycle_days && !reading_.on_days) {
    reading_.stopped = reading_.ended = true;
    reading_.cycle = false;
  }
  // "varje timme i 4 timmar": so often, but only for a part of the day.
  if (lengths_ > 0 && lengths_ < 1) {
    for (const TextClause& clause : reading_.clauses) {
      if (clause.often_low && *clause.often_low * lengths_ > 1) reading_.unclear = true;
    }
  }
  // A pause closes a cycle; any other step changes the dose.
  if (reading_.cycle) reading_.steps = false;
  // "2 tabletter i 3 dagar, 1 tablett i 3 dagar"
  const bool told =
      std::all_of(reading_.clauses.begin(), reading_.clauses.end(),
                  [](const TextClause& clause) { return HowOften(clause).has_value(); });
  if (stepped_ && told) (reading_.cycle ? reading_.unclear : reading_.steps) = true;
  CheckMosts();
}

bool TextReading::HasAmount() const {
  return std::any_of(clauses.begin(), clauses.end(),
                     [](const TextClause& clause) { return clause.low.has_value(); });
}

std::optional<Often> HowOften(const TextClause& clause) {
  const auto moments = static_cast<double>(clause.moments);
  Often often;
  if (clause.often_low) {
    often = {*clause.often_low, clause.often_high};
    // Three meals, and the moments named beside them.
    const double all = clause.meals ? moments + 3 : moments;
    const bool agrees = often.high <= 1 ? moments <= 1
                                        : (moments >= often.low && moments <= often.high) ||
                                              (all == often.low && all == often.high);
    if (moments > 0 && !agrees) return std::nullopt;
    // A week-long frequency beside days of the week names those days.
    if (clause.week_days > 0) {
      const auto days = static_cast<double>(clause.week_days);
      if (often.high * 7 == days) return often;
      if (often.low < 1) return std::nullopt;
      return Often{often.low * days / 7, often.high * days / 7};
    }
    return often;
  }
  if (moments > 0 || clause.week_days > 0) {
    double a_day = std::max(1.0, moments);
    if (clause.week_days > 0) a_day *= static_cast<double>(clause.week_days) / 7;
    return Often{a_day, a_day};
  }
  if (clause.single) return Often{1, 1};
  return std::nullopt;
}

TextReading ReadDosageText(std::string_view text) {
  if (text.empty()) return {};
  TextReading reading = TextReader(text).Read();
  reading.stopped = reading.stopped || SaysStopped(text);
  return reading;
}

}  // namespace genflik::mapping
