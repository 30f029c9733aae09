#include "services/security/clients.h"

#include <chrono>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/json.h"
#include "services/core/error.h"
#include "services/core/log.h"
#include "services/security/purpose.h"

namespace genflik::security {
namespace {

using core::Error;
using core::ErrorCode;
using fhir::Json;

std::vector<std::string> Texts(const Json& object, std::string_view name) {
  std::vector<std::string> texts;
  for (const Json& item : fhir::FindArray(object, name)) {
    if (!item.is_string()) throw Error(ErrorCode::kInvalid, std::string(name) + " holds no texts");
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

}  // namespace

ClientRegistry::ClientRegistry(std::filesystem::path file, const core::Clock& clock,
                               FetchOptions fetch)
    : file_(std::move(file)), clock_(clock), fetch_(std::move(fetch)) {
  clients_ = Read();
  changed_ = std::filesystem::last_write_time(file_);
  looked_ = clock_.Now();
}

std::optional<Client> ClientRegistry::Find(const std::string& id) {
  const std::lock_guard lock(mutex_);
  Refresh();
  const auto client = clients_.find(id);
  if (client == clients_.end()) return std::nullopt;
  return client->second;
}

ClientRegistry::Clients ClientRegistry::Read() const {
  fhir::IssueLog log;
  const auto document = fhir::ParseJson(FetchText(file_.string(), fetch_), log);
  const Json* list = document ? fhir::Find(*document, "clients") : nullptr;
  const auto refuse = [this](const std::string& what) {
    throw Error(ErrorCode::kInvalid, file_.string() + ": " + what);
  };
  if (list == nullptr || !list->is_array()) refuse("must hold a list \"clients\"");
  Clients clients;
  for (const Json& item : *list) {
    Client client;
    client.id = fhir::FindText(item, "id");
    if (client.id.empty()) refuse("a client needs an \"id\"");
    for (const auto& member : item.items()) {
      static const std::set<std::string> known = {"id",     "name",  "jwks",      "jwksUri",
                                                  "scopes", "roles", "careUnits", "purposes"};
      if (!known.contains(member.key())) refuse(client.id + ": unknown key " + member.key());
    }
    client.scopes = Texts(item, "scopes");
    client.roles = Texts(item, "roles");
    client.care_units = Texts(item, "careUnits");
    client.purposes = Texts(item, "purposes");
    for (const std::string& purpose : client.purposes) {
      if (!IsPurpose(purpose)) refuse(client.id + ": '" + purpose + "' is no purpose of use");
    }
    for (const std::string& scope : client.scopes) {
      if (!ReadScope(scope)) refuse(client.id + ": '" + scope + "' is no scope");
    }
    const Json* keys = fhir::Find(item, "jwks");
    const std::string url(fhir::FindText(item, "jwksUri"));
    if ((keys == nullptr) == url.empty()) refuse(client.id + " needs jwks or jwksUri");
    if (keys != nullptr) {
      KeySet set = KeySet::Parse(fhir::PrintJson(*keys));
      if (set.size() == 0) refuse(client.id + " has no key that can be used");
      client.keys = MakeFixedKeys(std::move(set));
    } else {
      if (!IsFetchable(url)) refuse(client.id + ": jwksUri must be https");
      client.keys = MakeKeySource(url, clock_, [limits = fetch_](const std::string& location) {
        return FetchText(location, limits);
      });
    }
    const std::string id = client.id;
    if (!clients.emplace(id, std::move(client)).second) refuse("two clients are named " + id);
  }
  return clients;
}

void ClientRegistry::Refresh() {
  const core::Instant now = clock_.Now();
  if (now - looked_ < std::chrono::seconds(2)) return;
  looked_ = now;
  std::error_code fault;
  const auto changed = std::filesystem::last_write_time(file_, fault);
  if (fault) {
    // Whoever removes the file means that nobody shall get in.
    clients_.clear();
    changed_ = {};
    return;
  }
  if (changed == changed_) return;
  try {
    clients_ = Read();
    changed_ = changed;
  } catch (const Error& error) {
    core::Log(core::LogLevel::kError, "clients-refused", {{"reason", error.what()}});
  }
}

}  // namespace genflik::security
