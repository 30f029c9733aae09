#include "services/security/gate.h"

#include <algorithm>
#include <utility>

#include "fhir/validator.h"
#include "services/core/error.h"
#include "services/core/log.h"
#include "services/http/error_response.h"
#include "services/http/message.h"
#include "services/security/purpose.h"

namespace genflik::security {
namespace {

using core::Error;
using core::ErrorCode;
using http::Protection;

// One patient of a view may be asked for by somebody without rights to others.
bool OnlyOnePatient(const Access& access) {
  return !access.patient.empty() && std::ranges::all_of(access.scopes, [](const Scope& scope) {
    return scope.level == Scope::Level::kPatient;
  });
}

bool HasRole(const Access& access, const std::vector<std::string>& roles) {
  return std::ranges::any_of(roles,
                             [&](const std::string& role) { return access.roles.contains(role); });
}

std::string LacksForView(const Protection& protection, Access& access) {
  const bool role = HasRole(access, protection.roles);
  bool confined = OnlyOnePatient(access);
  for (const std::string& type : protection.types) {
    for (const char interaction : {'r', 's'}) {
      const Grant grant = access.Judge(type, interaction);
      if (role) continue;
      // A view of a part would look like the whole.
      if (!grant.allowed || !grant.filters.empty()) {
        return "this needs the right to read and search " + type;
      }
      confined = confined || grant.confined;
    }
  }
  access.view = true;
  access.confined_view = confined;
  return {};
}

std::string TokenOf(const http::Request& request) {
  const std::string_view header = request.Header("Authorization");
  constexpr std::string_view kBearer = "Bearer ";
  const bool bearer = header.size() > kBearer.size() &&
                      std::ranges::equal(header.substr(0, kBearer.size()), kBearer,
                                         [](char a, char b) { return (a | 32) == (b | 32); });
  if (!bearer) throw Error(ErrorCode::kUnauthenticated, "this needs a bearer token");
  return std::string(header.substr(kBearer.size()));
}

// Why somebody is not believed stands in the log: told to them, it would help to try again.
http::Response Refuse(const Error& error) {
  http::Response response = http::ErrorResponse(
      error.code() == ErrorCode::kUnauthenticated
          ? Error(ErrorCode::kUnauthenticated, "this needs a bearer token that holds here")
          : error);
  // RFC 6750, section 3.
  if (error.code() == ErrorCode::kUnauthenticated) {
    response.Set("WWW-Authenticate", R"(Bearer realm="genflik", error="invalid_token")");
  }
  if (error.code() == ErrorCode::kThrottled) response.Set("Retry-After", "1");
  return response;
}

// Percent-encoded, so that any byte may stand in it.
std::string QueryOf(const http::Request& request) {
  std::string text;
  for (const auto& [name, value] : request.query) {
    constexpr size_t kLongest = 2000;
    if (text.size() > kLongest) return text + "&...";
    text += (text.empty() ? "" : "&") + http::PercentEncode(name) + '=' +
            http::PercentEncode(value.substr(0, kLongest));
  }
  return text;
}

bool IsDecision(const Protection& protection) {
  return protection.kind == Protection::Kind::kView &&
         HasRole({.roles = {"cds-client"}}, protection.roles);
}

class Guard {
 public:
  Guard(Gate gate, const http::Route& route)
      : gate_(std::move(gate)),
        protection_(route.protection),
        name_(route.method + ' ' + route.pattern),
        reads_(route.method == "GET" || route.pattern == "/tab/session" ||
               route.pattern.ends_with("/_search") ||
               route.pattern.find('$') != std::string::npos ||
               route.protection.kind == Protection::Kind::kEach || IsDecision(route.protection)),
        inner_(route.handler) {}

