#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "fhir/json.h"

namespace genflik::security {

/// A private key that signs JSON Web Tokens.
class SigningKey {
 public:
  /// A new one for RS256, RS384, ES256 or ES384. Throws Error(kInvalid) for another algorithm.
  static SigningKey Generate(std::string_view algorithm);
  /// From PEM text (PKCS #8 or the older forms). Throws Error(kInvalid) when it does not fit.
  static SigningKey FromPem(std::string_view pem, std::string_view algorithm);
  ~SigningKey();
  SigningKey(SigningKey&&) noexcept;
  SigningKey& operator=(SigningKey&&) noexcept;

  const std::string& algorithm() const;
  /// The JWK thumbprint (RFC 7638), which does for a key id.
  const std::string& key_id() const;
  /// The private key as PEM.
  std::string Pem() const;
  /// The public key as a JWK with "kid", "alg" and "use".
  fhir::Json PublicJwk() const;
  /// A token of these claims, signed; its header has alg, kid and typ.
  std::string Sign(const fhir::Json& claims, std::string_view type = "JWT") const;

 private:
  struct Key;
  explicit SigningKey(std::unique_ptr<Key> key);
  std::unique_ptr<Key> key_;
};

}  // namespace genflik::security
