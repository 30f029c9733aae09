#include "services/app/access_setup.h"

#include <map>
#include <set>
#include <string>
#include <utility>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "fhir/json.h"
#include "services/core/error.h"
#include "services/security/fetch.h"
#include "services/security/purpose.h"

namespace genflik::app {
namespace {

namespace fs = std::filesystem;
using core::Error;
using core::ErrorCode;
using fhir::IssueLog;
using fhir::IssueType;
using fhir::Json;

/// Reads the members of one object, and faults those that are wrong or unknown.
class Members {
 public:
  Members(const Json& object, std::string place, IssueLog& log)
      : object_(object), place_(std::move(place)), log_(log) {
    if (!object.is_object()) Fault("", "must be an object");
  }
  Members(const Members&) = delete;
  Members& operator=(const Members&) = delete;
  ~Members() {
    if (!object_.is_object()) return;
    for (const auto& item : object_.items()) {
      if (!known_.contains(item.key())) Fault(item.key(), "unknown setting");
    }
  }

  std::string Text(const std::string& name, bool required = false) {
    const Json* value = Take(name);
    if (value != nullptr && value->is_string()) return value->get<std::string>();
    if (value != nullptr) Fault(name, "must be a text");
    if (value == nullptr && required) Fault(name, "must be there");
    return {};
  }

  std::vector<std::string> Texts(const std::string& name) {
    std::vector<std::string> texts;
    const Json* value = Take(name);
    if (value == nullptr) return texts;
    if (!value->is_array()) Fault(name, "must be a list of texts");
    for (const Json& item : fhir::FindArray(object_, name)) {
      if (item.is_string()) {
        texts.push_back(item.get<std::string>());
      } else {
        Fault(name, "must be a list of texts");
      }
    }
    return texts;
  }

  std::map<std::string, std::string> Names(const std::string& name) {
    std::map<std::string, std::string> names;
    const Json* value = Take(name);
    if (value == nullptr) return names;
    if (!value->is_object()) {
      Fault(name, "must be an object of texts");
      return names;
    }
    for (const auto& item : value->items()) {
      if (item.value().is_string()) {
        names[item.key()] = item.value().get<std::string>();
      } else {
        Fault(name + "/" + item.key(), "must be a text");
      }
    }
    return names;
  }

  double Number(const std::string& name, double low, double high, double otherwise) {
    const Json* value = Take(name);
    if (value == nullptr) return otherwise;
    const auto number = fhir::NumberOf(*value);
    if (number && *number >= low && *number <= high) return *number;
    Fault(name, "must be a number from " + std::to_string(static_cast<long long>(low)) + " to " +
                    std::to_string(static_cast<long long>(high)));
    return otherwise;
  }

  bool Has(const std::string& name) const { return fhir::Find(object_, name) != nullptr; }
  const Json* Take(const std::string& name) {
    known_.insert(name);
    return fhir::Find(object_, name);
  }
  void Fault(const std::string& name, const std::string& what) {
    log_.AddAt(place_ + "/" + name, fhir::Severity::kError, IssueType::kValue, what);
  }

