#include "rules/phenotyper.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rules/knowledge_fixture.h"

namespace genflik::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

const Gene& GeneOf(const std::string& symbol) { return *Knowledge().FindGene(symbol); }

GeneInterpretation Read(const std::string& gene, const std::string& diplotype) {
  return InterpretDiplotype(GeneOf(gene), diplotype);
}

std::string Brief(const GeneInterpretation& reading) {
  std::string text;
  for (const Interpretation& one : reading.candidates) {
    if (!text.empty()) text += "; ";
    text += one.phenotype;
    if (one.score) text += " " + one.score->Text();
  }
  return text.empty() ? std::string(CodeOf(reading.status)) : text;
}

TEST(Phenotyper, CountsCopiesAndTandemsOfCyp2d6) {
  EXPECT_EQ(Brief(Read("CYP2D6", "*1/*1x3")), "Ultrarapid Metabolizer 4.0");
  EXPECT_EQ(Brief(Read("CYP2D6", "*1/*2xN")), "Ultrarapid Metabolizer ≥3.0");
  EXPECT_EQ(Brief(Read("CYP2D6", "*4xN/*4")), "Poor Metabolizer 0.0");
  EXPECT_EQ(Brief(Read("CYP2D6", "*36+*10/*10")), "Intermediate Metabolizer 0.5");
  EXPECT_EQ(Brief(Read("CYP2D6", "*13+*68/*1")), "Intermediate Metabolizer 1.0");
  EXPECT_EQ(Brief(Read("CYP2D6", "*1/*22")), "Indeterminate n/a");
}

TEST(Phenotyper, KeepsEveryMeaningOfAnUncountedCopy) {
  EXPECT_EQ(Brief(Read("CYP2D6", "*10xN/*10")),
            "Intermediate Metabolizer ≥0.75; Normal Metabolizer ≥0.75; Ultrarapid Metabolizer "
            "≥0.75");
  const GeneInterpretation duplicated = Read("CYP2D6", "(*1/*4)xN");
  EXPECT_EQ(duplicated.status, InterpretationStatus::kAmbiguous);
  EXPECT_EQ(Brief(duplicated),
            "Normal Metabolizer ≥2.0; Ultrarapid Metabolizer ≥2.0; Intermediate Metabolizer 1.0");
}

TEST(Phenotyper, NeverReadsAnUnknownAlleleAsNormal) {
  for (const auto& [gene, diplotype, allele] :
       std::vector<std::tuple<std::string, std::string, std::string>>{
           {"CYP2C19", "*1/*999", "*999"},
           {"CYP2D6", "*1/*150", "*150"},
           {"CYP3A4", "*1/*2", "*2"},
           {"DPYD", "Reference/c.9999A>T", "c.9999A>T"},
           {"TPMT", "*1/*3D", "*3D"},
           {"RYR1", "Reference/c.1A>G", "c.1A>G"},
           {"SLCO1B1", "*1/*9000", "*9000"}}) {
    const GeneInterpretation reading = Read(gene, diplotype);
    EXPECT_EQ(reading.status, InterpretationStatus::kNotInterpretable) << gene;
    EXPECT_TRUE(reading.candidates.empty()) << gene;
    ASSERT_FALSE(reading.reasons.empty()) << gene;
    EXPECT_EQ(reading.reasons[0].detail, allele);
    EXPECT_THAT(reading.reasons[0].text.sv, HasSubstr(allele));
    EXPECT_THAT(reading.reasons[0].text.en, HasSubstr(allele));
  }
}

TEST(Phenotyper, LetsOneAlleleDecideWhereItDoesSoAlone) {
  EXPECT_EQ(Brief(Read("RYR1", "c.7300G>A/c.1A>G")), "Malignant Hyperthermia Susceptibility");
  EXPECT_EQ(Brief(Read("CFTR", "G551D/F508del")), "ivacaftor responsive in CF patients");
  EXPECT_EQ(Brief(Read("CFTR", "F508del/F508del")), "ivacaftor non-responsive in CF patients");
  EXPECT_EQ(Brief(Read("CFTR", "p.Phe508del/p.Phe508del")),
            "ivacaftor non-responsive in CF patients");
}

TEST(Phenotyper, ReadsTheTwoLowestOfUnphasedDpyd) {
  const auto unphased = [](std::vector<std::string> haplotypes) {
    GeneResult result;
    result.gene = "DPYD";
    result.haplotypes = std::move(haplotypes);
    return Interpret(GeneOf("DPYD"), result);
  };
  EXPECT_EQ(Brief(unphased({"Reference"})), "Normal Metabolizer 2.0");
  EXPECT_EQ(Brief(unphased({"c.1905+1G>A (*2A)"})), "Intermediate Metabolizer 1.0");
  EXPECT_EQ(Brief(unphased({"c.2846A>T", "Reference"})), "Intermediate Metabolizer 1.5");
  EXPECT_EQ(Brief(unphased({"c.85T>C (*9A)", "c.2846A>T", "c.1905+1G>A (*2A)"})),
            "Poor Metabolizer 0.5");
  EXPECT_EQ(Brief(unphased({"c.85T>C (*9A)", "c.496A>G", "c.1627A>G (*5)"})),
            "Normal Metabolizer 2.0");
  // One haplotype seen by two markers counts once.
  EXPECT_EQ(Brief(unphased({"c.1129-5923C>G", "c.1236G>A"})), "Intermediate Metabolizer 1.5");
  EXPECT_EQ(Brief(unphased({"HapB3", "HapB3"})), "Intermediate Metabolizer 1.0");
  EXPECT_EQ(Brief(unphased({"c.85T>C (*9A)", "c.9999A>T"})), "not-interpretable");
}

