#include "services/security/jwt.h"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "services/core/clock.h"
#include "services/core/error.h"
#include "services/security/base64.h"
#include "services/security/jwks.h"
#include "services/security/signing_key.h"

namespace genflik::security {
namespace {

using core::Error;
using core::ErrorCode;
using fhir::Json;

constexpr std::int64_t kNow = 1'800'000'000;
const core::Instant kInstant{std::chrono::seconds(kNow)};

std::string SetOf(const std::vector<Json>& keys) {
  return fhir::PrintJson(Json{{"keys", Json(keys)}});
}

Json Claims() {
  return {{"iss", "https://issuer.example.org"},
          {"sub", "someone"},
          {"aud", "https://gene.example.org/fhir"},
          {"exp", kNow + 300},
          {"iat", kNow - 5},
          {"jti", "1"}};
}

TokenRules Rules() {
  return {.issuer = "https://issuer.example.org", .audiences = {"https://gene.example.org/fhir"}};
}

// What VerifyToken says; "good" when it believes the token.
std::string Judge(const std::string& text, const std::string& set, const TokenRules& rules) {
  const auto keys = MakeFixedKeys(KeySet::Parse(set));
  try {
    static_cast<void>(VerifyToken(text, *keys, rules, kInstant));
    return "good";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnauthenticated);
    return error.what();
  }
}

std::string JudgeClaims(const Json& claims, const TokenRules& rules = Rules()) {
  static const SigningKey key = SigningKey::Generate("ES256");
  return Judge(key.Sign(claims), SetOf({key.PublicJwk()}), rules);
}

// RFC 7515, appendix A.3.
TEST(KeySet, ChecksTheExampleOfTheStandard) {
  const KeySet keys = KeySet::Parse(
      R"({"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
      R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})");
  const std::string text =
      "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
      "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
  const std::string signature = *DecodeBase64Url(
      "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
  EXPECT_EQ(keys.Verify("ES256", "", text, signature), KeySet::Answer::kGood);
  EXPECT_EQ(keys.Verify("ES256", "", text + "x", signature), KeySet::Answer::kBad);
  EXPECT_EQ(keys.Verify("ES384", "", text, signature), KeySet::Answer::kBad);
  EXPECT_EQ(keys.Verify("ES256", "other", text, signature), KeySet::Answer::kUnknownKey);
}

TEST(KeySet, LeavesOutKeysThatProveNothing) {
  const Json good = SigningKey::Generate("ES384").PublicJwk();
  Json encryption = good;
  encryption["use"] = "enc";
  Json off_curve = good;
  off_curve["y"] = off_curve["x"];
  EXPECT_EQ(KeySet::Parse(SetOf({good})).size(), 1U);
  EXPECT_EQ(KeySet::Parse(SetOf({encryption, off_curve})).size(), 0U);
  EXPECT_EQ(KeySet::Parse(R"({"keys":[{"kty":"oct","k":"c2VjcmV0"},)"
                          R"({"kty":"RSA","n":"AQAB","e":"AQAB"},{"kty":"OKP"}]})")
                .size(),
            0U);
  EXPECT_THROW(KeySet::Parse("{}"), Error);
  EXPECT_THROW(KeySet::Parse("<html>"), Error);
}

TEST(Token, IsBelievedWithEachOfTheFourAlgorithms) {
  for (const char* algorithm : {"RS256", "RS384", "ES256", "ES384"}) {
    const SigningKey made = SigningKey::Generate(algorithm);
    const SigningKey key = SigningKey::FromPem(made.Pem(), algorithm);
    EXPECT_EQ(Judge(key.Sign(Claims()), SetOf({key.PublicJwk()}), Rules()), "good") << algorithm;
    const SigningKey other = SigningKey::Generate(algorithm);
    Json disguised = other.PublicJwk();
    disguised["kid"] = key.key_id();
    EXPECT_EQ(Judge(key.Sign(Claims()), SetOf({disguised}), Rules()),
              "the token's signature does not hold")
        << algorithm;
  }
}

TEST(Token, SaysWhatItHolds) {
  const SigningKey key = SigningKey::Generate("ES256");
  const auto keys = MakeFixedKeys(KeySet::Parse(SetOf({key.PublicJwk()})));
  const Token token = VerifyToken(key.Sign(Claims()), *keys, Rules(), kInstant);
  EXPECT_EQ(token.subject, "someone");
  EXPECT_EQ(token.id, "1");
  EXPECT_EQ(token.expires, kNow + 300);
  EXPECT_EQ(token.key_id, key.key_id());
  EXPECT_EQ(fhir::FindText(*token.claims, "sub"), "someone");
}

TEST(Token, WithoutASignatureIsRefused) {
  const std::string claims = EncodeBase64Url(fhir::PrintJson(Claims()));
  const std::string set = SetOf({SigningKey::Generate("ES256").PublicJwk()});
  for (const char* algorithm : {"none", "None", "NONE", "", "es256", "PS256", "EdDSA"}) {
    const std::string header = EncodeBase64Url(R"({"alg":")" + std::string(algorithm) + R"("})");
    EXPECT_NE(Judge(header + '.' + claims + '.', set, Rules()), "good") << algorithm;
    EXPECT_NE(Judge(header + '.' + claims + ".AAAA", set, Rules()), "good") << algorithm;
  }
}

// The classic confusion: the public key, which all know, taken as the secret of an HMAC.
TEST(Token, SignedWithThePublicKeyAsASecretIsRefused) {
  const SigningKey key = SigningKey::Generate("RS256");
  const std::string set = SetOf({key.PublicJwk()});
  const std::string text = EncodeBase64Url(R"({"alg":"HS256","kid":")" + key.key_id() + R"("})") +
                           '.' + EncodeBase64Url(fhir::PrintJson(Claims()));
  for (const std::string& secret : {fhir::PrintJson(key.PublicJwk()), set}) {
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, &size);
    const std::string signature(reinterpret_cast<char*>(mac), size);
    EXPECT_EQ(Judge(text + '.' + EncodeBase64Url(signature), set, Rules()),
              "the token's signature must be RS256, RS384, ES256 or ES384");
  }
}

