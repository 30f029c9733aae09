#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "fhir/json.h"
#include "rules/gene_result.h"

// The port to what Genflik keeps. FHIR resources are the truth; gene results and search indexes are
// written with them in the same transaction and can be rebuilt from them. Callers see no SQL.

namespace genflik::fhir {
class Definitions;
struct SearchQuery;
}  // namespace genflik::fhir

namespace genflik::store {

/// One version of one resource as it is kept.
struct StoredResource {
  std::string type = {};
  std::string id = {};
  /// meta.versionId: 1, 2, ... for each resource.
  std::int64_t version = 0;
  /// meta.lastUpdated, an instant in UTC with milliseconds ("2026-03-01T12:00:00.000Z").
  std::string last_updated = {};
  /// How this version came about: "POST", "PUT", "PATCH" or "DELETE".
  std::string method = {};
  /// The version is a deletion and `text` is empty.
  bool deleted = false;
  /// The resource as JSON, with its meta.
  std::string text = {};

  /// "Patient/123".
  std::string Reference() const { return type + "/" + id; }
  /// `text` as a value; null for a deletion.
  fhir::Json Body() const;
};

/// What is no FHIR resource: alerts, evaluations, feedback, the queue of what could not be mapped,
/// the outbox, processed messages and the audit log are records of one form.
struct Record {
  /// Set by AppendRecord when empty; ids sort in the order of appending.
  std::string id = {};
  /// What it is: "alert", "evaluation", "feedback", "unmapped", "outbox", "message", "audit".
  std::string kind = {};
  /// Unique within its kind unless empty: appending an equal one fails with Error(kConflict).
  std::string key = {};
  /// The logical id of the patient it is about, without "Patient/"; may be empty.
  std::string patient = {};
  /// Where it stands in its life; the words belong to the kind.
  std::string status = {};
  /// Instant in UTC; set by AppendRecord when empty.
  std::string created = {};
  /// JSON text.
  std::string body = {};
};

/// Which records to find; empty fields do not restrict.
struct RecordFilter {
  std::string kind = {};
  std::string id = {};
  std::string key = {};
  std::string patient = {};
  std::string status = {};
  /// Only what was created at this instant or later.
  std::string created_from = {};
  /// Only what was appended after (with newest_first: before) the record of this id.
  std::string after_id = {};
  bool newest_first = false;
  size_t limit = 1000;
};

/// Which versions a history lists; newest come first.
struct HistoryQuery {
  /// Empty for the whole system.
  std::string type = {};
  /// Empty for a whole type.
  std::string id = {};
  /// Only versions of this instant or later (FHIR instant or dateTime in UTC); may be empty.
  std::string since = {};
  /// Only the versions current at this instant; may be empty.
  std::string at = {};
  size_t count = 50;
  /// HistoryPage::next of the page before; empty for the first.
  std::string cursor = {};
};

struct HistoryPage {
  std::vector<StoredResource> versions = {};
  /// How many versions there are without paging.
  std::int64_t total = 0;
  /// Where the next page starts; empty on the last.
  std::string next = {};
};

struct SearchPage {
  std::vector<StoredResource> matches = {};
  /// What _include and _revinclude add for the matches of this page, each once.
  std::vector<StoredResource> included = {};
  /// How many match in all; nothing when not counted (`_total=none`, or by default when there are
  /// more than 10,000).
  std::optional<std::int64_t> total = {};
  /// SearchQuery::page of the next page; empty on the last. Pages show the resources that existed
  /// when the first one was made, each once, whatever is written in between.
  std::string next = {};
};

/// One consistent view: everything read through it is from the same moment.
class Reader {
 public:
  virtual ~Reader() = default;

