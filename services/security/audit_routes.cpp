#include "services/security/audit_routes.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "fhir/bundle.h"
#include "fhir/datetime.h"
#include "fhir/json.h"
#include "services/core/error.h"
#include "services/http/message.h"
#include "services/security/audit.h"
#include "services/security/purpose.h"

namespace genflik::security {
namespace {

using core::Error;
using core::ErrorCode;
using std::string_view_literals::operator""sv;
using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Question {
  store::RecordFilter filter = {};
  std::string action = {};
  /// Only where blocked data were opened (`_security=BTG`).
  bool opened = false;
  /// Instants [from, to) as text; empty: open.
  std::string from = {};
  std::string to = {};
  size_t count = 50;
};

[[noreturn]] void Refuse(const std::string& text) { throw Error(ErrorCode::kMalformed, text); }

std::string PatientOf(std::string_view value) {
  const size_t place = value.rfind("Patient/");
  if (place != std::string_view::npos) value.remove_prefix(place + 8);
  if (value.empty()) Refuse("patient must name one patient");
  return std::string(value);
}

void ReadDate(const std::string& value, Question& question) {
  std::string_view text = value;
  std::string prefix = "eq";
  for (const char* known : {"eq", "ge", "gt", "le", "lt"}) {
    if (!text.starts_with(known)) continue;
    prefix = known;
    text.remove_prefix(2);
    break;
  }
  const auto time = fhir::ReadDateTime(text);
  if (!time) Refuse("date must be a date or an instant, with eq, ge, gt, le or lt before it");
  const auto span = fhir::SpanOf(*time);
  const auto low = fhir::PrintInstant(span.low);
  const auto high = fhir::PrintInstant(span.high);
  if (prefix == "eq" || prefix == "ge") question.from = std::max(question.from, low);
  if (prefix == "gt") question.from = std::max(question.from, high);
  const std::string end = prefix == "lt" ? low : high;
  if (prefix == "eq" || prefix == "le" || prefix == "lt") {
    question.to = question.to.empty() ? end : std::min(question.to, end);
  }
}

// A condition that FHIR knows and the log does not answer: left out, it would find more than was
// asked for. What no AuditEvent is searched by is left out as everywhere.
bool IsCondition(std::string_view name) {
  static constexpr std::array kConditions = {
      "action"sv,       "address"sv, "agent"sv,       "agent-name"sv,  "agent-role"sv,  "altid"sv,
      "date"sv,         "entity"sv,  "entity-name"sv, "entity-role"sv, "entity-type"sv, "outcome"sv,
      "patient"sv,      "policy"sv,  "site"sv,        "source"sv,      "subtype"sv,     "type"sv,
      "_lastUpdated"sv, "_tag"sv,    "_profile"sv,    "_security"sv,   "_has"sv,        "_text"sv,
      "_content"sv,     "_list"sv,   "_filter"sv,     "_id"sv};
  name = name.substr(0, name.find_first_of(":."));
  return std::ranges::find(kConditions, name) != kConditions.end();
}

/// Takes out of `pairs` what the log is not searched by; the link "self" tells what was used
/// (http://hl7.org/fhir/R4/search.html#errors).
Question ReadQuestion(Pairs& pairs, bool strict) {
  Question question;
  question.filter = {.kind = "audit", .newest_first = true};
  Pairs used;
  for (const auto& pair : pairs) {
    const auto& [name, value] = pair;
    if (name == "patient" || name == "patient:Patient" || name == "entity") {
      if (name == "entity" && value.find("Patient/") == std::string::npos) {
        Refuse("entity must name a patient");
      }
      // Both would have to hold, and the last alone would be asked for.
      if (!question.filter.patient.empty()) Refuse("a search is about one patient");
      question.filter.patient = PatientOf(value);
    } else if (name == "agent" || name == "altid" || name == "agent:identifier") {
      question.filter.status = value.substr(value.rfind('|') + 1);
      if (question.filter.status.empty()) Refuse("agent must name one person or system");
    } else if (name == "_id") {
      question.filter.id = value;
    } else if (name == "date") {
      ReadDate(value, question);
    } else if (name == "_security") {
      if (value.substr(value.rfind('|') + 1) != kBreakTheGlass) Refuse("_security must be BTG");
      question.opened = true;
    } else if (name == "action") {
      question.action = value;
    } else if (name == "_page") {
      question.filter.after_id = value;
    } else if (name == "_count") {
      const auto end = std::from_chars(value.data(), value.data() + value.size(), question.count);
      if (end.ec != std::errc() || end.ptr != value.data() + value.size()) {
        Refuse("_count must be a number");
      }
      question.count = std::clamp<size_t>(question.count, 1, 1000);
    } else if (name != "_format" && name != "_pretty") {
      if (strict || IsCondition(name)) Refuse("the audit log cannot be searched by '" + name + "'");
      continue;
    }
    used.push_back(pair);
  }
  pairs = std::move(used);
  question.filter.created_from = question.from;
  return question;
}

http::Response Search(store::Store& store, const http::Request& request, Pairs pairs) {
  const bool strict = request.Header("Prefer").find("handling=strict") != std::string_view::npos;
  const Question question = ReadQuestion(pairs, strict);
  std::vector<fhir::BundleEntry> entries;
  std::string last;
  bool more = true;
  store::RecordFilter filter = question.filter;
  filter.limit = 200;
  const std::string base = request.base + "/fhir";
  while (more && entries.size() < question.count) {
    const auto records =
        store.Read([&](const store::Reader& reader) { return reader.FindRecords(filter); });
    more = records.size() == filter.limit;
    for (size_t i = 0; i < records.size(); ++i) {
      const store::Record& record = records[i];
      filter.after_id = record.id;
      if (!question.to.empty() && record.created >= question.to) continue;
      const fhir::Json event = AuditEventOf(record);
      if (!question.action.empty() && fhir::FindText(event, "action") != question.action) continue;
      if (question.opened && fhir::Find(event, "meta") == nullptr) continue;
      last = record.id;
      entries.push_back({.full_url = base + "/AuditEvent/" + record.id,
                         .resource = fhir::PrintJson(event),
                         .search_mode = "match"});
      if (entries.size() == question.count) {
        more = more || i + 1 < records.size();
        break;
      }
    }
  }
  std::string query;
  for (const auto& [name, value] : pairs) {
    if (name == "_page") continue;
    query +=
        (query.empty() ? "?" : "&") + http::PercentEncode(name) + '=' + http::PercentEncode(value);
  }
  fhir::Links links = {{"self", base + "/AuditEvent" + query}};
  if (more && !last.empty()) {
    links.emplace_back(
        "next", base + "/AuditEvent" + query + (query.empty() ? "?" : "&") + "_page=" + last);
  }
  // Counting a log of years is for nobody; of one page the number is known.
  std::optional<size_t> total;
  if (!more && question.filter.after_id.empty()) total = entries.size();
  return http::MakeResponse(200, fhir::PrintBundle("searchset", entries, total, links),
                            "application/fhir+json; charset=utf-8");
}

http::Response Read(store::Store& store, const http::Request& request) {
  const store::RecordFilter filter = {
      .kind = "audit", .id = std::string(request.Parameter("id")), .limit = 1};
  const auto records =
      store.Read([&](const store::Reader& reader) { return reader.FindRecords(filter); });
  if (records.empty()) {
    throw Error(ErrorCode::kNotFound, "there is no such entry of the audit log");
  }
  return http::MakeResponse(200, fhir::PrintJson(AuditEventOf(records.front())),
                            "application/fhir+json; charset=utf-8");
}

}  // namespace

void AddAuditRoutes(http::Router& router, store::Store& store) {
  using http::Protection;
  router.Add(
      "GET", "/fhir/AuditEvent",
      [&store](const http::Request& request) { return Search(store, request, request.query); },
      Protection::Data("AuditEvent", 's'));
  router.Add(
      "POST", "/fhir/AuditEvent/_search",
      [&store](const http::Request& request) {
        Pairs pairs = request.query;
        for (auto& pair : http::ReadQuery(request.body)) pairs.push_back(std::move(pair));
        return Search(store, request, std::move(pairs));
      },
      Protection::Data("AuditEvent", 's'));
  router.Add(
      "GET", "/fhir/AuditEvent/{id}",
      [&store](const http::Request& request) { return Read(store, request); },
      Protection::Data("AuditEvent", 'r'));
}

}  // namespace genflik::security
