#include "services/security/digest.h"

#include <array>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "services/core/error.h"
#include "services/security/openssl.h"

namespace genflik::security {

namespace {

[[noreturn]] void Fail() {
  throw core::Error(core::ErrorCode::kInternal, "the cryptographic library failed");
}

// Looked up once and kept until the end: the library's search for a method takes longer than the
// digest of a short text.
const EVP_MD* Sha256Method() {
  static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  if (method == nullptr) Fail();
  return method;
}

EVP_MAC* HmacMethod() {
  static EVP_MAC* const method = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  if (method == nullptr) Fail();
  return method;
}

}  // namespace

std::string Sha256(std::string_view text) {
  std::string digest(32, '\0');
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
                 Sha256Method(), nullptr) != 1) {
    Fail();
  }
  return digest;
}

HmacKey::HmacKey(std::string_view key) : ready_(EVP_MAC_CTX_new(HmacMethod()), &EVP_MAC_CTX_free) {
  char digest[] = "SHA256";
  const std::array<OSSL_PARAM, 2> parameters = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end()};
  if (!ready_ ||
      EVP_MAC_init(ready_.get(), openssl::Bytes(key), key.size(), parameters.data()) != 1) {
    Fail();
  }
}

std::string HmacKey::Sign(std::string_view text) const {
  const std::unique_ptr<EVP_MAC_CTX, openssl::Freer<EVP_MAC_CTX_free>> context(
      EVP_MAC_CTX_dup(ready_.get()));
  std::string digest(32, '\0');
  size_t size = 0;
  if (!context || EVP_MAC_update(context.get(), openssl::Bytes(text), text.size()) != 1 ||
      EVP_MAC_final(context.get(), reinterpret_cast<unsigned char*>(digest.data()), &size,
                    digest.size()) != 1) {
    Fail();
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
