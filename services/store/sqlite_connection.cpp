#include <array>
#include <filesystem>
#include <list>
#include <map>
#include <random>
#include <string>
#include <utility>

#include <sqlite3.h>

#include "services/core/error.h"
#include "services/store/backup.h"
#include "services/store/packed_text.h"
#include "services/store/sql_connection.h"

// SQLite: https://sqlite.org/c3ref/intro.html, write-ahead log: https://sqlite.org/wal.html

namespace genflik::store {
namespace {

constexpr int kBusyMilliseconds = 20000;
constexpr size_t kStatementsKept = 400;

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

core::ErrorCode CodeFor(int extended) {
  switch (extended & 0xff) {
    case SQLITE_CONSTRAINT:
      return core::ErrorCode::kConflict;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return core::ErrorCode::kUnavailable;
    default:
      return core::ErrorCode::kInternal;
  }
}

[[noreturn]] void Fail(sqlite3* database) {
  throw core::Error(CodeFor(sqlite3_extended_errcode(database)),
                    std::string("the database refused: ") + sqlite3_errmsg(database));
}

Database Open(const std::string& path, int flags) {
  // Nobody reads these statistics, and keeping them takes one lock for all threads at each
  // allocation.
  static const int without_statistics = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(without_statistics);
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database(raw);
  if (code != SQLITE_OK) {
    throw core::Error(core::ErrorCode::kUnavailable,
                      "cannot open the database " + path + ": " + sqlite3_errstr(code));
  }
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, kBusyMilliseconds);
  return database;
}

class SqliteRow : public SqlRow {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
  bool IsNull(int column) const override {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }
  std::int64_t Int(int column) const override { return sqlite3_column_int64(statement_, column); }
  std::string_view Text(int column) const override {
    if (sqlite3_column_type(statement_, column) == SQLITE_BLOB) {
      const auto* frame = static_cast<const char*>(sqlite3_column_blob(statement_, column));
      const auto size = static_cast<size_t>(sqlite3_column_bytes(statement_, column));
      return unpacked_.emplace_back(UnpackText({frame, size}));
    }
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    if (text == nullptr) return {};
    return {text, static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
  }

  void Next() { unpacked_.clear(); }

 private:
  sqlite3_stmt* statement_;
  // What Text() unpacked of the row it stands at.
  mutable std::list<std::string> unpacked_;
};

// $1 is a name to SQLite, numbered in order of appearance; ?1 is the number itself.
std::string Numbered(std::string_view sql) {
  std::string text(sql);
  for (char& c : text) {
    if (c == '$') c = '?';
  }
  return text;
}

int BindText(sqlite3_stmt* statement, int index, std::string_view text) {
  // A null pointer would bind NULL instead of the empty text.
  return sqlite3_bind_text64(statement, index, text.data() == nullptr ? "" : text.data(),
                             text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

int BindLongText(sqlite3_stmt* statement, int index, std::string_view text) {
  if (text.size() < kPackedFrom) return BindText(statement, index, text);
  const std::string frame = PackText(text);
  return sqlite3_bind_blob64(statement, index, frame.data(), frame.size(), SQLITE_TRANSIENT);
}

class SqliteConnection : public SqlConnection {
 public:
  SqliteConnection(Database database, SqlAccess access) : database_(std::move(database)) {
    Run(access == SqlAccess::kWrite ? "PRAGMA cache_size=-65536" : "PRAGMA cache_size=-8192");
    Run("PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;");
    // A reader forgets its pages whenever something was written; mapped, they are not read again.
    if (access == SqlAccess::kRead) Run("PRAGMA mmap_size=2147418112");
  }

  void Query(std::string_view sql, std::span<const SqlValue> values,
             const RowFunction& on_row) override {
    sqlite3_stmt* statement = Prepare(sql);
    // The statement must be reset however its rows end, else it holds its snapshot.
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> reset(statement, &sqlite3_reset);
    Bind(statement, values);
    SqliteRow row(statement);
    int code = sqlite3_step(statement);
    for (; code == SQLITE_ROW; code = sqlite3_step(statement)) {
      if (on_row) on_row(row);
      row.Next();
    }
    if (code != SQLITE_DONE) Fail(database_.get());
  }

  void Execute(std::string_view sql, std::span<const SqlValue> values) override {
    Query(sql, values, nullptr);
  }

  void RunScript(const std::string& sql) override { Run(sql.c_str()); }

  void Begin(SqlAccess access) override {
    Execute(access == SqlAccess::kWrite ? "BEGIN IMMEDIATE" : "BEGIN", {});
  }
  void Commit() override { Execute("COMMIT", {}); }
  void Rollback() noexcept override {
    if (sqlite3_get_autocommit(database_.get()) != 0) return;
    try {
      Execute("ROLLBACK", {});
    } catch (const core::Error&) {
      // Without memory for the statement kept ready; the connection must not stay in its
      // transaction.
      sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
  }
  bool IsUsable() const override { return true; }
  size_t RowsInInsert() const override { return 1; }

  std::string Explain(std::string_view sql, std::span<const SqlValue> values) override {
    std::string plan;
    Query("EXPLAIN QUERY PLAN " + std::string(sql), values,
          [&plan](const SqlRow& row) { plan.append(row.Text(3)).append("\n"); });
    return plan;
  }

 private:
  void Run(const char* sql) {
    if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
      Fail(database_.get());
    }
  }

  sqlite3_stmt* Prepare(std::string_view sql) {
    if (const auto known = statements_.find(sql); known != statements_.end()) {
      return known->second.get();
    }
    const std::string text = Numbered(sql);
    sqlite3_stmt* raw = nullptr;
    const int code = sqlite3_prepare_v3(database_.get(), text.data(), static_cast<int>(text.size()),
                                        SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
    Statement statement(raw);
    if (code != SQLITE_OK) Fail(database_.get());
    if (statements_.size() >= kStatementsKept) statements_.clear();
    return statements_.emplace(std::string(sql), std::move(statement)).first->second.get();
  }

  void Bind(sqlite3_stmt* statement, std::span<const SqlValue> values) {
    int index = 0;
    for (const SqlValue& value : values) {
      ++index;
      int code = SQLITE_OK;
      if (const auto* number = std::get_if<std::int64_t>(&value)) {
        code = sqlite3_bind_int64(statement, index, *number);
      } else if (const auto* real = std::get_if<double>(&value)) {
        code = sqlite3_bind_double(statement, index, *real);
      } else if (const auto* text = std::get_if<std::string_view>(&value)) {
        code = BindText(statement, index, *text);
      } else if (const auto* long_text = std::get_if<LongText>(&value)) {
        code = BindLongText(statement, index, long_text->text);
      } else {
        code = sqlite3_bind_null(statement, index);
      }
      if (code != SQLITE_OK) Fail(database_.get());
    }
  }

  Database database_;
  std::map<std::string, Statement, std::less<>> statements_;
};

class SqliteEngine : public SqlEngine {
 public:
  explicit SqliteEngine(const std::string& path) : path_(path) {
    if (path_ == ":memory:") MakeTemporary();
    const Database database = Open(path_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    sqlite3_exec(database.get(), "PRAGMA journal_mode=WAL", nullptr, nullptr, nullptr);
  }
  ~SqliteEngine() override {
    std::error_code ignored;
    if (!temporary_.empty()) std::filesystem::remove_all(temporary_, ignored);
  }

  std::unique_ptr<SqlConnection> Connect(SqlAccess access) override {
    auto connection = std::make_unique<SqliteConnection>(
        Open(path_, access == SqlAccess::kWrite ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY),
        access);
    if (access == SqlAccess::kWrite) {
      // What is acknowledged is on disk; a store that lives no longer than its process needs none.
      connection->RunScript(temporary_.empty() ? "PRAGMA synchronous=FULL"
                                               : "PRAGMA synchronous=OFF");
      connection->RunScript("PRAGMA wal_autocheckpoint=4000");
    }
    return connection;
  }

  void Backup(const std::string& file) override { BackUp(path_, file); }

 private:
  void MakeTemporary() {
    std::random_device random;
    const auto root = std::filesystem::is_directory("/dev/shm")
                          ? std::filesystem::path("/dev/shm")
                          : std::filesystem::temp_directory_path();
    temporary_ = root / ("genflik-" + std::to_string(random()) + std::to_string(random()));
    std::filesystem::create_directory(temporary_);
    path_ = temporary_ / "store.sqlite";
  }

  std::string path_;
  std::filesystem::path temporary_;
};

}  // namespace

std::unique_ptr<SqlEngine> MakeSqliteEngine(const std::string& path) {
  return std::make_unique<SqliteEngine>(path);
}

}  // namespace genflik::store
