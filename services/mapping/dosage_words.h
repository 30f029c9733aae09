#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Tokens and word lists of free-text dosage. Only dosage_text uses them; dosage_split.cpp cuts a
// text into tokens, dosage_joined_words.cpp brings what is written in several ways to one.

namespace genflik::mapping {

enum class TokenKind { kNumber, kPattern, kOrdinal, kWord, kMark };

/// A number (with high == low unless "1-2"), a pattern "1-0-1", an ordinal "14:e", a word, a mark.
struct Token {
  TokenKind kind = TokenKind::kMark;
  double low = 0;
  double high = 0;
  std::vector<double> pattern = {};
  std::string word = {};
  /// True when no space stands before it.
  bool glued = false;
};

/// Splits a text (any case) into tokens. What is written in several ways comes in one: "2 (two)" is
/// a number, "MWF" three days, "övriga dagar" the word `kRestOfDays`.
[[nodiscard]] std::vector<Token> SplitDosageText(std::string_view text);

/// The word that stands for "övriga dagar" and "all other days".
inline constexpr std::string_view kRestOfDays = "övriga";

/// What a word means in a dosage text.
enum class WordClass {
  kUnknown,
  kFiller,
  kTimes,       // ggr, times
  kEvery,       // var, every
  kEveryOther,  // varannan
  kOther,       // other
  kPer,         // per, a
  kDaily,       // dagligen, daily: once a day unless a number of times stands before
  kWeekly,
  kMonthly,
  kRate,      // bid, tid: value = doses a day
  kMoment,    // value = which moment
  kWeekday,   // value = 0..6
  kClock,     // kl
  kMost,      // max, högst
  kAsNeeded,  // vb, prn
  kOn,        // vid, when, as: as needed with the word behind
  kNeed,      // behov, required, needed
  kAgainst,   // mot, för: a reason follows
  kTitration,
  kRefers,
  kStop,
  kThen,
  kPause,
  kCycle,
  kDayNumber,  // dag, day
  kOf,         // av, of
  kSingle,
  kOr,      // till, eller, to, or
  kTimes1,  // once, twice: value
  kFirst,
  kDivided,  // fördelat på två doser
  kTotal,    // totalt, dvs: the amount behind is said once more
  kBy,       // x
  kRest,     // the days of the week that were not named
  kForm      // whole, extended release: how a piece is made
};

/// The value of a kStop that can only mean that the order has ended ("utsatt", but not "ej").
inline constexpr double kEnded = 1;

struct WordMeaning {
  WordClass what = WordClass::kUnknown;
  double value = 0;
};

[[nodiscard]] WordMeaning MeaningOf(std::string_view word);
/// "två", "two" -> 2; nothing when the word is no number.
[[nodiscard]] std::optional<double> NumberWord(std::string_view word);
/// "tredje", "third" -> 3.
[[nodiscard]] std::optional<double> OrdinalWord(std::string_view word);

}  // namespace genflik::mapping
