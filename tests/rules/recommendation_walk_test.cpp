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

// A reading that is looked up by exactly this value.
std::optional<Interpretation> ReadingFor(const Gene& gene, const std::string& value) {
  constexpr std::string_view kSuffix = " (diplotype)";
  if (value.ends_with(kSuffix)) {
    const auto reading = InterpretDiplotype(gene, value.substr(0, value.size() - kSuffix.size()));
    if (reading.candidates.size() != 1) return std::nullopt;
    return reading.candidates[0];
  }
  if (gene.lookup == LookupKind::kStatus) return Interpretation{.statuses = {value}};
  for (const GuidelineLookup& lookup : gene.guideline_lookups) {
    for (const FunctionPair& pair : lookup.pairs) {
      if (pair.result != value) continue;
      return Interpretation{.score = ActivityScore::Parse(value.substr(0, value.find(' '))),
                            .functions = {pair.a, pair.b}};
    }
  }
  if (const auto score = ActivityScore::Parse(value)) {
    return Interpretation{.phenotype = std::string(gene.ScorePhenotype(*score)), .score = score};
  }
  return Interpretation{.phenotype = value};
}

std::optional<GeneProfile> ProfileFor(const nlohmann::json& key) {
  GeneProfile profile;
  for (const auto& [symbol, value] : key.items()) {
    if (value == "No Result") continue;
    const Gene* gene = Knowledge().FindGene(symbol);
    if (gene == nullptr) return std::nullopt;
    const auto reading = ReadingFor(*gene, value.get<std::string>());
    if (!reading) return std::nullopt;
    ProfiledGene profiled;
    profiled.interpretation.gene = gene->symbol;
    profiled.interpretation.status = InterpretationStatus::kInterpreted;
    profiled.interpretation.candidates = {*reading};
    profile.genes.push_back(std::move(profiled));
  }
  return profile;
}

EvaluationContext ContextFor(const std::string& population) {
  EvaluationContext context;
  if (population == "adults") {
    context.age_years = 40;
  } else if (population == "pediatrics") {
    context.age_years = 10;
  } else if (population == "child >40kg_adult") {
    context.age_years = 10;
    context.weight_kg = 45;
  } else if (population != "general") {
    context.indications = {population};
  }
  return context;
}

// Empty when the row is answered as it should be.
std::string CheckRow(const Row& row, const std::string& source, const std::string& strength) {
  const std::string& drug = row.at("drug");
  const std::string& population = row.at("population");
  const std::string where = drug + " " + row.at("lookupkey") + " " + population + ": ";
  const std::optional<GeneProfile> profile = ProfileFor(nlohmann::json::parse(row.at("lookupkey")));
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
