#include "services/mapping/dosage_joined_words.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "services/mapping/dosage_units.h"

namespace genflik::mapping {
namespace {

using Tokens = std::vector<Token>;
using Phrase = std::vector<std::string_view>;

std::string_view WordAt(const Tokens& tokens, size_t at) {
  return at < tokens.size() ? std::string_view(tokens[at].word) : std::string_view();
}

bool Says(const Tokens& tokens, size_t at, const Phrase& words) {
  return std::all_of(words.begin(), words.end(),
                     [&](std::string_view word) { return WordAt(tokens, at++) == word; });
}

Token WordToken(std::string_view word) {
  return {.kind = TokenKind::kWord, .word = std::string(word)};
}

Token MarkToken(std::string_view mark) {
  return {.kind = TokenKind::kMark, .word = std::string(mark)};
}

std::optional<double> NumberAt(const Tokens& tokens, size_t at) {
  if (at >= tokens.size()) return std::nullopt;
  const Token& token = tokens[at];
  if (token.kind == TokenKind::kWord) return NumberWord(token.word);
  if (token.kind != TokenKind::kNumber || token.low != token.high || !token.word.empty())
    return std::nullopt;
  return token.low;
}

// "2 (two) times", "en (1) tablett": the number once.
bool JoinEcho(const Tokens& tokens, size_t& at, Tokens& joined) {
  const auto number = NumberAt(tokens, at);
  if (!number || WordAt(tokens, at + 1) != "(" || WordAt(tokens, at + 3) != ")" ||
      NumberAt(tokens, at + 2) != number)
    return false;
  joined.push_back({.kind = TokenKind::kNumber, .low = *number, .high = *number});
  at += 4;
  return true;
}

// What says nothing of how much and how often, but holds a word that would in another place.
bool SkipPhrase(const Tokens& tokens, size_t& at) {
  static const std::vector<Phrase> phrases{
      {"to", "be"},      {"same", "time"},
      {"same", "day"},   {"samma", "tid"},
      {"samma", "dag"},  {"per", "os"},
      {"until", "gone"}, {"until", "finished"},
      {"tills", "slut"}, {"tills", "förpackningen", "är", "slut"}};
  for (const auto& phrase : phrases) {
    if (!Says(tokens, at, phrase)) continue;
    at += phrase.size();
    return true;
  }
  return false;
}

bool JoinRest(const Tokens& tokens, size_t& at, Tokens& joined) {
  static const std::vector<Phrase> phrases{{"övriga", "dagar"},
                                           {"övriga", "veckodagar"},
                                           {"övr", "dagar"},
                                           {"övr", "dgr"},
                                           {"resten", "av", "veckan"},
                                           {"all", "other", "days"},
                                           {"all", "the", "other", "days"},
                                           {"other", "days"},
                                           {"remaining", "days"},
                                           {"rest", "of", "the", "week"}};
  for (const auto& phrase : phrases) {
    if (!Says(tokens, at, phrase)) continue;
    at += phrase.size();
    if (Says(tokens, at, {"i", "veckan"})) at += 2;
    if (Says(tokens, at, {"of", "the", "week"})) at += 3;
    joined.push_back(WordToken(kRestOfDays));
    return true;
  }
  return false;
}

// One letter or two, as they stand between slashes; "s" may be two days.
std::string_view ShortDay(std::string_view name) {
  static const std::unordered_map<std::string_view, std::string_view> days{
      {"m", "mon"},  {"tu", "tue"}, {"t", "tue"},  {"w", "wed"},  {"th", "thu"},
      {"f", "fri"},  {"sa", "sat"}, {"su", "sun"}, {"må", "mon"}, {"ti", "tue"},
      {"on", "wed"}, {"to", "thu"}, {"fr", "fri"}, {"lö", "sat"}, {"sö", "sun"}};
  const auto found = days.find(name);
  if (found != days.end()) return found->second;
  return MeaningOf(name).what == WordClass::kWeekday ? name : std::string_view();
}

std::vector<std::string_view> PartsOf(std::string_view word) {
  std::vector<std::string_view> parts;
  for (size_t start = 0; start <= word.size();) {
    const size_t end = std::min(word.find('/', start), word.size());
    parts.push_back(word.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

bool IsTime(std::string_view word) {
  const auto unit = ReadUnitText(word);
  return unit && unit->kind == UnitKind::kTime && !unit->per_days;
}

// "Mon/Wed/Fri", "m/w/f"; "dagar/vecka" as three words.
bool SplitSlash(const Token& token, Tokens& joined) {
  if (token.kind != TokenKind::kWord || token.word.find('/') == std::string::npos) return false;
  const auto parts = PartsOf(token.word);
  if (std::all_of(parts.begin(), parts.end(), [](auto part) { return !ShortDay(part).empty(); })) {
    for (const auto part : parts) joined.push_back(WordToken(ShortDay(part)));
    return true;
  }
  if (parts.size() != 2) return false;
  // "w/ meals", "w/breakfast"
  if (parts[0] == "w" && !IsTime(parts[1])) {
    joined.push_back(WordToken("with"));
    joined.push_back(WordToken(parts[1]));
    return true;
  }
  // One of them, or both.
  if (MeaningOf(parts[0]).what == WordClass::kMoment &&
      MeaningOf(parts[1]).what == WordClass::kMoment) {
    joined.push_back(WordToken(parts[0]));
    joined.push_back(WordToken("eller"));
    joined.push_back(WordToken(parts[1]));
    return true;
  }
  if (!IsTime(parts[0]) || !IsTime(parts[1])) return false;
  joined.push_back(WordToken(parts[0]));
  joined.push_back(MarkToken("/"));
  joined.push_back(WordToken(parts[1]));
  return true;
}

// Days in one word: "MWF", "vardagar", "helger", "M-F".
bool JoinDays(const Tokens& tokens, size_t& at, Tokens& joined) {
  const std::string_view word = WordAt(tokens, at);
  const auto is_one_of = [&](std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  const bool from_monday = Says(tokens, at, {"m", "-", "f"});
  const bool commas = Says(tokens, at, {"m", ",", "w", ",", "f"});
  const bool letters = Says(tokens, at, {"m", "w", "f"});
  if (word == "tth") {
    for (const std::string_view day : {"tue", "thu"}) joined.push_back(WordToken(day));
  } else if (word == "mwf" || letters || commas) {
    for (const std::string_view day : {"mon", "wed", "fri"}) joined.push_back(WordToken(day));
  } else if (from_monday ||
             is_one_of({"vardagar", "vardag", "vardagarna", "weekdays", "weekday"})) {
    joined.push_back(WordToken("mon"));
    joined.push_back(MarkToken("-"));
    joined.push_back(WordToken("fri"));
  } else if (is_one_of({"helger", "helg", "helgen", "helgerna", "weekends", "weekend"})) {
    joined.push_back(WordToken("sat"));
    joined.push_back(WordToken("sun"));
  } else {
    return false;
  }
  at += commas ? 5 : (from_monday || letters ? 3 : 1);
  return true;
}

// "må, on, fr": "on" and "to" are days only beside a name that can be nothing else.
void ReadShortDays(Tokens& tokens) {
  static constexpr std::array<std::string_view, 5> kSure{"må", "ti", "fr", "lö", "sö"};
  static constexpr std::array<std::string_view, 2> kMaybe{"on", "to"};
  static constexpr std::array<std::string_view, 5> kJoins{",", "+", "/", "&", "och"};
  const auto is_one = [](const auto& all, std::string_view word) {
    return std::find(all.begin(), all.end(), word) != all.end();
  };
  std::vector<bool> days(tokens.size());
  for (size_t at = 0; at < tokens.size(); ++at) days[at] = is_one(kSure, tokens[at].word);
  const auto is_day = [&](size_t at) { return at < days.size() && days[at]; };
  const auto beside = [&](size_t at, size_t step) {
    const bool joined = at + step < tokens.size() && is_one(kJoins, tokens[at + step].word);
    return is_day(at + step) || (joined && is_day(at + 2 * step));
  };
  // Twice, as a name becomes sure by its neighbour; a step of -1 goes back.
  for (int round = 0; round < 2; ++round) {
    for (size_t at = 0; at < tokens.size(); ++at) {
      const bool may = is_one(kMaybe, tokens[at].word);
      days[at] = days[at] || (may && (beside(at, 1) || beside(at, static_cast<size_t>(-1))));
    }
  }
  for (size_t at = 0; at < tokens.size(); ++at) {
    if (days[at]) tokens[at].word = ShortDay(tokens[at].word);
  }
}

bool IsMonth(std::string_view word) {
  static constexpr std::array<std::string_view, 14> kStarts{"jan", "feb", "mar", "apr", "maj",
                                                            "may", "jun", "jul", "aug", "sep",
                                                            "okt", "oct", "nov", "dec"};
  return word.size() > 2 && std::any_of(kStarts.begin(), kStarts.end(),
                                        [&](auto start) { return word.starts_with(start); });
}

// "t.o.m. 15/3", "fr.o.m. 1 maj": a day of the calendar as one word.
bool JoinDate(const Tokens& tokens, size_t& at, Tokens& joined) {
  size_t next = at;
  std::string_view bound;
  if (Says(tokens, at, {"från", "och", "med"})) {
    bound = "fr.o.m";
    next += 3;
  } else if (Says(tokens, at, {"till", "och", "med"})) {
    bound = "t.o.m";
    next += 3;
  } else if (WordAt(tokens, at) == "t.o.m" || WordAt(tokens, at) == "tom") {
    bound = "t.o.m";
    ++next;
  } else if (WordAt(tokens, at) == "fr.o.m") {
    bound = "fr.o.m";
    ++next;
  }
  // "till 15 maj"
  const std::string_view loose = WordAt(tokens, at);
  if (bound.empty() && IsMonth(WordAt(tokens, at + 2)) &&
      (loose == "från" || loose == "from" || loose == "till" || loose == "until")) {
    bound = "t.o.m";
    ++next;
  }
  if (bound.empty() || next >= tokens.size()) return false;
  const Token& number = tokens[next];
  const bool month = IsMonth(WordAt(tokens, next + 1));
  const bool slash = number.word == "?" || number.low != std::floor(number.low);
  const bool piece = ReadUnitText(WordAt(tokens, next + 1)).has_value();
  if (number.kind != TokenKind::kNumber || number.low != number.high ||
      (!month && (!slash || piece)))
    return false;
  joined.push_back(WordToken(bound));
  joined.push_back(WordToken("1/1"));
  at = next + (month ? 2 : 1);
  return true;
}

bool IsPiece(std::string_view word) {
  return ReadUnitText(word).value_or(Unit{}).kind == UnitKind::kPiece;
}

// "6 hourly", "six-hourly": every six hours.
bool JoinHourly(const Tokens& tokens, size_t& at, Tokens& joined) {
  const bool number = at < tokens.size() && (tokens[at].kind == TokenKind::kNumber ||
                                             NumberWord(tokens[at].word).has_value());
  const size_t next = at + (WordAt(tokens, at + 1) == "-" ? 2 : 1);
  if (!number || (WordAt(tokens, next) != "hourly" && WordAt(tokens, next) != "hrly")) return false;
  joined.push_back(WordToken("every"));
  joined.push_back(tokens[at]);
  joined.push_back(WordToken("hours"));
  at = next + 1;
  return true;
}

// "ii tabs": two of them. A lone "i" is a word of its own.
bool JoinRoman(const Tokens& tokens, size_t& at, Tokens& joined) {
  const std::string_view word = WordAt(tokens, at);
  if ((word != "ii" && word != "iii") || !IsPiece(WordAt(tokens, at + 1))) return false;
  const auto value = static_cast<double>(word.size());
  joined.push_back({.kind = TokenKind::kNumber, .low = value, .high = value});
  ++at;
  return true;
}

}  // namespace

std::vector<Token> JoinWords(std::vector<Token> tokens) {
  ReadShortDays(tokens);
  Tokens joined;
  joined.reserve(tokens.size());
  for (size_t at = 0; at < tokens.size();) {
    if (JoinEcho(tokens, at, joined) || SkipPhrase(tokens, at) || JoinRest(tokens, at, joined) ||
        JoinDays(tokens, at, joined) || JoinDate(tokens, at, joined) ||
        JoinHourly(tokens, at, joined) || JoinRoman(tokens, at, joined))
      continue;
    // "1 tabl 08:00": as behind "kl".
    if (tokens[at].word == ":" && tokens[at].kind == TokenKind::kNumber &&
        (joined.empty() || IsPiece(joined.back().word)))
      joined.push_back(WordToken("kl"));
    if (Says(tokens, at, {"t", "n"})) {
      joined.push_back(WordToken("tn"));
      at += 2;
      continue;
    }
    if (!SplitSlash(tokens[at], joined)) joined.push_back(std::move(tokens[at]));
    ++at;
  }
  return joined;
}

}  // namespace genflik::mapping
