#include "services/cds/feedback.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "fhir/datetime.h"
#include "rules/notation.h"
#include "services/cds/hook_request.h"
#include "services/core/clock.h"
#include "services/core/error.h"

namespace genflik::cds {
namespace {

using core::Error;
using core::ErrorCode;
using fhir::IssueLog;
using fhir::IssueType;
using fhir::Json;

struct Item {
  std::string card;
  std::string outcome;
  std::string time;
  std::string reason;
  std::string comment;
  std::vector<std::string> suggestions;
};

void ReadReason(const Json& entry, Item& item, IssueLog& log) {
  const Json* override_reason = fhir::Find(entry, "overrideReason");
  // The specification has no null here; a client that sends one means "none".
  if (override_reason == nullptr || override_reason->is_null()) return;
  const IssueLog::Scope scope(log, "overrideReason");
  const Json* reason = fhir::Find(*override_reason, "reason");
  if (reason != nullptr) item.reason = fhir::FindText(*reason, "code");
  item.comment = fhir::FindText(*override_reason, "userComment");
  if (item.reason.empty() && item.comment.empty()) {
    log.Error(IssueType::kRequired, "overrideReason needs a reason or a userComment");
  }
}

// Clocks differ, but not by more than a day.
constexpr std::int64_t kMostAhead = std::int64_t{24} * 60 * 60 * 1000;

// Milliseconds since 1970.
std::int64_t Moment(const fhir::DateTime& time) { return fhir::SpanOf(time).low; }

void CheckTime(const std::string& text, core::Instant now, IssueLog& log) {
  const auto time = fhir::ReadInstant(text);
  if (!time) {
    log.Error(IssueType::kValue, "outcomeTimestamp must be a date and time with zone (RFC 3339)");
    return;
  }
  if (Moment(*time) > now.time_since_epoch().count() + kMostAhead)
    log.Error(IssueType::kValue, "outcomeTimestamp must not be more than a day ahead");
}

Item ReadItem(const Json& entry, core::Instant now, IssueLog& log) {
  Item item;
  // UUIDs are the same in either case (RFC 9562, 4).
  item.card = rules::LowerAscii(fhir::FindText(entry, "card"));
  item.outcome = fhir::FindText(entry, "outcome");
  item.time = fhir::FindText(entry, "outcomeTimestamp");
  if (item.card.empty()) log.Error(IssueType::kRequired, "card is required");
  if (item.time.empty()) {
    log.Error(IssueType::kRequired, "outcomeTimestamp is required");
  } else {
    CheckTime(item.time, now, log);
  }
  if (item.outcome != "accepted" && item.outcome != "overridden") {
    log.Error(IssueType::kValue, "outcome must be 'accepted' or 'overridden'");
  }
  for (const Json& suggestion : fhir::FindArray(entry, "acceptedSuggestions")) {
    if (const auto id = fhir::FindText(suggestion, "id"); !id.empty())
      item.suggestions.emplace_back(id);
  }
  if (item.outcome == "accepted" && item.suggestions.empty()) {
    log.Error(IssueType::kRequired,
              "acceptedSuggestions is required when the outcome is 'accepted'");
  }
  ReadReason(entry, item, log);
  return item;
}

std::vector<Item> ReadFeedback(const http::Request& request, core::Instant now) {
  IssueLog log;
  const auto body = fhir::ParseJson(request.body, log);
  if (!body) throw Error(ErrorCode::kMalformed, log.issues());
  const Json* list = fhir::Find(*body, "feedback");
  const IssueLog::Scope scope(log, "feedback");
  std::vector<Item> items;
  if (list == nullptr || !list->is_array()) {
    log.Error(IssueType::kStructure, "feedback is required and must be an array");
  } else {
    for (size_t i = 0; i < list->size(); ++i) {
      const IssueLog::Scope entry(log, i);
      items.push_back(ReadItem((*list)[i], now, log));
    }
  }
  if (log.HasErrors()) throw Error(ErrorCode::kMalformed, log.issues());
  return items;
}

Json RenderItem(const Item& item, const std::string& service, const Json* alert) {
  Json body{{"card", item.card},
            {"outcome", item.outcome},
            {"answered", item.time},
            {"service", service}};
  if (!item.reason.empty()) body["reason"] = item.reason;
  if (!item.comment.empty()) body["comment"] = item.comment;
  for (const auto& suggestion : item.suggestions) body["suggestions"].push_back(suggestion);
  if (alert == nullptr) return body;
  for (const char* name : {"drug", "gene", "advice", "order", "user"}) {
    if (const auto text = fhir::FindText(*alert, name); !text.empty()) body[name] = text;
  }
  return body;
}

// The stored alert that a card was; nothing when it is not known.
std::optional<store::Record> AlertOf(const store::Reader& reader, const std::string& card) {
  auto found = reader.FindRecords({.kind = "alert", .key = card, .limit = 1});
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

// Answers may come in another order than they were given.
void SortByTime(Json& mitigations) {
  const auto moment = [](const Json& mitigation) {
    const auto time = fhir::ReadDateTime(fhir::FindText(mitigation, "date"));
    return time ? Moment(*time) : std::numeric_limits<std::int64_t>::min();
  };
  std::vector<Json> sorted(mitigations.begin(), mitigations.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&](const Json& a, const Json& b) { return moment(a) < moment(b); });
  mitigations = Json::array_t(sorted.begin(), sorted.end());
}

// What was decided last holds, whatever came last.
bool IsSuperseded(const Item& item, const Json& alert) {
  const auto answered = fhir::ReadInstant(fhir::FindText(alert, "answered"));
  const auto time = fhir::ReadInstant(item.time);
  return answered && time && Moment(*time) < Moment(*answered);
}

// An answered alert shows on the DetectedIssue of the same order too.
void Mitigate(store::Writer& writer, const Item& item, const Json& alert) {
  const std::string order(fhir::FindText(alert, "order"));
  if (order.empty()) return;
  for (const auto& stored : writer.FindMatching("DetectedIssue", "implicated=" + order)) {
    Json issue = stored.Body();
    const Json& identifiers = fhir::FindArray(issue, "identifier");
    if (identifiers.empty() ||
        fhir::FindText(identifiers[0], "value") != fhir::FindText(alert, "advice"))
      continue;
    Json action{{"text", item.comment.empty() ? (item.reason.empty() ? item.outcome : item.reason)
                                              : item.comment}};
    if (!item.reason.empty()) {
      action["coding"] =
          Json::array({Json{{"system", "https://genflik.se/fhir/CodeSystem/override-reason"},
                            {"code", item.reason}}});
    }
    issue["mitigation"].push_back(Json{{"action", std::move(action)}, {"date", item.time}});
    SortByTime(issue["mitigation"]);
    writer.Put(std::move(issue));
  }
}

void StoreItem(store::Writer& writer, const Item& item, const std::string& service) {
  // A client may send the same twice.
  const std::string key = item.card + '|' + item.outcome + '|' + item.time;
  if (!writer.FindRecords({.kind = "feedback", .key = key, .limit = 1}).empty()) return;
  auto alert = AlertOf(writer, item.card);
  IssueLog log;
  auto about = alert ? fhir::ParseJson(alert->body, log) : std::nullopt;
  writer.AppendRecord(
      {.kind = "feedback",
       .key = key,
       .patient = alert ? alert->patient : "",
       .status = item.outcome,
       .body = fhir::PrintJson(RenderItem(item, service, about ? &*about : nullptr))});
  if (!alert || !about) return;
  Mitigate(writer, item, *about);
  if (IsSuperseded(item, *about)) return;
  (*about)["answered"] = item.time;
  alert->status = item.outcome;
  alert->body = fhir::PrintJson(*about);
  writer.UpdateRecord(*alert);
}

// Why the last answer to a card was given, and when.
struct HeldReason {
  std::int64_t moment = std::numeric_limits<std::int64_t>::min();
  std::string reason = {};
};

// The span that "from" and "to" name, the whole of the last day, month or year included.
fhir::TimeSpan AskedSpan(const http::Request& request) {
  fhir::TimeSpan span{.low = std::numeric_limits<std::int64_t>::min(),
                      .high = std::numeric_limits<std::int64_t>::max()};
  for (const std::string_view name : {"from", "to"}) {
    const auto text = request.Query(name);
    if (!text) continue;
    const auto time = fhir::ReadDateTime(*text);
    if (!time) {
      throw Error(ErrorCode::kMalformed,
                  "'" + std::string(name) + "' must be a date, such as 2026-03-02");
    }
    const fhir::TimeSpan named = fhir::SpanOf(*time);
    if (name == "from") {
      span.low = named.low;
    } else {
      span.high = named.high;
    }
  }
  if (span.low >= span.high) throw Error(ErrorCode::kMalformed, "'to' must not be before 'from'");
  return span;
}

bool IsIn(const fhir::TimeSpan& span, const std::string& created) {
  const auto time = fhir::ReadDateTime(created);
  if (!time) return true;
  const std::int64_t at = fhir::SpanOf(*time).low;
  return at >= span.low && at < span.high;
}

}  // namespace

http::Response TakeFeedback(const CdsContext& context, const http::Request& request) {
  const std::string service(request.Parameter("id"));
  if (FindService(service) == nullptr)
    throw Error(ErrorCode::kNotFound, "there is no service '" + service + "'");
  const auto items = ReadFeedback(request, context.clock.Now());
  // The card may have been given a moment ago.
  context.book.Flush();
  context.store.Write([&](store::Writer& writer) {
    for (const Item& item : items) StoreItem(writer, item, service);
  });
  return http::MakeResponse(200, "", "application/json");
}

http::Response ShowStatistics(const CdsContext& context, const http::Request& request) {
  const fhir::TimeSpan asked = AskedSpan(request);
  context.book.Flush();
  using Counts = std::map<std::string, std::map<std::string, std::int64_t>>;
  Counts by_drug;
  Counts by_gene;
  std::map<std::string, HeldReason> held;
  std::int64_t alerts = 0;
  std::int64_t duplicates = 0;
  const auto each = [&](const std::string& kind, const auto& count) {
    std::string after;
    while (true) {
      const auto page = context.store.Read([&](const store::Reader& reader) {
        return reader.FindRecords({.kind = kind, .after_id = after, .limit = 5000});
      });
      for (const auto& record : page) {
        if (!IsIn(asked, record.created)) continue;
        IssueLog log;
        if (const auto body = fhir::ParseJson(record.body, log)) count(record, *body);
      }
      if (page.size() < 5000) return;
      after = page.back().id;
    }
  };
  each("alert", [&](const store::Record& record, const Json& body) {
    ++alerts;
    if (fhir::FindText(body, "advice").starts_with("duplicate:")) ++duplicates;
    ++by_drug[std::string(fhir::FindText(body, "drug"))][record.status];
    ++by_gene[std::string(fhir::FindText(body, "gene"))][record.status];
  });
  each("feedback", [&](const store::Record& /*record*/, const Json& body) {
    const auto answered = fhir::ReadInstant(fhir::FindText(body, "answered"));
    const std::int64_t moment = answered ? Moment(*answered) : 0;
    HeldReason& of_card = held[std::string(fhir::FindText(body, "card"))];
    if (moment >= of_card.moment) of_card = {moment, std::string(fhir::FindText(body, "reason"))};
  });
  std::map<std::string, std::int64_t> by_reason;
  for (const auto& [card, last] : held) {
    if (!last.reason.empty()) ++by_reason[last.reason];
  }
  Json answer{{"alerts", alerts}, {"repeatGenotypings", duplicates}};
  if (context.options.genotyping_price > 0) {
    answer["repeatGenotypingCost"] =
        context.options.genotyping_price * static_cast<double>(duplicates);
  }
  const auto render = [](const Counts& counts) {
    Json json = Json::object();
    for (const auto& [name, by_status] : counts) {
      if (name.empty()) continue;
      for (const auto& [status, number] : by_status) json[name][status] = number;
    }
    return json;
  };
  answer["byDrug"] = render(by_drug);
  answer["byGene"] = render(by_gene);
  answer["byReason"] = Json::object();
  for (const auto& [reason, number] : by_reason) answer["byReason"][reason] = number;
  return http::MakeResponse(200, fhir::PrintJson(answer), "application/json");
}

}  // namespace genflik::cds
