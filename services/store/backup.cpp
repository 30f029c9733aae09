#include "services/store/backup.h"

#include <charconv>
#include <memory>
#include <string>

#include <sqlite3.h>

#include "services/core/error.h"
#include "services/store/migrations.h"
#include "services/store/sql_connection.h"

// https://sqlite.org/backup.html

namespace genflik::store {
namespace {

using core::Error;
using core::ErrorCode;

constexpr int kBusyMilliseconds = 20000;

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
using Database = std::unique_ptr<sqlite3, Close>;

void CheckEngine(const std::string& location) {
  if (location.starts_with("postgresql://") || location.starts_with("postgres://")) {
    throw Error(ErrorCode::kUnsupported,
                "a store on PostgreSQL is saved with pg_dump and brought back with pg_restore");
  }
}

Database Open(const std::string& path, int flags) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  Database database(raw);
  if (code != SQLITE_OK) {
    throw Error(ErrorCode::kUnavailable, "cannot open " + path + ": " + sqlite3_errstr(code));
  }
  sqlite3_busy_timeout(raw, kBusyMilliseconds);
  return database;
}

// The first column of the first row; empty when the statement fails.
std::string Ask(sqlite3* database, const char* sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(database, sql, -1, &raw, nullptr) != SQLITE_OK) return {};
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(raw, &sqlite3_finalize);
  if (sqlite3_step(raw) != SQLITE_ROW) return {};
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(raw, 0));
  return text == nullptr ? std::string() : text;
}

void Copy(sqlite3* from, sqlite3* to) {
  sqlite3_backup* backup = sqlite3_backup_init(to, "main", from, "main");
  if (backup == nullptr) {
    throw Error(ErrorCode::kUnavailable, std::string("cannot copy: ") + sqlite3_errmsg(to));
  }
  const int code = sqlite3_backup_step(backup, -1);
  sqlite3_backup_finish(backup);
  if (code != SQLITE_DONE) {
    throw Error(ErrorCode::kUnavailable, std::string("cannot copy: ") + sqlite3_errstr(code));
  }
}

void CheckBackup(sqlite3* database, const std::string& file) {
  const std::string schema = Ask(database, "SELECT value FROM meta WHERE name = 'schema'");
  int number = 0;
  std::from_chars(schema.data(), schema.data() + schema.size(), number);
  if (number < 1) throw Error(ErrorCode::kInvalid, file + " is no backup of Genflik");
  if (number > NewestSchema()) {
    throw Error(ErrorCode::kInvalid, file + " was written by a newer Genflik (schema " + schema +
                                         "; this one knows up to " +
                                         std::to_string(NewestSchema()) + ")");
  }
  if (Ask(database, "PRAGMA integrity_check") != "ok") {
    throw Error(ErrorCode::kInvalid, file + " is damaged");
  }
}

}  // namespace

void BackUp(const std::string& location, const std::filesystem::path& file) {
  CheckEngine(location);
  if (!std::filesystem::exists(location)) {
    throw Error(ErrorCode::kNotFound, "there is no store at " + location);
  }
  if (std::filesystem::exists(file)) {
    throw Error(ErrorCode::kConflict, "the file " + file.string() + " exists already");
  }
  const Database source = Open(location, SQLITE_OPEN_READONLY);
  // A read transaction held for the whole copy: writers meanwhile would make it start over.
  sqlite3_exec(source.get(), "BEGIN", nullptr, nullptr, nullptr);
  if (Ask(source.get(), "SELECT value FROM meta WHERE name = 'schema'").empty()) {
    throw Error(ErrorCode::kInvalid, location + " is no store of Genflik");
  }
  // Under another name until it is whole, so that a broken-off copy is never taken for a backup.
  const std::string partial = file.string() + ".partial";
  std::filesystem::remove(partial);
  {
    const Database target = Open(partial, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    Copy(source.get(), target.get());
    // The copy is one file by itself.
    sqlite3_exec(target.get(), "PRAGMA journal_mode=DELETE", nullptr, nullptr, nullptr);
  }
  std::filesystem::rename(partial, file);
}

void Restore(const std::string& location, const std::filesystem::path& file) {
  CheckEngine(location);
  const Database source = Open(file.string(), SQLITE_OPEN_READONLY);
  CheckBackup(source.get(), file.string());
  {
    const Database target = Open(location, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    sqlite3_exec(target.get(), "PRAGMA synchronous=FULL", nullptr, nullptr, nullptr);
    Copy(source.get(), target.get());
  }
  // An older backup is brought to the schema of this program, and to its write-ahead log.
  Migrate(*MakeSqliteEngine(location)->Connect(SqlAccess::kWrite));
}

}  // namespace genflik::store
