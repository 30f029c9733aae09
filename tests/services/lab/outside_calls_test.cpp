#include "services/lab/outside_calls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/core/error.h"

namespace genflik::lab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(OutsideCalls, ReadsDiplotypePhenotypeAndScore) {
  const auto calls = ReadOutsideCalls(
      "#comment\nCYP2D6\t*1/*4\t\t\t0.6\t0.75\n\nHLA-B\t\t*57:01 positive\r\nCYP2C9\t\t\t2.0\n",
      "o");
  ASSERT_EQ(calls.size(), 3U);
  EXPECT_EQ(calls[0].gene, "CYP2D6");
  EXPECT_THAT(calls[0].diplotypes, ElementsAre("*1/*4"));
  EXPECT_THAT(calls[0].activity_scores, IsEmpty());
  EXPECT_THAT(calls[1].phenotypes, ElementsAre("*57:01 positive"));
  EXPECT_THAT(calls[2].activity_scores, ElementsAre("2.0"));
}

TEST(OutsideCalls, JoinsLinesOfOneGene) {
  const auto calls = ReadOutsideCalls("CYP2D6\t*1/*1\nCYP2D6\t*1/*2\nCYP2D6\t*1/*1\n", "o");
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_THAT(calls[0].diplotypes, ElementsAre("*1/*1", "*1/*2"));
}

TEST(OutsideCalls, ListsSeveralDiplotypesByName) {
  const auto bare = ReadOutsideCalls(
      "CYP2D6\t*4/*10\nCYP2D6\t*1x2/*10\nCYP2D6\t*1x2/*9\n"
      "CYP2D6\t*1x3/*1\nCYP2D6\t*1/*1\n",
      "x");
  ASSERT_EQ(bare.size(), 1U);
  EXPECT_THAT(bare[0].diplotypes, ElementsAre("*1/*1", "*1x2/*9", "*1x2/*10", "*1/*1x3", "*4/*10"));
  // What is said of each belongs to it by its place.
  const auto meant = ReadOutsideCalls(
      "CYP2D6\t*4/*4\tPoor Metabolizer\n"
      "CYP2D6\t*1/*1\tNormal Metabolizer\n",
      "x");
  EXPECT_THAT(meant[0].diplotypes, ElementsAre("*4/*4", "*1/*1"));
  EXPECT_THAT(meant[0].phenotypes, ElementsAre("Poor Metabolizer", "Normal Metabolizer"));
}

TEST(OutsideCalls, BringsDiplotypesIntoTheNormalForm) {
  const auto read = [](const std::string& gene, const std::string& text) {
    return ReadOutsideCalls(gene + "\t" + text, "o").at(0).diplotypes.at(0);
  };
  EXPECT_EQ(read("CYP2D6", "CYP2D6*1.001/CYP2D6*4.012"), "*1/*4");
  EXPECT_EQ(read("CYP2D6", "*1x3/*1"), "*1/*1x3");
  EXPECT_EQ(read("CYP2D6", "*13 + *1/*36 + *10x2"), "*13 + *1/*36 + *10x2");
  EXPECT_EQ(read("CYP2D6", "*36.001+*10.002/*41"), "*36+*10/*41");
  EXPECT_EQ(read("HLA-B", "*15:02:01/*57:01:01:01"), "*15:02/*57:01");
  EXPECT_EQ(read("HLA-A", "A*02:02:02/HLA-A*31:01"), "*02:02/*31:01");
  EXPECT_EQ(read("DPYD", "Reference/c.1905+1G>A (*2A)"), "Reference/c.1905+1G>A (*2A)");
  EXPECT_EQ(read("MT-RNR1", "1555A>G"), "1555A>G");
}

TEST(OutsideCalls, KnowsThatNoCallWasMade) {
  const auto calls = ReadOutsideCalls("NAT2\t./.\nHLA-B\t.", "o");
  ASSERT_EQ(calls.size(), 2U);
  EXPECT_THAT(calls[0].diplotypes, IsEmpty());
  EXPECT_THAT(calls[1].diplotypes, IsEmpty());
}

TEST(OutsideCalls, NamesFileLineAndColumnOfAFault) {
  const auto refused = [](const char* text) {
    try {
      (void)ReadOutsideCalls(text, "calls.tsv");
    } catch (const core::Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_THAT(refused("CYP2D6\t*1/*4\n\t*1/*1\n"), HasSubstr("calls.tsv, line 2, column 1"));
  EXPECT_THAT(refused("CYP2D6\n"), HasSubstr("line 1, column 2"));
}

}  // namespace
}  // namespace genflik::lab
