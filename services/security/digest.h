#pragma once

#include <string>
#include <string_view>

namespace genflik::security {

/// The 32 bytes of SHA-256 (FIPS 180-4). Throws Error(kInternal) when the cryptographic library
/// fails.
[[nodiscard]] std::string Sha256(std::string_view text);

/// The 32 bytes of HMAC with SHA-256 (RFC 2104). Throws Error(kInternal) when the cryptographic
/// library fails.
[[nodiscard]] std::string HmacSha256(std::string_view key, std::string_view text);

/// SHA-256 as 64 hexadecimal digits in lower case.
[[nodiscard]] std::string Sha256Hex(std::string_view text);

}  // namespace genflik::security
