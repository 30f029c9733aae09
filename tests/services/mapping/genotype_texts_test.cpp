#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "services/mapping/genomics_text.h"
#include "tests/support/places.h"

// tests/data/lab/genotype_texts.txt: what laboratories write, with what it says.

namespace genflik::mapping {
namespace {

std::string Reading(const GenotypeText& one) {
  if (!one.understood) return "?";
  std::string all = one.gene;
  const auto add = [&](const std::string& part) { all += (all.empty() ? "" : " ") + part; };
  if (one.status == rules::CallStatus::kNoCall) add("no-call");
  for (size_t i = 0; i < one.diplotypes.size(); ++i) {
    if (i > 0) add("or");
    add(one.diplotypes[i]);
  }
  if (one.diplotypes.empty()) {
    for (const std::string& allele : one.haplotypes) add("+" + allele);
  }
  for (const std::string& allele : one.absent) add("-" + allele);
  if (one.phenotype) add("(" + *one.phenotype + ")");
  return all;
}

std::string ReadingOf(std::string_view text, std::string_view gene) {
  std::string all;
  for (const GenotypeText& one : ReadGenotypeText(text, gene)) {
    all += (all.empty() ? "" : " & ") + Reading(one);
  }
  return all;
}

TEST(GenotypeTexts, AreReadOrLeftToPeople) {
  std::ifstream file(tests::TestData() + "/lab/genotype_texts.txt");
  ASSERT_TRUE(file);
  size_t count = 0;
  size_t left = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::string gene;
    // "DPYD: c.1905+1G>A" is a text with its gene; "[DPYD] c.1905+1G>A" one of a row of that gene.
    if (line.front() == '[') {
      gene = line.substr(1, line.find(']') - 1);
      line.erase(0, line.find(']') + 2);
    }
    const size_t arrow = line.rfind(" ==> ");
    ASSERT_NE(arrow, std::string::npos) << line;
    const std::string wanted = line.substr(arrow + 5);
    EXPECT_EQ(ReadingOf(line.substr(0, arrow), gene), wanted) << line;
    ++count;
    if (wanted == "?") ++left;
  }
  EXPECT_GE(count, 150U);
  EXPECT_GE(left, 50U);
}

}  // namespace
}  // namespace genflik::mapping
