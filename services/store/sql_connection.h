#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

// One connection to a database, the same for both engines. SQL is one text for both: parameters are
// $1, $2, ... and the statements keep to what SQLite 3.40 and PostgreSQL 15 share
// (docs/decisions/005-store.md).

namespace genflik::store {

/// Text that may be long and that no statement looks into: an engine that packs nothing by itself
/// may keep it packed. SqlRow::Text gives it back as it was.
struct LongText {
  std::string_view text = {};
};

/// A parameter of a statement; text is only looked at during the call.
using SqlValue = std::variant<std::monostate, std::int64_t, double, std::string_view, LongText>;

/// The row a statement stands at; text lives until the next row.
class SqlRow {
 public:
  virtual ~SqlRow() = default;
  virtual bool IsNull(int column) const = 0;
  virtual std::int64_t Int(int column) const = 0;
  virtual std::string_view Text(int column) const = 0;
};

using RowFunction = std::function<void(const SqlRow&)>;

/// What a transaction is for.
enum class SqlAccess { kRead, kWrite };

/// Statements are prepared once and kept. A violated unique constraint is thrown as
/// Error(kConflict), a lost or busy database as Error(kUnavailable), the rest as Error(kInternal).
class SqlConnection {
 public:
  SqlConnection() = default;
  SqlConnection(const SqlConnection&) = delete;
  SqlConnection& operator=(const SqlConnection&) = delete;
  virtual ~SqlConnection() = default;

  /// Runs one statement and hands over its rows.
  virtual void Query(std::string_view sql, std::span<const SqlValue> values,
                     const RowFunction& on_row) = 0;
  /// Runs one statement that answers no rows.
  virtual void Execute(std::string_view sql, std::span<const SqlValue> values) = 0;
  /// Runs statements of the migrations: INTEGER is 64 bits wide, TEXT is ordered by bytes, and
  /// WITHOUT ROWID is left out where the engine knows no such thing.
  virtual void RunScript(const std::string& sql) = 0;

  /// Reading starts on one snapshot; writing excludes all other writers, of other processes too.
  virtual void Begin(SqlAccess access) = 0;
  /// Returns once the transaction is on disk.
  virtual void Commit() = 0;
  /// Ends the transaction without its changes. Does not throw.
  virtual void Rollback() noexcept = 0;
  /// False when the connection is lost for good and must be opened anew.
  virtual bool IsUsable() const = 0;
  /// How many rows an INSERT should have where there are many: one where each call is cheap and
  /// several rows need a journal of their own, more where each call crosses to another process.
  virtual size_t RowsInInsert() const = 0;
  /// How the engine would run a statement, one step a line.
  virtual std::string Explain(std::string_view sql, std::span<const SqlValue> values) = 0;

  void Execute(std::string_view sql) { Execute(sql, {}); }
};

/// Opens connections of one store.
class SqlEngine {
 public:
  SqlEngine() = default;
  SqlEngine(const SqlEngine&) = delete;
  SqlEngine& operator=(const SqlEngine&) = delete;
  virtual ~SqlEngine() = default;
  virtual std::unique_ptr<SqlConnection> Connect(SqlAccess access) = 0;
  /// Copies the database to a new file while it is in use; throws Error(kUnsupported) where the
  /// engine has its own means.
  virtual void Backup(const std::string& file) = 0;
};

std::unique_ptr<SqlEngine> MakeSqliteEngine(const std::string& path);
std::unique_ptr<SqlEngine> MakePostgresEngine(const std::string& url);

}  // namespace genflik::store
