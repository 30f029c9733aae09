#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/datatypes.h"
#include "fhir/json.h"
#include "fhir/search_index.h"
#include "services/core/error.h"
#include "services/store/gene_result_text.h"
#include "services/store/index_tables.h"
#include "services/store/sql_writer.h"

// What is derived from resources and can be dropped and built again at any time.

namespace genflik::store {
namespace {

constexpr std::int64_t kResourcesAStep = 500;

void WriteGeneResults(SqlConnection& connection, const StoreOptions& options, std::int64_t rid,
                      const fhir::Json& body) {
  if (!options.project) return;
  const std::vector<rules::GeneResult> results = options.project(body);
  if (results.empty()) return;
  const fhir::Json* subject = fhir::Find(body, "subject");
  if (subject == nullptr) return;
  const fhir::Reference patient = fhir::ReadReference(*subject);
  if (patient.type != "Patient" || patient.id.empty()) return;
  std::int64_t place = 0;
  for (rules::GeneResult result : results) {
    if (result.source.empty()) {
      result.source = std::string(fhir::FindText(body, "resourceType")) + "/" +
                      std::string(fhir::FindText(body, "id"));
    }
    if (result.received.empty()) {
      const fhir::Json* meta = fhir::Find(body, "meta");
      if (meta != nullptr) result.received = fhir::FindText(*meta, "lastUpdated");
    }
    const std::string text = PrintGeneResult(result);
    const std::array<SqlValue, 4> values = {std::string_view(patient.id), rid, place++,
                                            std::string_view(text)};
    connection.Execute(
        "INSERT INTO gene_result (patient, rid, place, body) VALUES ($1, $2, $3, $4)", values);
  }
}

}  // namespace

void WriteProjections(SqlConnection& connection, const StoreOptions& options, std::int64_t rid,
                      const fhir::Json& body, bool fresh) {
  if (!fresh) ClearProjections(connection, rid);
  if (options.definitions) {
    WriteIndex(connection, rid, fhir::FindText(body, "resourceType"),
               fhir::IndexResource(*options.definitions, body, options.base));
  }
  WriteGeneResults(connection, options, rid, body);
}

void ClearProjections(SqlConnection& connection, std::int64_t rid) {
  ClearIndex(connection, rid);
  const std::array<SqlValue, 1> values = {rid};
  connection.Execute("DELETE FROM gene_result WHERE rid = $1", values);
}

std::int64_t RebuildProjections(SqlConnection& connection, const StoreOptions& options) {
  ClearAllIndexes(connection);
  connection.Execute("DELETE FROM gene_result");
  std::int64_t count = 0;
  std::int64_t last = 0;
  std::vector<std::pair<std::int64_t, std::string>> step;
  do {
    step.clear();
    const std::array<SqlValue, 2> values = {last, kResourcesAStep};
    connection.Query(
        "SELECT r.rid, v.body FROM resource r CROSS JOIN version v "
        "WHERE r.rid > $1 AND r.deleted = 0 AND v.seq = r.seq ORDER BY r.rid LIMIT $2",
        values,
        [&step](const SqlRow& row) { step.emplace_back(row.Int(0), std::string(row.Text(1))); });
    for (const auto& [rid, text] : step) {
      fhir::IssueLog log;
      const auto body = fhir::ParseJson(text, log);
      if (!body) {
        throw core::Error(core::ErrorCode::kInternal,
                          "the resource in row " + std::to_string(rid) + " is no JSON");
      }
      WriteProjections(connection, options, rid, *body, true);
      last = rid;
      ++count;
    }
  } while (!step.empty());
  return count;
}

}  // namespace genflik::store
