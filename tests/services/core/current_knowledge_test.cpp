#include "services/core/current_knowledge.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "services/core/error.h"
#include "tests/support/places.h"

namespace genflik::core {
namespace {

namespace fs = std::filesystem;

TEST(CurrentKnowledge, ABadFileIsRefusedByPlaceAndTheSnapshotInUseStays) {
  const fs::path folder =
      fs::temp_directory_path() / ("genflik-current-" + std::to_string(getpid()));
  fs::remove_all(folder);
  fs::copy(tests::SourceDir() + "/rules/knowledge", folder, fs::copy_options::recursive);
  CurrentKnowledge current(folder);
  const auto before = current.Get();
  const fs::path file = folder / "drugs/codeine.json";
  std::ifstream in(file);
  nlohmann::json codeine = nlohmann::json::parse(in);
  codeine["names"].erase("sv");
  std::ofstream(file) << codeine.dump();
  try {
    current.Reload();
    ADD_FAILURE() << "a drug without a Swedish name was taken";
  } catch (const Error& error) {
    ASSERT_FALSE(error.issues().empty());
    EXPECT_EQ(error.issues()[0].path, "drugs/codeine.json#/names");
    EXPECT_NE(error.issues()[0].text.find("sv"), std::string::npos) << error.issues()[0].text;
  }
  EXPECT_EQ(current.Get(), before);
  codeine["names"]["sv"] = "kodein";
  std::ofstream(file) << codeine.dump();
  current.Reload();
  EXPECT_NE(current.Get(), before);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace genflik::core
