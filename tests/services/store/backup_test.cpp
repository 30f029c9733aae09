#include "services/store/backup.h"

#include <atomic>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "services/core/error.h"
#include "services/store/migrations.h"
#include "services/store/sql_connection.h"
#include "services/store/store.h"
#include "tests/support/services_tests/store_contract.h"
#include "tests/support/services_tests/temporary_directory.h"

namespace genflik::store {
namespace {

using core::Error;
using core::ErrorCode;

class Backups : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) const { return (directory_.path() / name).string(); }

  static void PutPair(Store& store, int number) {
    store.Write([number](Writer& writer) {
      for (const char* id : {"left", "right"}) {
        fhir::Json body = fhir::Json::object();
        body["resourceType"] = "Basic";
        body["id"] = id;
        body["number"] = number;
        writer.Put(std::move(body));
      }
    });
  }
  static int Number(Store& store, const char* id) {
    return store.Read([id](const Reader& reader) {
      return reader.Find("Basic", id)->Body()["number"].get<int>();
    });
  }
  template <typename Fn>
  static ErrorCode CodeThrownBy(const Fn& fn) {
    try {
      fn();
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::kInternal;
  }

  testing::TemporaryDirectory directory_;
};

TEST_F(Backups, HoldOneMomentOfAStoreInUse) {
  const auto store = OpenStore(Path("store"), TestOptions());
  PutPair(*store, 0);
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (int number = 1; !stop; ++number) PutPair(*store, number);
  });
  for (int i = 0; i < 5; ++i) BackUp(Path("store"), Path("backup" + std::to_string(i)));
  stop = true;
  writer.join();
  for (int i = 0; i < 5; ++i) {
    const auto copy = OpenStore(Path("backup" + std::to_string(i)), TestOptions());
    EXPECT_EQ(Number(*copy, "left"), Number(*copy, "right"));
  }
}

TEST_F(Backups, AreRestoredIntoAStoreInUse) {
  const auto store = OpenStore(Path("store"), TestOptions());
  PutPair(*store, 1);
  store->Backup(Path("backup"));
  PutPair(*store, 2);
  Restore(Path("store"), Path("backup"));
  EXPECT_EQ(Number(*store, "left"), 1);
  PutPair(*store, 3);
  EXPECT_EQ(Number(*store, "left"), 3);
  EXPECT_EQ(store->Read([](const Reader& reader) { return reader.Find("Basic", "left")->version; }),
            2);
}

TEST_F(Backups, AreRestoredWhereThereWasNothing) {
  const auto store = OpenStore(Path("store"), TestOptions());
  PutPair(*store, 1);
  store->Backup(Path("backup"));
  Restore(Path("new"), Path("backup"));
  EXPECT_EQ(Number(*OpenStore(Path("new"), TestOptions()), "right"), 1);
}

TEST_F(Backups, AreRefusedWhenWrong) {
  const auto store = OpenStore(Path("store"), TestOptions());
  PutPair(*store, 1);
  store->Backup(Path("backup"));
  EXPECT_EQ(CodeThrownBy([&] { store->Backup(Path("backup")); }), ErrorCode::kConflict);
  EXPECT_EQ(CodeThrownBy([&] { BackUp(Path("none"), Path("x")); }), ErrorCode::kNotFound);
  std::ofstream(Path("text")) << "this is no database, however long the text may be";
  EXPECT_EQ(CodeThrownBy([&] { Restore(Path("store"), Path("text")); }), ErrorCode::kInvalid);
  EXPECT_EQ(CodeThrownBy([&] { BackUp("postgresql://x", Path("y")); }), ErrorCode::kUnsupported);
  EXPECT_EQ(Number(*store, "left"), 1);
}

TEST_F(Backups, AndStoresOfANewerGenflikAreRefused) {
  OpenStore(Path("store"), TestOptions());
  {
    const auto engine = MakeSqliteEngine(Path("store"));
    engine->Connect(SqlAccess::kWrite)
        ->Execute("UPDATE meta SET value = '" + std::to_string(NewestSchema() + 1) +
                  "' WHERE name = 'schema'");
  }
  try {
    OpenStore(Path("store"), TestOptions());
    ADD_FAILURE() << "a newer store was opened";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_NE(std::string(error.what()).find("newer Genflik"), std::string::npos);
  }
  EXPECT_EQ(CodeThrownBy([&] { Restore(Path("other"), Path("store")); }), ErrorCode::kInvalid);
}

}  // namespace
}  // namespace genflik::store
