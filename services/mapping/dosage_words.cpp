#include "services/mapping/dosage_words.h"

#include <charconv>
#include <cmath>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "services/mapping/dosage_units.h"

namespace genflik::mapping {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80; }

class Splitter {
 public:
  explicit Splitter(std::string text) : text_(std::move(text)) {}

  std::vector<Token> Split() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        ++at_;
        space_ = true;
        continue;
      }
      const size_t before = tokens_.size();
      const bool glued = !space_;
      if (const size_t date = DateLength(); date > 0 && !AfterDigit()) {
        // A day of the calendar says when, and is no number of anything.
        tokens_.push_back({.kind = TokenKind::kWord, .word = text_.substr(at_, date)});
        at_ += date;
        // ".5" is a half; a point that ends a word has no space before it.
      } else if (IsDigit(c) || ((c == '.' || c == ',') && space_ && IsDigit(Peek(1)))) {
        // ",5" begins a text as a half; behind words the comma may be one of the sentence.
        ambiguous_ = c == ',' && !tokens_.empty();
        ReadNumber();
        if (ambiguous_ && before < tokens_.size() && tokens_[before].kind != TokenKind::kOrdinal) {
          tokens_[before].word = std::string(1, '?');
        }
      } else if (IsLetter(c)) {
        ReadWord();
      } else {
        tokens_.push_back({.kind = TokenKind::kMark, .word = std::string(1, c)});
        ++at_;
      }
      space_ = false;
      if (before < tokens_.size()) tokens_[before].glued = glued;
    }
    return std::move(tokens_);
  }

 private:
  char Peek(size_t ahead) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  bool AfterDigit() const { return at_ > 0 && IsDigit(text_[at_ - 1]); }

  // True when the text there looks like `form`, where 0 stands for any digit.
  bool Looks(std::string_view form) const {
    for (size_t i = 0; i < form.size(); ++i) {
      if (form[i] == '0' ? !IsDigit(Peek(i)) : Peek(i) != form[i]) return false;
    }
    return !IsDigit(Peek(form.size()));
  }

  // The length of "2026-03-01", "20260301", "1.3.2026" or "01/03/2026" there, or 0.
  size_t DateLength() const {
    const bool century = (Peek(0) == '1' && Peek(1) == '9') || (Peek(0) == '2' && Peek(1) == '0');
    if (century && (Looks("0000-00-00") || Looks("0000/00/00"))) return 10;
    if (century && Looks("00000000")) return 8;
    for (const std::string_view form : {"00.00.0000", "00/00/0000", "0.00.0000", "00.0.0000",
                                        "0.0.0000", "0/00/0000", "00/0/0000", "0/0/0000"}) {
      if (Looks(form)) return form.size();
    }
    return 0;
  }

  double Digits() {
    std::string number;
    while (IsDigit(Peek(0)) || ((Peek(0) == '.' || Peek(0) == ',') && IsDigit(Peek(1)) &&
                                number.find('.') == std::string::npos)) {
      number += Peek(0) == ',' ? '.' : Peek(0);
      ++at_;
    }
    // "1.500" is one and a half to some and fifteen hundred to others.
    const size_t point = number.find('.');
    if (point != std::string::npos && point > 0 && point <= 3 && number.front() != '0' &&
        number.size() - point == 4)
      ambiguous_ = true;
    double value = 0;
    const auto read = std::from_chars(number.data(), number.data() + number.size(), value);
    // More digits than a number can hold.
    if (read.ec != std::errc()) ambiguous_ = true;
    return value;
  }

  // A half, two thirds, three quarters: what tablets are broken into.
  static bool IsShare(double above, double below) {
    const bool parts = below == 2 || below == 3 || below == 4 || below == 6 || below == 8;
    return parts && above >= 1 && above < below && (above == 1 || std::fmod(below, above) != 0);
  }

  // A whole number, a decimal, "1/2", "1 1/2", or "1 000".
  double Amount() {
    const size_t start = at_;
    double value = Digits();
    if (Peek(0) == '/' && IsDigit(Peek(1))) {
      const size_t slash = at_++;
      const double below = Digits();
      // "500/30" are two strengths, "11/2" may be one and a half, "07/19" two hours.
      if (slash != start + 1 || at_ != slash + 2 || !IsShare(value, below)) ambiguous_ = true;
      return below == 0 ? value : value / below;
    }
    if (Peek(0) == ' ' && IsDigit(Peek(1)) && Peek(2) == '/' && IsDigit(Peek(3)) &&
        !IsDigit(Peek(4))) {
      const double above = Peek(1) - '0';
      const double below = Peek(3) - '0';
      at_ += 4;
      return below == 0 ? value : value + above / below;
    }
    if (Peek(0) == ' ' && Peek(1) == '0' && Peek(2) == '0' && Peek(3) == '0' && !IsDigit(Peek(4)) &&
        value < 1000) {
      at_ += 4;
      return value * 1000;
    }
    return value;
  }

  void SkipSpaces() {
    while (Peek(0) == ' ') ++at_;
  }

  // Behind a dash or plus, with or without spaces, another number?
  bool Continues(char mark) {
    const size_t start = at_;
    SkipSpaces();
    if (Peek(0) == mark) {
      ++at_;
      SkipSpaces();
      if (IsDigit(Peek(0))) return true;
    }
    at_ = start;
    return false;
  }

  bool ReadOrdinal(double value) {
    const size_t start = at_;
    if (Peek(0) == ':') ++at_;
    for (const std::string_view end : {"e", "a", "de", "th", "nd", "rd", "st"}) {
      if (text_.compare(at_, end.size(), end) != 0 || IsLetter(Peek(end.size()))) continue;
      if (start == at_ && end.size() < 2) continue;
      // "21st" is an ordinal; "2st" are two pieces.
      const int whole = static_cast<int>(value);
      if (end == "st" && (whole % 10 != 1 || whole % 100 == 11)) continue;
      at_ += end.size();
      tokens_.push_back({.kind = TokenKind::kOrdinal, .low = value, .high = value});
      return true;
    }
    at_ = start;
    return false;
  }

  void ReadNumber() {
    const double first = Amount();
    if (ReadOrdinal(first)) return;
    if (Peek(0) == ':' && IsDigit(Peek(1))) {
      // A time of day.
      ++at_;
      Digits();
      if (Peek(0) == ':' && IsDigit(Peek(1))) {
        ++at_;
        Digits();
      }
      tokens_.push_back({.kind = TokenKind::kNumber, .low = first, .high = first, .word = ":"});
      return;
    }
    std::vector<double> numbers{first};
    char mark = '-';
    // "1-1/2" is one and a half.
    if (first >= 1 && first == std::floor(first) && Peek(0) == '-' && IsDigit(Peek(1)) &&
        Peek(2) == '/' && IsDigit(Peek(3)) && Peek(1) < Peek(3) && !IsDigit(Peek(4)) &&
        Peek(4) != '-') {
      ++at_;
      const double mixed = first + Amount();
      tokens_.push_back({.kind = TokenKind::kNumber, .low = mixed, .high = mixed});
      return;
    }
    if (Continues('-')) {
      numbers.push_back(Amount());
    } else if (Continues('+')) {
      mark = '+';
      numbers.push_back(Amount());
    }
    while (numbers.size() > 1 && Continues(mark)) numbers.push_back(Amount());
    if (numbers.size() > 2 || (numbers.size() == 2 && mark == '+')) {
      tokens_.push_back({.kind = TokenKind::kPattern, .pattern = std::move(numbers)});
      return;
    }
    // "2-1" is neither a range nor a day's pattern that is told apart from one.
    if (numbers.back() < first) ambiguous_ = true;
    tokens_.push_back({.kind = TokenKind::kNumber, .low = first, .high = numbers.back()});
  }

  void ReadWord() {
    // "x2": the sign of multiplication stands alone.
    if (Peek(0) == 'x' && !IsLetter(Peek(1))) {
      tokens_.push_back({.kind = TokenKind::kWord, .word = "x"});
      ++at_;
      return;
    }
    const size_t start = at_;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      // "v.b.", "mg/m2", "mg/24h", "q8h" are one word.
      const bool inside = IsLetter(c) || (c == '\'' && IsLetter(Peek(1))) ||
                          (c == '.' && IsLetter(Peek(1))) ||
                          (c == '/' && (IsLetter(Peek(1)) || IsDigit(Peek(1)))) || IsDigit(c);
      if (!inside) break;
      ++at_;
    }
    std::string word = text_.substr(start, at_ - start);
    if (Peek(0) == '.') ++at_;
    tokens_.push_back({.kind = TokenKind::kWord, .word = std::move(word)});
  }

  std::string text_;
  size_t at_ = 0;
  bool space_ = true;
  bool ambiguous_ = false;
  std::vector<Token> tokens_;
};

