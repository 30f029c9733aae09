#include "services/store/sql_writer.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/datetime.h"
#include "fhir/validator.h"
#include "services/core/error.h"

namespace genflik::store {
namespace {

using core::Error;
using core::ErrorCode;
using fhir::Json;

// `value` under `name`, placed after the first of `before` that is there.
void Place(Json& object, std::string_view name, Json value,
           std::initializer_list<std::string_view> before) {
  if (const auto found = object.find(name); found != object.end()) {
    *found = std::move(value);
    return;
  }
  Json placed = Json::object();
  size_t at = 0;
  size_t index = 0;
  for (const auto& item : object.items()) {
    ++index;
    if (std::ranges::find(before, item.key()) != before.end()) at = index;
  }
  index = 0;
  for (auto& item : object.items()) {
    if (index++ == at) placed[std::string(name)] = nullptr;
    placed[item.key()] = std::move(item.value());
  }
  placed[std::string(name)] = std::move(value);
  object = std::move(placed);
}

void SetMeta(Json& body, std::int64_t version, const std::string& last_updated) {
  Json meta = Json::object();
  meta["versionId"] = std::to_string(version);
  meta["lastUpdated"] = last_updated;
  if (const Json* old = fhir::Find(body, "meta"); old != nullptr && old->is_object()) {
    for (const auto& item : old->items()) {
      if (!meta.contains(item.key())) meta[item.key()] = item.value();
    }
  }
  Place(body, "meta", std::move(meta), {"resourceType", "id"});
}

void CheckExpected(std::optional<std::int64_t> expected, std::int64_t current,
                   const std::string& reference) {
  if (!expected || *expected == current) return;
  throw Error(ErrorCode::kPreconditionFailed,
              current == 0 ? reference + " does not exist"
                           : reference + " is at version " + std::to_string(current) + ", not " +
                                 std::to_string(*expected));
}

}  // namespace

struct SqlWriter::Current {
  std::int64_t rid = 0;
  std::int64_t version = 0;
  bool exists = false;
  bool deleted = false;
  std::int64_t last_updated = 0;
  std::string method = {};
  std::string text = {};

