#pragma once

#include <filesystem>
#include <memory>

#include "services/core/clock.h"
#include "services/security/authenticator.h"
#include "services/security/clients.h"
#include "services/security/limits.h"
#include "services/security/replay.h"
#include "services/security/sessions.h"
#include "services/security/token_endpoint.h"
#include "services/store/store.h"

namespace genflik::app {

/// What the access file (docs/security.md) sets up.
struct AccessParts {
  std::string public_base = {};
  std::shared_ptr<security::Authenticator> authenticator = {};
  std::shared_ptr<security::Limits> limits = {};
  security::SmartOptions smart = {};
  security::SessionOptions session = {};
  /// Of people in browsers; made when all else is.
  std::shared_ptr<security::Sessions> sessions = {};
  /// Null without registered clients.
  std::unique_ptr<security::ClientRegistry> clients = {};
  std::shared_ptr<security::ReplayGuard> replay = {};
  std::unique_ptr<security::TokenEndpoint> endpoint = {};
};

/// Reads the access file and builds what it says. Throws Error(kInvalid) with every fault of it.
std::unique_ptr<AccessParts> SetUpAccess(const std::filesystem::path& file, store::Store& store,
                                         const core::Clock& clock);

}  // namespace genflik::app
