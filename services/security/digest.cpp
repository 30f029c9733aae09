#include "services/security/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "services/core/error.h"

namespace genflik::security {

std::string Sha256(std::string_view text) {
  std::string digest(32, '\0');
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
                 EVP_sha256(), nullptr) != 1) {
    throw core::Error(core::ErrorCode::kInternal, "the cryptographic library failed");
  }
  return digest;
}

std::string HmacSha256(std::string_view key, std::string_view text) {
  std::string digest(32, '\0');
  unsigned int size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(),
           reinterpret_cast<unsigned char*>(digest.data()), &size) == nullptr) {
    throw core::Error(core::ErrorCode::kInternal, "the cryptographic library failed");
  }
  return digest;
}

std::string Sha256Hex(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string hex;
  for (const char byte : Sha256(text)) {
    hex += kHex[static_cast<unsigned char>(byte) >> 4U];
    hex += kHex[static_cast<unsigned char>(byte) & 15U];
  }
  return hex;
}

}  // namespace genflik::security
