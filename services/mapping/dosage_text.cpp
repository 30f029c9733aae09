#include "services/mapping/dosage_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string>
#include <utility>

#include "services/mapping/dosage_words.h"

namespace genflik::mapping {
namespace {

struct Span {
  double low = 0;
  double high = 0;
};

class Reader {
 public:
  explicit Reader(std::string_view text) : tokens_(SplitDosageText(text)) {}

  TextReading Read() {
    while (at_ < tokens_.size()) {
      const Token& token = tokens_[at_];
      switch (token.kind) {
        case TokenKind::kMark:
          ReadMark(token);
          break;
        case TokenKind::kPattern:
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

 private:
  const Token* Peek(size_t ahead = 0) const {
    return at_ + ahead < tokens_.size() ? &tokens_[at_ + ahead] : nullptr;
  }
  std::string_view Word(size_t ahead = 0) const {
    const Token* token = Peek(ahead);
    return token != nullptr && (token->kind == TokenKind::kWord || token->kind == TokenKind::kMark)
               ? std::string_view(token->word)
               : std::string_view();
  }
  WordClass Class(size_t ahead = 0) const { return MeaningOf(Word(ahead)).what; }
  // Days in a unit of time named by the word there, or 0.
  double TimeUnit(size_t ahead) const {
    const auto unit = ReadUnitText(Word(ahead));
    return unit && unit->kind == UnitKind::kTime && !unit->per_days ? unit->factor : 0;
  }

  TextClause& Clause() {
    if (reading_.clauses.empty()) reading_.clauses.emplace_back();
    return reading_.clauses.back();
  }

  static bool Timed(const TextClause& clause) {
    return clause.often_low || clause.moments > 0 || clause.week_days > 0 || clause.single;
  }

  void SetOften(Span often) {
    TextClause& clause = Clause();
    if (clause.often_low && (*clause.often_low != often.low || clause.often_high != often.high)) {
      reading_.unclear = true;
    }
    clause.often_low = often.low;
    clause.often_high = often.high;
  }

  void SetAmount(Span amount, std::optional<Unit> unit) {
    if (Clause().low) {
      const bool strength = unit && unit->kind == UnitKind::kMass && Clause().unit &&
                            Clause().unit->kind == UnitKind::kPiece && amount.low == amount.high;
      // "3 tabletter 500 mg", "1 tablett à 5 mg": the strength of the piece, not another dose.
      if (strength && !Timed(Clause())) return;
      if (!Timed(Clause()) && !Clause().as_needed) reading_.unclear = true;
      reading_.clauses.emplace_back();
    } else if (Timed(Clause()) && reading_.clauses.size() > 1) {
      reading_.unclear = true;
    }
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

  void ReadMark(const Token& token) {
    if (token.word == "(") {
      ReadBracket();
      return;
    }
    if (token.word == "/") {
      ReadPer();
      return;
    }
    ++at_;
  }

  // What stands in brackets explains; only a maximum in it counts.
  void ReadBracket() {
    ++at_;
    if (Class() == WordClass::kMost) return;
    while (at_ < tokens_.size() && Word() != ")") ++at_;
  }

  // "1-0-1-0" and "1+0+1": so many at each moment of the day.
  void ReadPattern(const Token& token) {
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

  // A number: times a day, a duration, a strength, or an amount.
  void ReadNumber(Span number, size_t width) {
    const size_t next = width;
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
        Word(next).starts_with("times/")) {
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

  // "5 dagar i veckan", "3 dagar/vecka", "2 days a week".
  bool ReadDaysAWeek(Span number, size_t next) {
    if (TimeUnit(next) != 1 || number.low != number.high || number.high > 7) return false;
    const bool slash = Word(next + 1) == "/";
    const bool word = IsPer(next + 1) || Word(next + 1) == "i" || Word(next + 1) == "a";
    if ((!slash && !word) || TimeUnit(next + 2) != 7) return false;
    Clause().week_days = static_cast<size_t>(number.high);
    at_ += next + 3;
    return true;
  }

  // "21-dagarscykel", "14-dagars kur": how long a cycle is.
  bool IsLengthOf(size_t ahead, Span number) {
    const std::string_view word = Word(ahead);
    if (!word.starts_with("dag") && !word.starts_with("veck") && !word.starts_with("day"))
      return false;
    reading_.cycle = true;
    reading_.cycle_days = number.high * (word.starts_with("veck") ? 7 : 1);
    at_ += ahead + 1;
    return true;
  }

  // "1 till 2", "one or two".
  bool ReadAlternative(Span number, size_t next) {
    const Token* second = Peek(next + 1);
    if (second == nullptr) return false;
    std::optional<double> high;
    if (second->kind == TokenKind::kNumber) high = second->high;
    if (second->kind == TokenKind::kWord) high = NumberWord(second->word);
    if (!high || *high < number.low || !second->pattern.empty()) return false;
    ReadNumber({number.low, *high}, next + 2);
    return true;
  }

  bool IsPer(size_t ahead) const {
    if (Class(ahead) == WordClass::kEvery) return TimeUnit(ahead + 1) > 0;
    if (Word(ahead) == "i" || Word(ahead) == "under") return TimeUnit(ahead + 1) >= 7;
    return Class(ahead) == WordClass::kPer && TimeUnit(ahead + 1) > 0;
  }

  // What may stand behind a number of times: the period they are counted in.
  bool ReadPeriod(double& days) {
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

  void ReadTimes(Span times) {
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

  // "i 14 dagar", "46 timmars infusion", "7 dagars uppehåll".
  void ReadLength(Span number, size_t next) {
    const double days = number.high * TimeUnit(next);
    at_ += next + 1;
    if (Word().ends_with("cykel") || Class() == WordClass::kCycle) {
      reading_.cycle = true;
      reading_.cycle_days = days;
      return;
    }
    lengths_ += days;
  }

  void ReadAmount(Span number, size_t next) {
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
        NumberWord(Word(width)).has_value();
    if (!counted) {
      reading_.unclear = true;
      at_ += width;
      return;
    }
    SetAmount(number, unit);
    at_ += width;
  }

  bool IsOrdinal(size_t ahead) const {
    const Token* token = Peek(ahead);
    if (token == nullptr) return false;
    return token->kind == TokenKind::kOrdinal ||
           (token->kind == TokenKind::kNumber && token->word.empty()) ||
           OrdinalWord(Word(ahead)).has_value() || NumberWord(Word(ahead)).has_value();
  }
  double OrdinalAt(size_t ahead) const {
    const Token* token = Peek(ahead);
    if (token->kind != TokenKind::kWord) return token->low;
    const auto ordinal = OrdinalWord(token->word);
    return ordinal ? *ordinal : NumberWord(token->word).value_or(1);
  }

  // "var 6:e timme", "every other day", "varje kväll", "var 4-6 timme".
  void ReadEvery() {
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
      if (!Clause().often_low) SetOften({1 / unit, 1 / unit});
      at_ += 2;
      return;
    }
    if (Class(1) != WordClass::kMoment) reading_.unknown_words = true;
    ++at_;
  }

  // After "dag 1-5" an interval is the length of the cycle.
  void SetInterval(double low, double high) {
    if (reading_.on_days && *reading_.on_days > 1) {
      reading_.cycle = true;
      reading_.cycle_days = high;
      return;
    }
    SetOften({1 / high, 1 / low});
  }

  // "/dag", "per dygn", "a day" behind an amount.
  void ReadPer() {
    if (const double unit = TimeUnit(1); unit > 0) {
      if (!Clause().often_low) SetOften({1 / unit, 1 / unit});
      at_ += 2;
      return;
    }
    // "om 2 timmar" and the like mean something else.
    if (Word() == "per") reading_.unclear = true;
    ++at_;
  }

  // "x 2", "x 1-2", "x 1 per vecka", "x III".
  void ReadBy() {
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
    if (!times) {
      reading_.unclear = true;
      return;
    }
    ++at_;
    // "x 7 dagar" is how long; "x 2 dag 1-14" is how often.
    if (TimeUnit(0) > 0 && (Peek(1) == nullptr || Peek(1)->kind != TokenKind::kNumber)) {
      --at_;
      return;
    }
    double days = 1;
    ReadPeriod(days);
    SetOften({times->low / days, times->high / days});
  }

  void ReadMoment(double which) {
    if (moments_.size() <= reading_.clauses.size()) moments_.resize(reading_.clauses.size() + 1);
    TextClause& clause = Clause();
    auto& seen = moments_[reading_.clauses.size()];
    seen.insert(which);
    clause.moments = seen.size();
    ++at_;
  }

  void ReadWeekday(double which) {
    const bool until = Word(1) == "-" || Word(1) == "till" || Word(1) == "to";
    if (until && Class(2) == WordClass::kWeekday) {
      for (double day = which; day <= MeaningOf(Word(2)).value; ++day) week_days_.insert(day);
      at_ += 3;
    } else {
      week_days_.insert(which);
      ++at_;
    }
    Clause().week_days = week_days_.size();
  }

  // "kl 8 och 20", "kl 08:00, 14:00 och 20:00".
  void ReadClock() {
    if (Peek(1) == nullptr || Peek(1)->kind != TokenKind::kNumber) {
      ++at_;
      return;
    }
    ++at_;
    double times = 0;
    while (Peek() != nullptr) {
      if (Peek()->kind == TokenKind::kNumber &&
          ReadUnitText(Word(1)).value_or(Unit{}).kind == UnitKind::kCount) {
        times += Peek()->low == Peek()->high ? 1 : 2;
        ++at_;
      } else if (Word() == "," || Word() == "och" || Word() == "and" || Word() == "kl") {
        ++at_;
      } else {
        break;
      }
    }
    Clause().moments += static_cast<size_t>(times);
  }

  // "max 8 tabletter per dygn", "högst 2 ggr/dygn", "max 4 g/dygn".
  void ReadMost() {
    ++at_;
    while (Class() == WordClass::kFiller || Class() == WordClass::kOf) ++at_;
    const Token* token = Peek();
    if (token == nullptr) return;
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
    if (Class() == WordClass::kTimes || Word().starts_with("ggr/") ||
        Word().starts_with("gånger/")) {
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

  double MaxPeriod() {
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

  // "vid behov", "when required", "vid smärta"; but "vid måltid", "vid sänggående", "as directed".
  void ReadOn() {
    const WordClass next = Class(1);
    if (next == WordClass::kNeed) {
      SetAsNeeded();
      at_ += 2;
    } else if (next == WordClass::kUnknown && (Word() == "vid" || Word() == "if") &&
               !Word(1).empty()) {
      SetAsNeeded();
      at_ += 2;
    } else {
      ++at_;
    }
  }

  void SetAsNeeded() {
    reading_.as_needed = true;
    Clause().as_needed = true;
  }

  // "mot smärta", "för blodtrycket": the reason's own words mean nothing here.
  void SkipReason() {
    ++at_;
    while (Peek() != nullptr && Peek()->kind == TokenKind::kWord && Class() == WordClass::kUnknown)
      ++at_;
  }

  // "fördelat på två doser": the amount before it is that of the day.
  void SkipDivision() {
    ++at_;
    while (Class() == WordClass::kFiller && !NumberWord(Word())) ++at_;
    if (Peek() == nullptr) return;
    if (Peek()->kind == TokenKind::kNumber || NumberWord(Word())) ++at_;
    if (Word().starts_with("dos") || Class() == WordClass::kTimes) ++at_;
  }

  // "dag 1-14", "dag 1-21 av 28", "dag 1, 8 och 15".
  void ReadDayNumber() {
    const Token* token = Peek(1);
    if (token == nullptr || token->kind != TokenKind::kNumber) {
      ++at_;
      return;
    }
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

  // "q8h", "q6-8h" come as one word.
  bool ReadQHours(std::string_view word) {
    if (word.size() < 3 || word.front() != 'q' || word.back() != 'h') return false;
    double hours = 0;
    for (const char c : word.substr(1, word.size() - 2)) {
      if (c < '0' || c > '9') return false;
      hours = hours * 10 + (c - '0');
    }
    if (hours == 0) return false;
    SetOften({24 / hours, 24 / hours});
    ++at_;
    return true;
  }

  void ReadWord(const Token& token) {
    if (token.word == "varannan" || token.word == "vartannat" || token.word == "alternate") {
      const double unit = TimeUnit(1) > 0 ? TimeUnit(1) : 0;
      if (unit == 0) {
        reading_.unclear = true;
      } else {
        SetOften({0.5 / unit, 0.5 / unit});
      }
      at_ += unit > 0 ? 2 : 1;
      return;
    }
    if (ReadQHours(token.word)) return;
    if (token.word == "i" && (Word(1) == "veckan" || Word(1) == "månaden")) {
      ReadPer();
      return;
    }
    if (const auto number = NumberWord(token.word); number && !IsArticle(token.word)) {
      // "en halv tablett"
      if (const auto half = NumberWord(Word(1)); half && *half < 1 && *number == 1) {
        ReadNumber({*half, *half}, 2);
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

  // "en", "ett" and "one" are numbers only before something that is counted.
  bool IsArticle(std::string_view word) const {
    if (word != "en" && word != "ett") return false;
    const auto unit = ReadUnitText(Word(1));
    return !unit && Class(1) != WordClass::kTimes && Class(1) != WordClass::kOr &&
           !NumberWord(Word(1));
  }

  bool ReadTimeWord(WordMeaning meaning) {
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
        if (!Clause().often_low) SetOften({1, 1});
        ++at_;
        return true;
      case WordClass::kWeekly:
        if (!Clause().often_low) SetOften({1.0 / 7, 1.0 / 7});
        ++at_;
        return true;
      case WordClass::kMonthly:
        if (!Clause().often_low) SetOften({1 / 30.4375, 1 / 30.4375});
        ++at_;
        return true;
      case WordClass::kRate:
        SetOften({meaning.value, meaning.value});
        ++at_;
        return true;
      case WordClass::kTimes1:
        ++at_;
        ReadTimes({meaning.value, meaning.value});
        return true;
      case WordClass::kDayNumber:
        ReadDayNumber();
        return true;
      default:
        return false;
    }
  }

  void ReadPlainWord(WordMeaning meaning) {
    switch (meaning.what) {
      case WordClass::kMost:
        ReadMost();
        return;
      case WordClass::kAsNeeded:
        SetAsNeeded();
        break;
      case WordClass::kOn:
        ReadOn();
        return;
      case WordClass::kAgainst:
        SkipReason();
        return;
      case WordClass::kTitration:
        reading_.titration = true;
        break;
      case WordClass::kRefers:
        reading_.refers_elsewhere = true;
        break;
      case WordClass::kStop:
        reading_.stopped = true;
        break;
      case WordClass::kThen:
        reading_.steps = true;
        break;
      case WordClass::kDivided:
        SkipDivision();
        return;
      case WordClass::kPause:
      case WordClass::kCycle:
        reading_.cycle = true;
        break;
      case WordClass::kSingle:
        Clause().single = true;
        break;
      case WordClass::kOf:
        // "2 veckor på, 1 vecka av"
        if (lengths_ > 0 && at_ + 1 == tokens_.size()) reading_.cycle = true;
        break;
      case WordClass::kUnknown:
        if (TimeUnit(0) == 0) reading_.unknown_words = true;
        break;
      default:
        break;
    }
    ++at_;
  }

  void Finish() {
    if (reading_.cycle && !reading_.cycle_days && lengths_ > 0) reading_.cycle_days = lengths_;
    // "varje timme i 4 timmar": so often, but only for a part of the day.
    if (lengths_ > 0 && lengths_ < 1) {
      for (const TextClause& clause : reading_.clauses) {
        if (clause.often_low && *clause.often_low * lengths_ > 1) reading_.unclear = true;
      }
    }
    // A pause closes a cycle; any other step changes the dose.
    if (reading_.cycle) reading_.steps = false;
    for (TextClause& clause : reading_.clauses) {
      if (clause.as_needed || reading_.clauses.size() > 1) continue;
      if (clause.max) reading_.unclear = reading_.unclear || !HowOften(clause);
    }
  }

  std::vector<Token> tokens_;
  size_t at_ = 0;
  TextReading reading_;
  double lengths_ = 0;
  std::vector<std::set<double>> moments_;
  std::set<double> week_days_;
};

}  // namespace

bool TextReading::HasAmount() const {
  return std::any_of(clauses.begin(), clauses.end(),
                     [](const TextClause& clause) { return clause.low.has_value(); });
}

std::optional<Often> HowOften(const TextClause& clause) {
  const auto moments = static_cast<double>(clause.moments);
  Often often;
  if (clause.often_low) {
    often = {*clause.often_low, clause.often_high};
    const bool agrees =
        often.high <= 1 ? moments <= 1 : moments >= often.low && moments <= often.high;
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
  return Reader(text).Read();
}

}  // namespace genflik::mapping
