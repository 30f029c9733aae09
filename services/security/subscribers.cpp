#include "services/security/subscribers.h"

#include <memory>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "fhir/json.h"
#include "services/core/error.h"

namespace genflik::security {
namespace {

using fhir::Json;

constexpr std::string_view kKind = "subscriber";

template <typename Texts>
Json List(const Texts& texts) {
  Json list = Json::array();
  for (const std::string& text : texts) list.push_back(text);
  return list;
}

template <typename Add>
void ForEachText(const Json& body, std::string_view name, const Add& add) {
  for (const Json& item : fhir::FindArray(body, name)) {
    if (item.is_string()) add(item.get<std::string>());
  }
}

Json Render(const Access& access) {
  Json scopes = Json::array();
  for (const Scope& scope : access.scopes) scopes.push_back(PrintScope(scope));
  return {{"unrestricted", access.unrestricted},
          {"subject", access.subject},
          {"client", access.client},
          {"issuer", access.issuer},
          {"patient", access.patient},
          {"purpose", access.purpose},
          {"purposes", List(access.purposes)},
          {"careUnits", List(access.care_units)},
          {"scopes", std::move(scopes)},
          {"roles", List(access.roles)}};
}

Access Read(const Json& body) {
  Access access;
  const Json* unrestricted = fhir::Find(body, "unrestricted");
  access.unrestricted =
      unrestricted != nullptr && unrestricted->is_boolean() && unrestricted->get<bool>();
  access.subject = fhir::FindText(body, "subject");
  access.client = fhir::FindText(body, "client");
  access.issuer = fhir::FindText(body, "issuer");
  access.patient = fhir::FindText(body, "patient");
  access.purpose = fhir::FindText(body, "purpose");
  ForEachText(body, "purposes", [&](std::string text) { access.purposes.insert(std::move(text)); });
  ForEachText(body, "careUnits",
              [&](std::string text) { access.care_units.push_back(std::move(text)); });
  ForEachText(body, "scopes", [&](const std::string& text) {
    if (auto scope = ReadScope(text)) access.scopes.push_back(std::move(*scope));
  });
  ForEachText(body, "roles", [&](std::string text) { access.roles.insert(std::move(text)); });
  return access;
}

Access OfTheOperator() {
  Access access;
  access.subject = "genflik";
  access.scopes = ReadScopes("system/*.rs");
  return access;
}

}  // namespace

void KeepSubscriber(store::Writer& writer, std::string_view subscription, const Access& access) {
  store::Record record{.kind = std::string(kKind),
                       .key = std::string(subscription),
                       .body = fhir::PrintJson(Render(access))};
  auto kept = writer.FindRecords({.kind = record.kind, .key = record.key, .limit = 1});
  if (kept.empty()) {
    writer.AppendRecord(std::move(record));
    return;
  }
  kept.front().body = std::move(record.body);
  writer.UpdateRecord(kept.front());
}

Caller Subscribers::CallerOf(const Telling& telling) const {
  const auto kept = store_.Read([&](const store::Reader& reader) {
    return reader.FindRecords(
        {.kind = std::string(kKind), .key = telling.subscription, .limit = 1});
  });
  fhir::IssueLog log;
  Caller caller{.route = "notification of Subscription/" + telling.subscription,
                .trail = std::make_shared<AuditTrail>()};
  caller.access = kept.empty()
                      ? OfTheOperator()
                      : Read(fhir::ParseJson(kept.front().body, log).value_or(Json::object()));
  return caller;
}

bool Subscribers::MayBeTold(const Telling& telling) const {
  const Caller caller = CallerOf(telling);
  const Access& access = caller.access;
  const bool by_token = !access.unrestricted && !access.issuer.empty();
  if (by_token && authenticator_ != nullptr &&
      !authenticator_->IsKnown(access.issuer, access.client)) {
    return false;
  }
  try {
    const ActingAs acting(caller);
    return store_.Read([&](const store::Reader& reader) {
      return reader.FindVersion(telling.type, telling.id, telling.version).has_value();
    });
  } catch (const core::Error& error) {
    if (error.code() == core::ErrorCode::kForbidden) return false;
    throw;
  }
}

void Subscribers::NoteTold(const Telling& telling) const {
  const auto told = store_.Read([&](const store::Reader& reader) {
    return reader.FindVersion(telling.type, telling.id, telling.version);
  });
  const Caller caller = CallerOf(telling);
  AuditEntry entry{.access = caller.access, .action = 'R', .route = caller.route};
  entry.what = {telling.type + "/" + telling.id + "/_history/" + std::to_string(telling.version)};
  std::vector<AuditEntry> entries;
  if (told) {
    for (const std::string& patient : PatientsIn(*told)) {
      entry.patient = patient;
      entries.push_back(entry);
    }
  }
  if (entries.empty()) entries.push_back(entry);
  audit_.Queue(std::move(entries), true);
}

}  // namespace genflik::security
