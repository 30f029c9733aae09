#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "services/core/clock.h"
#include "services/http/router.h"
#include "services/security/access.h"
#include "services/security/replay.h"
#include "services/security/signed_link.h"
#include "services/store/store.h"

// Sessions of people who use the tab in a browser. The browser holds a cookie that scripts cannot
// read; what the cookie opens is kept in the store, so that every process on it knows it and it can
// be ended.

namespace genflik::security {

struct SessionOptions {
  /// Ended by so long without a call, and in any case.
  std::chrono::seconds idle = std::chrono::minutes(15);
  std::chrono::seconds longest = std::chrono::hours(8);
  /// The tab is shown in frames of record systems, where browsers send only cookies that are marked
  /// for that.
  bool framed = false;
};

/// Starts, finds and ends sessions. Safe to use from any number of threads.
class Sessions {
 public:
  /// `store` and `clock` outlive this.
  Sessions(store::Store& store, const core::Clock& clock, SessionOptions options)
      : store_(store), clock_(clock), options_(options), used_links_(store) {}

  struct Started {
    /// Value of Set-Cookie (RFC 6265).
    std::string cookie = {};
    /// To be sent as X-CSRF-Token with every call that is no GET.
    std::string csrf = {};
  };
  /// A session with the rights that `access` has now.
  [[nodiscard]] Started Start(const Access& access);
  /// A session of the person that a signed link names, for its patient alone. Throws
  /// Error(kUnauthenticated) when the link names nobody or was used before.
  [[nodiscard]] Started StartByLink(std::string_view token, const LinkTarget& target,
                                    const std::string& address);

  /// Whose session the cookie of a request belongs to; nothing when there is no cookie. Throws
  /// Error(kUnauthenticated) when it has ended, and Error(kForbidden) when a page of somebody else
  /// may have sent it: from another site, or without the CSRF token.
  [[nodiscard]] std::optional<Access> Find(const http::Request& request);
  /// The CSRF token of the request's session; empty when it has none.
  [[nodiscard]] std::string CsrfOf(const http::Request& request) const;
  /// Ends the session of a request; the value of Set-Cookie that makes the browser forget it.
  [[nodiscard]] std::string End(const http::Request& request);

  const SessionOptions& options() const { return options_; }

 private:
  std::string CookieAttributes() const;

  store::Store& store_;
  const core::Clock& clock_;
  const SessionOptions options_;
  StoredReplayGuard used_links_;
};

/// - `POST /tab/session` with a bearer token: starts a session with its rights.
/// - `GET /tab/session`: whose it is, and its CSRF token.
/// - `DELETE /tab/session`: ends it.
/// `sessions` outlives the router.
void AddSessionRoutes(http::Router& router, Sessions& sessions);

/// What the page is told of a session: `{"subject", "patient", "roles", "csrf", "idleSeconds"}`.
[[nodiscard]] std::string PrintSession(const Access& access, const std::string& csrf,
                                       const SessionOptions& options);

}  // namespace genflik::security