using Meanings = std::unordered_map<std::string_view, WordMeaning>;

void AddAll(Meanings& meanings, WordClass what, std::initializer_list<std::string_view> words,
            double value = 0) {
  for (const std::string_view word : words) meanings.emplace(word, WordMeaning{what, value});
}

void AddFrequencyWords(Meanings& all) {
  using enum WordClass;
  AddAll(all, kTimes, {"ggr", "gånger", "gång", "gg", "times", "time", "ggn"});
  AddAll(all, kEvery, {"var", "vart", "varje", "every", "each"});
  AddAll(all, kEveryOther, {"varannan", "vartannat", "alternate"});
  AddAll(all, kOther, {"other", "annan", "andra"}, 2);
  AddAll(all, kPer, {"per", "a", "om", "/"});
  AddAll(all, kDaily, {"dagligen", "dagl", "daily", "dgl", "od", "o.d", "qd", "q.d", "everyday"});
  AddAll(all, kWeekly, {"weekly", "veckovis"});
  AddAll(all, kMonthly, {"monthly"});
  AddAll(all, kRate, {"bid", "b.i.d", "bd", "b.d"}, 2);
  AddAll(all, kRate, {"tid", "t.i.d", "tds", "t.d.s"}, 3);
  AddAll(all, kRate, {"qid", "q.i.d", "qds", "q.d.s"}, 4);
  AddAll(all, kRate, {"qod", "eod", "q.o.d"}, 0.5);
  AddAll(all, kRate, {"hourly"}, 24);
  AddAll(all, kTimes1, {"once"}, 1);
  AddAll(all, kTimes1, {"twice"}, 2);
  AddAll(all, kTimes1, {"thrice"}, 3);
  AddAll(all, kBy, {"x"});
  AddAll(all, kClock, {"kl", "klockan", "at"});
  AddAll(all, kDayNumber, {"dag", "dagarna", "day", "days", "dagar"});
  AddAll(all, kFirst, {"första", "first", "de", "initially", "initialt"});
}