TEST(Token, ChangedAfterSigningIsRefused) {
  const SigningKey key = SigningKey::Generate("ES256");
  const std::string set = SetOf({key.PublicJwk()});
  const std::string text = key.Sign(Claims());
  size_t believed = 0;
  for (size_t i = 0; i < text.size(); i += 3) {
    std::string changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    if (Judge(changed, set, Rules()) == "good") ++believed;
  }
  EXPECT_EQ(believed, 0U);
  EXPECT_NE(Judge(text + '=', set, Rules()), "good");
  EXPECT_NE(Judge(text + ".x", set, Rules()), "good");
  EXPECT_NE(Judge(text + std::string(20000, 'A'), set, Rules()), "good");
  EXPECT_NE(Judge("", set, Rules()), "good");
  EXPECT_NE(Judge("..", set, Rules()), "good");
}

TEST(Token, OfAnotherIssuerOrForAnotherAudienceIsRefused) {
  Json claims = Claims();
  EXPECT_EQ(JudgeClaims(claims), "good");
  claims["iss"] = "https://issuer.example.org/";
  EXPECT_EQ(JudgeClaims(claims), "the token is from another issuer");
  claims = Claims();
  claims["aud"] = "https://other.example.org";
  EXPECT_EQ(JudgeClaims(claims), "the token is for another audience");
  claims["aud"] = Json::array({"https://other.example.org", "https://gene.example.org/fhir"});
  EXPECT_EQ(JudgeClaims(claims), "good");
  claims.erase("aud");
  EXPECT_EQ(JudgeClaims(claims), "the token is for another audience");
  claims["aud"] = 7;
  EXPECT_NE(JudgeClaims(claims), "good");
}