  /// The current version; nothing when it never existed or is deleted.
  [[nodiscard]] std::optional<StoredResource> Find(std::string_view type,
                                                   std::string_view id) const;
  /// The current version, which may be a deletion; nothing when it never existed.
  [[nodiscard]] virtual std::optional<StoredResource> FindLatest(std::string_view type,
                                                                 std::string_view id) const = 0;
  /// One version, which may be a deletion.
  [[nodiscard]] virtual std::optional<StoredResource> FindVersion(std::string_view type,
                                                                  std::string_view id,
                                                                  std::int64_t version) const = 0;
  [[nodiscard]] virtual HistoryPage History(const HistoryQuery& query) const = 0;
  /// One page of a search: `count` resources (50 when absent) from `page` on. A page that was
  /// tampered with or belongs to another query is refused with Error(kMalformed).
  [[nodiscard]] virtual SearchPage Search(const fhir::SearchQuery& query) const = 0;
  /// All current resources of `type` that match a FHIR query ("patient=12&status=active", not
  /// percent-encoded), for callers within Genflik. Throws Error(kMalformed) when the query cannot
  /// be understood, unknown parameters included.
  [[nodiscard]] virtual std::vector<StoredResource> FindMatching(std::string_view type,
                                                                 std::string_view query) const = 0;
  /// The ids of the current resources of `type` that have this Identifier, oldest first. The same
  /// as FindMatching with "identifier=system|value", in a fifth of the time: every order asks it.
  [[nodiscard]] virtual std::vector<std::string> Identified(std::string_view type,
                                                            std::string_view system,
                                                            std::string_view value) const = 0;
  /// Every genetic result of a patient (logical id without "Patient/"), withdrawn ones included:
  /// RecordStatus says which. Oldest first.
  [[nodiscard]] virtual std::vector<rules::GeneResult> ResultsOf(
      std::string_view patient_id) const = 0;
  /// In the order of appending.
  [[nodiscard]] virtual std::vector<Record> FindRecords(const RecordFilter& filter) const = 0;
};

/// Under which condition a resource is written, and how.
struct PutOptions {
  /// The version that must be current, else Error(kPreconditionFailed) (If-Match); 0 demands that
  /// the resource does not exist.
  std::optional<std::int64_t> expected_version = {};
  /// The interaction for the history; empty: "POST" for the first version, "PUT" for later ones.
  std::string method = {};
};

/// Reads, with what was written through it, and writes.
class Writer : public Reader {
 public:
  /// Stores a new version of `body`, whose resourceType must be there. Without an id it gets a new
  /// one. meta.versionId and meta.lastUpdated are set; the rest of meta is kept. A body that
  /// equals the current version makes no new one: the current is returned.
  virtual StoredResource Put(fhir::Json body, const PutOptions& options) = 0;
  StoredResource Put(fhir::Json body);
  /// Marks a resource as deleted; nothing happens when it does not exist or is deleted already.
  /// Returns the deletion. `expected_version` as in PutOptions.
  virtual std::optional<StoredResource> Delete(
      std::string_view type, std::string_view id,
      std::optional<std::int64_t> expected_version = {}) = 0;
  /// Appends a record and returns it with id and created filled in. Throws Error(kConflict) when
  /// there is one of its kind with its key.
  virtual Record AppendRecord(Record record) = 0;
  /// The same, but returns nothing, and appends nothing, when there is one of its kind with its
  /// key.
  virtual std::optional<Record> AppendRecordOnce(Record record) = 0;
  /// Replaces status and body of the record of this id. Throws Error(kNotFound).
  virtual void UpdateRecord(const Record& record) = 0;
  /// Takes what may be had once, such as a token's id: true the first time for all processes on one
  /// store. It is forgotten when the time `expires` (seconds since 1970) has passed, after which
  /// nobody may have it anyway.
  [[nodiscard]] virtual bool TakeOnce(std::string_view key, std::int64_t expires) = 0;
  /// A new logical id, for a caller that must know it before Put.
  [[nodiscard]] virtual std::string NewId() = 0;
};

/// Sees all resources that one write function has put or deleted, inside its transaction and before
/// its commit, through whichever door they came. It may read and write more (which is not shown to
/// observers again); what it throws undoes the whole function and reaches its caller.
using WriteObserver = std::function<void(Writer&, const std::vector<StoredResource>& written)>;
/// Sees the same once they are durable; must return soon and not throw.
using CommitObserver = std::function<void(const std::vector<StoredResource>& written)>;

/// What a store is built with.
struct StoreOptions {
  /// The time now; the system's clock when empty.
  std::function<std::chrono::system_clock::time_point()> now = {};
  /// New logical ids; random UUIDs when empty.
  std::function<std::string()> new_id = {};
  /// The search parameters by which resources are indexed; without it nothing can be searched.
  std::shared_ptr<const fhir::Definitions> definitions = {};
  /// This server's FHIR base: references that start with it are local ones.
  std::string base = {};
  /// Reads the genetic results out of a resource (services/mapping/genomics.h).
  std::function<std::vector<rules::GeneResult>(const fhir::Json& resource)> project = {};
  /// Connections for reading; each serves one Read at a time.
  size_t readers = 8;
};

/// Keeps everything. Safe to use from any number of threads.
class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  /// Runs `fn(const Reader&)` on one consistent snapshot, never waiting for writers, and returns
  /// what it returns.
  template <typename Fn>
  auto Read(Fn&& fn) {
    return Collect<const Reader&>(std::forward<Fn>(fn),
                                  [this](const auto& run) { this->RunRead(run); });
  }

  /// Runs `fn(Writer&)` as one transaction and returns what it returns once that is on disk. What
  /// `fn` throws undoes all it did and reaches the caller. Writers are run one after another on
  /// another thread; `fn` must touch only the Writer and its own result, must not wait for
  /// anything, and must not call Store::Write.
  template <typename Fn>
  auto Write(Fn&& fn) {
    return Collect<Writer&>(std::forward<Fn>(fn), [this](const auto& run) { this->RunWrite(run); });
  }

  /// Register before the first Write.
  virtual void AddWriteObserver(WriteObserver observer) = 0;
  virtual void AddCommitObserver(CommitObserver observer) = 0;

  /// Drops all indexes and projections and builds them anew from the resources. Returns how many
  /// resources were read.
  virtual std::int64_t Reindex() = 0;
  /// Copies the whole store, as it is at one moment, to a new file while serving. Throws
  /// Error(kUnsupported) where the engine has its own means (PostgreSQL: pg_dump).
  virtual void Backup(const std::filesystem::path& file) = 0;
  /// Returns when the store can be read and written; throws Error(kUnavailable) otherwise.
  virtual void Check() = 0;

 protected:
  virtual void RunRead(const std::function<void(const Reader&)>& fn) = 0;
  virtual void RunWrite(const std::function<void(Writer&)>& fn) = 0;

 private:
  template <typename Access, typename Fn, typename Run>
  static auto Collect(Fn&& fn, const Run& run) {
    using Result = std::invoke_result_t<Fn, Access>;
    if constexpr (std::is_void_v<Result>) {
      run([&fn](Access access) { fn(access); });
    } else {
      std::optional<std::decay_t<Result>> result;
      run([&fn, &result](Access access) { result.emplace(fn(access)); });
      return std::move(*result);
    }
  }
};

/// Opens (and where needed creates and migrates) the store at `location`: the path of an SQLite
/// file, ":memory:" for one that lives as long as the Store, or a "postgresql://..." URL. Throws
/// Error(kUnavailable) when it cannot be reached and Error(kUnsupported) when a newer Genflik has
/// written it.
std::unique_ptr<Store> OpenStore(const std::string& location, StoreOptions options);

}  // namespace genflik::store
