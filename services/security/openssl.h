#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

// What the files that call OpenSSL share. Included by .cpp files only.

namespace genflik::security::openssl {

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using Pkey = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, Freer<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Freer<BN_free>>;
using ParamBuild = std::unique_ptr<OSSL_PARAM_BLD, Freer<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Freer<OSSL_PARAM_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Freer<ECDSA_SIG_free>>;

inline const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// What an algorithm of JWS needs (RFC 7518, section 3.1).
struct Algorithm {
  std::string_view name;
  bool elliptic;
  /// OpenSSL's name of the curve; empty for RSA.
  std::string_view curve;
  /// Bytes of one coordinate.
  int coordinate;
  const EVP_MD* (*digest)();
};
/// The four that Genflik takes; nullptr for every other, "none" and the HMAC ones among them.
const Algorithm* FindAlgorithm(std::string_view name);

}  // namespace genflik::security::openssl
