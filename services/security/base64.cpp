#include "services/security/base64.h"

#include <cstdint>

namespace genflik::security {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

}  // namespace

std::string EncodeBase64Url(std::string_view bytes) {
  // A last group of less than three bytes has a letter for each byte and one more.
  std::string text((bytes.size() * 4 + 2) / 3, '\0');
  size_t at = 0;
  for (size_t from = 0; from < bytes.size(); from += 3) {
    std::uint32_t bits = 0;
    for (size_t i = from; i < from + 3; ++i)
      bits = (bits << 8) | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
    for (unsigned shift = 24; shift > 0 && at < text.size();) {
      shift -= 6;
      text[at++] = kAlphabet[(bits >> shift) & 63];
    }
  }
  return text;
}

std::optional<std::string> DecodeBase64Url(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char letter : text) {
    const size_t value = kAlphabet.find(letter);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes += static_cast<char>((bits >> held) & 255);
    }
  }
  if (held >= 6 || (bits & ((1U << held) - 1)) != 0) return std::nullopt;
  return bytes;
}

}  // namespace genflik::security
