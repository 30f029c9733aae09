#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_mac_ctx_st;

namespace genflik::security {

/// The 32 bytes of SHA-256 (FIPS 180-4). Throws Error(kInternal) when the cryptographic library
/// fails.
[[nodiscard]] std::string Sha256(std::string_view text);

/// A key made ready to sign many texts by HMAC with SHA-256 (RFC 2104). Immutable; shared by
/// threads. Throws Error(kInternal) when the cryptographic library fails.
class HmacKey {
 public:
  explicit HmacKey(std::string_view key);
  /// 32 bytes.
  [[nodiscard]] std::string Sign(std::string_view text) const;

 private:
  std::shared_ptr<evp_mac_ctx_st> ready_;
};

/// SHA-256 as 64 hexadecimal digits in lower case.
[[nodiscard]] std::string Sha256Hex(std::string_view text);

}  // namespace genflik::security
