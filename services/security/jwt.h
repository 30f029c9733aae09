#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json.h"
#include "services/core/clock.h"
#include "services/security/jwks.h"

// JSON Web Tokens with a signature (RFC 7515, RFC 7519; what to refuse: RFC 8725).

namespace genflik::security {

/// What a token says. Only VerifyToken gives one that may be believed.
struct Token {
  std::string algorithm = {};
  std::string key_id = {};
  /// The header's "typ" as written.
  std::string type = {};
  std::string issuer = {};
  std::string subject = {};
  std::vector<std::string> audience = {};
  /// "jti"
  std::string id = {};
  /// Seconds since 1970.
  std::optional<std::int64_t> expires = {};
  std::optional<std::int64_t> not_before = {};
  std::optional<std::int64_t> issued = {};
  /// All claims; never null.
  std::shared_ptr<const fhir::Json> claims = {};
};

/// What a token must be like.
struct TokenRules {
  /// "iss" must be equal; never empty.
  std::string issuer = {};
  /// "aud" must hold one of these; never empty.
  std::vector<std::string> audiences = {};
  /// How far the clocks of issuer and Genflik may differ.
  std::chrono::seconds skew{60};
  /// "exp" may be so far away at most; nothing: any.
  std::optional<std::chrono::seconds> longest_life = {};
  /// "jti" must be there.
  bool needs_id = false;
  /// Header "kid" and "typ" (JWT) and claim "iat" must be there, as CDS Hooks asks of its clients
  /// (https://cds-hooks.hl7.org/2.0/#trusting-cds-clients).
  bool of_cds_client = false;
};

/// Reads a token without believing it, to find out whose keys to check it with. Throws
/// Error(kUnauthenticated) when it is no token.
[[nodiscard]] Token PeekToken(std::string_view text);

/// Checks signature, then issuer, audience and time; "exp" must be there. Throws
/// Error(kUnauthenticated) that says what is wrong, and Error(kUnavailable) when there are no keys
/// to check with. Keys that the token itself brings or points to are never looked at.
[[nodiscard]] Token VerifyToken(std::string_view text, KeySource& keys, const TokenRules& rules,
                                core::Instant now);

}  // namespace genflik::security
