#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/store/sql_connection.h"
#include "services/store/store.h"

// Reader on one connection inside a transaction.

namespace genflik::store {

std::optional<StoredResource> ReadLatest(SqlConnection& connection, std::string_view type,
                                         std::string_view id);
std::optional<StoredResource> ReadVersion(SqlConnection& connection, std::string_view type,
                                          std::string_view id, std::int64_t version);
/// The current version of the resource of this row number; nothing for a deletion.
std::optional<StoredResource> ReadRow(SqlConnection& connection, std::int64_t rid);
HistoryPage ReadHistory(SqlConnection& connection, const HistoryQuery& query);
std::vector<std::string> ReadIdentified(SqlConnection& connection, std::string_view type,
                                        std::string_view system, std::string_view value);
std::vector<rules::GeneResult> ReadResults(SqlConnection& connection, std::string_view patient_id);
std::vector<Record> ReadRecords(SqlConnection& connection, const RecordFilter& filter);
/// search_runner.cpp
SearchPage RunSearch(SqlConnection& connection, const StoreOptions& options,
                     const fhir::SearchQuery& query);
std::vector<StoredResource> RunMatching(SqlConnection& connection, const StoreOptions& options,
                                        std::string_view type, std::string_view query);

/// Gives `Base` (Reader or Writer) its reading half.
template <typename Base>
class ReadsFrom : public Base {
 public:
  ReadsFrom(SqlConnection& connection, const StoreOptions& options)
      : connection_(connection), options_(options) {}

  std::optional<StoredResource> FindLatest(std::string_view type,
                                           std::string_view id) const override {
    return ReadLatest(connection_, type, id);
  }
  std::optional<StoredResource> FindVersion(std::string_view type, std::string_view id,
                                            std::int64_t version) const override {
    return ReadVersion(connection_, type, id, version);
  }
  HistoryPage History(const HistoryQuery& query) const override {
    return ReadHistory(connection_, query);
  }
  SearchPage Search(const fhir::SearchQuery& query) const override {
    return RunSearch(connection_, options_, query);
  }
  std::vector<StoredResource> FindMatching(std::string_view type,
                                           std::string_view query) const override {
    return RunMatching(connection_, options_, type, query);
  }
  std::vector<std::string> Identified(std::string_view type, std::string_view system,
                                      std::string_view value) const override {
    return ReadIdentified(connection_, type, system, value);
  }
  std::vector<rules::GeneResult> ResultsOf(std::string_view patient_id) const override {
    return ReadResults(connection_, patient_id);
  }
  std::vector<Record> FindRecords(const RecordFilter& filter) const override {
    return ReadRecords(connection_, filter);
  }

 protected:
  SqlConnection& connection() const { return connection_; }
  const StoreOptions& options() const { return options_; }

 private:
  SqlConnection& connection_;
  const StoreOptions& options_;
};

using SqlReader = ReadsFrom<Reader>;

}  // namespace genflik::store
