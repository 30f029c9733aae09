#include "services/security/jwt.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/core/error.h"
#include "services/security/base64.h"

namespace genflik::security {
namespace {

using core::Error;
using core::ErrorCode;
using fhir::Json;

constexpr size_t kLargestToken = size_t{16} * 1024;

[[noreturn]] void Refuse(const std::string& text) {
  throw Error(ErrorCode::kUnauthenticated, text);
}

struct Parts {
  std::string_view header = {};
  std::string_view claims = {};
  std::string_view signature = {};
  /// Header and claims with the dot between them.
  std::string_view signed_text = {};
};

Parts Split(std::string_view text) {
  const size_t first = text.find('.');
  const size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (text.size() > kLargestToken || second == std::string_view::npos ||
      text.find('.', second + 1) != std::string_view::npos) {
    Refuse("this is no signed JSON Web Token");
  }
  return {text.substr(0, first), text.substr(first + 1, second - first - 1),
          text.substr(second + 1), text.substr(0, second)};
}

Json ReadObject(std::string_view part) {
  const auto bytes = DecodeBase64Url(part);
  fhir::IssueLog log;
  auto value = bytes ? fhir::ParseJson(*bytes, log, {.max_bytes = kLargestToken, .max_depth = 16})
                     : std::nullopt;
  if (!value || !value->is_object()) Refuse("this is no signed JSON Web Token");
  return std::move(*value);
}

// A claim of text; one of another kind is refused rather than taken for absent.
std::string TextOf(const Json& object, std::string_view name) {
  const Json* value = fhir::Find(object, name);
  if (value == nullptr) return {};
  if (!value->is_string()) Refuse("the token's '" + std::string(name) + "' must be a text");
  return value->get<std::string>();
}

std::optional<std::int64_t> TimeOf(const Json& object, std::string_view name) {
  const Json* value = fhir::Find(object, name);
  if (value == nullptr) return std::nullopt;
  const auto seconds = fhir::NumberOf(*value);
  if (!seconds || !std::isfinite(*seconds) || *seconds < 0 || *seconds > 1e11) {
    Refuse("the token's '" + std::string(name) + "' must be a time in seconds");
  }
  return static_cast<std::int64_t>(*seconds);
}

std::vector<std::string> AudienceOf(const Json& claims) {
  const Json* value = fhir::Find(claims, "aud");
  std::vector<std::string> audience;
  if (value == nullptr) return audience;
  if (value->is_string()) return {value->get<std::string>()};
  if (!value->is_array()) Refuse("the token's 'aud' must be a text or a list of texts");
  for (const Json& item : *value) {
    if (!item.is_string()) Refuse("the token's 'aud' must be a text or a list of texts");
    audience.push_back(item.get<std::string>());
  }
  return audience;
}

Token Read(const Parts& parts) {
  const Json header = ReadObject(parts.header);
  Token token;
  token.algorithm = TextOf(header, "alg");
  token.key_id = TextOf(header, "kid");
  token.type = TextOf(header, "typ");
  // Extensions that must be understood are not (RFC 7515, 4.1.11).
  if (fhir::Find(header, "crit") != nullptr) Refuse("the token uses an extension that is unknown");
  Json claims = ReadObject(parts.claims);
  token.issuer = TextOf(claims, "iss");
  token.subject = TextOf(claims, "sub");
  token.id = TextOf(claims, "jti");
  token.audience = AudienceOf(claims);
  token.expires = TimeOf(claims, "exp");
  token.not_before = TimeOf(claims, "nbf");
  token.issued = TimeOf(claims, "iat");
  token.claims = std::make_shared<const Json>(std::move(claims));
  return token;
}

void CheckSignature(const Token& token, const Parts& parts, KeySource& keys) {
  constexpr std::array<std::string_view, 4> kTaken = {"RS256", "RS384", "ES256", "ES384"};
  if (std::ranges::find(kTaken, token.algorithm) == kTaken.end()) {
    Refuse("the token's signature must be RS256, RS384, ES256 or ES384");
  }
  const auto signature = DecodeBase64Url(parts.signature);
  if (!signature) Refuse("this is no signed JSON Web Token");
  const auto ask = [&](const KeySet& set) {
    return set.Verify(token.algorithm, token.key_id, parts.signed_text, *signature);
  };
  KeySet::Answer answer = ask(*keys.Keys());
  if (answer == KeySet::Answer::kUnknownKey) answer = ask(*keys.KeysAnew());
  if (answer != KeySet::Answer::kGood) Refuse("the token's signature does not hold");
}

void CheckTimes(const Token& token, const TokenRules& rules, core::Instant now) {
  const std::int64_t seconds =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  const std::int64_t skew = rules.skew.count();
  if (!token.expires) Refuse("the token must say when it expires");
  if (*token.expires + skew <= seconds) Refuse("the token has expired");
  if (token.not_before && *token.not_before - skew > seconds) Refuse("the token is not valid yet");
  if (token.issued && *token.issued - skew > seconds) Refuse("the token is from the future");
  if (rules.longest_life && *token.expires - skew > seconds + rules.longest_life->count()) {
    Refuse("the token lives for too long");
  }
}

void CheckCdsClient(const Token& token) {
  if (token.key_id.empty()) Refuse("the token's header needs a 'kid'");
  const bool is_jwt = std::ranges::equal(token.type, std::string_view("JWT"),
                                         [](char a, char b) { return (a & ~32) == b; });
  if (!is_jwt) Refuse("the token's header needs 'typ' JWT");
  if (!token.issued) Refuse("the token needs an 'iat'");
}

}  // namespace

Token PeekToken(std::string_view text) { return Read(Split(text)); }

Token VerifyToken(std::string_view text, KeySource& keys, const TokenRules& rules,
                  core::Instant now) {
  if (rules.issuer.empty() || rules.audiences.empty()) {
    throw Error(ErrorCode::kInternal, "a token is checked against an issuer and an audience");
  }
  const Parts parts = Split(text);
  Token token = Read(parts);
  CheckSignature(token, parts, keys);
  if (token.issuer != rules.issuer) Refuse("the token is from another issuer");
  if (std::ranges::find_first_of(token.audience, rules.audiences) == token.audience.end()) {
    Refuse("the token is for another audience");
  }
  CheckTimes(token, rules, now);
  if (rules.needs_id && token.id.empty()) Refuse("the token needs a 'jti'");
  if (rules.of_cds_client) CheckCdsClient(token);
  return token;
}

}  // namespace genflik::security
