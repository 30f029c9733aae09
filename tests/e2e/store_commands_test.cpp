#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "services/store/sql_connection.h"
#include "tests/support/e2e_tests/json.h"
#include "tests/support/e2e_tests/program.h"

// backup, restore and reindex as an operator runs them, and a store of a newer program.

namespace genflik::e2e {
namespace {

using testing::HasSubstr;

int Total(const Service& service, const std::string& search) {
  return Parse(service.Get("/fhir/" + search).body).at("total").get<int>();
}

TEST(StoreCommands, BackUpWhileServingAndRestoreElsewhere) {
  const TemporaryFolder folder;
  const TemporaryFolder other;
  const std::string file = (other.path() / "copy").string();
  const Service service(folder.path(), {"--sample-data"});
  const int before = Total(service, "Patient?_summary=count");
  std::atomic<bool> done = false;
  std::atomic<int> created = 0;
  std::thread writer([&] {
    while (!done) {
      if (service.PostFhir("/fhir/Patient", R"({"resourceType":"Patient"})").status == 201) {
        ++created;
      }
    }
  });
  while (created < 5) std::this_thread::yield();
  const int acknowledged = created;
  const Outcome backup = RunProgram({"backup", file, "--data", folder.path().string()});
  done = true;
  writer.join();
  EXPECT_EQ(backup.exit_code, 0) << backup.err;
  EXPECT_EQ(Total(service, "Patient?_summary=count"), before + created);

  const std::string restored = (other.path() / "restored").string();
  const Outcome restore = RunProgram({"restore", file, "--data", restored});
  ASSERT_EQ(restore.exit_code, 0) << restore.err;
  const Service second(restored);
  // What was acknowledged before the backup began is in it.
  EXPECT_GE(Total(second, "Patient?_summary=count"), before + acknowledged);
  EXPECT_EQ(second.Get("/fhir/Patient/anna").body, service.Get("/fhir/Patient/anna").body);
  EXPECT_EQ(second.Get("/record/anna").status, 200);
  // A backup is never written over.
  EXPECT_EQ(RunProgram({"backup", file, "--data", folder.path().string()}).exit_code, 1);
}

TEST(StoreCommands, ReindexToTheSameAnswers) {
  const TemporaryFolder folder;
  const std::vector<std::string> searches = {
      "Observation?patient=anna&_sort=-date",
      "Observation?component-code-value-concept=48018-6$HGNC:2621", "Patient?name=a&_sort=family",
      "Patient?_has:Observation:patient:code=84413-4",
      "MedicationRequest?subject:Patient.name=a&_include=MedicationRequest:subject"};
  const auto answers = [&](const Service& service) {
    std::vector<std::string> found;
    for (const std::string& search : searches) {
      fhir::Json bundle = Parse(service.Get("/fhir/" + search).body);
      EXPECT_GT(bundle.at("total").get<int>(), 0) << search;
      bundle.erase("link");
      std::string text = fhir::PrintJson(bundle);
      // The port differs.
      const std::string base = "127.0.0.1:" + std::to_string(service.port());
      for (size_t at = text.find(base); at != std::string::npos; at = text.find(base)) {
        text.erase(at, base.size());
      }
      found.push_back(std::move(text));
    }
    fhir::Json record = Parse(service.Get("/record/folke").body);
    record.erase("generated");
    found.push_back(fhir::PrintJson(record));
    return found;
  };
  std::vector<std::string> before;
  {
    const Service service(folder.path(), {"--sample-data"});
    before = answers(service);
  }
  const Outcome reindex = RunProgram({"reindex", "--data", folder.path().string()});
  ASSERT_EQ(reindex.exit_code, 0) << reindex.err;
  const Service service(folder.path());
  EXPECT_EQ(answers(service), before);
}

TEST(StoreCommands, RefuseAStoreOfANewerProgram) {
  const TemporaryFolder folder;
  { const Service service(folder.path()); }
  const std::string path = (folder.path() / "genflik.sqlite").string();
  store::MakeSqliteEngine(path)
      ->Connect(store::SqlAccess::kWrite)
      ->RunScript("UPDATE meta SET value = '999' WHERE name = 'schema'");
  try {
    const Service service(folder.path());
    FAIL() << "a newer store was opened";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("newer"));
  }
}

}  // namespace
}  // namespace genflik::e2e
