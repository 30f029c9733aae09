#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "services/store/sql_reader.h"

namespace genflik::store {

/// The highest numbers in use, read when a transaction has excluded all other writers and counted
/// on from there. A gap (of a function that was undone) does no harm.
struct WriteCounters {
  std::int64_t seq = 0;
  std::int64_t rid = 0;
  std::int64_t record = 0;
  /// Time of the newest version: times never go back, whatever the clock does.
  std::int64_t last_updated = 0;
};
WriteCounters ReadCounters(SqlConnection& connection);

/// Writer of one write function.
class SqlWriter : public ReadsFrom<Writer> {
 public:
  SqlWriter(SqlConnection& connection, const StoreOptions& options, WriteCounters& counters)
      : ReadsFrom(connection, options), counters_(counters) {}

  using Writer::Put;
  StoredResource Put(fhir::Json body, const PutOptions& options) override;
  std::optional<StoredResource> Delete(std::string_view type, std::string_view id,
                                       std::optional<std::int64_t> expected_version) override;
  Record AppendRecord(Record record) override;
  std::optional<Record> AppendRecordOnce(Record record) override;
  void UpdateRecord(const Record& record) override;
  bool TakeOnce(std::string_view key, std::int64_t expires) override;
  std::string NewId() override;

  /// What was put and deleted so far.
  const std::vector<StoredResource>& written() const { return written_; }

 private:
  struct Current;
  Current FindCurrent(std::string_view type, std::string_view id);
  std::int64_t Now();
  void Keep(const StoredResource& resource, const Current& current);

  WriteCounters& counters_;
  std::vector<StoredResource> written_;
};

/// Writes the search index and the gene results of one resource; `fresh` when it has none yet.
void WriteProjections(SqlConnection& connection, const StoreOptions& options, std::int64_t rid,
                      const fhir::Json& body, bool fresh);
/// Removes them.
void ClearProjections(SqlConnection& connection, std::int64_t rid);
/// Builds all of them anew; returns how many resources were read.
std::int64_t RebuildProjections(SqlConnection& connection, const StoreOptions& options);

}  // namespace genflik::store
