#include "services/security/signed_link.h"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "services/core/error.h"

namespace genflik::security {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const core::Instant kNow = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + minutes(12);
const std::string kKey(32, 'k');

LinkTarget Target() {
  return {.patient = "anna", .view = "drugs", .drug = "capecitabine", .expires = kNow + minutes(5)};
}

TEST(LinkSigner, ReadsBackWhatItSigned) {
  const LinkSigner signer(kKey);
  EXPECT_EQ(signer.Verify(signer.Sign(Target()), kNow), Target());
}

TEST(LinkSigner, HoldsUntilTheMomentItNames) {
  const LinkSigner signer(kKey);
  const std::string token = signer.Sign(Target());
  EXPECT_EQ(signer.Verify(token, kNow + minutes(5) - seconds(1)).patient, "anna");
  EXPECT_THROW((void)signer.Verify(token, kNow + minutes(5)), core::Error);
}

TEST(LinkSigner, RefusesAnotherKeyAndAnyChange) {
  const LinkSigner signer(kKey);
  const std::string token = signer.Sign(Target());
  EXPECT_THROW((void)LinkSigner(std::string(32, 'j')).Verify(token, kNow), core::Error);
  for (size_t i = 0; i + 1 < token.size(); i += 7) {
    std::string other = token;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    if (other == token) continue;
    EXPECT_THROW((void)signer.Verify(other, kNow), core::Error) << i;
  }
}

TEST(LinkSigner, RefusesATokenWithoutSignature) {
  // {"alg":"none","typ":"JWT"} . {"iss":"genflik","aud":"genflik-tab","exp":4102444800,
  // "patient":"anna"} .
  const std::string unsigned_token =
      "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0."
      "eyJpc3MiOiJnZW5mbGlrIiwiYXVkIjoiZ2VuZmxpay10YWIiLCJleHAiOjQxMDI0NDQ4MDAsInBhdGllbnQiOiJhbm5h"
      "In0.";
  const LinkSigner signer(kKey);
  EXPECT_THROW((void)signer.Verify(unsigned_token, kNow), core::Error);
  for (const char* broken : {"", ".", "..", "a.b.c", "not a token"}) {
    EXPECT_THROW((void)signer.Verify(broken, kNow), core::Error) << broken;
  }
}

TEST(LinkSigner, WantsAKeyThatCannotBeGuessed) {
  EXPECT_THROW(LinkSigner("short"), core::Error);
  EXPECT_NE(RandomLinkKey(), RandomLinkKey());
  EXPECT_EQ(RandomLinkKey().size(), 32U);
}

TEST(LinkSigner, PutsTheTokenWhereNoLogSeesIt) {
  EXPECT_EQ(LinkAddress("https://genflik.example", "a.b.c"),
            "https://genflik.example/tab/#link=a.b.c");
}

}  // namespace
}  // namespace genflik::security
