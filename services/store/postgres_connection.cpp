#include <array>
#include <charconv>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <postgresql/libpq-fe.h>

#include "services/core/error.h"
#include "services/store/sql_connection.h"

// PostgreSQL through libpq: https://www.postgresql.org/docs/15/libpq.html

namespace genflik::store {
namespace {

constexpr size_t kStatementsKept = 400;
// Any number will do as long as every Genflik process takes the same.
constexpr std::string_view kLockWriters = "SELECT pg_advisory_xact_lock(29112026)";

struct FinishConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, ClearResult>;

class PostgresRow : public SqlRow {
 public:
  explicit PostgresRow(const PGresult* result) : result_(result) {}
  bool IsNull(int column) const override { return PQgetisnull(result_, row_, column) != 0; }
  std::int64_t Int(int column) const override {
    const std::string_view text = Text(column);
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
  }
  std::string_view Text(int column) const override {
    return {PQgetvalue(result_, row_, column),
            static_cast<size_t>(PQgetlength(result_, row_, column))};
  }
  void MoveTo(int row) { row_ = row; }

 private:
  const PGresult* result_;
  int row_ = 0;
};

// libpq wants each parameter as a text that ends in NUL.
class Parameters {
 public:
  explicit Parameters(std::span<const SqlValue> values) {
    texts_.reserve(values.size());
    for (const SqlValue& value : values) Add(value);
  }
  int Count() const { return static_cast<int>(pointers_.size()); }
  const char* const* Pointers() const { return pointers_.data(); }

 private:
  template <typename Number>
  static std::string Print(Number number) {
    std::array<char, 40> buffer{};
    const auto end = std::to_chars(buffer.begin(), buffer.end(), number);
    return {buffer.begin(), end.ptr};
  }

  void Add(const SqlValue& value) {
    if (std::holds_alternative<std::monostate>(value)) {
      pointers_.push_back(nullptr);
      return;
    }
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      texts_.push_back(Print(*number));
    } else if (const auto* real = std::get_if<double>(&value)) {
      texts_.push_back(Print(*real));
    } else if (const auto* text = std::get_if<LongText>(&value)) {
      // PostgreSQL packs what is long itself.
      texts_.emplace_back(text->text);
    } else {
      texts_.emplace_back(std::get<std::string_view>(value));
    }
    pointers_.push_back(texts_.back().c_str());
  }

