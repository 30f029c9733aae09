#include "services/lab/character_set.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace genflik::lab {
namespace {

void AppendUtf8(std::string& text, std::uint32_t code) {
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xC0 | (code >> 6));
    text += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    text += static_cast<char>(0xE0 | (code >> 12));
    text += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (code & 0x3F));
  }
}

/// Windows-1252 has printable characters where ISO 8859-1 has controls; zero where it has none.
constexpr std::array<std::uint32_t, 32> kWindows1252 = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

bool IsAscii(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

enum class Set { kUnknown, kAscii, kLatin1, kLatin9, kUtf8 };

/// The names of table 0211 and those that senders make of them ("ISO-8859-1", "UTF8").
Set SetOf(std::string_view declared) {
  std::string name;
  for (const char c : declared) {
    if (c >= 'a' && c <= 'z') name += static_cast<char>(c - 'a' + 'A');
    if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) name += c;
  }
  if (name.starts_with("ISO")) name.erase(0, 3);
  if (name == "88591" || name == "WINDOWS1252" || name == "CP1252") return Set::kLatin1;
  if (name == "885915") return Set::kLatin9;
  if (name == "UNICODEUTF8" || name == "UNICODE" || name == "UTF8") return Set::kUtf8;
  return name == "ASCII" || name == "USASCII" || name == "IR6" ? Set::kAscii : Set::kUnknown;
}

/// ISO 8859-15 differs from ISO 8859-1 in eight places.
std::string FromLatin9(std::string_view bytes) {
  constexpr std::array<std::pair<unsigned char, std::uint32_t>, 8> kOther = {{{0xA4, 0x20AC},
                                                                              {0xA6, 0x0160},
                                                                              {0xA8, 0x0161},
                                                                              {0xB4, 0x017D},
                                                                              {0xB8, 0x017E},
                                                                              {0xBC, 0x0152},
                                                                              {0xBD, 0x0153},
                                                                              {0xBE, 0x0178}}};
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    const auto* const other = std::find_if(kOther.begin(), kOther.end(),
                                           [&](const auto& pair) { return pair.first == byte; });
    AppendUtf8(text, other == kOther.end() ? byte : other->second);
  }
  return text;
}

/// How many bytes follow a first byte, and the smallest code such a sequence may have.
int Following(unsigned char first, std::uint32_t& code, std::uint32_t& smallest) {
  if (first < 0x80) {
    code = first;
    smallest = 0;
    return 0;
  }
  if ((first & 0xE0) == 0xC0) {
    code = first & 0x1FU;
    smallest = 0x80;
    return 1;
  }
  if ((first & 0xF0) == 0xE0) {
    code = first & 0x0FU;
    smallest = 0x800;
    return 2;
  }
  if ((first & 0xF8) == 0xF0) {
    code = first & 0x07U;
    smallest = 0x10000;
    return 3;
  }
  return -1;
}

}  // namespace

bool IsUtf8(std::string_view bytes) {
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::uint32_t code = 0;
    std::uint32_t smallest = 0;
    const int following = Following(static_cast<unsigned char>(bytes[i]), code, smallest);
    if (following < 0 || i + static_cast<size_t>(following) >= bytes.size()) return false;
    for (int k = 0; k < following; ++k) {
      const auto next = static_cast<unsigned char>(bytes[++i]);
      if ((next & 0xC0) != 0x80) return false;
      code = (code << 6) | (next & 0x3FU);
    }
    if (code < smallest || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
  }
  return true;
}

std::string FromLatin1(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    std::uint32_t code = static_cast<unsigned char>(c);
    if (code >= 0x80 && code < 0xA0 && kWindows1252.at(code - 0x80) != 0) {
      code = kWindows1252.at(code - 0x80);
    }
    AppendUtf8(text, code);
  }
  return text;
}

std::optional<std::string> DecodeHl7(std::string_view bytes, std::string_view declared,
                                     std::string_view default_set) {
  if (declared.empty()) {
    if (IsUtf8(bytes)) return std::string(bytes);
    declared = default_set;
  }
  switch (SetOf(declared)) {
    case Set::kLatin1:
      return FromLatin1(bytes);
    case Set::kLatin9:
      return FromLatin9(bytes);
    case Set::kUtf8:
      if (IsUtf8(bytes)) return std::string(bytes);
      return std::nullopt;
    case Set::kAscii:
      if (IsAscii(bytes)) return std::string(bytes);
      return std::nullopt;
    case Set::kUnknown:
      break;
  }
  return std::nullopt;
}

bool IsReadableCharacterSet(std::string_view declared) {
  return declared.empty() || SetOf(declared) != Set::kUnknown;
}

std::string EncodeHl7(std::string_view text, std::string_view declared) {
  const Set set = SetOf(declared);
  if (set != Set::kLatin1 && set != Set::kLatin9) return std::string(text);
  std::string bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto first = static_cast<unsigned char>(text[i]);
    if (first < 0x80) {
      bytes += text[i];
    } else if ((first == 0xC2 || first == 0xC3) && i + 1 < text.size()) {
      const auto second = static_cast<unsigned char>(text[++i]);
      bytes += static_cast<char>(((first & 0x03U) << 6) | (second & 0x3FU));
    } else {
      while (i + 1 < text.size() && (static_cast<unsigned char>(text[i + 1]) & 0xC0) == 0x80) ++i;
      bytes += '?';
    }
  }
  return bytes;
}

namespace {

/// What spreadsheets save as "Unicode text"; half a pair of surrogates becomes U+FFFD.
std::string FromUtf16(std::string_view bytes, bool little) {
  const auto unit = [&](size_t i) {
    const auto first = static_cast<unsigned char>(bytes[i]);
    const auto second = static_cast<unsigned char>(bytes[i + 1]);
    return static_cast<std::uint32_t>(little ? first | (second << 8U) : (first << 8U) | second);
  };
  std::string text;
  for (size_t i = 0; i + 1 < bytes.size(); i += 2) {
    std::uint32_t code = unit(i);
    if (code < 0xD800 || code > 0xDFFF) {
      AppendUtf8(text, code);
      continue;
    }
    const std::uint32_t low = i + 3 < bytes.size() ? unit(i + 2) : 0;
    if (code > 0xDBFF || low < 0xDC00 || low > 0xDFFF) {
      AppendUtf8(text, 0xFFFD);
      continue;
    }
    code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
    text += static_cast<char>(0xF0 | (code >> 18));
    text += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    text += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (code & 0x3F));
    i += 2;
  }
  return text;
}

}  // namespace

std::string DecodeFile(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE")) return FromUtf16(bytes.substr(2), true);
  if (bytes.starts_with("\xFE\xFF")) return FromUtf16(bytes.substr(2), false);
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  return IsUtf8(bytes) ? std::string(bytes) : FromLatin1(bytes);
}

}  // namespace genflik::lab
