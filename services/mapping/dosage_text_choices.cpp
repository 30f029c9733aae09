#include <algorithm>
#include <array>
#include <string_view>

#include "services/mapping/dosage_text_reader.h"

// Words that join two parts of a dosage text: "eller", "samt vid behov", "före måltid och ...".

namespace genflik::mapping {
namespace {

bool IsAnd(std::string_view word) {
  static constexpr std::array<std::string_view, 6> kWords{"och", "and", "samt", "+", "&", "plus"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

bool IsMeal(std::string_view word) {
  static constexpr std::array<std::string_view, 9> kWords{
      "måltid", "måltiden", "måltider", "måltiderna", "mat", "maten", "meal", "meals", "food"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

}  // namespace

size_t TextReader::SkipSmallWords(size_t ahead) const {
  for (;; ++ahead) {
    const WordClass what = Class(ahead);
    const bool small = what == WordClass::kFiller || what == WordClass::kOr ||
                       what == WordClass::kOn || what == WordClass::kClock ||
                       what == WordClass::kAgainst;
    if (!small || NumberWord(Word(ahead))) return ahead;
  }
}

void TextReader::ReadChoice() {
  if (Word() != "eller" && Word() != "or") return;
  const size_t next = SkipSmallWords(1);
  const WordClass what = Class(next);
  const bool number = Peek(next) != nullptr && (Peek(next)->kind == TokenKind::kNumber ||
                                                Peek(next)->kind == TokenKind::kPattern);
  if (number || NumberWord(Word(next)) || what == WordClass::kMoment ||
      what == WordClass::kWeekday || what == WordClass::kRate || what == WordClass::kDaily ||
      what == WordClass::kTimes1 || what == WordClass::kEveryOther)
    reading_.unclear = true;
}

void TextReader::ReadMeal() {
  if (!IsMeal(Word()) || reading_.clauses.empty() || Clause().often_low) return;
  if (IsAnd(Word(1)) && Class(SkipSmallWords(2)) == WordClass::kMoment) reading_.unclear = true;
  // "till natten och före måltid"
  if (at_ > 1 && IsAnd(tokens_[at_ - 2].word) && Clause().moments > 0) reading_.unclear = true;
}

void TextReader::SetAsNeeded(size_t width) {
  const Token* next = Peek(width);
  const bool more = at_ > 0 && IsAnd(tokens_[at_ - 1].word);
  const bool another =
      next != nullptr && (next->kind == TokenKind::kNumber || NumberWord(next->word).has_value());
  if ((more || another) && Clause().low && Timed(Clause())) reading_.unclear = true;
  reading_.as_needed = true;
  Clause().as_needed = true;
}

}  // namespace genflik::mapping
