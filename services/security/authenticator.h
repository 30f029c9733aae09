#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "services/core/clock.h"
#include "services/security/access.h"
#include "services/security/fetch.h"
#include "services/security/jwks.h"
#include "services/security/replay.h"

namespace genflik::security {

/// An issuer of tokens that Genflik believes.
struct IssuerOptions {
  /// "iss" of its tokens; with OpenID discovery also where its keys are found.
  std::string issuer = {};
  /// URL or file of its keys; empty: found by OpenID discovery.
  std::string keys = {};
  /// Audiences beside Genflik's own address.
  std::vector<std::string> audiences = {};
  /// Roles of everybody it vouches for ("cds-client" for a record system that calls CDS Hooks).
  std::vector<std::string> roles = {};
  /// The claim with the roles of a person, and what its values mean here; values that are not named
  /// mean nothing.
  std::string roles_claim = "roles";
  std::map<std::string, std::string> role_names = {};
  /// The claims that name the care provider and the unit that a person acts for.
  std::vector<std::string> care_claims = {"careProvider", "careUnit"};
  /// Organizations that everybody it vouches for acts for (Access::care_units).
  std::vector<std::string> care_units = {};
  /// Access::purposes of everybody it vouches for.
  std::set<std::string, std::less<>> purposes = {};
  /// Clients ("client_id", "azp", else "sub") that are not believed any more.
  std::set<std::string, std::less<>> revoked = {};
};

struct AuthenticatorOptions {
  /// Address that clients use, without a slash at the end: "https://gene.example.org".
  std::string public_base = {};
  std::vector<IssuerOptions> issuers = {};
  std::chrono::seconds skew{60};
  FetchOptions fetch = {};
  /// Remembers the tokens that may be used once; without it only this object does.
  std::shared_ptr<ReplayGuard> used = {};
};

/// Turns a bearer token into an Access. Safe to use from any number of threads. The token of a CDS
/// client (an issuer with the role "cds-client", or a token addressed to one CDS service) is good
/// for one call: it needs a "jti" that has not been seen (AuthenticatorOptions::used).
class Authenticator {
 public:
  Authenticator(AuthenticatorOptions options, const core::Clock& clock);

  /// What is known of a registered client.
  struct ClientTraits {
    std::vector<std::string> roles = {};
    std::vector<std::string> care_units = {};
    std::vector<std::string> purposes = {};
  };
  /// Nothing when it is not registered (any more).
  using FindClient = std::function<std::optional<ClientTraits>(const std::string&)>;
  /// Adds an issuer whose keys are at hand: Genflik's own token endpoint.
  void AddOwn(const std::string& issuer, std::unique_ptr<KeySource> keys, FindClient find_client);

  /// Who shows this token at this path. Throws Error(kUnauthenticated) when it may not be believed,
  /// and Error(kUnavailable) when it cannot be checked.
  [[nodiscard]] Access Authenticate(std::string_view token, std::string_view path) const;

  /// False when tokens of this client (Access::client) would not be believed any more.
  [[nodiscard]] bool IsKnown(const std::string& issuer, const std::string& client) const;

 private:
  struct Issuer {
    IssuerOptions options = {};
    std::unique_ptr<KeySource> keys = {};
    FindClient find_client = {};
  };

  AuthenticatorOptions options_;
  const core::Clock& clock_;
  std::map<std::string, Issuer, std::less<>> issuers_;
};

}  // namespace genflik::security
