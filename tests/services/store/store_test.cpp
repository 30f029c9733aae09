#include "services/store/store.h"

#include <filesystem>
#include <ostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/core/error.h"
#include "services/store/sql_connection.h"
#include "tests/support/postgres_server.h"
#include "tests/support/services_tests/store_contract.h"
#include "tests/support/services_tests/temporary_directory.h"

namespace genflik::store {

void PrintTo(const ContractCase& contract, std::ostream* out) { *out << contract.name; }

namespace {

std::vector<ContractCase> AllCases() {
  std::vector<ContractCase> all = ContractCases();
  for (ContractCase& contract : SearchContractCases()) all.push_back(std::move(contract));
  return all;
}

class SqliteStore : public ::testing::TestWithParam<ContractCase> {};

TEST_P(SqliteStore, KeepsTheContract) {
  const testing::TemporaryDirectory directory;
  GetParam().run((directory.path() / "store.sqlite").string());
}

INSTANTIATE_TEST_SUITE_P(Contract, SqliteStore, ::testing::ValuesIn(AllCases()),
                         [](const auto& one) { return one.param.name; });

// One server for all cases: to start one takes longer than they run.
TEST(PostgresStore, KeepsTheContract) {
  ASSERT_TRUE(testing::PostgresServer::IsInstalled()) << "the package postgresql-15 is missing";
  testing::PostgresServer server;
  for (const ContractCase& contract : AllCases()) {
    const ::testing::ScopedTrace trace(__FILE__, __LINE__, contract.name);
    contract.run(server.NewDatabase());
  }
}

TEST(SqliteStore, PacksLongRecordsAndReadsThoseOfAnOlderStore) {
  const testing::TemporaryDirectory directory;
  const std::string file = (directory.path() / "store.sqlite").string();
  const std::string text = '"' + std::string(20000, 'x') + '"';
  OpenStore(file, TestOptions())->Write([&](Writer& writer) {
    writer.AppendRecord({.id = "new", .kind = "evaluation", .body = text});
  });
  const auto connection = MakeSqliteEngine(file)->Connect(SqlAccess::kWrite);
  connection->Query("SELECT length(body) FROM record WHERE id = 'new'", {},
                    [](const SqlRow& row) { EXPECT_LT(row.Int(0), 500); });
  connection->Execute("UPDATE meta SET value = '1' WHERE name = 'schema'");
  connection->Execute(
      "INSERT INTO record (seq, id, kind, patient, status, created, body) VALUES "
      "(99, 'old', 'evaluation', '', '', '', '" +
      text + "')");
  const auto store = OpenStore(file, TestOptions());
  for (const auto& record : store->Read(
           [](const Reader& reader) { return reader.FindRecords({.kind = "evaluation"}); })) {
    EXPECT_EQ(record.body, text) << record.id;
  }
}

TEST(SqliteStore, TellsADamagedRecord) {
  const testing::TemporaryDirectory directory;
  const std::string file = (directory.path() / "store.sqlite").string();
  const auto store = OpenStore(file, TestOptions());
  store->Write([&](Writer& writer) {
    writer.AppendRecord({.id = "r", .kind = "evaluation", .body = std::string(20000, 'x')});
  });
  MakeSqliteEngine(file)
      ->Connect(SqlAccess::kWrite)
      ->Execute("UPDATE record SET body = substr(body, 1, length(body) - 9)");
  try {
    store->Read([](const Reader& reader) { return reader.FindRecords({.id = "r"}); });
    ADD_FAILURE() << "a damaged record was read";
  } catch (const core::Error& error) {
    EXPECT_EQ(error.code(), core::ErrorCode::kInternal);
    EXPECT_NE(std::string(error.what()).find("damaged"), std::string::npos);
  }
}

TEST(SqliteStore, LivesInMemoryWhenAskedTo) {
  const auto store = OpenStore(":memory:", TestOptions());
  store->Check();
}

}  // namespace
}  // namespace genflik::store
