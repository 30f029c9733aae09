#include "tests/support/fhir_tests/fhir_support.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/places.h"

namespace genflik::fhir::testing {

const Definitions& TheDefinitions() {
  static const auto definitions = [] {
    IssueLog problems;
    auto loaded =
        LoadDefinitions(std::filesystem::path(tests::SourceDir()) / "fhir/definitions", problems);
    for (const auto& finding : Findings(problems)) ADD_FAILURE() << finding;
    return loaded;
  }();
  return *definitions;
}

std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_TRUE(file) << path;
  return text.str();
}

Json FromText(std::string_view text) {
  IssueLog log;
  auto json = ParseJson(text, log);
  for (const auto& finding : Findings(log)) ADD_FAILURE() << finding;
  return json.value_or(Json(nullptr));
}

Json FromFile(const std::filesystem::path& path) { return FromText(ReadAll(path)); }

std::vector<std::string> Findings(const IssueLog& log) {
  std::vector<std::string> texts;
  for (const Issue& issue : log.issues()) {
    std::string text = issue.path + " | ";
    texts.push_back(text.append(CodeOf(issue.type)).append(" | ").append(issue.text));
  }
  return texts;
}

std::filesystem::path ReferenceFolder() {
  return std::filesystem::path(tests::SourceDir()) / "../shared/reference";
}

std::vector<std::filesystem::path> JsonFiles(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().extension() == ".json") {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace genflik::fhir::testing
