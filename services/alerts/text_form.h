#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// The form of texts that people read: language, Markdown, length and numbers.

namespace genflik::alerts {

enum class Language { kSwedish, kEnglish };

/// Picks by language.
[[nodiscard]] std::string_view Say(Language language, std::string_view swedish,
                                   std::string_view english);
/// Text from data for use in Markdown: nothing in it can become markup or HTML.
[[nodiscard]] std::string EscapeMarkdown(std::string_view text);
/// A code span.
[[nodiscard]] std::string CodeSpan(std::string_view text);
/// Number of characters (not bytes) of UTF-8 text.
[[nodiscard]] size_t CountCharacters(std::string_view text);
/// At most `most` characters, with an ellipsis where cut, at a word's end where possible.
[[nodiscard]] std::string Shorten(std::string text, size_t most);
/// A number as people write it in the language: "0,5" or "0.5".
[[nodiscard]] std::string PrintNumber(double value, Language language);
/// First letter in capitals.
[[nodiscard]] std::string Capital(std::string text);
/// The same word inside a sentence: terms begin with a capital letter, gene symbols keep theirs.
[[nodiscard]] std::string LowerFirst(std::string text);

}  // namespace genflik::alerts
