#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "rules/knowledge_loader.h"
#include "rules/phenotyper.h"
#include "tests/rules/knowledge_fixture.h"
#include "tests/support/places.h"

// Every diplotype of the reference tables gives the table's phenotype and look-up value. The full
// tables are outside the repository; a sample of each gene is in tests/data/rules/diplotypes.tsv.

namespace genflik::rules {
namespace {

std::vector<std::string> Fields(const std::string& line) {
  std::vector<std::string> fields(1);
  for (const char c : line) {
    if (c == '\t') {
      fields.emplace_back();
    } else if (c != '\n' && c != '\r') {
      fields.back() += c;
    }
  }
  return fields;
}

// Empty when the row is right, else what is wrong with it.
std::string Check(const Gene& gene, const std::string& diplotype, const std::string& score,
                  const std::string& phenotype, const std::string& lookup) {
  const GeneInterpretation reading = InterpretDiplotype(gene, diplotype);
  if (reading.candidates.size() != 1) {
    return gene.symbol + " " + diplotype + ": " + std::to_string(reading.candidates.size()) +
           " candidates";
  }
  const Interpretation& one = reading.candidates[0];
  const std::vector<std::string> values = LookupValues(gene, one, "CPIC");
  // The diplotype itself comes first; the guideline's value is the next.
  const std::string value = values.size() > 1 ? values[1] : "";
  const std::string got_score = one.score ? one.score->Text() : "";
  if (one.phenotype == phenotype && got_score == score && value == lookup) return "";
  return gene.symbol + " " + diplotype + ": " + one.phenotype + " " + got_score + " " + value +
         ", expected " + phenotype + " " + score + " " + lookup;
}

struct Tally {
  size_t rows = 0;
  size_t wrong = 0;
  std::string first_faults = {};

  void Add(const std::string& fault) {
    ++rows;
    if (fault.empty()) return;
    if (++wrong <= 10) first_faults += fault + "\n";
  }
};

Tally WalkTable(const Gene& gene, const std::filesystem::path& path) {
  Tally tally;
  const std::string command = "gzip -dc '" + path.string() + "'";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), &pclose);
  if (!pipe) return tally;
  std::array<char, 4096> buffer{};
  bool header = true;
  while (std::fgets(buffer.data(), buffer.size(), pipe.get()) != nullptr) {
    const std::vector<std::string> row = Fields(buffer.data());
    if (header) {
      header = false;
      continue;
    }
    if (row.size() >= 4) tally.Add(Check(gene, row[0], row[1], row[2], row[3]));
  }
  return tally;
}

TEST(DiplotypeWalk, EveryRowOfTheFullTablesIsRight) {
  const std::filesystem::path folder =
      std::filesystem::path(tests::SourceDir()) / "../shared/reference/knowledge/diplotypes";
  if (!std::filesystem::exists(folder)) {
    GTEST_SKIP() << "the full tables are not here; the sample is checked by another test";
  }
  size_t rows = 0;
  size_t tables = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const std::string symbol = name.substr(0, name.find('.'));
    // Tables of functions that have changed since ("TPMT.2025-11.tsv.gz") are no longer right.
    if (name != symbol + ".tsv.gz") continue;
    const Gene* gene = Knowledge().FindGene(symbol);
    ASSERT_NE(gene, nullptr) << symbol;
    const Tally tally = WalkTable(*gene, entry.path());
    EXPECT_EQ(tally.wrong, 0U) << tally.first_faults;
    EXPECT_GT(tally.rows, 0U) << symbol;
    rows += tally.rows;
    ++tables;
  }
  EXPECT_GE(tables, 19U);
  EXPECT_GT(rows, 100'000U);
}

// Tables of an earlier date are right with the functions that held then.
TEST(DiplotypeWalk, EarlierTablesAreRightWithEarlierFunctions) {
  const std::filesystem::path folder =
      std::filesystem::path(tests::SourceDir()) / "../shared/reference/knowledge";
  if (!std::filesystem::exists(folder)) {
    GTEST_SKIP() << "the full tables are not here";
  }
  for (const auto& [symbol, table] : std::map<std::string, std::string>{
           {"TPMT", "TPMT.2025-11"}, {"NUDT15", "NUDT15.2025-11"}, {"RYR1", "RYR1.2023-12"}}) {
    Gene gene = *Knowledge().FindGene(symbol);
    std::ifstream stream(folder / "alleles_superseded.tsv");
    std::string line;
    size_t changed = 0;
    while (std::getline(stream, line)) {
      const std::vector<std::string> row = Fields(line);
      const auto allele = std::ranges::find(gene.alleles, row.at(1), &Allele::name);
      if (row[0] != symbol || allele == gene.alleles.end()) continue;
      allele->function = row.at(2);
      ++changed;
    }
    EXPECT_GT(changed, 0U) << symbol;
    const Tally tally = WalkTable(gene, folder / "diplotypes" / (table + ".tsv.gz"));
    EXPECT_GT(tally.rows, 40U) << symbol;
    EXPECT_EQ(tally.wrong, 0U) << tally.first_faults;
  }
}

TEST(DiplotypeWalk, TheSampleOfEveryGeneIsRight) {
  std::ifstream stream(std::filesystem::path(tests::TestData()) / "rules/diplotypes.tsv");
  ASSERT_TRUE(stream);
  std::string line;
  Tally tally;
  std::map<std::string, size_t> genes;
  while (std::getline(stream, line)) {
    const std::vector<std::string> row = Fields(line);
    if (row.size() < 5 || row[0] == "gene") continue;
    const Gene* gene = Knowledge().FindGene(row[0]);
    ASSERT_NE(gene, nullptr) << row[0];
    tally.Add(Check(*gene, row[1], row[2], row[3], row[4]));
    ++genes[row[0]];
  }
  EXPECT_EQ(tally.wrong, 0U) << tally.first_faults;
  EXPECT_GE(genes.size(), 19U);
  EXPECT_GT(tally.rows, 600U);
}

}  // namespace
}  // namespace genflik::rules
