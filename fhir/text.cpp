#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "fhir/search_index.h"

namespace genflik::fhir {
namespace {

// Letters of the blocks Latin-1 Supplement and Latin Extended-A (U+00C0 to U+017F) without their
// accents, in the order of the code points; blanks stand for signs that are no letters.
constexpr std::array<std::string_view, 192> kLatin = {
    "a", "a", "a",  "a",  "a", "a", "ae", "c",  "e",  "e", "e", "e", "i",  "i",  "i", "i", "d", "n",
    "o", "o", "o",  "o",  "o", " ", "o",  "u",  "u",  "u", "u", "y", "th", "ss", "a", "a", "a", "a",
    "a", "a", "ae", "c",  "e", "e", "e",  "e",  "i",  "i", "i", "i", "d",  "n",  "o", "o", "o", "o",
    "o", " ", "o",  "u",  "u", "u", "u",  "y",  "th", "y", "a", "a", "a",  "a",  "a", "a", "c", "c",
    "c", "c", "c",  "c",  "c", "c", "d",  "d",  "d",  "d", "e", "e", "e",  "e",  "e", "e", "e", "e",
    "e", "e", "g",  "g",  "g", "g", "g",  "g",  "g",  "g", "h", "h", "h",  "h",  "i", "i", "i", "i",
    "i", "i", "i",  "i",  "i", "i", "ij", "ij", "j",  "j", "k", "k", "k",  "l",  "l", "l", "l", "l",
    "l", "l", "l",  "l",  "l", "n", "n",  "n",  "n",  "n", "n", "n", "n",  "n",  "o", "o", "o", "o",
    "o", "o", "oe", "oe", "r", "r", "r",  "r",  "r",  "r", "s", "s", "s",  "s",  "s", "s", "s", "s",
    "t", "t", "t",  "t",  "t", "t", "u",  "u",  "u",  "u", "u", "u", "u",  "u",  "u", "u", "u", "u",
    "w", "w", "y",  "y",  "y", "z", "z",  "z",  "z",  "z", "z", "s"};

// Reads one character of valid UTF-8 and moves on.
std::uint32_t Next(std::string_view text, size_t& at) {
  const auto byte = [&](size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const std::uint32_t first = byte(at);
  if (first < 0x80) {
    ++at;
    return first;
  }
  const size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  std::uint32_t point = first & (0x3FU >> more);
  for (size_t i = 1; i <= more; ++i) point = (point << 6U) | (byte(at + i) & 0x3FU);
  at += more + 1;
  return point;
}

void Append(std::uint32_t point, std::string& out) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0U | (point >> 6U));
    put(0x80U | (point & 0x3FU));
  } else if (point < 0x10000) {
    put(0xE0U | (point >> 12U));
    put(0x80U | ((point >> 6U) & 0x3FU));
    put(0x80U | (point & 0x3FU));
  } else {
    put(0xF0U | (point >> 18U));
    put(0x80U | ((point >> 12U) & 0x3FU));
    put(0x80U | ((point >> 6U) & 0x3FU));
    put(0x80U | (point & 0x3FU));
  }
}

// Vowels with tonos or dialytika, and the final sigma, as their plain lower-case letter.
constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 19> kGreek = {{{0x386, 0x3B1},
                                                                             {0x388, 0x3B5},
                                                                             {0x389, 0x3B7},
                                                                             {0x38A, 0x3B9},
                                                                             {0x38C, 0x3BF},
                                                                             {0x38E, 0x3C5},
                                                                             {0x38F, 0x3C9},
                                                                             {0x390, 0x3B9},
                                                                             {0x3AA, 0x3B9},
                                                                             {0x3AB, 0x3C5},
                                                                             {0x3AC, 0x3B1},
                                                                             {0x3AD, 0x3B5},
                                                                             {0x3AE, 0x3B7},
                                                                             {0x3AF, 0x3B9},
                                                                             {0x3B0, 0x3C5},
                                                                             {0x3C2, 0x3C3},
                                                                             {0x3CC, 0x3BF},
                                                                             {0x3CD, 0x3C5},
                                                                             {0x3CE, 0x3C9}}};

std::uint32_t FoldGreekOrCyrillic(std::uint32_t point) {
  for (const auto& [accented, plain] : kGreek) {
    if (accented == point) return plain;
  }
  if (point >= 0x391 && point <= 0x3A9) return point + 0x20;
  if (point >= 0x410 && point <= 0x42F) return point + 0x20;
  if (point >= 0x400 && point <= 0x40F) point += 0x50;
  if (point == 0x451 || point == 0x450) return 0x435;
  if (point == 0x439) return 0x438;
  return point;
}

// Latin letters with two marks (U+1E00 to U+1EFF): each pair of code points shares a letter.
std::string_view FoldLatinAdditional(std::uint32_t point) {
  struct Span {
    std::uint32_t last;
    std::string_view letter;
  };
  static constexpr std::array<Span, 33> kSpans = {
      {{0x1E01, "a"}, {0x1E07, "b"}, {0x1E09, "c"}, {0x1E13, "d"}, {0x1E1D, "e"}, {0x1E1F, "f"},
       {0x1E21, "g"}, {0x1E2B, "h"}, {0x1E2F, "i"}, {0x1E35, "k"}, {0x1E3D, "l"}, {0x1E43, "m"},
       {0x1E4B, "n"}, {0x1E53, "o"}, {0x1E57, "p"}, {0x1E5F, "r"}, {0x1E69, "s"}, {0x1E71, "t"},
       {0x1E7B, "u"}, {0x1E7F, "v"}, {0x1E89, "w"}, {0x1E8D, "x"}, {0x1E8F, "y"}, {0x1E95, "z"},
       {0x1E9F, "s"}, {0x1EB7, "a"}, {0x1EC7, "e"}, {0x1ECB, "i"}, {0x1EE3, "o"}, {0x1EF1, "u"},
       {0x1EF9, "y"}, {0x1EFB, "l"}, {0x1EFF, "y"}}};
  const auto* span = std::ranges::lower_bound(kSpans, point, {}, &Span::last);
  return span == kSpans.end() ? std::string_view() : span->letter;
}

void AppendFolded(std::uint32_t point, std::string& out) {
  if (point >= 'A' && point <= 'Z') {
    out += static_cast<char>(point + 0x20);
  } else if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point >= 0xC0 && point <= 0x17F) {
    out += kLatin.at(point - 0xC0);
  } else if (point >= 0x1E00 && point <= 0x1EFF) {
    out += FoldLatinAdditional(point);
  } else if (point >= 0x300 && point <= 0x36F) {
    // A combining mark goes with the letter before it.
  } else if (point >= 0x386 && point <= 0x45F) {
    Append(FoldGreekOrCyrillic(point), out);
  } else {
    Append(point, out);
  }
}

}  // namespace

std::string NormaliseText(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool gap = false;
  for (size_t at = 0; at < text.size();) {
    const std::uint32_t point = Next(text, at);
    if (point == ' ' || (point >= '\t' && point <= '\r') || point == 0xA0) {
      gap = !out.empty();
      continue;
    }
    if (gap) out += ' ';
    gap = false;
    AppendFolded(point, out);
  }
  return out;
}

}  // namespace genflik::fhir