void AddMoments(Meanings& all) {
  using enum WordClass;
  AddAll(all, kMoment,
         {"morgon", "morgonen", "morgnar", "mornar", "morgnarna", "morning", "mornings", "mane",
          "fm", "am", "qam", "frukost", "frukosten", "breakfast", "uppvaknandet"},
         1);
  AddAll(all, kMoment, {"förmiddag", "förmiddagen"}, 2);
  AddAll(all, kMoment, {"lunch", "middagstid", "noon", "midday", "lunchtid"}, 3);
  // Dinner, or noon: in either case a moment of its own.
  AddAll(all, kMoment, {"middag", "middagen"}, 3.5);
  AddAll(all, kMoment, {"eftermiddag", "eftermiddagen", "em", "afternoon"}, 4);
  AddAll(all, kMoment,
         {"kväll", "kvällen", "kvällar", "kvällarna", "evening", "evenings", "kvällsmat",
          "kvällsmål", "dinner", "supper", "pm", "qpm"},
         5);
  AddAll(all, kMoment,
         {"natt", "natten", "nätter", "night", "nightly", "nocte", "sänggående", "sänggåendet",
          "läggdags", "bedtime", "nattning", "tn", "t.n", "hs", "qhs"},
         6);
  AddAll(all, kWeekday, {"mån", "måndag", "måndagar", "monday", "mondays", "mon", "må"}, 0);
  AddAll(all, kWeekday, {"tis", "tisdag", "tisdagar", "tuesday", "tuesdays", "tue", "ti"}, 1);
  AddAll(all, kWeekday, {"ons", "onsdag", "onsdagar", "wednesday", "wednesdays", "wed"}, 2);
  AddAll(all, kWeekday, {"tors", "torsdag", "torsdagar", "thursday", "thursdays", "thu"}, 3);
  AddAll(all, kWeekday, {"fre", "fredag", "fredagar", "friday", "fridays", "fri"}, 4);
  AddAll(all, kWeekday, {"lör", "lördag", "lördagar", "saturday", "saturdays", "sat"}, 5);
  AddAll(all, kWeekday, {"sön", "söndag", "söndagar", "sunday", "sundays", "sun"}, 6);
}

