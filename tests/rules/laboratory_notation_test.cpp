#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "rules/gene_profile.h"
#include "tests/rules/knowledge_fixture.h"

// What laboratories really write, from the text of a result to the phenotype.

namespace genflik::rules {
namespace {

std::string Brief(const GeneInterpretation& reading) {
  std::string text;
  for (const Interpretation& one : reading.candidates) {
    if (!text.empty()) text += "; ";
    std::string what = one.phenotype;
    for (const std::string& status : one.statuses) what += (what.empty() ? "" : ", ") + status;
    text += one.diplotype.empty() ? what : one.diplotype + " = " + what;
    if (one.score && !one.score_assumed) text += " " + one.score->Text();
  }
  return std::string(CodeOf(reading.status)) + (text.empty() ? "" : ": " + text);
}

/// The meaning of a laboratory's text for the gene, as it is kept when it is no star allele.
std::string Meaning(const std::string& gene, const std::string& text) {
  GeneResult result;
  result.gene = gene;
  result.diplotypes = {text};
  result.reported_text = text;
  return Brief(MakeProfile(Knowledge(), {result}).genes.at(0).interpretation);
}

using Rows = std::vector<std::tuple<std::string, std::string, std::string>>;

void Check(const Rows& rows) {
  for (const auto& [gene, text, meaning] : rows) {
    EXPECT_EQ(Meaning(gene, text), meaning) << gene << " " << text;
  }
}

TEST(LaboratoryNotation, LegacyNamesAndCopies) {
  Check({
      {"CYP2D6", "*4.002/*1", "interpreted: *1/*4 = Intermediate Metabolizer 1.0"},
      {"CYP2D6", "CYP2D6*1/*2xN", "interpreted: *1/*2xN = Ultrarapid Metabolizer ≥3.0"},
      {"CYP2D6", "WT/*4", "interpreted: *1/*4 = Intermediate Metabolizer 1.0"},
      {"CYP2D6", "*1/*4x2", "interpreted: *1/*4x2 = Intermediate Metabolizer 1.0"},
      {"CYP2D6", "*36+*10/*41", "interpreted: *36+*10/*41 = Intermediate Metabolizer 0.5"},
      {"CYP2D6", "*4xN/*4", "interpreted: *4/*4xN = Poor Metabolizer 0.0"},
      {"DPYD", "normal/*2A",
       "interpreted: Reference/c.1905+1G>A (*2A) = Intermediate Metabolizer 1.0"},
      {"DPYD", "*2A/*2A",
       "interpreted: c.1905+1G>A (*2A)/c.1905+1G>A (*2A) = Poor Metabolizer 0.0"},
      {"DPYD", "HapB3/normal",
       "interpreted: Reference/c.1129-5923C>G, c.1236G>A (HapB3) = Intermediate Metabolizer 1.5"},
      {"DPYD", "c.1129-5923C>G/wild type",
       "interpreted: Reference/c.1129-5923C>G = Intermediate Metabolizer 1.5"},
      {"TPMT", "*1/*3B+*3C", "interpreted: *1/*3A = Intermediate Metabolizer"},
      {"TPMT", "*3A/*3C", "interpreted: *3A/*3C = Poor Metabolizer"},
      {"NUDT15", "*3/*3", "interpreted: *3/*3 = Poor Metabolizer"},
      {"CYP2C19", "*4B/*1", "interpreted: *1/*4 = Intermediate Metabolizer"},
      {"VKORC1", "-1639G>A A/A",
       "interpreted: rs9923231 variant (T)/rs9923231 variant (T) = -1639 AA"},
      {"VKORC1", "-1639 AA", "interpreted: rs9923231 variant (T)/rs9923231 variant (T) = -1639 AA"},
      {"UGT1A1", "*28/TA7", "interpreted: *28/*28 = Poor Metabolizer"},
      {"UGT1A1", "TA6/TA7", "interpreted: *1/*28 = Intermediate Metabolizer"},
      {"UGT1A1", "(TA)6/(TA)7", "interpreted: *1/*28 = Intermediate Metabolizer"},
      {"UGT1A1", "6TA/7TA", "interpreted: *1/*28 = Intermediate Metabolizer"},
      {"HLA-B", "HLA-B*57:01:01/HLA-B*44:02:01",
       "interpreted: *57:01/*44:02 = *15:02 negative, *15:11 negative, *57:01 positive, *58:01 "
       "negative"},
      {"HLA-B", "HLA-B*15:02 positive", "interpreted: *15:02 positive"},
      {"HLA-B", "HLA-B*15:02 negative", "interpreted: *15:02 negative"},
      {"G6PD", "B", "interpreted: B (reference) = Normal"},
      {"G6PD", "A-", "interpreted: A- 202A_376G = Deficient"},
      {"G6PD", "B/A-", "interpreted: A- 202A_376G/B (reference) = Variable"},
      {"MT-RNR1", "m.1555A>G",
       "interpreted: m.1555A>G = increased risk of aminoglycoside-induced hearing loss"},
      {"CYP3A5", "*3/*3", "interpreted: *3/*3 = Poor Metabolizer"},
      {"NAT2", "*5/*6", "interpreted: *5/*6 = Poor Metabolizer"},
  });
}

TEST(LaboratoryNotation, PositionsWithBases) {
  Check({
      {"SLCO1B1", "rs4149056 T/C", "interpreted: *1/*5 = Decreased Function"},
      {"SLCO1B1", "rs4149056 TC", "interpreted: *1/*5 = Decreased Function"},
      {"SLCO1B1", "SLCO1B1 rs4149056: C/C", "interpreted: *5/*5 = Poor Function"},
      {"SLCO1B1", "c.521T>C heterozygot", "interpreted: *1/*5 = Decreased Function"},
      {"SLCO1B1", "rs4149056 homozygot", "interpreted: *5/*5 = Poor Function"},
      {"CYP2C19", "*2", "not-interpretable"},
      {"SLCO1B1", "rs4149056 T/T", "interpreted: *1/*1 = Normal Function"},
      // The other strand.
      {"SLCO1B1", "rs4149056 A/G", "interpreted: *1/*5 = Decreased Function"},
      {"CYP2C19", "rs4244285 G/A", "ambiguous: *1/*2 = Intermediate Metabolizer"},
      {"CYP2C19", "rs4244285 (A;A)", "interpreted: *2/*2 = Poor Metabolizer"},
      {"CYP2C19", "rs4244285 G/A, rs4986893 G/G, rs12248560 C/T",
       "interpreted: *2/*17 = Intermediate Metabolizer"},
      {"CYP2C19", "rs4244285 G/G; rs4986893 G/G; rs12248560 C/C",
       "interpreted: *1/*1 = Normal Metabolizer"},
      {"DPYD", "rs3918290 C/T",
       "ambiguous: Reference/c.1905+1G>A (*2A) = Intermediate Metabolizer 1.0"},
      {"DPYD", "c.1905+1G>A G/A",
       "ambiguous: Reference/c.1905+1G>A (*2A) = Intermediate Metabolizer 1.0"},
      {"DPYD", "rs67376798 T/A", "ambiguous: Reference/c.2846A>T = Intermediate Metabolizer 1.5"},
      // Two markers of one haplotype count once.
      {"DPYD", "rs75017182 G/C, rs56038477 C/T",
       "ambiguous: Reference/c.1129-5923C>G, c.1236G>A (HapB3) = Intermediate Metabolizer 1.5"},
      // The other positions tell on which strand C/C is.
      {"TPMT", "rs1800462 C/C, rs1800460 C/T, rs1142345 T/C",
       "ambiguous: *1/*3A = Intermediate Metabolizer; *3B/*3C = Poor Metabolizer"},
      {"TPMT", "rs1800462 C/C, rs1800460 C/C, rs1142345 T/T",
       "interpreted: *1/*1 = Normal Metabolizer"},
      {"DPYD", "rs3918290 C/C, rs55886062 A/A, rs67376798 T/T, rs75017182 G/G",
       "interpreted: Reference/Reference = Normal Metabolizer 2.0"},
      {"DPYD", "c.1905+1G>A G/G; c.1679T>G T/T; c.2846A>T A/T; c.1236G>A G/G",
       "interpreted: Reference/c.2846A>T = Intermediate Metabolizer 1.5"},
      // A variant that was found is not lost because another position cannot be read.
      {"DPYD", "rs3918290 C/T, rs67376798 T/G",
       "ambiguous: Reference/c.1905+1G>A (*2A) = Intermediate Metabolizer 1.0"},
      {"TPMT", "rs1800460 C/T, rs1142345 T/C",
       "ambiguous: *1/*3A = Intermediate Metabolizer; *3B/*3C = Poor Metabolizer"},
      {"NUDT15", "rs116855232 C/T", "interpreted: *1/*3 = Intermediate Metabolizer"},
      {"CYP3A5", "rs776746 C/C", "interpreted: *3/*3 = Poor Metabolizer"},
      {"CYP3A5", "6986A>G G/G", "interpreted: *3/*3 = Poor Metabolizer"},
      {"CYP2C9", "rs1057910 A/C", "ambiguous: *1/*3 = Intermediate Metabolizer 1.0"},
      {"CYP4F2", "rs2108622 C/T", "interpreted: *1/*3 = *3 positive"},
      {"VKORC1", "rs9923231 C/T",
       "interpreted: rs9923231 reference (C)/rs9923231 variant (T) = -1639 AG"},
      {"ABCG2", "rs2231142 G/T",
       "interpreted: rs2231142 reference (G)/rs2231142 variant (T) = Decreased Function"},
      {"G6PD", "rs1050828 T", "interpreted: A- 202A_376G = Deficient"},
      {"MT-RNR1", "rs267606617 G",
       "interpreted: m.1555A>G = increased risk of aminoglycoside-induced hearing loss"},
  });
}

TEST(LaboratoryNotation, ANormalPositionAloneIsNeverNormal) {
  for (const auto& [gene, text] : std::vector<std::pair<std::string, std::string>>{
           {"DPYD", "rs3918290 C/C"},
           {"CYP2C19", "rs4244285 G/G"},
           {"CYP2D6", "rs3892097 C/C"},
           {"TPMT", "rs1142345 T/T"},
           {"CYP2C9", "rs1799853 C/C, rs1057910 A/A"},
           // Equal bases of a variant that swaps complements may be of either strand.
           {"DPYD", "rs67376798 T/T"},
           {"DPYD", "rs67376798 A/A"},
           {"TPMT", "rs1800462 G/G"},
           // Bases that the position cannot have, and positions that the gene does not have.
           {"SLCO1B1", "rs4149056 T/T/T"},
           {"CYP2C19", "rs4244285 G/C"},
           {"SLCO1B1", "rs12345 T/T"},
           {"SLCO1B1", "rs41490567 T/T"}}) {
    const std::string meaning = Meaning(gene, text);
    EXPECT_TRUE(meaning == "not-interpretable") << gene << " " << text << ": " << meaning;
  }
}

TEST(LaboratoryNotation, OneVariantOfASingleVariantGeneByItsOldNames) {
  const std::string ag = "interpreted: rs9923231 reference (C)/rs9923231 variant (T) = -1639 AG";
  const std::string aa = "interpreted: rs9923231 variant (T)/rs9923231 variant (T) = -1639 AA";
  const std::string leiden =
      "interpreted: rs6025 Factor V Leiden (T)/rs6025 reference (C) = Factor V Leiden "
      "heterozygous";
  Check({
      {"VKORC1", "-1639G>A heterozygous", ag},
      {"VKORC1", "VKORC1 -1639 G/A", ag},
      {"VKORC1", "-1639G/-1639A", ag},
      {"VKORC1", "-1639G>A homozygous", aa},
      {"VKORC1", "-1639 AA", aa},
      {"VKORC1", "T/T", aa},
      {"VKORC1", "-1639G>A", "not-interpretable"},
      {"F5", "R506Q heterozygous", leiden},
      {"F5", "Factor V Leiden het", leiden},
      {"F5", "1691 G/A", leiden},
      {"F5", "1691G>A G/A", leiden},
      {"F2", "20210G>A het",
       "interpreted: rs1799963 Prothrombin 20210A/rs1799963 reference (G) = Prothrombin 20210A "
       "heterozygous"},
      {"ABCG2", "c.421C>A C/A",
       "interpreted: rs2231142 reference (G)/rs2231142 variant (T) = Decreased Function"},
      {"IFNL3", "rs12979860 T/T",
       "interpreted: rs12979860 variant (T)/rs12979860 variant (T) = Unfavorable response "
       "genotype"},
  });
}

TEST(LaboratoryNotation, ARiskVariantNamedAloneHoldsBack) {
  Check({
      {"DPYD", "*2A", "ambiguous: Reference/c.1905+1G>A (*2A) = Intermediate Metabolizer 1.0"},
      {"RYR1", "c.7300G>A",
       "ambiguous: Reference/c.7300G>A = Malignant Hyperthermia "
       "Susceptibility"},
      // Nobody said what the other copy carries.
      {"DPYD", "Reference", "not-interpretable"},
      {"DPYD", "*9A", "not-interpretable"},
      {"RYR1", "c.1A>G", "not-interpretable"},
      {"CYP2D6", "*4", "not-interpretable"},
  });
}

TEST(LaboratoryNotation, HlaByItsNamesOfBefore2010) {
  Check({
      {"HLA-B", "B*5701 positive", "interpreted: *57:01 positive"},
      {"HLA-B", "HLA-B*5701 positive", "interpreted: *57:01 positive"},
      {"HLA-B", "HLA-B*15:02 negative", "interpreted: *15:02 negative"},
      {"HLA-A", "A*3101 positive", "interpreted: *31:01 positive"},
  });
}

TEST(LaboratoryNotation, PhenotypesInThePlaceOfAGenotype) {
  const std::string deaf = "increased risk of aminoglycoside-induced hearing loss";
  const std::string mhs = "Malignant Hyperthermia Susceptibility";
  for (const auto& [gene, words, phenotype] :
       std::vector<std::tuple<std::string, std::string, std::string>>{
           {"G6PD", "Deficient", "Deficient"},
           {"G6PD", "G6PD deficient", "Deficient"},
           {"G6PD", "G6PD-brist", "Deficient"},
           {"G6PD", "G6PD deficiency", "Deficient"},
           {"G6PD", "III/Deficient", "Deficient"},
           {"G6PD", "I/Deficient with CNSHA", "Deficient with CNSHA"},
           {"G6PD", "Variable", "Variable"},
           {"RYR1", mhs, mhs},
           {"CACNA1S", "MHS", mhs},
           {"MT-RNR1", "Increased risk of aminoglycoside-induced hearing loss", deaf},
           {"CFTR", "ivacaftor responsive in CF patients",
            "ivacaftor responsive in CF patients"}}) {
    const GeneInterpretation reading = InterpretDiplotype(*Knowledge().FindGene(gene), words);
    ASSERT_TRUE(reading.usable()) << gene << " " << words;
    EXPECT_EQ(reading.candidates[0].phenotype, phenotype) << words;
  }
  for (const auto& [gene, words] :
       std::vector<std::pair<std::string, std::string>>{{"TPMT", "low activity"},
                                                        {"TPMT", "Heterozygot"},
                                                        {"TPMT", "deficient"},
                                                        {"G6PD", "IV/Normal, see comment"},
                                                        {"SLCO1B1", "CC"},
                                                        {"DPYD", "GA"}}) {
    const GeneInterpretation reading = InterpretDiplotype(*Knowledge().FindGene(gene), words);
    EXPECT_EQ(reading.status, InterpretationStatus::kNotInterpretable) << gene << " " << words;
  }
}

TEST(LaboratoryNotation, SwedishWordsForPhenotypes) {
  for (const auto& [gene, words, phenotype] :
       std::vector<std::tuple<std::string, std::string, std::string>>{
           {"CYP2C19", "långsam metaboliserare", "Poor Metabolizer"},
           {"CYP2C19", "Ultrasnabb metaboliserare", "Ultrarapid Metabolizer"},
           {"TPMT", "Intermediär metaboliserare", "Intermediate Metabolizer"},
           {"CYP2C19", "Poor metaboliser", "Poor Metabolizer"}}) {
    GeneResult told;
    told.gene = gene;
    told.reported_phenotype = words;
    const GeneInterpretation reading = Interpret(*Knowledge().FindGene(gene), told);
    ASSERT_TRUE(reading.usable()) << words;
    EXPECT_EQ(reading.candidates[0].phenotype, phenotype);
  }
}

TEST(LaboratoryNotation, ScoresAlone) {
  Check({
      {"CYP2D6", "≥3.0", "interpreted: Ultrarapid Metabolizer ≥3.0"},
      {"CYP2D6", ">=3.0", "interpreted: Ultrarapid Metabolizer ≥3.0"},
      {"CYP2D6", "AS >=3", "interpreted: Ultrarapid Metabolizer ≥3.0"},
      {"DPYD", "activity score 1,5", "interpreted: Intermediate Metabolizer 1.5"},
      {"CYP2D6", "aktivitetspoäng: 0,25", "interpreted: Intermediate Metabolizer 0.25"},
  });
}

}  // namespace
}  // namespace genflik::rules
