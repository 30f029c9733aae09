#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "services/core/clock.h"
#include "services/core/ids.h"
#include "services/http/router.h"
#include "services/security/clients.h"
#include "services/security/replay.h"
#include "services/security/signing_key.h"

// SMART Backend Services:
// https://hl7.org/fhir/smart-app-launch/STU2/backend-services.html

namespace genflik::security {

/// Gives registered systems short-lived tokens for a proof that they hold their key.
class TokenEndpoint {
 public:
  struct Options {
    /// Without a slash at the end.
    std::string public_base = {};
    std::chrono::seconds life{300};
    std::chrono::seconds skew{60};
  };

  TokenEndpoint(Options options, SigningKey key, ClientRegistry& clients, ReplayGuard& replay,
                const core::Clock& clock);

  /// "iss" of its tokens.
  const std::string& issuer() const { return options_.public_base; }
  std::string url() const { return options_.public_base + "/auth/token"; }
  /// Keys that check its tokens.
  std::unique_ptr<KeySource> Keys() const;

  /// Answers POST /auth/token as RFC 6749, section 5, has it.
  http::Response Answer(const http::Request& request);

 private:
  std::string Issue(const Client& client, const std::string& scope);

  const Options options_;
  const SigningKey key_;
  ClientRegistry& clients_;
  ReplayGuard& replay_;
  const core::Clock& clock_;
  core::TimeOrderedIds ids_;
};

/// What .well-known/smart-configuration says.
struct SmartOptions {
  /// Of an authorization server for people; empty: none.
  std::string authorize_url = {};
  /// Of its token endpoint, or of Genflik's own.
  std::string token_url = {};
  std::string issuer = {};
};

/// GET /fhir/.well-known/smart-configuration.
void AddSmartRoutes(http::Router& router, const SmartOptions& options);
/// POST /auth/token; the endpoint outlives the router.
void AddTokenRoute(http::Router& router, TokenEndpoint& endpoint);

}  // namespace genflik::security
