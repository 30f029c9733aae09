#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <system_error>
#include <utility>

#include "services/mapping/dosage_joined_words.h"
#include "services/mapping/dosage_units.h"
#include "services/mapping/dosage_words.h"

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
      const bool behind_point = std::exchange(after_point_, false);
      if (const size_t date = DateLength(); date > 0 && !AfterDigit()) {
        // A day of the calendar says when, and is no number of anything.
        tokens_.push_back({.kind = TokenKind::kWord, .word = text_.substr(at_, date)});
        at_ += date;
        // ".5" is a half; a point that ends a word has no space before it.
      } else if (IsDigit(c) || ((c == '.' || c == ',') && space_ && IsDigit(Peek(1)))) {
        // ",5" begins a text as a half; behind words the comma may be one of the sentence.
        ambiguous_ = (c == ',' && !tokens_.empty()) || behind_point;
        ReadNumber();
        if (ambiguous_ && before < tokens_.size() && tokens_[before].kind != TokenKind::kOrdinal) {
          tokens_[before].word = std::string(1, '?');
        }
      } else if (IsLetter(c)) {
        ReadWord();
      } else {
        if (c == '*') {
          tokens_.push_back({.kind = TokenKind::kWord, .word = "x"});
        } else {
          tokens_.push_back({.kind = TokenKind::kMark, .word = std::string(1, c)});
        }
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

  // True when one of the last three tokens says that a time of day follows.
  bool IsAfterClock() const {
    const size_t count = std::min<size_t>(3, tokens_.size());
    return std::any_of(
        tokens_.end() - static_cast<std::ptrdiff_t>(count), tokens_.end(),
        [](const Token& token) { return MeaningOf(token.word).what == WordClass::kClock; });
  }

  // True when a unit that is none of time stands there, behind spaces.
  bool UnitFollows(size_t ahead) const {
    const size_t start = text_.find_first_not_of(' ', at_ + ahead);
    if (start == std::string::npos) return false;
    size_t stop = start;
    while (stop < text_.size() && IsLetter(text_[stop])) ++stop;
    const auto unit = ReadUnitText(text_.substr(start, stop - start));
    return unit && unit->kind != UnitKind::kTime;
  }

  // "kl 8 + 2 tabl kl 20": the number behind the plus is one of pieces.
  bool AmountFollowsClock() const {
    if (tokens_.empty() || MeaningOf(tokens_.back().word).what != WordClass::kClock) return false;
    size_t end = text_.find_first_not_of(" +", at_);
    while (end < text_.size() && (IsDigit(text_[end]) || text_[end] == '/' || text_[end] == '-' ||
                                  (text_[end] == ',' && IsDigit(text_[end + 1]))))
      ++end;
    return UnitFollows(end - at_);
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
    // "1 1/2"; but "x 2 7/7" is for seven days.
    if (Peek(0) == ' ' && IsDigit(Peek(1)) && Peek(2) == '/' && IsDigit(Peek(3)) &&
        !IsDigit(Peek(4)) && IsShare(Peek(1) - '0', Peek(3) - '0')) {
      const double above = Peek(1) - '0';
      const double below = Peek(3) - '0';
      // "kl 8 och 20 1/2 tabl": a time of day, and then a half.
      if (value >= 10 || (value >= 4 && IsAfterClock())) ambiguous_ = true;
      at_ += 4;
      return below == 0 ? value : value + above / below;
    }
    // "50 000", "1 000 000"
    while (value > 0 && Peek(1) == '0' && Peek(2) == '0' && Peek(3) == '0' && Looks(" 000")) {
      at_ += 4;
      value *= 1000;
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

  // "3:e", "14th" behind a number.
  bool SkipOrdinalEnd(double value) {
    const size_t start = at_;
    if (Peek(0) == ':') ++at_;
    // "var 6e timme"; "10e" is ten units.
    const bool counts =
        !tokens_.empty() && MeaningOf(tokens_.back().word).what == WordClass::kEvery;
    for (const std::string_view end : {"e", "a", "de", "te", "dje", "th", "nd", "rd", "st"}) {
      if (text_.compare(at_, end.size(), end) != 0 || IsLetter(Peek(end.size()))) continue;
      if (start == at_ && end.size() < 2 && !counts) continue;
      // "21st" is an ordinal; "2st" are two pieces.
      const int whole = static_cast<int>(value);
      if (end == "st" && (whole % 10 != 1 || whole % 100 == 11)) continue;
      at_ += end.size();
      return true;
    }
    at_ = start;
    return false;
  }

  void ReadNumber() {
    // "08.00" is a time of day as "08:00" is.
    if (Looks("00.00") && Peek(0) == '0' && Peek(1) != '0' && Peek(3) < '6' && !UnitFollows(5))
      text_[at_ + 2] = ':';
    const double first = Amount();
    if (SkipOrdinalEnd(first)) {
      tokens_.push_back({.kind = TokenKind::kOrdinal, .low = first, .high = first});
      return;
    }
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
      // "var 4-6:e timme"
      SkipOrdinalEnd(numbers.back());
    } else if (!AmountFollowsClock() && Continues('+')) {
      mark = '+';
      numbers.push_back(Amount());
    }
    while (numbers.size() > 1 && Continues(mark)) numbers.push_back(Amount());
    if (numbers.size() > 2 || (numbers.size() == 2 && mark == '+')) {
      tokens_.push_back({.kind = TokenKind::kPattern,
                         .pattern = std::move(numbers),
                         .word = mark == '-' ? "-" : ""});
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
    // "q8h", "q2wk"
    if (Peek(0) == 'q' && IsDigit(Peek(1))) {
      tokens_.push_back({.kind = TokenKind::kWord, .word = "q"});
      ++at_;
      return;
    }
    // "d1-14"
    if (Peek(0) == 'd' && IsDigit(Peek(1))) {
      tokens_.push_back({.kind = TokenKind::kWord, .word = "day"});
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
    // "50 mgx2"
    if (const size_t by = word.find_last_not_of("0123456789");
        by > 0 && by + 1 < word.size() && word[by] == 'x' && ReadUnitText(word.substr(0, by))) {
      at_ = start + by;
      word.resize(by);
    }
    // "tablets/24 h"
    if (const size_t last = word.find_last_not_of("0123456789");
        last + 1 < word.size() && word[last] == '/' && Peek(0) == ' ' && IsLetter(Peek(1))) {
      ++at_;
      while (IsLetter(Peek(0))) word += text_[at_++];
    }
    if (Peek(0) == '.') {
      ++at_;
      // "dagligen.5 ml": five, or a half.
      size_t digits = 0;
      while (IsDigit(Peek(digits))) ++digits;
      after_point_ = digits > 0 && UnitFollows(digits) && MeaningOf(word).what != WordClass::kClock;
    }
    tokens_.push_back({.kind = TokenKind::kWord, .word = std::move(word)});
  }

  std::string text_;
  size_t at_ = 0;
  bool space_ = true;
  bool ambiguous_ = false;
  // True directly behind the point that ends a word.
  bool after_point_ = false;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> SplitDosageText(std::string_view text) {
  return JoinWords(Splitter(PlainText(text)).Split());
}

}  // namespace genflik::mapping