void AddOtherWords(Meanings& all) {
  using enum WordClass;
  AddAll(all, kMost, {"max", "maximalt", "maximum", "högst", "maxdos"});
  AddAll(all, kAsNeeded, {"vb", "v.b", "prn", "p.r.n"});
  AddAll(all, kOn, {"vid", "when", "if", "as", "v"});
  AddAll(all, kNeed, {"behov", "required", "needed", "necessary", "b"});
  AddAll(all, kAgainst, {"mot", "för", "for", "against"});
  AddAll(all, kTitration,
         {"ökas",         "öka",         "ökning",     "höjs",        "höjes",   "höj",
          "höja",         "titreras",    "titrera",    "trappas",     "trappa",  "upptrappning",
          "nedtrappning", "uttrappning", "sänks",      "sänk",        "sänka",   "minskas",
          "minska",       "increase",    "increasing", "increased",   "titrate", "taper",
          "reduce",       "decrease",    "dosökning",  "upptitrering"});
  AddAll(all, kRefers, {"enl",        "enligt",          "schema",          "schemat",
                        "ordination", "directed",        "prescribed",      "se",
                        "see",        "protocol",        "protokoll",       "according",
                        "instructed", "läkemedelslista", "doslista",        "överenskommelse",
                        "anvisning",  "dosschema",       "ordinationskort", "advised",
                        "pk"});
  AddAll(
      all, kStop,
      {"utsatt", "utsätts", "utsättes", "sluta", "stop", "avsluta", "avslutad", "avslutas", "inte",
       "ej", "not", "discontinue", "discontinued", "stopped", "pausad", "pausas", "makulerad"});
  AddAll(all, kTotal,
         {"totalt", "total", "sammanlagt", "dvs", "d.v.s", "summa", "dygnsdos", "dagsdos",
          "totaldos"});
  AddAll(all, kThen, {"därefter", "sedan", "then", "sen", "followed", "thereafter", "efter", "→"});
  AddAll(all, kPause,
         {"uppehåll", "paus", "vila", "rest", "off", "behandlingsfri", "behandlingsfria", "break"});
  AddAll(all, kCycle,
         {"cykel", "cycle", "dagarscykel", "dagarscykler", "dagars", "cykler", "veckorscykel",
          "kur", "veckors"});
  AddAll(all, kDivided, {"fördelat", "uppdelat", "delat", "divided"});
  AddAll(all, kOf, {"av", "of"});
  AddAll(all, kSingle,
         {"engångsdos", "stat", "omedelbart", "omgående", "genast", "now", "immediately", "bolus",
          "laddningsdos", "engångsbehandling", "startdos", "single"});
  AddAll(all, kOr, {"till", "eller", "to", "or"});
  AddAll(all, kFiller,
         {"ta",
          "tag",
          "tages",
          "tas",
          "take",
          "taken",
          "intas",
          "intages",
          "intag",
          "ges",
          "give",
          "given",
          "och",
          "and",
          "samt",
          "på",
          "i",
          "the",
          "in",
          "by",
          "mouth",
          "oralt",
          "peroralt",
          "po",
          "p.o",
          "iv",
          "i.v",
          "sc",
          "s.c",
          "im",
          "i.m",
          "intravenöst",
          "subkutant",
          "oral",
          "orally",
          "med",
          "with",
          "mat",
          "food",
          "vatten",
          "water",
          "före",
          "before",
          "after",
          "måltid",
          "måltiden",
          "maten",
          "samband",
          "dock",
          "but",
          "fastande",
          "måltider",
          "meals",
          "meal",
          "hela",
          "tillsammans",
          "ett",
          "dygnet",
          "timmars",
          "infusion",
          "som",
          "byts",
          "appliceras",
          "apply",
          "injiceras",
          "inject",
          "dos",
          "dose",
          "under",
          "doser",
          "tunt",
          "lager",
          "smörjes",
          "behandling",
          "treatment",
          "för",
          "tills",
          "vidare",
          "tablet",
          "on",
          "au",
          "sväljes",
          "sväljs",
          "hel",
          "svälj",
          "swallow",
          "whole",
          "glas",
          "alltid",
          "alla",
          "dagen",
          "dygn",
          "patient",
          "is",
          "be",
          "used",
          "use",
          "using",
          "à",
          "dagens",
          "samma",
          "tid",
          "underhållsdos",
          "maintenance",
          "loading",
          "från",
          "from",
          "inhaleras",
          "inhale",
          "over",
          "antal",
          "kontinuerlig",
          "kontinuerligt",
          "continuous",
          "dosering",
          "tillsvidare"});
}