  http::Response operator()(const http::Request& request) const {
    if (CurrentCaller() != nullptr) return inner_(request);
    Caller caller{.route = name_, .request = request.id, .trail = std::make_shared<AuditTrail>()};
    Limits::Pass pass;
    try {
      caller.access = AccessOf(request);
      caller.access.address = request.peer;
      ReadPurpose(request, caller.access);
      if (gate_.limits) pass = gate_.limits->Enter(caller.access.client + '@' + request.peer);
      const std::string lacking = Lacks(protection_, request, caller.access);
      if (!lacking.empty()) {
        Record(caller, request, 403);
        return Refuse(Error(ErrorCode::kForbidden, lacking));
      }
    } catch (const Error& error) {
      const bool known = !caller.access.subject.empty();
      if (known && error.code() == ErrorCode::kForbidden) Record(caller, request, 403);
      core::Log(core::LogLevel::kWarning, "refused",
                {{"request", request.id}, {"route", name_}, {"reason", error.what()}});
      return Refuse(error);
    }
    return Run(caller, request);
  }

 private:
  Access AccessOf(const http::Request& request) const {
    if (!gate_.authenticator) return {.unrestricted = true, .subject = "anonymous"};
    if (gate_.sessions && request.Header("Authorization").empty()) {
      if (auto access = gate_.sessions->Find(request)) {
        // What a revoked client has started ends with it. A signed link is Genflik's own.
        if (!access->issuer.empty() &&
            !gate_.authenticator->IsKnown(access->issuer, access->client)) {
          throw Error(ErrorCode::kUnauthenticated, "the session's client is not believed any more");
        }
        return std::move(*access);
      }
    }
    return gate_.authenticator->Authenticate(TokenOf(request), request.path);
  }

  http::Response Run(const Caller& caller, const http::Request& request) const {
    http::Response response;
    try {
      const ActingAs acting(caller);
      response = inner_(request);
    } catch (const Error& error) {
      Record(caller, request, http::StatusOf(error.code()));
      throw;
    }
    Record(caller, request, response.status);
    return response;
  }

  // One entry for each patient whose data were seen, or one for having looked and seen nobody's.
  void Record(const Caller& caller, const http::Request& request, int status) const {
    if (gate_.audit == nullptr) return;
    const auto& seen = caller.trail->seen();
    // What a change has looked at on its way is in the entry of the change itself.
    if (!reads_ && status < 400) return;
    AuditEntry entry{.access = caller.access,
                     .action = IsDecision(protection_) ? 'E' : 'R',
                     .status = status,
                     .route = name_,
                     .query = QueryOf(request),
                     .request = request.id};
    std::vector<AuditEntry> entries;
    for (const auto& [patient, references] : seen) {
      entry.patient = patient;
      entry.what.assign(references.begin(), references.end());
      entries.push_back(entry);
    }
    if (entries.empty()) {
      if (fhir::IsId(request.Parameter("patient"))) entry.patient = request.Parameter("patient");
      entries.push_back(entry);
    }
    const bool wait = !IsDecision(protection_) && gate_.authenticator != nullptr;
    gate_.audit->Queue(std::move(entries), wait);
  }

  Gate gate_;
  Protection protection_;
  std::string name_;
  bool reads_;
  http::Handler inner_;
};

}  // namespace

std::string Lacks(const Protection& protection, const http::Request& request, Access& access) {
  if (access.unrestricted) return {};
  switch (protection.kind) {
    case Protection::Kind::kPublic:
    case Protection::Kind::kEach:
      return {};
    case Protection::Kind::kData: {
      std::string type = protection.types.empty() ? "*" : protection.types.front();
      if (type == "{type}") type = request.Parameter("type");
      if (access.Judge(type, protection.interaction).allowed) return {};
      return "the token has no scope for this: it needs " + type + "." + protection.interaction;
    }
    case Protection::Kind::kView:
      return LacksForView(protection, access);
    case Protection::Kind::kAll:
      for (const char interaction : {'r', 's'}) {
        const Grant grant = access.Judge("*", interaction);
        if (!grant.allowed || grant.confined || !grant.filters.empty()) {
          return "this needs the right to read and search everything";
        }
      }
      return {};
    case Protection::Kind::kRole:
      if (!HasRole(access, protection.roles)) return "this needs another role";
      access.view = true;
      access.confined_view = OnlyOnePatient(access);
      return {};
  }
  return "this is open to nobody";
}

void GuardRoutes(http::Router& router, const Gate& gate) {
  router.WrapAll([&gate](const http::Route& route) -> http::Handler {
    if (route.protection.kind == Protection::Kind::kPublic) return route.handler;
    return Guard(gate, route);
  });
}

}  // namespace genflik::security
