#include "services/store/migrations.h"

#include <array>
#include <charconv>
#include <string>

#include "services/core/error.h"

namespace genflik::store {
namespace {

// The file N_*.sql leads from schema N-1 to N. One that was released is never changed again.
constexpr std::array<const char*, 2> kMigrations = {
#include "services/store/migrations/0001_first.sql"
    ,
#include "services/store/migrations/0002_packed.sql"
};

int ReadSchema(SqlConnection& connection) {
  int version = 0;
  connection.Query("SELECT value FROM meta WHERE name = 'schema'", {},
                   [&version](const SqlRow& row) {
                     const std::string_view text = row.Text(0);
                     std::from_chars(text.data(), text.data() + text.size(), version);
                   });
  return version;
}

}  // namespace

int NewestSchema() { return static_cast<int>(kMigrations.size()); }

void Migrate(SqlConnection& connection) {
  connection.Begin(SqlAccess::kWrite);
  try {
    connection.RunScript(
        "CREATE TABLE IF NOT EXISTS meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)");
    const int found = ReadSchema(connection);
    if (found > NewestSchema()) {
      throw core::Error(core::ErrorCode::kUnsupported,
                        "this store has schema " + std::to_string(found) +
                            ", written by a newer Genflik; this one knows schemas up to " +
                            std::to_string(NewestSchema()));
    }
    for (int next = found; next < NewestSchema(); ++next) {
      connection.RunScript(kMigrations.at(static_cast<size_t>(next)));
    }
    const std::string newest = std::to_string(NewestSchema());
    const std::array<SqlValue, 1> values = {std::string_view(newest)};
    connection.Execute(
        "INSERT INTO meta (name, value) VALUES ('schema', $1) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        values);
    connection.Commit();
  } catch (...) {
    connection.Rollback();
    throw;
  }
}

}  // namespace genflik::store
