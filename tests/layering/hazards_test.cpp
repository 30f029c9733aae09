#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/places.h"

// A control whose test has gone or was renamed is a control that nobody shows.

namespace {

namespace fs = std::filesystem;

std::string ReadAll(const fs::path& path) {
  std::ifstream stream(path);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// "Suite.Name" of every test there is.
std::set<std::string> AllTests() {
  std::set<std::string> names;
  const std::regex test(R"(TEST(_F|_P)?\((\w+),\s*(\w+)\))");
  for (const auto& entry :
       fs::recursive_directory_iterator(fs::path(genflik::tests::SourceDir()) / "tests")) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string text = ReadAll(entry.path());
    for (auto found = std::sregex_iterator(text.begin(), text.end(), test);
         found != std::sregex_iterator(); ++found) {
      names.insert((*found)[2].str() + "." + (*found)[3].str());
    }
  }
  return names;
}

TEST(Hazards, EachNamesATestThatExists) {
  const std::set<std::string> tests = AllTests();
  const fs::path docs = fs::path(genflik::tests::SourceDir()) / "docs";
  const std::regex name(R"(`(\w+\.[A-Z]\w+)`)");
  size_t hazards = 0;
  std::ifstream stream(docs / "hazards.md");
  const std::regex row(R"(^\| [0-9]+ \|.*)");
  for (std::string line; std::getline(stream, line);) {
    if (!std::regex_match(line, row)) continue;
    ++hazards;
    size_t named = 0;
    for (auto found = std::sregex_iterator(line.begin(), line.end(), name);
         found != std::sregex_iterator(); ++found) {
      ++named;
      EXPECT_TRUE(tests.contains((*found)[1].str())) << (*found)[1] << " in: " << line;
    }
    EXPECT_GT(named, 0U) << "no test is named in: " << line;
  }
  EXPECT_GE(hazards, 20U);
  const std::string security = ReadAll(docs / "security.md");
  for (auto found = std::sregex_iterator(security.begin(), security.end(), name);
       found != std::sregex_iterator(); ++found) {
    EXPECT_TRUE(tests.contains((*found)[1].str())) << (*found)[1] << " in security.md";
  }
}

}  // namespace
