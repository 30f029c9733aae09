#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "services/core/clock.h"
#include "services/security/fetch.h"
#include "services/security/jwks.h"
#include "services/security/scopes.h"

namespace genflik::security {

/// A system that may get tokens by its key (SMART Backend Services).
struct Client {
  std::string id = {};
  std::shared_ptr<KeySource> keys = {};
  /// What it may be given.
  std::vector<std::string> scopes = {};
  std::vector<std::string> roles = {};
  /// As Access::care_units and Access::purposes.
  std::vector<std::string> care_units = {};
  std::vector<std::string> purposes = {};
};

/// The registered clients, read from a file: {"clients": [{"id", "jwks": {...} or "jwksUri": URL,
/// "scopes": [...], "roles": [...], "careUnits": [...], "purposes": [...]}]}. A change of the file
/// counts within seconds; a file that cannot be read as a whole leaves the clients as they were and
/// is logged, and one that is gone leaves none.
class ClientRegistry {
 public:
  /// Throws Error(kInvalid) that names what is wrong.
  ClientRegistry(std::filesystem::path file, const core::Clock& clock, FetchOptions fetch);

  /// Nothing when there is no such client.
  [[nodiscard]] std::optional<Client> Find(const std::string& id);

 private:
  using Clients = std::map<std::string, Client, std::less<>>;
  Clients Read() const;
  void Refresh();

  const std::filesystem::path file_;
  const core::Clock& clock_;
  const FetchOptions fetch_;
  std::mutex mutex_;
  Clients clients_;
  std::filesystem::file_time_type changed_ = {};
  core::Instant looked_ = {};
};

}  // namespace genflik::security
