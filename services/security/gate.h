#pragma once

#include <memory>
#include <string>

#include "services/core/ids.h"
#include "services/http/router.h"
#include "services/security/audit.h"
#include "services/security/authenticator.h"
#include "services/security/limits.h"
#include "services/security/sessions.h"

namespace genflik::security {

/// What stands before every route.
struct Gate {
  /// Nothing: open to everybody, for development on loopback.
  std::shared_ptr<const Authenticator> authenticator = {};
  AuditLog* audit = nullptr;
  std::shared_ptr<Limits> limits = {};
  /// Of people in browsers; may be null.
  std::shared_ptr<Sessions> sessions = {};
};

/// Puts the gate before every route of the table: a caller without a good token gets 401, one
/// without the right that the route declares 403, one that asks too much 429; all others are let
/// through as the current caller (access.h), and what they looked at is in the audit log before the
/// answer leaves. (Of decision support it is written right after: an order must not wait for it.)
/// Work of Genflik's own that uses the table under a caller of its own passes.
void GuardRoutes(http::Router& router, const Gate& gate);

/// What the access lacks for a route with these parameters of its path; empty: nothing. Prepares
/// `access` for views.
[[nodiscard]] std::string Lacks(const http::Protection& protection, const http::Request& request,
                                Access& access);

}  // namespace genflik::security
