#include "rules/diplotype.h"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/rules/knowledge_fixture.h"

namespace genflik::rules {
namespace {

const Gene& GeneOf(const std::string& symbol) { return *Knowledge().FindGene(symbol); }

std::string ReadBack(const std::string& gene, const std::string& text) {
  const DiplotypeReading reading = ReadDiplotype(GeneOf(gene), text);
  if (reading.alternatives.size() != 1) return "";
  std::string printed = Print(reading.alternatives[0]);
  for (const DiplotypeProblem& problem : reading.problems) printed += " ?" + problem.what;
  return printed;
}

struct Notation {
  const char* gene;
  const char* text;
  const char* canonical;
};

TEST(Diplotype, ReadsTheNotationsThatLaboratoriesUse) {
  const std::vector<Notation> notations = {
      {"CYP2D6", "*1/*4", "*1/*4"},
      {"CYP2D6", "*4/*1", "*1/*4"},
      {"CYP2D6", " *1 / *4 ", "*1/*4"},
      {"CYP2D6", "CYP2D6*1/*4", "*1/*4"},
      {"CYP2D6", "CYP2D6 *4/*4", "*4/*4"},
      {"CYP2D6", "CYP2D6*1/CYP2D6*4", "*1/*4"},
      {"CYP2D6", "cyp2d6 *1/*4", "*1/*4"},
      {"CYP2D6", "*1|*4", "*1/*4"},
      {"CYP2D6", "*4.002/*1.001", "*1/*4"},
      {"CYP2D6", "*4A/*2A", "*2/*4"},
      {"CYP2D6", "*1x2/*2", "*1x2/*2"},
      {"CYP2D6", "*1X2/*2", "*1x2/*2"},
      {"CYP2D6", "*1×2/*2", "*1x2/*2"},
      {"CYP2D6", "*1/*2xN", "*1/*2xN"},
      {"CYP2D6", "*1/*2x≥3", "*1/*2x≥3"},
      {"CYP2D6", "*1/*2x>=3", "*1/*2x≥3"},
      {"CYP2D6", "*1/*35x3", "*1/*35x3"},
      {"CYP2D6", "*36+*10/*4", "*4/*36+*10"},
      {"CYP2D6", "*36 + *10/*4", "*4/*36+*10"},
      {"CYP2D6", "*10+*36/*4", "*4/*36+*10"},
      {"CYP2D6", "*68+*4/*1", "*1/*68+*4"},
      {"CYP2D6", "*13/*1", "*1/*13"},
      {"CYP2D6", "WT/*4", "*1/*4"},
      {"CYP2C19", "wild type/*2", "*1/*2"},
      {"DPYD", "c.1905+1G>A (*2A)/Reference", "Reference/c.1905+1G>A (*2A)"},
      {"DPYD", "Reference/c.1905+1G>A", "Reference/c.1905+1G>A (*2A)"},
      {"DPYD", "normal/*2A", "Reference/c.1905+1G>A (*2A)"},
      {"DPYD", "*1/*13", "Reference/c.1679T>G (*13)"},
      {"DPYD", "Reference/HapB3", "Reference/c.1129-5923C>G, c.1236G>A (HapB3)"},
      {"DPYD", "*1/rs3918290", "Reference/c.1905+1G>A (*2A)"},
      {"DPYD", "[c.85T>C (*9A) + c.1905+1G>A (*2A)]/Reference",
       "Reference/[c.85T>C (*9A) + c.1905+1G>A (*2A)]"},
      {"VKORC1", "rs9923231 C/T", "rs9923231 reference (C)/rs9923231 variant (T)"},
      {"VKORC1", "T/C", "rs9923231 reference (C)/rs9923231 variant (T)"},
      {"VKORC1", "-1639G>A G/A", "rs9923231 reference (C)/rs9923231 variant (T)"},
      {"VKORC1", "-1639 AG", "rs9923231 reference (C)/rs9923231 variant (T)"},
      {"VKORC1", "AA", "rs9923231 variant (T)/rs9923231 variant (T)"},
      {"VKORC1", "-1639 G/G", "rs9923231 reference (C)/rs9923231 reference (C)"},
      {"VKORC1", "rs9923231 reference (C)/rs9923231 variant (T)",
       "rs9923231 reference (C)/rs9923231 variant (T)"},
      {"ABCG2", "rs2231142 G/T", "rs2231142 reference (G)/rs2231142 variant (T)"},
      {"ABCG2", "C/A", "rs2231142 reference (G)/rs2231142 variant (T)"},
      {"HLA-B", "*57:01:01/*44:02:01:01", "*57:01/*44:02"},
      {"HLA-B", "HLA-B*57:01/HLA-B*44:02", "*57:01/*44:02"},
      {"HLA-B", "B*57:01/B*44:02", "*57:01/*44:02"},
      {"UGT1A1", "*1/*80+*28", "*1/*80+*28"},
      {"UGT1A1", "(TA)6/(TA)7", "*1/*28"},
      {"TPMT", "*1/*3A", "*1/*3A"},
      {"SLCO1B1", "*1A/*1B", "*1/*37"},
      {"SLCO1B1", "*1/*45.001", "*1/*45.001"},
      {"G6PD", "B", "B (reference)"},
      {"G6PD", "Canton/B (reference)",
       "B (reference)/Canton, Taiwan-Hakka, Gifu-like, Agrigento-like"},
      {"MT-RNR1", "m.1555A>G", "m.1555A>G"},
      {"MT-RNR1", "A1555G", "m.1555A>G"},
      {"RYR1", "Reference/c.7300G>A", "Reference/c.7300G>A"},
  };
  for (const Notation& notation : notations) {
    EXPECT_EQ(ReadBack(notation.gene, notation.text), notation.canonical)
        << notation.gene << " " << notation.text;
  }
}

TEST(Diplotype, NamesAnAlleleThatTheGeneDoesNotHave) {
  EXPECT_EQ(ReadBack("CYP2C19", "*1/*999"), "*1/*999 ?*999");
  EXPECT_EQ(ReadBack("CYP2D6", "*1/banana"), "*1/banana ?banana");
  // TPMT has *3A, *3B and *3C but no *3, so another letter is no suballele of anything.
  EXPECT_EQ(ReadBack("TPMT", "*1/*3D"), "*1/*3D ?*3D");
}

TEST(Diplotype, RefusesWhatIsNoDiplotype) {
  for (const char* text : {"", "/", "*1/", "/*4", "*1/*2/*3", "*1", "+*10/*4"}) {
    const DiplotypeReading reading = ReadDiplotype(GeneOf("CYP2D6"), text);
    EXPECT_TRUE(reading.alternatives.empty()) << text;
    ASSERT_FALSE(reading.problems.empty()) << text;
    EXPECT_EQ(reading.problems[0].kind, DiplotypeProblem::Kind::kSyntax) << text;
  }
  EXPECT_TRUE(ReadDiplotype(GeneOf("CYP2D6"), std::string(100000, '*')).alternatives.empty());
}

TEST(Diplotype, KeepsBothMeaningsWhenTheCopiedAlleleIsNotKnown) {
  const DiplotypeReading reading = ReadDiplotype(GeneOf("CYP2D6"), "(*1/*4)xN");
  ASSERT_EQ(reading.alternatives.size(), 2U);
  EXPECT_EQ(Print(reading.alternatives[0]), "*1xN/*4");
  EXPECT_EQ(Print(reading.alternatives[1]), "*1/*4xN");
  const DiplotypeReading three = ReadDiplotype(GeneOf("CYP2D6"), "(*1/*2)x3");
  ASSERT_EQ(three.alternatives.size(), 2U);
  EXPECT_EQ(Print(three.alternatives[0]), "*1x2/*2");
}

TEST(Diplotype, PrintsSoThatItReadsBackTheSame) {
  for (const Gene& gene : Knowledge().genes()) {
    for (const Allele& allele : gene.alleles) {
      const DiplotypeReading reading = ReadHaplotype(gene, allele.name);
      ASSERT_EQ(reading.alternatives.size(), 1U) << gene.symbol << " " << allele.name;
      EXPECT_TRUE(reading.problems.empty()) << gene.symbol << " " << allele.name;
      EXPECT_EQ(Print(reading.alternatives[0]), allele.name) << gene.symbol;
      for (const std::string& alias : allele.aliases) {
        const DiplotypeReading other = ReadHaplotype(gene, alias);
        ASSERT_EQ(other.alternatives.size(), 1U) << gene.symbol << " " << alias;
        EXPECT_EQ(Print(other.alternatives[0]), allele.name) << gene.symbol << " " << alias;
      }
    }
  }
}

}  // namespace
}  // namespace genflik::rules