const Meanings& AllMeanings() {
  static const Meanings meanings = [] {
    Meanings all;
    AddFrequencyWords(all);
    AddMoments(all);
    AddOtherWords(all);
    return all;
  }();
  return meanings;
}

}  // namespace

std::vector<Token> SplitDosageText(std::string_view text) {
  return Splitter(PlainText(text)).Split();
}

WordMeaning MeaningOf(std::string_view word) {
  const auto found = AllMeanings().find(word);
  return found == AllMeanings().end() ? WordMeaning{} : found->second;
}

std::optional<double> NumberWord(std::string_view word) {
  static const std::unordered_map<std::string_view, double> numbers{
      {"en", 1},    {"ett", 1},    {"one", 1},   {"två", 2},    {"two", 2},     {"tre", 3},
      {"three", 3}, {"fyra", 4},   {"four", 4},  {"fem", 5},    {"five", 5},    {"sex", 6},
      {"six", 6},   {"sju", 7},    {"seven", 7}, {"åtta", 8},   {"eight", 8},   {"nio", 9},
      {"nine", 9},  {"tio", 10},   {"ten", 10},  {"halv", 0.5}, {"halva", 0.5}, {"half", 0.5},
      {"tolv", 12}, {"twelve", 12}};
  const auto found = numbers.find(word);
  if (found == numbers.end()) return std::nullopt;
  return found->second;
}

std::optional<double> OrdinalWord(std::string_view word) {
  static const std::unordered_map<std::string_view, double> numbers{
      {"andra", 2},   {"second", 2},   {"tredje", 3},    {"third", 3},  {"fjärde", 4},
      {"fourth", 4},  {"femte", 5},    {"fifth", 5},     {"sjätte", 6}, {"sixth", 6},
      {"sjunde", 7},  {"seventh", 7},  {"åttonde", 8},   {"eighth", 8}, {"tionde", 10},
      {"tolfte", 12}, {"twelfth", 12}, {"fjortonde", 14}};
  const auto found = numbers.find(word);
  if (found == numbers.end()) return std::nullopt;
  return found->second;
}

}  // namespace genflik::mapping
