#include "services/security/signed_link.h"

#include <chrono>
#include <utility>

#include <Poco/Crypto/OpenSSLInitializer.h>
#include <Poco/Exception.h>
#include <Poco/JWT/JWTException.h>
#include <Poco/JWT/Signer.h>
#include <Poco/JWT/Token.h>
#include <Poco/Timestamp.h>
#include <nlohmann/json.hpp>
#include <openssl/rand.h>

#include "fhir/json.h"
#include "fhir/json_object.h"
#include "services/core/error.h"
#include "services/security/base64.h"

namespace genflik::security {
namespace {

using core::Error;
using core::ErrorCode;
using fhir::Json;

constexpr const char* kIssuer = "genflik";
constexpr const char* kAudience = "genflik-tab";

Error Refusal(const std::string& why) { return {ErrorCode::kUnauthenticated, why}; }

std::string LongEnough(std::string key) {
  if (key.size() < 32) {
    throw Error(ErrorCode::kInvalid, "the key for links needs at least 32 bytes");
  }
  return key;
}

std::string ClaimOf(const Poco::JWT::Token& token, const std::string& name) {
  const auto value = token.payload().get(name);
  return value.isString() ? value.extract<std::string>() : std::string();
}

}  // namespace

LinkSigner::LinkSigner(std::string key) : key_(LongEnough(std::move(key))), signer_(key_) {
  // Signing takes and gives back the cryptographic library each time; without one who keeps it, two
  // threads may end it under a third.
  static const Poco::Crypto::OpenSSLInitializer library;
}

std::string LinkSigner::Sign(const LinkTarget& target) const {
  Json payload = fhir::ObjectFor(8);
  payload["aud"] = kAudience;
  payload["exp"] =
      std::chrono::floor<std::chrono::seconds>(target.expires).time_since_epoch().count();
  payload["iss"] = kIssuer;
  payload["patient"] = target.patient;
  if (!target.view.empty()) payload["view"] = target.view;
  if (!target.drug.empty()) payload["drug"] = target.drug;
  if (!target.subject.empty()) payload["sub"] = target.subject;
  if (!target.care_unit.empty()) payload["careUnit"] = target.care_unit;
  static const std::string head = EncodeBase64Url(R"({"alg":"HS256","typ":"JWT"})") + '.';
  const std::string text = head + EncodeBase64Url(fhir::PrintJson(payload));
  return text + '.' + EncodeBase64Url(signer_.Sign(text));
}

LinkTarget LinkSigner::Verify(std::string_view token, core::Instant now) const {
  try {
    Poco::JWT::Signer signer(key_);
    signer.setAlgorithms({Poco::JWT::Signer::ALGO_HS256});
    const Poco::JWT::Token read = signer.verify(std::string(token));
    if (read.getIssuer() != kIssuer || read.getAudience() != std::vector<std::string>{kAudience}) {
      throw Refusal("this link is not for the tab");
    }
    LinkTarget target{.patient = ClaimOf(read, "patient"),
                      .view = ClaimOf(read, "view"),
                      .drug = ClaimOf(read, "drug"),
                      .subject = read.getSubject(),
                      .care_unit = ClaimOf(read, "careUnit"),
                      .expires = core::Instant(std::chrono::duration_cast<core::Instant::duration>(
                          std::chrono::microseconds(read.getExpiration().epochMicroseconds())))};
    if (target.patient.empty()) throw Refusal("this link names no patient");
    if (now >= target.expires) throw Refusal("this link has expired");
    return target;
  } catch (const Poco::Exception&) {
    throw Refusal("this link is not signed by Genflik");
  }
}

std::string LinkAddress(std::string_view base, std::string_view token) {
  return std::string(base) + "/tab/#link=" + std::string(token);
}

std::string RandomLinkKey() {
  std::string key(32, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(key.size())) != 1) {
    throw Error(ErrorCode::kInternal, "the system gives no random bytes");
  }
  return key;
}

}  // namespace genflik::security
