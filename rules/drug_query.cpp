#include "rules/drug_query.h"

#include <algorithm>

#include "rules/notation.h"

namespace genflik::rules {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

// A01AA01 or a group of it.
bool IsAtc(std::string_view text) {
  constexpr std::string_view kShape = "A99AA99";
  if (text.size() != 3 && text.size() != 4 && text.size() != 5 && text.size() != 7) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (kShape[i] == 'A' ? !IsLetter(text[i]) : !IsDigit(text[i])) return false;
  }
  return true;
}

std::string Upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

}  // namespace

DrugQuery ReadDrugQuery(std::string_view text) {
  text = Trim(text);
  DrugQuery query;
  if (text.empty()) return query;
  if (IsAtc(text)) {
    query.codes.push_back({DrugSystem::kAtc, Upper(text)});
  } else if (std::ranges::all_of(text, IsDigit)) {
    const DrugSystem system = text.size() <= 7 ? DrugSystem::kRxNorm : DrugSystem::kSnomed;
    query.codes.push_back({system, std::string(text)});
  } else {
    query.names.emplace_back(text);
  }
  return query;
}

}  // namespace genflik::rules
