#include "services/store/sql_reader.h"

#include <array>
#include <charconv>

#include "fhir/datetime.h"
#include "fhir/search_query.h"
#include "services/core/error.h"
#include "services/store/gene_result_text.h"
#include "services/store/index_tables.h"
#include "services/store/sql_text.h"

namespace genflik::store {
namespace {

constexpr std::string_view kVersionColumns =
    "SELECT r.type, r.id, v.version, v.last_updated, v.method, v.body, v.seq FROM ";

StoredResource TakeVersion(const SqlRow& row) {
  return {.type = std::string(row.Text(0)),
          .id = std::string(row.Text(1)),
          .version = row.Int(2),
          .last_updated = fhir::PrintInstant(row.Int(3)),
          .method = std::string(row.Text(4)),
          .deleted = row.IsNull(5),
          .text = std::string(row.Text(5))};
}

std::optional<StoredResource> FindOne(SqlConnection& connection, std::string_view from,
                                      std::span<const SqlValue> values) {
  std::optional<StoredResource> found;
  connection.Query(std::string(kVersionColumns).append(from), values,
                   [&found](const SqlRow& row) { found = TakeVersion(row); });
  return found;
}

std::int64_t Milliseconds(const std::string& instant) {
  const auto time = fhir::ReadDateTime(instant);
  if (!time) {
    throw core::Error(core::ErrorCode::kMalformed, "'" + instant + "' is no instant");
  }
  return fhir::SpanOf(*time).low;
}

std::int64_t ReadCursor(const std::string& cursor) {
  std::int64_t seq = 0;
  const auto end = std::from_chars(cursor.data(), cursor.data() + cursor.size(), seq);
  if (end.ec != std::errc() || end.ptr != cursor.data() + cursor.size() || seq < 1) {
    throw core::Error(core::ErrorCode::kMalformed, "this is no page of a history");
  }
  return seq;
}

// The condition on `v` that all pages of a history share.
void AddHistoryFilter(SqlText& sql, const HistoryQuery& query) {
  if (!query.id.empty()) {
    sql << " AND v.rid = (SELECT o.rid FROM resource o WHERE o.type = "
        << sql.Bind(std::string_view(query.type))
        << " AND o.id = " << sql.Bind(std::string_view(query.id)) << ")";
  } else if (!query.type.empty()) {
    sql << " AND v.type = " << sql.Bind(std::string_view(query.type));
  }
  if (!query.since.empty()) {
    // Times grow with seq, so the first version since then bounds all others.
    sql << " AND v.seq >= (SELECT s.seq FROM version s WHERE s.last_updated >= "
        << sql.Bind(Milliseconds(query.since)) << " ORDER BY s.last_updated, s.seq LIMIT 1)";
  }
  if (!query.at.empty()) {
    const std::string at = sql.Bind(Milliseconds(query.at));
    sql << " AND v.last_updated <= " << at
        << " AND NOT EXISTS (SELECT 1 FROM version n WHERE n.rid = v.rid AND n.version > "
           "v.version AND n.last_updated <= "
        << at << ")";
  }
}

// Where the page begins that ends right before the cursor; empty when that is the first.
std::string PageBefore(SqlConnection& connection, const HistoryQuery& query) {
  SqlText sql;
  sql << "SELECT v.seq FROM version v WHERE v.seq >= "
      << sql.Bind(ReadCursor(query.cursor.substr(1)));
  AddHistoryFilter(sql, query);
  sql << " ORDER BY v.seq LIMIT " << sql.Bind(static_cast<std::int64_t>(query.count) + 1);
  size_t rows = 0;
  std::int64_t last = 0;
  connection.Query(sql.text(), sql.values(), [&](const SqlRow& row) {
    ++rows;
    last = row.Int(0);
  });
  return rows > query.count ? std::to_string(last) : std::string();
}

}  // namespace

std::optional<StoredResource> ReadLatest(SqlConnection& connection, std::string_view type,
                                         std::string_view id) {
  const std::array<SqlValue, 2> values = {type, id};
  return FindOne(connection,
                 "resource r CROSS JOIN version v "
                 "WHERE r.type = $1 AND r.id = $2 AND v.seq = r.seq",
                 values);
}

std::optional<StoredResource> ReadVersion(SqlConnection& connection, std::string_view type,
                                          std::string_view id, std::int64_t version) {
  const std::array<SqlValue, 3> values = {type, id, version};
  return FindOne(connection,
                 "resource r CROSS JOIN version v "
                 "WHERE r.type = $1 AND r.id = $2 AND v.rid = r.rid AND v.version = $3",
                 values);
}

std::optional<StoredResource> ReadRow(SqlConnection& connection, std::int64_t rid) {
  const std::array<SqlValue, 1> values = {rid};
  return FindOne(connection,
                 "resource r CROSS JOIN version v "
                 "WHERE r.rid = $1 AND r.deleted = 0 AND v.seq = r.seq",
                 values);
}

std::vector<std::string> ReadIdentified(SqlConnection& connection, std::string_view type,
                                        std::string_view system, std::string_view value) {
  const std::array<SqlValue, 3> values = {ParameterNumber(type, "identifier"), CutKey(value),
                                          CutKey(system)};
  std::vector<std::string> ids;
  connection.Query(
      "SELECT r.id FROM index_token t CROSS JOIN resource r WHERE t.param = $1 AND t.code = $2 "
      "AND t.system = $3 AND r.rid = t.rid AND r.deleted = 0 ORDER BY r.rid",
      values, [&ids](const SqlRow& row) {
        // Once, though the same identifier may stand in it twice.
        if (ids.empty() || ids.back() != row.Text(0)) ids.emplace_back(row.Text(0));
      });
  return ids;
}

HistoryPage ReadHistory(SqlConnection& connection, const HistoryQuery& query) {
  HistoryPage page;
  if (query.cursor.starts_with(fhir::kPageBefore)) {
    page.next = PageBefore(connection, query);
    return page;
  }
  SqlText total;
  total << "SELECT COUNT(*) FROM version v WHERE 1 = 1";
  AddHistoryFilter(total, query);
  connection.Query(total.text(), total.values(),
                   [&page](const SqlRow& row) { page.total = row.Int(0); });

  SqlText sql;
  sql << kVersionColumns << "version v CROSS JOIN resource r WHERE r.rid = v.rid";
  AddHistoryFilter(sql, query);
  if (!query.cursor.empty()) sql << " AND v.seq < " << sql.Bind(ReadCursor(query.cursor));
  // One more than asked for tells whether there is a next page.
  sql << " ORDER BY v.seq DESC LIMIT " << sql.Bind(static_cast<std::int64_t>(query.count) + 1);
  std::int64_t last = 0;
  connection.Query(sql.text(), sql.values(), [&](const SqlRow& row) {
    if (page.versions.size() == query.count) {
      page.next = std::to_string(last);
      return;
    }
    last = row.Int(6);
    page.versions.push_back(TakeVersion(row));
  });
  return page;
}

std::vector<rules::GeneResult> ReadResults(SqlConnection& connection, std::string_view patient_id) {
  std::vector<rules::GeneResult> results;
  const std::array<SqlValue, 1> values = {patient_id};
  connection.Query(
      "SELECT body FROM gene_result WHERE patient = $1 ORDER BY rid, place", values,
      [&results](const SqlRow& row) { results.push_back(ReadGeneResult(row.Text(0))); });
  return results;
}

std::vector<Record> ReadRecords(SqlConnection& connection, const RecordFilter& filter) {
  SqlText sql;
  sql << "SELECT id, kind, key, patient, status, created, body FROM record WHERE 1 = 1";
  const auto equal = [&sql](std::string_view column, std::string_view value) {
    if (!value.empty()) sql << " AND " << column << " = " << sql.Bind(value);
  };
  equal("kind", filter.kind);
  equal("id", filter.id);
  equal("key", filter.key);
  equal("patient", filter.patient);
  equal("status", filter.status);
  if (!filter.created_from.empty()) {
    sql << " AND created >= " << sql.Bind(std::string_view(filter.created_from));
  }
  if (!filter.after_id.empty()) {
    sql << " AND seq " << (filter.newest_first ? "<" : ">")
        << " (SELECT seq FROM record WHERE id = " << sql.Bind(std::string_view(filter.after_id))
        << ")";
  }
  sql << " ORDER BY seq" << (filter.newest_first ? " DESC" : "") << " LIMIT "
      << sql.Bind(static_cast<std::int64_t>(filter.limit));
  std::vector<Record> records;
  connection.Query(sql.text(), sql.values(), [&records](const SqlRow& row) {
    records.push_back({.id = std::string(row.Text(0)),
                       .kind = std::string(row.Text(1)),
                       .key = std::string(row.Text(2)),
                       .patient = std::string(row.Text(3)),
                       .status = std::string(row.Text(4)),
                       .created = std::string(row.Text(5)),
                       .body = std::string(row.Text(6))});
  });
  return records;
}

}  // namespace genflik::store