TEST(Phenotyper, ReadsOneCopyOfG6pdAndOfMitochondria) {
  EXPECT_EQ(Brief(Read("G6PD", "A- 202A_376G")), "Deficient");
  EXPECT_EQ(Brief(Read("G6PD", "A-/B")), "Variable");
  EXPECT_EQ(Brief(Read("G6PD", "B (reference)")), "Normal");
  EXPECT_EQ(Brief(Read("MT-RNR1", "m.1555A>G")),
            "increased risk of aminoglycoside-induced hearing loss");
  EXPECT_EQ(Brief(Read("MT-RNR1", "Reference/m.1555A>G")),
            "increased risk of aminoglycoside-induced hearing loss");
}

TEST(Phenotyper, ReadsGenotypesOfSinglePositions) {
  EXPECT_EQ(Brief(Read("VKORC1", "rs9923231 C/T")), "-1639 AG");
  EXPECT_EQ(Brief(Read("ABCG2", "T/T")), "Poor Function");
  EXPECT_EQ(Brief(Read("IFNL3", "C/C")), "Favorable response genotype");
  EXPECT_EQ(Brief(Read("F5", "1691G/1691A")), "Factor V Leiden heterozygous");
  EXPECT_EQ(Brief(Read("F2", "G/G")), "Prothrombin 20210A absent");
  GeneResult absent;
  absent.gene = "F5";
  absent.absent = {"Factor V Leiden"};
  EXPECT_EQ(Brief(Interpret(GeneOf("F5"), absent)), "Factor V Leiden absent");
}

TEST(Phenotyper, SettlesOnlyTheHlaAllelesThatWereLookedAt) {
  const GeneInterpretation typed = Read("HLA-B", "*57:01:01/*44:02");
  ASSERT_EQ(typed.candidates.size(), 1U);
  EXPECT_THAT(typed.candidates[0].statuses,
              UnorderedElementsAre("*57:01 positive", "*15:02 negative", "*15:11 negative",
                                   "*58:01 negative"));
  GeneResult one;
  one.gene = "HLA-B";
  one.absent = {"*57:01"};
  const GeneInterpretation absent = Interpret(GeneOf("HLA-B"), one);
  ASSERT_EQ(absent.candidates.size(), 1U);
  EXPECT_THAT(absent.candidates[0].statuses, ElementsAre("*57:01 negative"));
  const GeneInterpretation status = Read("HLA-B", "HLA-B*15:02 positive");
  ASSERT_EQ(status.candidates.size(), 1U);
  EXPECT_THAT(status.candidates[0].statuses, ElementsAre("*15:02 positive"));
  // A group that holds the risk allele counts as it; an allele that is not expressed does not.
  EXPECT_THAT(Read("HLA-B", "*57:01P/*44:02").candidates.at(0).statuses,
              ::testing::Contains("*57:01 positive"));
  EXPECT_THAT(Read("HLA-B", "*57:01:01G/*44:02").candidates.at(0).statuses,
              ::testing::Contains("*57:01 positive"));
  EXPECT_THAT(Read("HLA-B", "*57:01N/*44:02").candidates.at(0).statuses,
              ::testing::Contains("*57:01 negative"));
  // A code for several alleles does not say which it is, and is never negative.
  EXPECT_EQ(Read("HLA-B", "*57:XX/*44:02").status, InterpretationStatus::kNotInterpretable);
  EXPECT_EQ(Read("HLA-B", "*15:AETUK/*44:02").status, InterpretationStatus::kNotInterpretable);
  // One field does not say which allele it is.
  EXPECT_EQ(Read("HLA-B", "*57/*44").status, InterpretationStatus::kNotInterpretable);
}

TEST(Phenotyper, LeavesEveryScoreOpenWhenOnlyAPhenotypeWasReported) {
  GeneResult result;
  result.gene = "CYP2D6";
  result.reported_phenotype = "Intermediate metaboliser";
  const GeneInterpretation reading = Interpret(GeneOf("CYP2D6"), result);
  EXPECT_EQ(Brief(reading),
            "Intermediate Metabolizer 0.25; Intermediate Metabolizer 0.5; Intermediate "
            "Metabolizer 0.75; Intermediate Metabolizer 1.0");
  EXPECT_TRUE(std::ranges::all_of(reading.candidates, &Interpretation::score_assumed));
  result.reported_phenotype = "Extensive metabolizer";
  EXPECT_EQ(Interpret(GeneOf("CYP2D6"), result).reasons[0].code, "unknown-phenotype");
  GeneResult swedish;
  swedish.gene = "CYP2C19";
  swedish.reported_phenotype = "Långsam metaboliserare";
  EXPECT_EQ(Brief(Interpret(GeneOf("CYP2C19"), swedish)), "Poor Metabolizer");
}

