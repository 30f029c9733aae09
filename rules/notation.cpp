#include "rules/notation.h"

#include <array>
#include <utility>

namespace genflik::rules {
namespace {

// The same sign written in other ways: multiplication sign, ASCII "at least", typographic dashes.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kSpellings = {{
    {"×", "x"},
    {">=", "≥"},
    {"–", "-"},
    {"−", "-"},
    {"\xc2\xa0", " "},
}};

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Appends one space for a run of white space, none beside "+".
void AppendFolded(std::string& folded, char c) {
  if (IsSpace(c)) {
    if (!folded.empty() && folded.back() != ' ' && folded.back() != '+') folded += ' ';
    return;
  }
  if (c == '+' && !folded.empty() && folded.back() == ' ') folded.pop_back();
  folded += Lower(c);
}

}  // namespace

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

std::string LowerAscii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = Lower(c);
  return lower;
}

std::string FoldAllele(std::string_view name) {
  name = Trim(name);
  std::string folded;
  folded.reserve(name.size());
  for (size_t i = 0; i < name.size();) {
    const auto byte = static_cast<unsigned char>(name[i]);
    bool replaced = false;
    if (byte >= 0x80 || byte == '>') {
      for (const auto& [from, to] : kSpellings) {
        if (name.substr(i, from.size()) != from) continue;
        for (const char c : to) AppendFolded(folded, c);
        i += from.size();
        replaced = true;
        break;
      }
    }
    if (!replaced) AppendFolded(folded, name[i++]);
  }
  return folded;
}

}  // namespace genflik::rules
