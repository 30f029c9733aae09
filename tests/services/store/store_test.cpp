#include <filesystem>
#include <ostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/core/error.h"
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

TEST(SqliteStore, LivesInMemoryWhenAskedTo) {
  const auto store = OpenStore(":memory:", TestOptions());
  store->Check();
}

}  // namespace
}  // namespace genflik::store