TEST(Phenotyper, TellsNoCallNotTestedAndNothingReportedApart) {
  GeneResult result;
  result.gene = "CYP2C19";
  EXPECT_EQ(Interpret(GeneOf("CYP2C19"), result).status, InterpretationStatus::kNotInterpretable);
  result.status = CallStatus::kNoCall;
  EXPECT_EQ(Interpret(GeneOf("CYP2C19"), result).status, InterpretationStatus::kNoCall);
  result.status = CallStatus::kNotTested;
  EXPECT_EQ(Interpret(GeneOf("CYP2C19"), result).status, InterpretationStatus::kNotTested);
}

TEST(Phenotyper, LooksDiplotypesUpBeforeScores) {
  const GeneInterpretation cyp2c9 = Read("CYP2C9", "*3/*2");
  EXPECT_THAT(LookupValues(GeneOf("CYP2C9"), cyp2c9.candidates[0], "DPWG"),
              ElementsAre("*2/*3 (diplotype)", "0.5", "Poor Metabolizer"));
  const GeneInterpretation dpyd = Read("DPYD", "c.2846A>T/c.2846A>T");
  EXPECT_THAT(LookupValues(GeneOf("DPYD"), dpyd.candidates[0], "DPWG"),
              ElementsAre("c.2846A>T/c.2846A>T (diplotype)", "1.0 (Phenotyping)", "1.0",
                          "Intermediate Metabolizer"));
  const GeneInterpretation likely = Read("CYP2C19", "*2/*9");
  EXPECT_THAT(LookupValues(GeneOf("CYP2C19"), likely.candidates[0], "DPWG"),
              ElementsAre("*2/*9 (diplotype)", "Likely Poor Metabolizer", "Poor Metabolizer"));
}

TEST(Phenotyper, FindsAListedScoreForOneThatGuidelinesDoNotList) {
  const Gene& gene = GeneOf("CYP2D6");
  const auto values = [&](int thousandths) {
    const std::vector<Interpretation> readings = ReadScore(gene, ActivityScore::Exact(thousandths));
    return LookupValues(gene, readings.at(0), "CPIC");
  };
  EXPECT_THAT(values(125), ElementsAre("0.125", "0.25", "Intermediate Metabolizer"));
  EXPECT_THAT(values(1125), ElementsAre("1.125", "1.0", "Intermediate Metabolizer"));
  EXPECT_THAT(values(5000), ElementsAre("5.0", "≥5.0", "Ultrarapid Metabolizer"));
}

// Property: the order in which the alleles are named changes nothing.
TEST(Phenotyper, AlleleOrderDoesNotMatter) {
  for (const char* symbol : {"CYP2C19", "CYP3A5", "DPYD", "UGT1A1", "NUDT15", "VKORC1"}) {
    const Gene& gene = GeneOf(symbol);
    for (const Allele& a : gene.alleles) {
      for (const Allele& b : gene.alleles) {
        const GeneInterpretation one = InterpretDiplotype(gene, a.name + "/" + b.name);
        const GeneInterpretation two = InterpretDiplotype(gene, b.name + "/" + a.name);
        ASSERT_EQ(Brief(one), Brief(two)) << symbol << " " << a.name << " " << b.name;
        ASSERT_EQ(one.status, two.status);
      }
    }
  }
}

// Property: replacing an allele by one with a lower value never raises the score.
TEST(Phenotyper, AWorseFunctionNeverGivesAMilderPhenotype) {
  size_t compared = 0;
  for (const char* symbol : {"CYP2C9", "CYP2D6", "DPYD"}) {
    const Gene& gene = GeneOf(symbol);
    std::vector<const Allele*> valued;
    for (const Allele& allele : gene.alleles) {
      if (allele.value && allele.value->known() && !allele.value->at_least()) {
        valued.push_back(&allele);
      }
    }
    for (const Allele* partner : {valued.front(), valued.back(), valued[valued.size() / 2]}) {
      for (const Allele* worse : valued) {
        for (const Allele* better : valued) {
          if (worse->value->thousandths() >= better->value->thousandths()) continue;
          const auto low = InterpretDiplotype(gene, partner->name + "/" + worse->name);
          const auto high = InterpretDiplotype(gene, partner->name + "/" + better->name);
          ASSERT_LT(low.candidates.at(0).score->thousandths(),
                    high.candidates.at(0).score->thousandths());
          const auto rank = [&](const std::string& phenotype) {
            return std::ranges::find(gene.scores, phenotype, &ScoreRange::phenotype) -
                   gene.scores.begin();
          };
          ASSERT_LE(rank(low.candidates[0].phenotype), rank(high.candidates[0].phenotype));
          ++compared;
        }
      }
    }
  }
  EXPECT_GT(compared, 5000U);
}

}  // namespace
}  // namespace genflik::rules
