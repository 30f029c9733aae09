#include "services/security/signing_key.h"

#include <utility>

#include <nlohmann/json.hpp>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "services/core/error.h"
#include "services/security/base64.h"
#include "services/security/digest.h"
#include "services/security/openssl.h"

namespace genflik::security {
namespace {

using core::Error;
using core::ErrorCode;
using fhir::Json;

using Bio = std::unique_ptr<BIO, openssl::Freer<BIO_free>>;

void Demand(bool holds) {
  if (!holds) throw Error(ErrorCode::kInternal, "the cryptographic library failed");
}

std::string NumberOf(EVP_PKEY* key, const char* name, int width) {
  BIGNUM* raw = nullptr;
  Demand(EVP_PKEY_get_bn_param(key, name, &raw) == 1);
  const openssl::Number number(raw);
  std::string bytes(static_cast<size_t>(width > 0 ? width : BN_num_bytes(raw)), '\0');
  Demand(BN_bn2binpad(raw, reinterpret_cast<unsigned char*>(bytes.data()),
                      static_cast<int>(bytes.size())) >= 0);
  return EncodeBase64Url(bytes);
}

// The members that make up the key, in the order that the thumbprint has them (RFC 7638, 3.2).
Json Members(const openssl::Algorithm& algorithm, EVP_PKEY* key) {
  if (!algorithm.elliptic) {
    return {{"e", NumberOf(key, OSSL_PKEY_PARAM_RSA_E, 0)},
            {"kty", "RSA"},
            {"n", NumberOf(key, OSSL_PKEY_PARAM_RSA_N, 0)}};
  }
  return {{"crv", std::string(algorithm.curve)},
          {"kty", "EC"},
          {"x", NumberOf(key, OSSL_PKEY_PARAM_EC_PUB_X, algorithm.coordinate)},
          {"y", NumberOf(key, OSSL_PKEY_PARAM_EC_PUB_Y, algorithm.coordinate)}};
}

// The fixed-width pair that JWS has (RFC 7518, 3.4) of OpenSSL's DER.
std::string FromDer(const std::string& der, int width) {
  const unsigned char* at = openssl::Bytes(der);
  const openssl::Signature pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  Demand(pair != nullptr);
  std::string bytes(static_cast<size_t>(width) * 2, '\0');
  auto* out = reinterpret_cast<unsigned char*>(bytes.data());
  Demand(BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), out, width) >= 0 &&
         BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), out + width, width) >= 0);
  return bytes;
}

const openssl::Algorithm& Known(std::string_view name) {
  const openssl::Algorithm* algorithm = openssl::FindAlgorithm(name);
  if (algorithm == nullptr) {
    throw Error(ErrorCode::kInvalid, "a token is signed by RS256, RS384, ES256 or ES384");
  }
  return *algorithm;
}

}  // namespace

struct SigningKey::Key {
  const openssl::Algorithm& algorithm;
  openssl::Pkey key;
  std::string name = {};
  std::string id = {};
  Json members = {};

  Key(const openssl::Algorithm& wanted, openssl::Pkey made)
      : algorithm(wanted), key(std::move(made)), name(wanted.name) {
    members = Members(algorithm, key.get());
    const std::string text = fhir::PrintJson(members);
    id = EncodeBase64Url(Sha256(text));
  }
};

SigningKey::SigningKey(std::unique_ptr<Key> key) : key_(std::move(key)) {}
SigningKey::~SigningKey() = default;
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;

SigningKey SigningKey::Generate(std::string_view algorithm) {
  const openssl::Algorithm& known = Known(algorithm);
  openssl::Pkey key(known.elliptic ? EVP_EC_gen(std::string(known.curve).c_str())
                                   : EVP_RSA_gen(2048));
  Demand(key != nullptr);
  return SigningKey(std::make_unique<Key>(known, std::move(key)));
}

SigningKey SigningKey::FromPem(std::string_view pem, std::string_view algorithm) {
  const openssl::Algorithm& known = Known(algorithm);
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  openssl::Pkey key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  const bool fits =
      key && EVP_PKEY_is_a(key.get(), known.elliptic ? "EC" : "RSA") == 1 &&
      EVP_PKEY_get_bits(key.get()) >= (known.elliptic ? known.coordinate * 8 : 2048) &&
      (!known.elliptic || EVP_PKEY_get_bits(key.get()) == known.coordinate * 8);
  if (!fits) {
    throw Error(ErrorCode::kInvalid, "this is no private key for " + std::string(algorithm));
  }
  return SigningKey(std::make_unique<Key>(known, std::move(key)));
}

const std::string& SigningKey::algorithm() const { return key_->name; }
const std::string& SigningKey::key_id() const { return key_->id; }

std::string SigningKey::Pem() const {
  const Bio bio(BIO_new(BIO_s_mem()));
  Demand(bio && PEM_write_bio_PKCS8PrivateKey(bio.get(), key_->key.get(), nullptr, nullptr, 0,
                                              nullptr, nullptr) == 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<size_t>(size)};
}

Json SigningKey::PublicJwk() const {
  Json jwk = key_->members;
  jwk["kid"] = key_->id;
  jwk["alg"] = key_->name;
  jwk["use"] = "sig";
  return jwk;
}

std::string SigningKey::Sign(const Json& claims, std::string_view type) const {
  const Json header = {{"alg", key_->name}, {"kid", key_->id}, {"typ", std::string(type)}};
  std::string text =
      EncodeBase64Url(fhir::PrintJson(header)) + '.' + EncodeBase64Url(fhir::PrintJson(claims));
  const openssl::DigestContext context(EVP_MD_CTX_new());
  Demand(context && EVP_DigestSignInit(context.get(), nullptr, key_->algorithm.digest(), nullptr,
                                       key_->key.get()) == 1);
  size_t size = 0;
  Demand(EVP_DigestSign(context.get(), nullptr, &size, openssl::Bytes(text), text.size()) == 1);
  std::string signature(size, '\0');
  Demand(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                        openssl::Bytes(text), text.size()) == 1);
  signature.resize(size);
  if (key_->algorithm.elliptic) signature = FromDer(signature, key_->algorithm.coordinate);
  return text + '.' + EncodeBase64Url(signature);
}

}  // namespace genflik::security