  std::vector<std::string> texts_;
  std::vector<const char*> pointers_;
};

void ReplaceWord(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

class PostgresConnection : public SqlConnection {
 public:
  explicit PostgresConnection(const std::string& url) : connection_(PQconnectdb(url.c_str())) {
    if (PQstatus(connection_.get()) != CONNECTION_OK) {
      throw core::Error(core::ErrorCode::kUnavailable, std::string("cannot reach PostgreSQL: ") +
                                                           PQerrorMessage(connection_.get()));
    }
    PQsetNoticeReceiver(
        connection_.get(), [](void*, const PGresult*) {}, nullptr);
    Simple("SET client_encoding TO 'UTF8'");
    // What is acknowledged is on disk, whatever the server's own default is.
    Simple("SET synchronous_commit TO on");
    Simple("SET statement_timeout TO '120s'");
  }

  void Query(std::string_view sql, std::span<const SqlValue> values,
             const RowFunction& on_row) override {
    const std::string& name = Prepare(sql);
    const Parameters parameters(values);
    const Result result =
        Checked(PQexecPrepared(connection_.get(), name.c_str(), parameters.Count(),
                               parameters.Pointers(), nullptr, nullptr, 0));
    if (!on_row) return;
    PostgresRow row(result.get());
    for (int i = 0; i < PQntuples(result.get()); ++i) {
      row.MoveTo(i);
      on_row(row);
    }
  }

  void Execute(std::string_view sql, std::span<const SqlValue> values) override {
    Query(sql, values, nullptr);
  }

  void RunScript(const std::string& sql) override {
    std::string text = sql;
    ReplaceWord(text, "WITHOUT ROWID", "");
    ReplaceWord(text, " INTEGER", " BIGINT");
    ReplaceWord(text, " REAL", " DOUBLE PRECISION");
    ReplaceWord(text, " TEXT", " TEXT COLLATE \"C\"");
    Simple(text.c_str());
  }

  void Begin(SqlAccess access) override {
    if (access == SqlAccess::kRead) {
      Simple("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
      return;
    }
    // One writer at a time over all processes: no lost updates, and version numbers are in the
    // order of their commits. Each statement after the lock sees all that was committed before it.
    Simple("BEGIN ISOLATION LEVEL READ COMMITTED");
    Query(kLockWriters, {}, nullptr);
  }
  void Commit() override { Simple("COMMIT"); }
  void Rollback() noexcept override {
    if (PQtransactionStatus(connection_.get()) != PQTRANS_IDLE) {
      PQclear(PQexec(connection_.get(), "ROLLBACK"));
    }
  }
  bool IsUsable() const override { return PQstatus(connection_.get()) == CONNECTION_OK; }
  size_t RowsInInsert() const override { return 8; }

  std::string Explain(std::string_view sql, std::span<const SqlValue> values) override {
    std::string plan;
    const Parameters parameters(values);
    const std::string text = "EXPLAIN " + std::string(sql);
    const Result result =
        Checked(PQexecParams(connection_.get(), text.c_str(), parameters.Count(), nullptr,
                             parameters.Pointers(), nullptr, nullptr, 0));
    for (int i = 0; i < PQntuples(result.get()); ++i) {
      plan.append(PQgetvalue(result.get(), i, 0)).append("\n");
    }
    return plan;
  }

 private:
  void Simple(const char* sql) { Checked(PQexec(connection_.get(), sql)); }

  Result Checked(PGresult* raw) {
    Result result(raw);
    const ExecStatusType status = PQresultStatus(raw);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return result;
    const char* state = PQresultErrorField(raw, PG_DIAG_SQLSTATE);
    const std::string code = state == nullptr ? "" : state;
    auto error = core::ErrorCode::kInternal;
    if (code == "23505") {
      error = core::ErrorCode::kConflict;
    } else if (code.empty() || code.starts_with("08") || code.starts_with("53") ||
               code.starts_with("57") || code == "25006") {
      error = core::ErrorCode::kUnavailable;
    }
    throw core::Error(error,
                      std::string("the database refused: ") + PQerrorMessage(connection_.get()));
  }

  const std::string& Prepare(std::string_view sql) {
    if (const auto known = statements_.find(sql); known != statements_.end()) return known->second;
    if (statements_.size() >= kStatementsKept) {
      Simple("DEALLOCATE ALL");
      statements_.clear();
    }
    std::string name = "s" + std::to_string(++prepared_);
    Checked(PQprepare(connection_.get(), name.c_str(), std::string(sql).c_str(), 0, nullptr));
    return statements_.emplace(std::string(sql), std::move(name)).first->second;
  }

  std::unique_ptr<PGconn, FinishConnection> connection_;
  std::map<std::string, std::string, std::less<>> statements_;
  std::uint64_t prepared_ = 0;
};

class PostgresEngine : public SqlEngine {
 public:
  explicit PostgresEngine(std::string url) : url_(std::move(url)) {}
  std::unique_ptr<SqlConnection> Connect(SqlAccess /*access*/) override {
    return std::make_unique<PostgresConnection>(url_);
  }
  void Backup(const std::string& /*file*/) override {
    throw core::Error(core::ErrorCode::kUnsupported,
                      "a store on PostgreSQL is backed up with its own pg_dump");
  }

 private:
  std::string url_;
};

}  // namespace

std::unique_ptr<SqlEngine> MakePostgresEngine(const std::string& url) {
  return std::make_unique<PostgresEngine>(url);
}

}  // namespace genflik::store
