#include "services/security/sessions.h"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "fhir/datetime.h"
#include "fhir/json.h"
#include "fhir/validator.h"
#include "services/core/error.h"
#include "services/security/base64.h"
#include "services/security/digest.h"

namespace genflik::security {
namespace {

using core::Error;
using core::ErrorCode;
using fhir::Json;

// The prefix makes browsers refuse it from other hosts and without TLS (RFC 6265bis, 4.1.3.2).
constexpr std::string_view kCookie = "__Host-genflik";
constexpr std::string_view kKind = "session";
constexpr std::string_view kOpen = "open";
// How often the time of the last call is written down.
constexpr auto kTouch = std::chrono::seconds(60);

std::string Digest(const std::string& text) { return EncodeBase64Url(Sha256(text)); }

// The store holds no secret: neither of these leads back to the cookie.
std::string KeyOf(const std::string& id) { return Digest("session " + id); }
std::string CsrfFor(const std::string& id) { return Digest("csrf " + id); }

std::string NewId() {
  std::array<unsigned char, 32> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw Error(ErrorCode::kInternal, "the system gives no random bytes");
  }
  return EncodeBase64Url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

bool SameText(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string IdOf(const http::Request& request) {
  const auto [first, last] = request.headers.equal_range(std::string_view("Cookie"));
  for (auto header = first; header != last; ++header) {
    std::string_view rest = header->second;
    while (!rest.empty()) {
      const size_t end = std::min(rest.find(';'), rest.size());
      std::string_view pair = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      while (pair.starts_with(' ')) pair.remove_prefix(1);
      const size_t equals = pair.find('=');
      if (equals != std::string_view::npos && pair.substr(0, equals) == kCookie) {
        return std::string(pair.substr(equals + 1));
      }
    }
  }
  return {};
}

Json Texts(const auto& texts) {
  Json list = Json::array();
  for (const auto& text : texts) list.push_back(text);
  return list;
}

template <typename List>
void ReadTexts(const Json& body, const char* name, List& list) {
  for (const Json& text : fhir::FindArray(body, name))
    list.insert(list.end(), text.get<std::string>());
}

Json PrintAccess(const Access& access) {
  Json scopes = Json::array();
  for (const Scope& scope : access.scopes) scopes.push_back(PrintScope(scope));
  return {{"subject", access.subject},
          {"client", access.client},
          {"issuer", access.issuer},
          {"patient", access.patient},
          {"purpose", access.purpose},
          {"purposes", Texts(access.purposes)},
          {"careUnits", Texts(access.care_units)},
          {"roles", Texts(access.roles)},
          {"scopes", std::move(scopes)}};
}

Access ReadAccess(const Json& body) {
  Access access;
  access.subject = fhir::FindText(body, "subject");
  access.client = fhir::FindText(body, "client");
  access.issuer = fhir::FindText(body, "issuer");
  access.patient = fhir::FindText(body, "patient");
  access.purpose = fhir::FindText(body, "purpose");
  ReadTexts(body, "purposes", access.purposes);
  ReadTexts(body, "careUnits", access.care_units);
  ReadTexts(body, "roles", access.roles);
  for (const Json& text : fhir::FindArray(body, "scopes")) {
    if (auto scope = ReadScope(text.get<std::string>())) access.scopes.push_back(std::move(*scope));
  }
  return access;
}

core::Instant TimeIn(const Json& body, const char* name) {
  const auto time = fhir::ReadDateTime(fhir::FindText(body, name));
  if (!time) return {};
  return core::Instant(std::chrono::milliseconds(fhir::SpanOf(*time).low));
}

[[noreturn]] void RefuseEnded() {
  throw Error(ErrorCode::kUnauthenticated, "the session has ended; open the tab again");
}

// SameSite and the CSRF token each stop a page of somebody else; this stops it where a browser
// honours neither.
void CheckSite(const http::Request& request, const std::string& id) {
  if (request.Header("Sec-Fetch-Site") == "cross-site") {
    throw Error(ErrorCode::kForbidden, "a session is not used from another site");
  }
  if (request.method == "GET") return;
  if (!SameText(request.Header("X-CSRF-Token"), CsrfFor(id))) {
    throw Error(ErrorCode::kForbidden, "a session needs its X-CSRF-Token to change anything");
  }
}

}  // namespace

std::string Sessions::CookieAttributes() const {
  return std::string("; Path=/; Secure; HttpOnly; SameSite=") +
         (options_.framed ? "None; Partitioned" : "Strict");
}

Sessions::Started Sessions::Start(const Access& access) {
  const std::string id = NewId();
  const core::Instant now = clock_.Now();
  Json body = PrintAccess(access);
  body["used"] = core::PrintInstant(now);
  body["until"] = core::PrintInstant(now + options_.longest);
  store::Record record{.kind = std::string(kKind),
                       .key = KeyOf(id),
                       .status = std::string(kOpen),
                       .body = fhir::PrintJson(body)};
  const ActingAs itself(OwnWork());
  store_.Write([&](store::Writer& writer) { writer.AppendRecord(record); });
  return {.cookie = std::string(kCookie) + '=' + id + CookieAttributes(), .csrf = CsrfFor(id)};
}

Sessions::Started Sessions::StartByLink(std::string_view token, const LinkTarget& target,
                                        const std::string& address) {
  if (target.subject.empty()) {
    throw Error(ErrorCode::kUnauthenticated, "the link does not say who opens it");
  }
  const auto expires = std::chrono::floor<std::chrono::seconds>(target.expires);
  if (!used_links_.Take("link", Digest(std::string(token)), expires.time_since_epoch().count())) {
    throw Error(ErrorCode::kUnauthenticated, "the link was used already");
  }
  Access access{.subject = target.subject,
                .client = "signed-link",
                .patient = target.patient,
                .address = address,
                .scopes = ReadScopes("patient/*.rs"),
                .roles = {"prescriber"}};
  if (!target.care_unit.empty()) access.care_units = {target.care_unit};
  return Start(access);
}

std::optional<Access> Sessions::Find(const http::Request& request) {
  const std::string id = IdOf(request);
  if (id.empty()) return std::nullopt;
  const ActingAs itself(OwnWork());
  auto records = store_.Read([&](const store::Reader& reader) {
    return reader.FindRecords({.kind = std::string(kKind), .key = KeyOf(id), .limit = 1});
  });
  if (records.empty() || records.front().status != kOpen) RefuseEnded();
  fhir::IssueLog log;
  auto body = fhir::ParseJson(records.front().body, log);
  if (!body) RefuseEnded();
  const core::Instant now = clock_.Now();
  const core::Instant used = TimeIn(*body, "used");
  if (now - used > options_.idle || now >= TimeIn(*body, "until")) RefuseEnded();
  CheckSite(request, id);
  if (now - used >= kTouch) {
    (*body)["used"] = core::PrintInstant(now);
    records.front().body = fhir::PrintJson(*body);
    store_.Write([&](store::Writer& writer) {
      // One that was ended meanwhile stays so.
      const auto current =
          writer.FindRecords({.kind = std::string(kKind), .id = records.front().id, .limit = 1});
      if (!current.empty() && current.front().status == kOpen) writer.UpdateRecord(records.front());
    });
  }
  return ReadAccess(*body);
}

std::string Sessions::CsrfOf(const http::Request& request) const {
  const std::string id = IdOf(request);
  return id.empty() ? "" : CsrfFor(id);
}

std::string Sessions::End(const http::Request& request) {
  const std::string id = IdOf(request);
  if (!id.empty()) {
    const ActingAs itself(OwnWork());
    store_.Write([&](store::Writer& writer) {
      for (store::Record& record :
           writer.FindRecords({.kind = std::string(kKind), .key = KeyOf(id), .limit = 1})) {
        record.status = "ended";
        writer.UpdateRecord(record);
      }
    });
  }
  return std::string(kCookie) + "=; Max-Age=0" + CookieAttributes();
}

std::string PrintSession(const Access& access, const std::string& csrf,
                         const SessionOptions& options) {
  return fhir::PrintJson({{"subject", access.subject},
                          {"patient", access.patient},
                          {"roles", Texts(access.roles)},
                          {"csrf", csrf},
                          {"idleSeconds", options.idle.count()}});
}

void AddSessionRoutes(http::Router& router, Sessions& sessions) {
  // Whoever may see one patient, or has a part in the tab.
  const auto needs = http::Protection::View(
      {"Patient"}, {"prescriber", "pharmacologist", "lab", "patient", "administrator"});
  const auto current = [] {
    const Caller* caller = CurrentCaller();
    if (caller == nullptr || caller->access.unrestricted) {
      throw Error(ErrorCode::kNotAllowed,
                  "there are no sessions where everybody may do everything");
    }
    return caller->access;
  };
  router.Add(
      "POST", "/tab/session",
      [&sessions, current](const http::Request& request) {
        const Access access = current();
        // A session that starts another would never end.
        if (request.Header("Authorization").empty()) {
          throw Error(ErrorCode::kForbidden, "a session is started with a bearer token");
        }
        const Sessions::Started started = sessions.Start(access);
        http::Response response = http::MakeResponse(
            201, PrintSession(access, started.csrf, sessions.options()), "application/json");
        return response.Set("Set-Cookie", started.cookie);
      },
      needs);
  router.Add(
      "GET", "/tab/session",
      [&sessions, current](const http::Request& request) {
        return http::MakeResponse(
            200, PrintSession(current(), sessions.CsrfOf(request), sessions.options()),
            "application/json");
      },
      needs);
  router.Add(
      "DELETE", "/tab/session",
      [&sessions](const http::Request& request) {
        http::Response response;
        response.status = 204;
        return response.Set("Set-Cookie", sessions.End(request));
      },
      needs);
}

}  // namespace genflik::security
