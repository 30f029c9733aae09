// Bytes as what callers prove themselves with: tokens, keys, scopes and signed links. Nothing that
// was not signed is believed, whatever is done to what was.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "fhir/json.h"
#include "services/core/clock.h"
#include "services/core/error.h"
#include "services/security/base64.h"
#include "services/security/jwks.h"
#include "services/security/jwt.h"
#include "services/security/scopes.h"
#include "services/security/signed_link.h"
#include "services/security/signing_key.h"

namespace {

using namespace genflik;

void Demand(bool holds) {
  if (!holds) std::abort();
}

const core::Instant kNow = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};
constexpr std::int64_t kNowSeconds = 1772323200;

struct Fixture {
  security::SigningKey key = security::SigningKey::Generate("ES256");
  std::unique_ptr<security::KeySource> keys = security::MakeFixedKeys(security::KeySet::Parse(
      fhir::PrintJson(fhir::Json{{"keys", fhir::Json::array({key.PublicJwk()})}})));
  security::TokenRules rules{.issuer = "https://issuer.test", .audiences = {"genflik"}};
  std::string good = key.Sign({{"iss", "https://issuer.test"},
                               {"aud", "genflik"},
                               {"sub", "eva"},
                               {"exp", kNowSeconds + 300}});
  security::LinkSigner links{std::string(32, 'k')};
  std::string link = links.Sign({.patient = "p", .expires = kNow + std::chrono::minutes(5)});
};

bool Believed(const Fixture& fixture, std::string_view token) {
  try {
    return security::VerifyToken(token, *fixture.keys, fixture.rules, kNow).subject == "eva";
  } catch (const core::Error& error) {
    Demand(error.code() == core::ErrorCode::kUnauthenticated);
    return false;
  }
}

bool Opens(const Fixture& fixture, std::string_view link) {
  try {
    return !fixture.links.Verify(link, kNow).patient.empty();
  } catch (const core::Error& error) {
    Demand(error.code() == core::ErrorCode::kUnauthenticated);
    return false;
  }
}

// The good text with the bytes of the input laid over it from the place that the first two name.
std::string Damaged(std::string good, std::string_view bytes) {
  if (bytes.size() < 3) return good;
  const size_t place =
      (static_cast<unsigned char>(bytes[0]) * 256U + static_cast<unsigned char>(bytes[1])) %
      good.size();
  bytes = bytes.substr(2, 8);
  good.replace(place, std::min(bytes.size(), good.size() - place), bytes);
  return good;
}

void ReadScopes(std::string_view text) {
  for (const security::Scope& scope : security::ReadScopes(text)) {
    const auto again = security::ReadScope(security::PrintScope(scope));
    Demand(again && *again == scope);
    Demand(security::Includes(scope, scope));
  }
}

void ReadKeys(std::string_view text) {
  try {
    const security::KeySet keys = security::KeySet::Parse(text);
    for (const char* algorithm : {"RS256", "ES256", "ES384", "HS256", "none"}) {
      const auto answer = keys.Verify(algorithm, "", "text", "signature");
      Demand(answer != security::KeySet::Answer::kGood);
    }
  } catch (const core::Error& error) {
    Demand(error.code() == core::ErrorCode::kInvalid);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Fixture fixture;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Demand(Believed(fixture, fixture.good) && Opens(fixture, fixture.link));
  Demand(bytes == fixture.good || !Believed(fixture, bytes));
  const std::string token = Damaged(fixture.good, bytes);
  Demand(token == fixture.good || !Believed(fixture, token));
  Demand(bytes == fixture.link || !Opens(fixture, bytes));
  const std::string link = Damaged(fixture.link, bytes);
  // Base64 of a link may have spare bits at its end; what it says is the same then.
  const bool same_text =
      link.substr(0, link.size() - 1) == fixture.link.substr(0, fixture.link.size() - 1);
  Demand(same_text || !Opens(fixture, link));
  try {
    static_cast<void>(security::PeekToken(bytes));
  } catch (const core::Error&) {
  }
  if (const auto decoded = security::DecodeBase64Url(bytes)) {
    Demand(security::EncodeBase64Url(*decoded) == bytes);
  }
  ReadScopes(bytes);
  ReadKeys(bytes);
  return 0;
}
