#include "services/alerts/text_form.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace genflik::alerts {

std::string_view Say(Language language, std::string_view swedish, std::string_view english) {
  return language == Language::kSwedish ? swedish : english;
}

std::string EscapeMarkdown(std::string_view text) {
  std::string safe;
  safe.reserve(text.size() + 8);
  for (const char c : text) {
    if (c == '<') {
      safe += "&lt;";
    } else if (c == '&') {
      safe += "&amp;";
    } else {
      if (c == '\\' || c == '`' || c == '*' || c == '_' || c == '[' || c == ']' || c == '|' ||
          c == '~')
        safe += '\\';
      safe += c == '\n' || c == '\r' ? ' ' : c;
    }
  }
  return safe;
}

std::string CodeSpan(std::string_view text) {
  std::string inside(text);
  std::replace(inside.begin(), inside.end(), '`', '\'');
  std::replace(inside.begin(), inside.end(), '\n', ' ');
  return '`' + inside + '`';
}

size_t CountCharacters(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::string Shorten(std::string text, size_t most) {
  if (CountCharacters(text) <= most) return text;
  size_t characters = 0;
  size_t end = 0;
  size_t last_space = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U) continue;
    if (characters == most - 1) {
      end = i;
      break;
    }
    if (text[i] == ' ') last_space = i;
    ++characters;
  }
  if (last_space > end / 2) end = last_space;
  return text.substr(0, end) + "…";
}

std::string PrintNumber(double value, Language language) {
  const double rounded = std::round(value * 1000) / 1000;
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), rounded);
  std::string text(buffer.data(), end.ptr);
  if (language == Language::kSwedish) std::replace(text.begin(), text.end(), '.', ',');
  return text;
}

std::string Capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z')
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string LowerFirst(std::string text) {
  const auto starts_word = [&](size_t at) {
    return text.size() > at &&
           ((text[at] >= 'a' && text[at] <= 'z') || static_cast<unsigned char>(text[at]) >= 0x80);
  };
  const bool swedish = text.starts_with("Å") || text.starts_with("Ä") || text.starts_with("Ö");
  if (swedish && starts_word(2)) {
    text[1] = static_cast<char>(text[1] + 0x20);
  } else if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z' && starts_word(1)) {
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  }
  return text;
}

}  // namespace genflik::alerts
