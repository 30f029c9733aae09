#include "rules/coverage_gap.h"

#include <gtest/gtest.h>

#include "tests/rules/knowledge_fixture.h"

namespace genflik::rules {
namespace {

using Names = std::vector<std::string>;

std::optional<Names> Missing(const std::string& symbol, Coverage coverage) {
  GeneResult result;
  result.gene = symbol;
  result.coverage = std::move(coverage);
  return NotLookedFor(*SharedKnowledge()->FindGene(symbol), {result});
}

TEST(NotLookedFor, NamesTheVariantsOfThePanelThatAreMissing) {
  EXPECT_EQ(Missing("DPYD", {.known = true, .alleles = {"*2A", "c.2846A>T"}}),
            (Names{"c.1679T>G (*13)", "c.1129-5923C>G, c.1236G>A (HapB3)"}));
  EXPECT_EQ(Missing("DPYD", {.known = true,
                             .alleles = {"c.1905+1G>A", "*13", "c.2846A>T"},
                             .positions = {"rs75017182"}}),
            Names{});
  EXPECT_EQ(Missing("CYP2C19", {.known = true, .alleles = {"*2.001", "*3"}}), Names{"*17"});
}

TEST(NotLookedFor, CountsTheCopiesOfCyp2d6) {
  EXPECT_EQ(
      Missing("CYP2D6", {.known = true,
                         .alleles = {"*3", "*4", "*5", "*6", "*9", "*10", "*17", "*29", "*41"}}),
      Names{"copy number"});
}

// The first tier of the joint recommendation (doi:10.1016/j.jmoldx.2021.05.013) as PharmCAT keeps
// it. An allele of normal function (*2) changes no answer.
TEST(NotLookedFor, WantsTheFirstTierOfCyp2d6) {
  const Gene& gene = *SharedKnowledge()->FindGene("CYP2D6");
  Names tier;
  for (const char* name : {"*2", "*3", "*4", "*5", "*6", "*9", "*10", "*17", "*29", "*41"}) {
    if (gene.FindAllele(name)->function != "Normal function") tier.emplace_back(name);
  }
  Names wanted;
  for (const Names& one_of : gene.look_for->one_of) wanted.push_back(one_of.front());
  EXPECT_EQ(wanted, tier);
  EXPECT_EQ(gene.look_for->needs_review, "");
}

TEST(NotLookedFor, TakesAPositionForTheAlleleThatItMakes) {
  EXPECT_EQ(Missing("CYP2D6", {.known = true,
                               .alleles = {"*3", "*5", "*6", "*9", "*10", "*17", "*29"},
                               .positions = {"rs3892097", "2988G>A"},
                               .copy_number = true}),
            Names{});
}

TEST(NotLookedFor, TellsNamedVariantsByWhateverNameTheyHave) {
  GeneResult result{.gene = "DPYD"};
  result.coverage = {.known = true, .alleles = {"*2A"}, .positions = {"rs67376798"}};
  const Gene& gene = *SharedKnowledge()->FindGene("DPYD");
  EXPECT_EQ(NotLookedFor(gene, {result}, {"c.1905+1G>A", "rs3918290", "*2A", "c.2846A>T"}),
            Names{});
  EXPECT_EQ(NotLookedFor(gene, {result}, {"rs55886062", "*13", "*7", "*4711"}),
            (Names{"c.1679T>G (*13)", "c.1679T>G (*13)", "c.295_298delTCAT (*7)", "*4711"}));
  EXPECT_EQ(NotLookedFor(gene, {GeneResult{.gene = "DPYD"}}, {"*13"}), std::nullopt);
}

TEST(NotLookedFor, SaysNothingWhereItIsNotTold) {
  EXPECT_EQ(Missing("DPYD", {}), std::nullopt);
  EXPECT_EQ(Missing("DPYD", {.known = true}), std::nullopt);
  EXPECT_EQ(Missing("RYR1", {.known = true, .alleles = {"c.38T>G"}}), std::nullopt);
}

}  // namespace
}  // namespace genflik::rules