TEST(Token, IsGoodForItsTimeWithSomeSkew) {
  const auto with = [](const char* name, std::int64_t seconds) {
    Json claims = Claims();
    claims[name] = seconds;
    return JudgeClaims(claims);
  };
  EXPECT_EQ(with("exp", kNow - 59), "good");
  EXPECT_EQ(with("exp", kNow - 60), "the token has expired");
  EXPECT_EQ(with("nbf", kNow + 60), "good");
  EXPECT_EQ(with("nbf", kNow + 61), "the token is not valid yet");
  EXPECT_EQ(with("iat", kNow + 61), "the token is from the future");
  EXPECT_NE(with("exp", -1), "good");
  Json claims = Claims();
  claims.erase("exp");
  EXPECT_EQ(JudgeClaims(claims), "the token must say when it expires");
  claims["exp"] = "soon";
  EXPECT_NE(JudgeClaims(claims), "good");
  TokenRules rules = Rules();
  rules.longest_life = std::chrono::seconds(299 - 60);
  EXPECT_EQ(JudgeClaims(Claims(), rules), "the token lives for too long");
}

TEST(Token, WithAnExtensionThatIsUnknownOrWithoutAnIdWhereOneIsNeededIsRefused) {
  const SigningKey key = SigningKey::Generate("ES256");
  const std::string text = EncodeBase64Url(R"({"alg":"ES256","crit":["b64"],"b64":false})") + '.' +
                           EncodeBase64Url(fhir::PrintJson(Claims())) + ".AAAA";
  EXPECT_EQ(Judge(text, SetOf({key.PublicJwk()}), Rules()),
            "the token uses an extension that is unknown");
  Json claims = Claims();
  claims.erase("jti");
  TokenRules rules = Rules();
  EXPECT_EQ(JudgeClaims(claims, rules), "good");
  rules.needs_id = true;
  EXPECT_EQ(JudgeClaims(claims, rules), "the token needs a 'jti'");
}

TEST(Token, OfACdsClientHasWhatTheSpecificationAsksFor) {
  TokenRules rules = Rules();
  rules.of_cds_client = true;
  Json claims = Claims();
  EXPECT_EQ(JudgeClaims(claims, rules), "good");
  claims.erase("iat");
  EXPECT_EQ(JudgeClaims(claims, rules), "the token needs an 'iat'");
  const SigningKey key = SigningKey::Generate("ES384");
  EXPECT_EQ(Judge(key.Sign(Claims(), "at+jwt"), SetOf({key.PublicJwk()}), rules),
            "the token's header needs 'typ' JWT");
}

// A key source that counts how often it is asked.
struct Source {
  core::FixedClock clock{kInstant};
  std::string set;
  int asked = 0;
  bool fails = false;
  std::unique_ptr<KeySource> keys =
      MakeKeySource("keys", clock, [this](const std::string& /*location*/) {
        ++asked;
        if (fails) throw Error(ErrorCode::kUnavailable, "gone");
        return set;
      });
  void Pass(int seconds) { clock.Set(clock.Now() + std::chrono::seconds(seconds)); }
};

TEST(KeySource, TakesUpANewKeyWhenATokenNamesIt) {
  const SigningKey old_key = SigningKey::Generate("ES256");
  const SigningKey new_key = SigningKey::Generate("ES256");
  Source source;
  source.set = SetOf({old_key.PublicJwk()});
  const auto believe = [&](const SigningKey& key) {
    static_cast<void>(VerifyToken(key.Sign(Claims()), *source.keys, Rules(), kInstant));
  };
  believe(old_key);
  believe(old_key);
  EXPECT_EQ(source.asked, 1);
  source.set = SetOf({new_key.PublicJwk()});
  source.Pass(31);
  believe(new_key);
  EXPECT_EQ(source.asked, 2);
  // Rotated out: no longer believed, and asked for no oftener than the pause.
  for (int i = 0; i < 5; ++i) EXPECT_THROW(believe(old_key), Error);
  EXPECT_EQ(source.asked, 2);
}

TEST(KeySource, GoesOnWithTheOldKeysForAnHourWhenTheIssuerIsGone) {
  Source source;
  source.set = SetOf({SigningKey::Generate("ES256").PublicJwk()});
  EXPECT_EQ(source.keys->Keys()->size(), 1U);
  source.fails = true;
  source.Pass(3600);
  EXPECT_EQ(source.keys->Keys()->size(), 1U);
  EXPECT_EQ(source.asked, 2);
  source.Pass(1);
  EXPECT_THROW(static_cast<void>(source.keys->Keys()), Error);
  source.fails = false;
  source.Pass(3600);
  EXPECT_EQ(source.keys->Keys()->size(), 1U);
}

}  // namespace
}  // namespace genflik::security
