#include "services/security/authenticator.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/core/error.h"
#include "services/security/jwt.h"

namespace genflik::security {
namespace {

using core::Error;
using core::ErrorCode;
using fhir::Json;

// OpenID Connect Discovery 1.0, section 4: the document must name the issuer that was asked.
std::string FetchDiscovered(const std::string& issuer, const FetchOptions& options) {
  std::string base = issuer;
  while (base.ends_with('/')) base.pop_back();
  fhir::IssueLog log;
  const auto document =
      fhir::ParseJson(FetchText(base + "/.well-known/openid-configuration", options), log);
  const std::string keys(document ? fhir::FindText(*document, "jwks_uri") : "");
  if (!document || fhir::FindText(*document, "issuer") != issuer || !IsFetchable(keys)) {
    throw Error(ErrorCode::kUnavailable, "the discovery document of " + issuer + " is not its own");
  }
  return FetchText(keys, options);
}

// A claim that is a list of texts, or texts with blanks between.
std::vector<std::string> ListOf(const Json& claims, const std::string& name) {
  std::vector<std::string> list;
  const Json* value = fhir::Find(claims, name);
  if (value == nullptr) return list;
  if (value->is_array()) {
    for (const Json& item : *value) {
      if (item.is_string()) list.push_back(item.get<std::string>());
    }
  } else if (value->is_string()) {
    std::string_view text = value->get_ref<const std::string&>();
    while (!text.empty()) {
      const size_t end = std::min(text.find(' '), text.size());
      if (end > 0) list.emplace_back(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }
  return list;
}

std::string FirstText(const Json& claims, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const std::string_view text = fhir::FindText(claims, name);
    if (!text.empty()) return std::string(text);
  }
  return {};
}

Access MakeAccess(const Token& token, const IssuerOptions& options) {
  const Json& claims = *token.claims;
  Access access;
  access.issuer = token.issuer;
  access.subject = FirstText(claims, {"fhirUser", "preferred_username", "sub"});
  access.client = FirstText(claims, {"client_id", "azp", "sub"});
  if (access.subject.empty()) access.subject = access.client;
  access.patient = fhir::FindText(claims, "patient");
  if (access.patient.starts_with("Patient/")) access.patient.erase(0, 8);
  const std::string purpose(fhir::FindText(claims, "purpose_of_use"));
  if (!purpose.empty()) access.purpose = purpose;
  for (const char* name : {"scope", "scp"}) {
    for (const std::string& text : ListOf(claims, name)) {
      if (auto scope = ReadScope(text)) access.scopes.push_back(std::move(*scope));
    }
  }
  access.purposes = options.purposes;
  access.care_units = options.care_units;
  for (const std::string& claim : options.care_claims) {
    for (std::string& unit : ListOf(claims, claim)) access.care_units.push_back(std::move(unit));
  }
  access.roles.insert(options.roles.begin(), options.roles.end());
  for (const std::string& value : ListOf(claims, options.roles_claim)) {
    const auto role = options.role_names.find(value);
    if (role != options.role_names.end()) access.roles.insert(role->second);
  }
  return access;
}

constexpr std::string_view kCdsServices = "/cds-services";
constexpr std::chrono::minutes kLongestCdsToken{60};

bool Holds(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// Addresses that a CDS client may mean when it calls this path: that of the service stands for
// its feedback too (https://cds-hooks.hl7.org/2.0/#trusting-cds-clients).
std::vector<std::string> ServiceAddresses(const std::string& base, std::string_view path) {
  constexpr std::string_view kFeedback = "/feedback";
  std::vector<std::string> addresses{base + std::string(path)};
  if (path.starts_with(kCdsServices) && path.ends_with(kFeedback)) {
    addresses.push_back(base + std::string(path.substr(0, path.size() - kFeedback.size())));
  }
  return addresses;
}

}  // namespace

Authenticator::Authenticator(AuthenticatorOptions options, const core::Clock& clock)
    : options_(std::move(options)), clock_(clock) {
  if (!options_.used) options_.used = std::make_shared<MemoryReplayGuard>(clock, 1000000);
  for (const IssuerOptions& issuer : options_.issuers) {
    Fetch fetch = [limits = options_.fetch](const std::string& location) {
      return FetchText(location, limits);
    };
    std::string location = issuer.keys;
    KeySourceOptions pace;
    if (location.empty()) {
      location = issuer.issuer;
      fetch = [limits = options_.fetch](const std::string& name) {
        return FetchDiscovered(name, limits);
      };
    } else if (location.find("://") == std::string::npos) {
      // A file costs nothing to read, so a key that is taken out of it is soon forgotten.
      pace = {.fresh = std::chrono::seconds(10),
              .stale = std::chrono::seconds(60),
              .shortest_pause = std::chrono::seconds(2)};
    }
    issuers_[issuer.issuer] = {.options = issuer,
                               .keys = MakeKeySource(location, clock_, std::move(fetch), pace)};
  }
}

void Authenticator::AddOwn(const std::string& issuer, std::unique_ptr<KeySource> keys,
                           FindClient find_client) {
  issuers_[issuer] = {.options = {.issuer = issuer},
                      .keys = std::move(keys),
                      .find_client = std::move(find_client)};
}

bool Authenticator::IsKnown(const std::string& issuer, const std::string& client) const {
  const auto found = issuers_.find(issuer);
  if (found == issuers_.end() || found->second.options.revoked.contains(client)) return false;
  return !found->second.find_client || found->second.find_client(client).has_value();
}

Access Authenticator::Authenticate(std::string_view text, std::string_view path) const {
  const Token seen = PeekToken(text);
  const auto issuer = issuers_.find(seen.issuer);
  if (issuer == issuers_.end()) {
    throw Error(ErrorCode::kUnauthenticated, "the token is from an issuer that is not known here");
  }
  const IssuerOptions& options = issuer->second.options;
  TokenRules rules{.issuer = options.issuer, .audiences = options.audiences, .skew = options_.skew};
  rules.audiences.push_back(options_.public_base);
  rules.audiences.push_back(options_.public_base + "/fhir");
  bool once = path.starts_with(kCdsServices) && Holds(options.roles, "cds-client");
  for (std::string& address : ServiceAddresses(options_.public_base, path)) {
    once = once || (path.starts_with(kCdsServices) && Holds(seen.audience, address));
    rules.audiences.push_back(std::move(address));
  }
  if (once) {
    rules.needs_id = true;
    rules.of_cds_client = true;
    rules.longest_life = kLongestCdsToken;
  }
  const Token token = VerifyToken(text, *issuer->second.keys, rules, clock_.Now());
  if (once &&
      !options_.used->Take(token.issuer, token.id, *token.expires + options_.skew.count())) {
    throw Error(ErrorCode::kUnauthenticated, "this token has been used before");
  }
  Access access = MakeAccess(token, options);
  if (once && access.client.empty()) {
    // The token of a CDS client names nobody but its issuer.
    access.client = token.issuer;
    if (access.subject.empty()) access.subject = token.issuer;
  }
  bool known = !access.client.empty() && !options.revoked.contains(access.client);
  if (known && issuer->second.find_client) {
    const auto traits = issuer->second.find_client(access.client);
    known = traits.has_value();
    if (traits) {
      access.roles.insert(traits->roles.begin(), traits->roles.end());
      access.purposes.insert(traits->purposes.begin(), traits->purposes.end());
      access.care_units = traits->care_units;
    }
  }
  if (!known) {
    throw Error(ErrorCode::kUnauthenticated, "the client of this token is not registered any more");
  }
  return access;
}

}  // namespace genflik::security
