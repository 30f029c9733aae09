#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/places.h"

// The dependency rule of docs/architecture.md: a folder may include only what stands to its left.

namespace {

namespace fs = std::filesystem;

const std::map<std::string, std::set<std::string>>& Allowed() {
  static const std::set<std::string> base = {"fhir", "rules", "core"};
  static const std::set<std::string> data = {"fhir",  "rules",  "core", "mapping",
                                             "store", "alerts", "lab"};
  static const std::set<std::string> edge = {"fhir",   "rules", "core", "mapping", "store",
                                             "alerts", "lab",   "http", "security"};
  static const std::map<std::string, std::set<std::string>> allowed = {
      {"fhir", {}},
      {"rules", {}},
      {"core", {"fhir", "rules"}},
      {"mapping", base},
      {"store", {"fhir", "rules", "core", "mapping"}},
      {"alerts", {"fhir", "rules", "core", "mapping", "store"}},
      {"lab", {"fhir", "rules", "core", "mapping", "store", "alerts"}},
      {"http", base},
      {"security", {"fhir", "rules", "core", "http", "store"}},
      {"rest", edge},
      {"cds", edge},
      {"tab", edge},
      {"app",
       {"fhir", "rules", "core", "mapping", "store", "alerts", "lab", "http", "security", "rest",
        "cds", "tab"}},
  };
  return allowed;
}

// "services/store/store.h" -> "store", "fhir/json.h" -> "fhir".
std::string LayerOf(const fs::path& path) {
  auto part = path.begin();
  if (*part == "services") ++part;
  return part->string();
}

TEST(Layering, EachFolderIncludesOnlyWhatStandsToItsLeft) {
  const fs::path root = genflik::tests::SourceDir();
  size_t files = 0;
  for (const char* folder : {"fhir", "rules", "services"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const auto extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp") continue;
      ++files;
      const fs::path relative = fs::relative(entry.path(), root);
      const std::string layer = LayerOf(relative);
      ASSERT_TRUE(Allowed().contains(layer)) << relative << " stands in no known layer";
      std::ifstream stream(entry.path());
      std::string line;
      while (std::getline(stream, line)) {
        if (!line.starts_with("#include \"")) continue;
        const std::string included = LayerOf(line.substr(10, line.rfind('"') - 10));
        EXPECT_TRUE(included == layer || Allowed().at(layer).contains(included))
            << relative << " must not include " << line;
      }
    }
  }
  EXPECT_GT(files, 20U);
}

// The heavy libraries stand behind one door each.
TEST(Layering, WallsHaveOneDoor) {
  const fs::path root = genflik::tests::SourceDir();
  const std::map<std::string, std::set<std::string>> doors = {
      {"<sqlite3.h>", {"store"}}, {"<libpq-fe.h>", {"store"}},           {"<htslib/", {"lab"}},
      {"<CLI/", {"app"}},         {"<Poco/Net/HTTPServer.h>", {"http"}},
  };
  for (const char* folder : {"fhir", "rules", "services"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const auto extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp") continue;
      const std::string layer = LayerOf(fs::relative(entry.path(), root));
      std::ifstream stream(entry.path());
      std::string line;
      while (std::getline(stream, line)) {
        if (!line.starts_with("#include <")) continue;
        for (const auto& [header, layers] : doors) {
          if (line.find(header) == std::string::npos) continue;
          EXPECT_TRUE(layers.contains(layer)) << entry.path() << " must not include " << header;
        }
      }
    }
  }
}

}  // namespace
