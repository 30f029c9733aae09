#pragma once

#include <string>
#include <string_view>

namespace genflik::security {

/// The 32 bytes of SHA-256 (FIPS 180-4). Throws Error(kInternal) when the cryptographic library
/// fails.
[[nodiscard]] std::string Sha256(std::string_view text);

/// The same as 64 hexadecimal digits in lower case.
[[nodiscard]] std::string Sha256Hex(std::string_view text);

}  // namespace genflik::security
