#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace genflik::security {

/// base64url without padding (RFC 4648, section 5; RFC 7515, section 2).
std::string EncodeBase64Url(std::string_view bytes);
/// Its bytes; nothing for any other character, padding, or bits that no encoder leaves, so that a
/// token has one spelling only.
std::optional<std::string> DecodeBase64Url(std::string_view text);

}  // namespace genflik::security