  /// The version that If-Match speaks of; 0 when there is nothing to match.
  std::int64_t Live() const { return exists && !deleted ? version : 0; }
};

WriteCounters ReadCounters(SqlConnection& connection) {
  WriteCounters counters;
  connection.Query("SELECT seq, last_updated FROM version ORDER BY seq DESC LIMIT 1", {},
                   [&counters](const SqlRow& row) {
                     counters.seq = row.Int(0);
                     counters.last_updated = row.Int(1);
                   });
  connection.Query("SELECT COALESCE(MAX(rid), 0) FROM resource", {},
                   [&counters](const SqlRow& row) { counters.rid = row.Int(0); });
  connection.Query("SELECT COALESCE(MAX(seq), 0) FROM record", {},
                   [&counters](const SqlRow& row) { counters.record = row.Int(0); });
  return counters;
}

SqlWriter::Current SqlWriter::FindCurrent(std::string_view type, std::string_view id) {
  Current current;
  const std::array<SqlValue, 2> values = {type, id};
  connection().Query(
      "SELECT r.rid, r.version, r.deleted, v.body, v.last_updated, v.method "
      "FROM resource r CROSS JOIN version v "
      "WHERE r.type = $1 AND r.id = $2 AND v.seq = r.seq",
      values, [&current](const SqlRow& row) {
        current = {.rid = row.Int(0),
                   .version = row.Int(1),
                   .exists = true,
                   .deleted = row.Int(2) != 0,
                   .last_updated = row.Int(4),
                   .method = std::string(row.Text(5)),
                   .text = std::string(row.Text(3))};
      });
  return current;
}

std::int64_t SqlWriter::Now() {
  const auto now =
      std::chrono::duration_cast<std::chrono::milliseconds>(options().now().time_since_epoch());
  counters_.last_updated = std::max<std::int64_t>(counters_.last_updated, now.count());
  return counters_.last_updated;
}

std::string SqlWriter::NewId() { return options().new_id(); }

StoredResource SqlWriter::Put(Json body, const PutOptions& put) {
  StoredResource resource;
  resource.type = fhir::FindText(body, "resourceType");
  if (resource.type.empty()) throw Error(ErrorCode::kMalformed, "a resource has no resourceType");
  resource.id = fhir::FindText(body, "id");
  if (resource.id.empty()) {
    resource.id = NewId();
    Place(body, "id", resource.id, {"resourceType"});
  }
  if (!fhir::IsId(resource.id)) {
    throw Error(ErrorCode::kMalformed, "'" + resource.id + "' cannot be an id");
  }
  Current current = FindCurrent(resource.type, resource.id);
  CheckExpected(put.expected_version, current.Live(), resource.Reference());
  if (current.Live() > 0) {
    SetMeta(body, current.version, fhir::PrintInstant(current.last_updated));
    resource.text = fhir::PrintJson(body);
    if (resource.text == current.text) {
      resource.version = current.version;
      resource.last_updated = fhir::PrintInstant(current.last_updated);
      resource.method = current.method;
      return resource;
    }
  }
  resource.version = current.version + 1;
  resource.last_updated = fhir::PrintInstant(Now());
  resource.method = put.method;
  if (resource.method.empty()) resource.method = current.exists ? "PUT" : "POST";
  SetMeta(body, resource.version, resource.last_updated);
  resource.text = fhir::PrintJson(body);
  if (!current.exists) current.rid = ++counters_.rid;
  Keep(resource, current);
  WriteProjections(connection(), options(), current.rid, body, !current.exists || current.deleted);
  written_.push_back(resource);
  return resource;
}

void SqlWriter::Keep(const StoredResource& resource, const Current& current) {
  const std::int64_t seq = ++counters_.seq;
  const std::int64_t deleted = resource.deleted ? 1 : 0;
  if (current.exists) {
    const std::array<SqlValue, 5> values = {seq, resource.version, counters_.last_updated, deleted,
                                            current.rid};
    connection().Execute(
        "UPDATE resource SET seq = $1, version = $2, last_updated = $3, deleted = $4 "
        "WHERE rid = $5",
        values);
  } else {
    const std::array<SqlValue, 6> values = {
        current.rid,      std::string_view(resource.type), std::string_view(resource.id), seq,
        resource.version, counters_.last_updated};
    connection().Execute(
        "INSERT INTO resource (rid, type, id, seq, version, last_updated, deleted) "
        "VALUES ($1, $2, $3, $4, $5, $6, 0)",
        values);
  }
  const SqlValue text =
      resource.deleted ? SqlValue(std::monostate()) : SqlValue(std::string_view(resource.text));
  const std::array<SqlValue, 7> values = {seq,
                                          current.rid,
                                          resource.version,
                                          std::string_view(resource.type),
                                          counters_.last_updated,
                                          std::string_view(resource.method),
                                          text};
  connection().Execute(
      "INSERT INTO version (seq, rid, version, type, last_updated, method, body) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7)",
      values);
}

std::optional<StoredResource> SqlWriter::Delete(std::string_view type, std::string_view id,
                                                std::optional<std::int64_t> expected_version) {
  const Current current = FindCurrent(type, id);
  StoredResource resource = {.type = std::string(type), .id = std::string(id)};
  CheckExpected(expected_version, current.Live(), resource.Reference());
  if (current.Live() == 0) return std::nullopt;
  resource.version = current.version + 1;
  resource.last_updated = fhir::PrintInstant(Now());
  resource.method = "DELETE";
  resource.deleted = true;
  Keep(resource, current);
  ClearProjections(connection(), current.rid);
  written_.push_back(resource);
  return resource;
}

Record SqlWriter::AppendRecord(Record record) {
  const std::string kind = record.kind;
  auto appended = AppendRecordOnce(std::move(record));
  if (appended) return std::move(*appended);
  throw Error(ErrorCode::kConflict, "there is a record of kind '" + kind + "' with this key");
}

std::optional<Record> SqlWriter::AppendRecordOnce(Record record) {
  if (!record.key.empty()) {
    const std::array<SqlValue, 2> values = {std::string_view(record.kind),
                                            std::string_view(record.key)};
    bool known = false;
    // Looked up first: on PostgreSQL a violated constraint would end the whole transaction.
    connection().Query("SELECT id FROM record WHERE kind = $1 AND key = $2", values,
                       [&known](const SqlRow& /*row*/) { known = true; });
    if (known) return std::nullopt;
  }
  if (record.id.empty()) record.id = NewId();
  if (record.created.empty()) {
    const auto now =
        std::chrono::duration_cast<std::chrono::milliseconds>(options().now().time_since_epoch());
    record.created = fhir::PrintInstant(now.count());
  }
  const SqlValue key =
      record.key.empty() ? SqlValue(std::monostate()) : SqlValue(std::string_view(record.key));
  const std::array<SqlValue, 8> values = {++counters_.record,
                                          std::string_view(record.id),
                                          std::string_view(record.kind),
                                          key,
                                          std::string_view(record.patient),
                                          std::string_view(record.status),
                                          std::string_view(record.created),
                                          LongText(record.body)};
  connection().Execute(
      "INSERT INTO record (seq, id, kind, key, patient, status, created, body) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      values);
  return record;
}

void SqlWriter::UpdateRecord(const Record& record) {
  const std::array<SqlValue, 3> values = {std::string_view(record.status), LongText(record.body),
                                          std::string_view(record.id)};
  bool found = false;
  connection().Query("UPDATE record SET status = $1, body = $2 WHERE id = $3 RETURNING seq", values,
                     [&found](const SqlRow& /*row*/) { found = true; });
  if (!found) throw Error(ErrorCode::kNotFound, "there is no record '" + record.id + "'");
}

bool SqlWriter::TakeOnce(std::string_view key, std::int64_t expires) {
  constexpr std::string_view kKind = "token-used";
  const auto now =
      std::chrono::duration_cast<std::chrono::seconds>(options().now().time_since_epoch());
  // Seconds since 1970 have ten digits until the year 2286, so that they sort as text.
  const std::string passed = std::to_string(now.count());
  const std::array<SqlValue, 2> old = {kKind, std::string_view(passed)};
  connection().Execute("DELETE FROM record WHERE kind = $1 AND status < $2", old);
  const std::array<SqlValue, 2> same = {kKind, key};
  bool taken = false;
  connection().Query("SELECT id FROM record WHERE kind = $1 AND key = $2", same,
                     [&taken](const SqlRow& /*row*/) { taken = true; });
  if (taken) return false;
  AppendRecord({.kind = std::string(kKind),
                .key = std::string(key),
                .status = std::to_string(expires),
                .body = "{}"});
  return true;
}

}  // namespace genflik::store
