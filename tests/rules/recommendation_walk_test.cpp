#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "rules/engine.h"
#include "tests/rules/knowledge_fixture.h"
#include "tests/rules/lookup_profile.h"
#include "tests/support/places.h"

// Every row of the published guideline tables, looked up by its own key, gives exactly one
// recommendation of that guideline and population with the same strength. Deliberate departures are
// in docs/knowledge-departures.md and listed here.

namespace genflik::rules {
namespace {

using Row = std::map<std::string, std::string>;

std::vector<std::string> Fields(const std::string& line) {
  std::vector<std::string> fields(1);
  for (const char c : line) {
    if (c == '\t') {
      fields.emplace_back();
    } else if (c != '\r') {
      fields.back() += c;
    }
  }
  return fields;
}

std::vector<Row> ReadTable(const std::string& name) {
  std::ifstream stream(std::filesystem::path(tests::SourceDir()) / "../shared/reference/knowledge" /
                       name);
  std::vector<Row> rows;
  std::string line;
  if (!std::getline(stream, line)) return rows;
  const std::vector<std::string> header = Fields(line);
  while (std::getline(stream, line)) {
    const std::vector<std::string> fields = Fields(line);
    Row row;
    for (size_t i = 0; i < header.size() && i < fields.size(); ++i) row[header[i]] = fields[i];
    if (row["newest"] == "yes") rows.push_back(std::move(row));
  }
  return rows;
}

// Empty when the row is answered as it should be.
std::string CheckRow(const Row& row, const std::string& source, const std::string& strength) {
  const std::string& drug = row.at("drug");
  const std::string& population = row.at("population");
  const std::string where = drug + " " + row.at("lookupkey") + " " + population + ": ";
  const auto key =
      nlohmann::json::parse(row.at("lookupkey")).get<std::map<std::string, std::string>>();
  const std::optional<GeneProfile> profile = ProfileFor(key);
  if (!profile) return where + "the key has no reading";
  DrugQuery query;
  query.names = {drug};
  const Evaluation answer = Evaluate(Knowledge(), *profile, query, ContextFor(population));
  std::vector<const Recommendation*> found;
  for (const Recommendation& one : answer.recommendations) {
    if (one.source == source && one.population == population && one.drug == drug) {
      found.push_back(&one);
    }
  }
  if (found.size() != 1) {
    std::string ids;
    for (const Recommendation* one : found) ids += " " + one->id;
    return where + std::to_string(found.size()) + " recommendations" + ids;
  }
  if (found[0]->strength != strength) {
    return where + "strength '" + found[0]->strength + "', expected '" + strength + "'";
  }
  return "";
}

// docs/knowledge-departures.md says why each of these differs.
bool IsDeparture(const Row& row) {
  const std::string& key = row.at("lookupkey");
  // HLA alleles are looked up one by one, and each has its own advice.
  if (row.at("drug") == "carbamazepine") return key == R"({"HLA-B": "1511 and 1502"})";
  // Counted as ultrarapid since 2026.
  if (key == R"({"CYP2D6": "2.5"})") return true;
  // Two normal alleles: nothing is to be done, said as "No recommendation" as in the other rows.
  return key == R"({"DPYD": "2.0"})";
}

struct Walk {
  size_t rows = 0;
  std::vector<std::string> faults = {};
};

std::string JoinFaults(const Walk& walk) {
  std::string text;
  for (size_t i = 0; i < walk.faults.size() && i < 60; ++i) text += walk.faults[i] + "\n";
  return text;
}

TEST(RecommendationWalk, EveryCpicRowIsAnswered) {
  const std::vector<Row> rows = ReadTable("recommendations_cpic.tsv");
  if (rows.empty()) GTEST_SKIP() << "the published tables are not here";
  Walk walk;
  for (const Row& row : rows) {
    std::string strength = row.at("classification");
    if (strength == "n/a") strength = "No recommendation";
    ++walk.rows;
    const std::string fault = CheckRow(row, "CPIC", strength);
    if (!fault.empty()) walk.faults.push_back(fault);
  }
  EXPECT_GT(walk.rows, 2000U);
  EXPECT_TRUE(walk.faults.empty()) << walk.faults.size() << " faults\n" << JoinFaults(walk);
}

TEST(RecommendationWalk, EveryDpwgRowIsAnswered) {
  const std::vector<Row> rows = ReadTable("recommendations_dpwg.tsv");
  if (rows.empty()) GTEST_SKIP() << "the published tables are not here";
  Walk walk;
  size_t departures = 0;
  for (const Row& row : rows) {
    ++walk.rows;
    // DPWG gives no strength; the annotation says "No recommendation" where nothing is to be done.
    const bool none = row.at("classification") == "No recommendation";
    const std::string fault = CheckRow(row, "DPWG", none ? "No recommendation" : "");
    if (fault.empty()) continue;
    if (IsDeparture(row)) {
      ++departures;
    } else {
      walk.faults.push_back(fault);
    }
  }
  EXPECT_GT(walk.rows, 500U);
  EXPECT_EQ(departures, 26U);
  EXPECT_TRUE(walk.faults.empty()) << walk.faults.size() << " faults\n" << JoinFaults(walk);
}

}  // namespace
}  // namespace genflik::rules
