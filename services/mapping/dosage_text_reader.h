#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "services/mapping/dosage_text.h"
#include "services/mapping/dosage_words.h"

// How dosage_text reads: one pass over the tokens, each word or number taking what belongs to it.
// Only the dosage_text files use this.

namespace genflik::mapping {

/// Reads one text, once.
class TextReader {
 public:
  explicit TextReader(std::string_view text);
  explicit TextReader(std::vector<Token> tokens);

  TextReading Read();

 private:
  struct Span {
    double low = 0;
    double high = 0;
  };

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
    if (Word(ahead) == "mån" && IsMonday(ahead)) return 0;
    if (Word(ahead) == "v" && Word(ahead + 1) == "b") return 0;
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
  // "mån-fre", "mån, ons": a day of the week, and no month.
  bool IsMonday(size_t ahead) const;
  void SetOften(Span often);
  void SetAmount(Span amount, std::optional<Unit> unit);
  // The content of a piece or of a dose; false when the number is something else.
  bool ReadHeld(Span amount, const std::optional<Unit>& unit);
  void ReadMark(const Token& token);
  // What stands in brackets explains; a maximum or another amount in it counts.
  void ReadBracket();
  // "(à 50 mg)", "(100 mg)", "(totalt 200 mg/dygn)", "(2 tabletter)"; false when it is none of
  // them.
  bool ReadBracketContent(size_t end);
  void SetBracket(Span amount, Unit unit, bool total);
  // "(2 tabl dagl vid feber)": a dose of its own.
  bool HoldsADose(size_t end) const;
  // "(varannan dag)", "(vid behov)": when to take what stands before.
  bool SaysWhen(size_t end) const;
  // "2 tabl dagligen (1 morgon, 1 kväll)", "1x2 (1+0+1)".
  bool RepeatsTheDay(size_t end) const;
  // "(2,000 mg total)" behind pieces: a number of two readings that need not be read.
  bool IsPlainMass(const Unit& unit, size_t next, size_t end);
  // "50 mg = 1 tablett", "50 mg 2 tabl x 2": pieces or millilitres behind a mass.
  bool ReadPiecesOf(Span amount, const std::optional<Unit>& unit);
  // "six 2.5 mg tablets", "two 5 ml spoonfuls".
  bool ReadPiecesWithin(Span number, size_t next);
  // Directly behind an amount, but for a mark: what is there says the same amount once more.
  bool IsBehindAmount() const;
  // "Tabl 50 mg": the word for the pieces before their strength.
  bool NamesForm() const;
  // "#60": what is handed out.
  void SkipSupply();
  // "= 100 mg/dygn", "totalt 4 tabletter": the next amount is no further dose.
  void ReadTotal();
  // "1-0-1-0" and "1+0+1": so many at each moment of the day.
  void ReadPattern(const Token& token);
  // A number: times a day, a duration, a strength, or an amount.
  void ReadNumber(Span number, size_t next);
  // "1 ½ tablett", "1 och en halv".
  bool ReadMixed(Span number, size_t next);
  // "10 mg/ml", "2 dl vatten": what the product holds or is taken with, and no dose.
  bool ReadBeside(Span number, size_t next);
  // "2 ggr dagl", "3x weekly", "2 ggr/dag".
  bool ReadHowOften(Span number, size_t next);
  // "5 dagar i veckan", "3 dagar/vecka", "2 days a week".
  bool ReadDaysAWeek(Span number, size_t next);
  // "21-dagarscykel", "14-dagars kur": how long a cycle is.
  bool IsLengthOf(size_t ahead, Span number);
  // "1 till 2", "one or two".
  bool ReadAlternative(Span number, size_t next);
  bool IsPer(size_t ahead) const;
  // What may stand behind a number of times: the period they are counted in.
  bool ReadPeriod(double& days);
  void ReadTimes(Span times);
  // "i 14 dagar", "46 timmars infusion", "7 dagars uppehåll".
  void ReadLength(Span number, size_t next);
  void ReadAmount(Span number, size_t next);
  // What may stand behind a number of pieces that are not named, and the route between them.
  bool IsCounted(size_t ahead) const;
  size_t SkipRoute(size_t ahead) const;
  // "Morgon 1, kväll 2": a number that closes a part which its time began.
  bool EndsTimeFirst(size_t ahead) const;
  bool IsOrdinal(size_t ahead) const;
  double OrdinalAt(size_t ahead) const;
  // "var 6:e timme", "every other day", "varje kväll", "var 4-6 timme".
  void ReadEvery();
  // After "dag 1-5" an interval is the length of the cycle.
  void SetInterval(double low, double high);
  // "/dag", "per dygn", "a day" behind an amount.
  void ReadPer();
  // "x 2", "x 1-2", "x 1 per vecka", "x III".
  void ReadBy();
  // "x 3 doses", "for 14 doses" behind how often; false when no such word is there.
  bool ReadDoseCount(double doses);
  // What of a sort was named for the clause that is being read.
  std::set<double>& Seen(std::vector<std::set<double>>& all);
  // "ej lördagar", "except Sundays": the word before the one at hand takes days away.
  bool TakesAway() const;
  bool WeekdayFollows() const;
  // A moment or day is read; `told` when the clause has one of the same sort.
  void BeginTime(bool told);
  // "varannan dag", "varannan morgon".
  void ReadEveryOther();
  // "övriga dagar": those that no clause before named.
  void ReadRestOfDays();
  void SetRestOfDays();
  // "every week", unless it was told how often before.
  void SetEvery(double days);
  // "daily except 2 tablets on Sundays", "utom söndagar 2 tabletter": both know their days.
  void SetExceptions();
  // Parts that may not be added up: for two complaints, "varannan dag" three times.
  bool PartsMayDeny() const;
  // "1 tabl dagligen, 2 tabl söndagar": a sum to some, an exception to others.
  bool DaysMayDeny() const;
  // Behind "till", "fr.o.m." and the like.
  bool IsBound() const;
  // "t.o.m. 2026-05-01"
  void ReadDate();
  void ReadMoment(double which);
  void ReadWeekday(double which);
  // "kl 8 och 20", "kl 08:00, 14:00 och 20:00".
  void ReadClock();
  void AddClock(const Token& time, bool after_noon);
  void CountMoments();
  // "morgon och kväll kl 8 och 20" are two doses, "kl 8 och till natten" too; nothing for "morgon
  // och kväll, kl 8".
  static std::optional<size_t> CountTogether(const std::set<double>& moments,
                                             const std::set<double>& clocks);
  // "kl 8+20"
  void ReadClockTimes(const std::vector<double>& times);
  // "0800"
  static bool IsFourDigitTime(const Token& time);
  bool IsClockTime(bool after_clock);
  // "max 8 tabletter per dygn", "högst 2 ggr/dygn", "max 4 g/dygn".
  void ReadMost();
  double MaxPeriod();
  // What a most counts, once its dose is known, and whether it stands alone.
  void CheckMosts();
  // "no more than 4", "not to exceed 4", "inte mer än 4", "upp till 4": another way to say "max 4".
  bool ReadNotMore(std::string_view word);
  // How many words "och en halv" or "and a half" takes there, or 0.
  size_t AndAHalf(size_t ahead) const;
  // "vid behov", "when required", "vid smärta"; but "vid måltid", "vid sänggående", "as directed".
  void ReadOn();
  // The words for it have this width; "samt vid behov" adds to what is taken anyway.
  void SetAsNeeded(size_t width);
  void ReadAsNeeded(size_t width);
  // "morgon eller kväll", "1 eller ... 2": one of them, and not both.
  void ReadChoice();
  // "before meals and at bedtime": meals are not counted.
  void ReadMeal();
  bool IsMealAt(size_t ahead) const;
  void ReadThen();
  // The first word from there that is neither filler nor preposition.
  size_t SkipSmallWords(size_t ahead) const;
  bool IsUnknown(size_t ahead) const;
  // "prn muscle pain": complaints; another word may change the dose ("vid behov dubbel dos").
  void SkipComplaint();
  // "mot smärta", "för blodtrycket": the reason's own words mean nothing here.
  void SkipReason();
  // "fördelat på två doser": the amount before it is that of the day.
  void SkipDivision();
  // "dag 1-14", "dag 1-21 av 28", "dag 1, 8 och 15".
  void ReadDayNumber();
  void ReadWord(const Token& token);
  // "en", "ett" and "one" are numbers only before something that is counted.
  bool IsArticle(std::string_view word) const;
  // "utsatt", "ej": the order has ended, unless only the tablet is not to be crushed.
  void ReadStop();
  // "uppehåll": of days of the week, of so many days, or of all that follows.
  void ReadPause();
  // "ej delas", "do not crush or chew": the verb behind.
  bool IsHandledNot() const;
  bool ReadTimeWord(WordMeaning meaning);
  void ReadPlainWord(WordMeaning meaning);
  // One word that is read by itself, whatever stands behind.
  void NoteWord(WordMeaning meaning);
  void ReadUnknown();
  void Finish();

  std::vector<Token> tokens_;
  size_t at_ = 0;
  TextReading reading_;
  double lengths_ = 0;
  // True when a length stood behind an amount, and when another amount followed it.
  bool length_after_ = false;
  bool stepped_ = false;
  // True when the next amount says once more what was said.
  bool total_ = false;
  // The days that it is the total of ("dygnsdos", "veckodos"); 0 when they are not told.
  double total_days_ = 0;
  // True when a pause was named that is none of days of the week.
  bool paused_ = false;
  // The token behind the last amount; 0 when there is none.
  size_t amount_end_ = 0;
  // True when the text began with when, and when the next amount is that of the days left.
  bool time_first_ = false;
  bool rest_follows_ = false;
  // True when how often a day stood before the first amount.
  bool often_first_ = false;
  // The part that names the exception, where "except" stood before an amount.
  std::optional<size_t> except_at_ = {};
  // True when "vid" stood before a word that is no known complaint.
  bool on_unknown_ = false;
  std::vector<std::set<double>> moments_;
  std::vector<std::set<double>> clocks_;
  std::vector<std::set<double>> week_days_;
};

}  // namespace genflik::mapping
