#include "services/security/jwks.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/json.h"
#include "services/core/error.h"
#include "services/core/log.h"
#include "services/security/base64.h"
#include "services/security/openssl.h"

namespace genflik::security {
namespace {

using core::Error;
using core::ErrorCode;
using fhir::Json;

constexpr size_t kLargestSet = size_t{256} * 1024;
constexpr size_t kMostKeys = 50;
constexpr int kShortestRsa = 2048;
// A longer one makes each check slow, which is a way to wear a server down.
constexpr int kLongestRsa = 8192;

openssl::Pkey MakeKey(const char* kind, OSSL_PARAM_BLD* build) {
  const openssl::Params params(OSSL_PARAM_BLD_to_param(build));
  const openssl::PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return nullptr;
  }
  openssl::Pkey made(key);
  const openssl::PkeyContext check(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  if (!check || EVP_PKEY_public_check(check.get()) != 1) return nullptr;
  return made;
}

openssl::Number ReadNumber(const Json& jwk, std::string_view name) {
  const auto bytes = DecodeBase64Url(fhir::FindText(jwk, name));
  if (!bytes || bytes->empty()) return nullptr;
  return openssl::Number(
      BN_bin2bn(openssl::Bytes(*bytes), static_cast<int>(bytes->size()), nullptr));
}

openssl::Pkey ReadRsa(const Json& jwk) {
  const openssl::Number n = ReadNumber(jwk, "n");
  const openssl::Number e = ReadNumber(jwk, "e");
  const openssl::ParamBuild build(OSSL_PARAM_BLD_new());
  if (!n || !e || !build) return nullptr;
  const int bits = BN_num_bits(n.get());
  if (bits < kShortestRsa || bits > kLongestRsa || BN_num_bits(e.get()) > 64) return nullptr;
  if (OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return nullptr;
  }
  return MakeKey("RSA", build.get());
}

openssl::Pkey ReadElliptic(const Json& jwk) {
  const std::string curve(fhir::FindText(jwk, "crv"));
  const size_t size = curve == "P-256" ? 32 : curve == "P-384" ? 48 : 0;
  const auto x = DecodeBase64Url(fhir::FindText(jwk, "x"));
  const auto y = DecodeBase64Url(fhir::FindText(jwk, "y"));
  const openssl::ParamBuild build(OSSL_PARAM_BLD_new());
  if (size == 0 || !x || !y || x->size() != size || y->size() != size || !build) return nullptr;
  const std::string point = '\x04' + *x + *y;
  if (OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.c_str(), 0) !=
          1 ||
      OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1) {
    return nullptr;
  }
  return MakeKey("EC", build.get());
}

bool IsForSignatures(const Json& jwk) {
  const auto use = fhir::FindText(jwk, "use");
  if (!use.empty() && use != "sig") return false;
  const Json& operations = fhir::FindArray(jwk, "key_ops");
  return operations.empty() || std::ranges::find(operations, Json("verify")) != operations.end();
}

// R and S of fixed width, as JWS has them (RFC 7518, 3.4), in the DER that OpenSSL takes.
std::string ToDer(const openssl::Algorithm& algorithm, std::string_view signature) {
  const auto width = static_cast<size_t>(algorithm.coordinate);
  if (signature.size() != 2 * width) return {};
  const openssl::Signature pair(ECDSA_SIG_new());
  openssl::Number r(BN_bin2bn(openssl::Bytes(signature), algorithm.coordinate, nullptr));
  openssl::Number s(
      BN_bin2bn(openssl::Bytes(signature.substr(width)), algorithm.coordinate, nullptr));
  if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return {};
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  if (size <= 0) return {};
  std::string text(reinterpret_cast<char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return text;
}

}  // namespace

namespace openssl {

const Algorithm* FindAlgorithm(std::string_view name) {
  static constexpr std::array kAlgorithms{Algorithm{"RS256", false, "", 0, EVP_sha256},
                                          Algorithm{"RS384", false, "", 0, EVP_sha384},
                                          Algorithm{"ES256", true, "P-256", 32, EVP_sha256},
                                          Algorithm{"ES384", true, "P-384", 48, EVP_sha384}};
  const auto* found = std::ranges::find(kAlgorithms, name, &Algorithm::name);
  return found == kAlgorithms.end() ? nullptr : found;
}

}  // namespace openssl

struct KeySet::Key {
  std::string id = {};
  /// Empty: every algorithm that fits the key.
  std::string algorithm = {};
  /// "P-256", "P-384"; empty for RSA.
  std::string curve = {};
  openssl::Pkey key = {};

  bool Fits(const openssl::Algorithm& wanted) const {
    return curve == wanted.curve && (algorithm.empty() || algorithm == wanted.name);
  }