 private:
  const Json& object_;
  std::string place_;
  IssueLog& log_;
  std::set<std::string> known_;
};

const std::set<std::string>& Roles() {
  static const std::set<std::string> roles = {"prescriber", "pharmacologist", "lab",
                                              "patient",    "administrator",  "cds-client"};
  return roles;
}

void CheckRole(const std::string& role, const std::string& name, Members& members) {
  if (!Roles().contains(role)) members.Fault(name, "'" + role + "' is no role");
}

security::IssuerOptions ReadIssuer(const Json& json, const std::string& place,
                                   const fs::path& folder, IssueLog& log) {
  Members members(json, place, log);
  security::IssuerOptions issuer;
  issuer.issuer = members.Text("issuer", true);
  issuer.keys = members.Text("keys");
  const bool is_url = issuer.keys.find("://") != std::string::npos;
  if (is_url && !security::IsFetchable(issuer.keys)) members.Fault("keys", "must be https");
  if (!issuer.keys.empty() && !is_url) issuer.keys = (folder / issuer.keys).string();
  if (issuer.keys.empty() && !security::IsFetchable(issuer.issuer)) {
    members.Fault("issuer", "must be https, or say where its keys are");
  }
  issuer.audiences = members.Texts("audiences");
  issuer.roles = members.Texts("roles");
  for (const std::string& role : issuer.roles) CheckRole(role, "roles", members);
  if (const std::string claim = members.Text("rolesClaim"); !claim.empty()) {
    issuer.roles_claim = claim;
  }
  issuer.role_names = members.Names("roleNames");
  for (const auto& [name, role] : issuer.role_names) CheckRole(role, "roleNames", members);
  issuer.care_units = members.Texts("careUnits");
  if (members.Has("careClaims")) issuer.care_claims = members.Texts("careClaims");
  for (std::string& purpose : members.Texts("purposes")) {
    if (!security::IsPurpose(purpose)) members.Fault("purposes", "'" + purpose + "' is none");
    issuer.purposes.insert(std::move(purpose));
  }
  for (std::string& client : members.Texts("revoked")) issuer.revoked.insert(std::move(client));
  return issuer;
}

// The key that signs Genflik's own tokens; made at the first start.
security::SigningKey ReadOrMakeKey(const fs::path& file) {
  if (fs::exists(file)) {
    return security::SigningKey::FromPem(security::FetchText(file.string(), {}), "ES256");
  }
  security::SigningKey key = security::SigningKey::Generate("ES256");
  const std::string pem = key.Pem();
  const int made = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  const bool written = made >= 0 &&
                       write(made, pem.data(), pem.size()) == static_cast<ssize_t>(pem.size()) &&
                       fsync(made) == 0;
  if (made >= 0) close(made);
  if (!written) throw Error(ErrorCode::kUnavailable, "cannot write the key " + file.string());
  return key;
}

}  // namespace

std::unique_ptr<AccessParts> SetUpAccess(const fs::path& file, store::Store& store,
                                         const core::Clock& clock) {
  IssueLog log;
  const auto document = fhir::ParseJson(security::FetchText(file.string(), {}), log);
  if (!document) throw Error(ErrorCode::kInvalid, log.issues());
  const fs::path folder = file.parent_path();
  auto parts = std::make_unique<AccessParts>();
  security::AuthenticatorOptions options;
  fs::path clients;
  fs::path key_file = folder / "token-key.pem";
  security::TokenEndpoint::Options endpoint;
  {
    Members members(*document, "", log);
    options.public_base = members.Text("publicBase", true);
    while (options.public_base.ends_with('/')) options.public_base.pop_back();
    options.skew =
        std::chrono::seconds(static_cast<int>(members.Number("clockSkewSeconds", 0, 300, 60)));
    options.fetch.authority_file = members.Text("authority");
    size_t index = 0;
    static_cast<void>(members.Take("issuers"));
    for (const Json& issuer : fhir::FindArray(*document, "issuers")) {
      options.issuers.push_back(
          ReadIssuer(issuer, "/issuers/" + std::to_string(index++), folder, log));
    }
    if (const std::string name = members.Text("clients"); !name.empty()) clients = folder / name;
    if (const std::string name = members.Text("tokenKey"); !name.empty()) key_file = folder / name;
    endpoint.life =
        std::chrono::seconds(static_cast<int>(members.Number("tokenSeconds", 30, 300, 300)));
    parts->smart.authorize_url = members.Text("authorizeUrl");
    parts->smart.token_url = members.Text("tokenUrl");
    if (options.issuers.empty() && clients.empty()) {
      members.Fault("issuers", "without issuers and clients nobody could get in");
    }
    security::LimitOptions limits{.per_second = 100, .burst = 400, .at_once = 64};
    if (const Json* given = members.Take("limits")) {
      Members of(*given, "/limits", log);
      limits.per_second = of.Number("perSecond", 0, 1e6, limits.per_second);
      limits.burst = of.Number("burst", 1, 1e6, limits.burst);
      limits.at_once = static_cast<size_t>(of.Number("atOnce", 0, 1e5, 64));
    }
    if (const Json* given = members.Take("session")) {
      Members of(*given, "/session", log);
      parts->session.idle =
          std::chrono::minutes(static_cast<int>(of.Number("idleMinutes", 1, 1440, 15)));
      parts->session.longest =
          std::chrono::hours(static_cast<int>(of.Number("longestHours", 1, 24, 8)));
    }
    parts->limits = std::make_shared<security::Limits>(limits);
  }
  if (log.HasErrors()) throw Error(ErrorCode::kInvalid, log.issues());
  parts->public_base = options.public_base;
  endpoint.public_base = options.public_base;
  endpoint.skew = options.skew;
  const security::FetchOptions fetch = options.fetch;
  if (options.issuers.size() == 1) parts->smart.issuer = options.issuers.front().issuer;
  // In the store, so that neither a restart nor another process on it forgets.
  parts->replay = std::make_shared<security::StoredReplayGuard>(store);
  options.used = parts->replay;
  parts->authenticator = std::make_shared<security::Authenticator>(std::move(options), clock);
  if (clients.empty()) return parts;
  parts->clients = std::make_unique<security::ClientRegistry>(clients, clock, fetch);
  parts->endpoint = std::make_unique<security::TokenEndpoint>(
      endpoint, ReadOrMakeKey(key_file), *parts->clients, *parts->replay, clock);
  if (parts->smart.token_url.empty()) parts->smart.token_url = parts->endpoint->url();
  parts->authenticator->AddOwn(
      parts->endpoint->issuer(), parts->endpoint->Keys(),
      [registry = parts->clients.get()](
          const std::string& id) -> std::optional<security::Authenticator::ClientTraits> {
        auto client = registry->Find(id);
        if (!client) return std::nullopt;
        return security::Authenticator::ClientTraits{.roles = std::move(client->roles),
                                                     .care_units = std::move(client->care_units),
                                                     .purposes = std::move(client->purposes)};
      });
  return parts;
}

}  // namespace genflik::app