  bool Verify(const openssl::Algorithm& wanted, std::string_view text,
              std::string_view signature) const {
    std::string der;
    if (wanted.elliptic) {
      der = ToDer(wanted, signature);
      signature = der;
    }
    const openssl::DigestContext context(EVP_MD_CTX_new());
    return !signature.empty() && context &&
           EVP_DigestVerifyInit(context.get(), nullptr, wanted.digest(), nullptr, key.get()) == 1 &&
           EVP_DigestVerify(context.get(), openssl::Bytes(signature), signature.size(),
                            openssl::Bytes(text), text.size()) == 1;
  }
};

KeySet KeySet::Parse(std::string_view json) {
  fhir::IssueLog log;
  const auto set = fhir::ParseJson(json, log, {.max_bytes = kLargestSet, .max_depth = 8});
  const Json* keys = set ? fhir::Find(*set, "keys") : nullptr;
  if (keys == nullptr || !keys->is_array() || keys->size() > kMostKeys) {
    throw Error(ErrorCode::kInvalid, "this is no JWK Set of at most 50 keys");
  }
  KeySet result;
  for (const Json& jwk : *keys) {
    if (!jwk.is_object() || !IsForSignatures(jwk)) continue;
    const auto kind = fhir::FindText(jwk, "kty");
    auto key = std::make_shared<Key>();
    key->id = fhir::FindText(jwk, "kid");
    key->algorithm = fhir::FindText(jwk, "alg");
    if (kind == "RSA") key->key = ReadRsa(jwk);
    if (kind == "EC") {
      key->curve = fhir::FindText(jwk, "crv");
      key->key = ReadElliptic(jwk);
    }
    if (key->key) result.keys_.push_back(std::move(key));
  }
  return result;
}

KeySet::Answer KeySet::Verify(std::string_view algorithm, std::string_view key_id,
                              std::string_view text, std::string_view signature) const {
  const openssl::Algorithm* wanted = openssl::FindAlgorithm(algorithm);
  if (wanted == nullptr) return Answer::kBad;
  bool known = false;
  for (const auto& key : keys_) {
    if (!key_id.empty() && key->id != key_id) continue;
    known = true;
    if (key->Fits(*wanted) && key->Verify(*wanted, text, signature)) return Answer::kGood;
  }
  return known ? Answer::kBad : Answer::kUnknownKey;
}

namespace {

class FixedKeys : public KeySource {
 public:
  explicit FixedKeys(KeySet keys) : keys_(std::make_shared<const KeySet>(std::move(keys))) {}
  std::shared_ptr<const KeySet> Keys() override { return keys_; }
  std::shared_ptr<const KeySet> KeysAnew() override { return keys_; }

 private:
  std::shared_ptr<const KeySet> keys_;
};

class KeptKeys : public KeySource {
 public:
  KeptKeys(std::string location, const core::Clock& clock, Fetch fetch, KeySourceOptions options)
      : location_(std::move(location)),
        clock_(clock),
        fetch_(std::move(fetch)),
        options_(options) {}

  std::shared_ptr<const KeySet> Keys() override { return Get(options_.fresh); }
  std::shared_ptr<const KeySet> KeysAnew() override { return Get(options_.shortest_pause); }

 private:
  // The keys, read again when the last try was longer ago than `age`.
  std::shared_ptr<const KeySet> Get(std::chrono::seconds age) {
    const core::Instant now = clock_.Now();
    {
      const std::lock_guard lock(mutex_);
      // Without keys a failing source is asked again no oftener than this either.
      const auto pause = keys_ ? age : std::min(age, std::chrono::seconds(2));
      if (tried_ && now - *tried_ < pause) return InUse(now);
      tried_ = now;
    }
    // Others go on with the keys in use meanwhile.
    std::shared_ptr<const KeySet> fetched;
    try {
      fetched = std::make_shared<const KeySet>(KeySet::Parse(fetch_(location_)));
    } catch (const Error& error) {
      core::Log(core::LogLevel::kWarning, "keys-not-read",
                {{"location", location_}, {"reason", error.what()}});
    }
    const std::lock_guard lock(mutex_);
    if (fetched) {
      keys_ = std::move(fetched);
      read_ = now;
    }
    return InUse(now);
  }

  std::shared_ptr<const KeySet> InUse(core::Instant now) const {
    if (!keys_ || now - read_ > options_.stale) {
      throw Error(ErrorCode::kUnavailable, "the keys of the issuer cannot be had now");
    }
    return keys_;
  }

  const std::string location_;
  const core::Clock& clock_;
  const Fetch fetch_;
  const KeySourceOptions options_;
  std::mutex mutex_;
  std::shared_ptr<const KeySet> keys_;
  std::optional<core::Instant> tried_;
  core::Instant read_ = {};
};

}  // namespace

std::unique_ptr<KeySource> MakeKeySource(std::string location, const core::Clock& clock,
                                         Fetch fetch, KeySourceOptions options) {
  return std::make_unique<KeptKeys>(std::move(location), clock, std::move(fetch), options);
}

std::unique_ptr<KeySource> MakeFixedKeys(KeySet keys) {
  return std::make_unique<FixedKeys>(std::move(keys));
}

}  // namespace genflik::security
