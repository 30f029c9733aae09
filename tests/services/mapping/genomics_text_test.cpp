#include "services/mapping/genomics_text.h"

#include <gtest/gtest.h>

namespace genflik::mapping {
namespace {

std::string Summary(std::string_view text, std::string_view gene = "") {
  std::string all;
  for (const GenotypeText& one : ReadGenotypeText(text, gene)) {
    if (!all.empty()) all += " && ";
    if (!one.understood) {
      all += "?";
      continue;
    }
    all += one.gene + "|";
    all += rules::CodeOf(one.status);
    for (const auto& diplotype : one.diplotypes) all += "|" + diplotype;
    for (const auto& haplotype : one.haplotypes) all += "|h:" + haplotype;
    if (one.phenotype) all += "|p:" + *one.phenotype;
    if (one.activity_score) all += "|s:" + std::to_string(*one.activity_score).substr(0, 4);
  }
  return all;
}

struct Case {
  std::string_view text;
  std::string_view gene;
  std::string_view expected;
};

class GenotypeTextForms : public testing::TestWithParam<Case> {};

TEST_P(GenotypeTextForms, AreRead) {
  EXPECT_EQ(Summary(GetParam().text, GetParam().gene), GetParam().expected) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    StarAlleles, GenotypeTextForms,
    testing::Values(Case{"*1/*2", "CYP2C19", "|called|*1/*2"},
                    Case{"CYP2C19 *1/*2", "", "CYP2C19|called|*1/*2"},
                    Case{"CYP2C19*2/*2", "CYP2C19", "CYP2C19|called|*2/*2"},
                    Case{"CYP2D6_*1/*1", "", "CYP2D6|called|*1/*1"},
                    Case{"CYP2D6*7.001 / CYP2D6*1.001", "CYP2D6", "CYP2D6|called|*7/*1"},
                    Case{"CYP2C9 *4/*35B", "CYP2C9", "CYP2C9|called|*4/*35B"},
                    Case{"*1x2/*2", "CYP2D6", "|called|*1x2/*2"},
                    Case{"CYP2D6 *1/*2xN", "", "CYP2D6|called|*1/*2xN"},
                    Case{"*36+*10/*4", "CYP2D6", "|called|*36+*10/*4"},
                    Case{"*68 + *4/*13", "CYP2D6", "|called|*68+*4/*13"},
                    Case{"*1x≥3/*4", "CYP2D6", "|called|*1x≥3/*4"},
                    Case{"TPMT *1/*3A", "", "TPMT|called|*1/*3A"},
                    Case{"CYP2D6 *4/*4 (PM)", "", "CYP2D6|called|*4/*4|p:Poor Metabolizer"},
                    Case{"*1/*4, intermediate metabolizer", "CYP2D6",
                         "|called|*1/*4|p:Intermediate Metabolizer"},
                    Case{"*1/*41 (AS 1,25)", "CYP2D6", "|called|*1/*41|s:1.25"},
                    Case{"2D6: homozygot *4", "", "CYP2D6|called|*4/*4"},
                    Case{"CYP2D6 *4/*4 homozygous", "", "CYP2D6|called|*4/*4"},
                    Case{"CYP2C19: heterozygot *2", "", "CYP2C19|called|h:*2"},
                    Case{"2C19 *17/*17", "", "CYP2C19|called|*17/*17"},
                    Case{"*1/*2 or *3/*10", "CYP2C19", "|ambiguous|*1/*2|*3/*10"},
                    Case{"*1/*3A eller *3B/*3C", "TPMT", "|ambiguous|*1/*3A|*3B/*3C"},
                    Case{"No call", "CYP2D6", "|no-call"},
                    Case{"ej bedömbar", "CYP2D6", "|no-call"},
                    Case{"Poor metabolizer", "CYP2D6", "|called|p:Poor Metabolizer"},
                    Case{"NEWGENE1 *1/*9", "", "NEWGENE1|called|*1/*9"},
                    Case{"UGT1A1 *28/*28", "", "UGT1A1|called|*28/*28"},
                    Case{"WT/*4", "CYP2D6", "|called|*1/*4"}));

INSTANTIATE_TEST_SUITE_P(
    VariantsAndPresence, GenotypeTextForms,
    testing::Values(
        Case{"c.1905+1G>A/Reference", "DPYD", "|called|c.1905+1G>A/Reference"},
        Case{"DPYD c.1905+1G>A heterozygot", "", "DPYD|called|h:c.1905+1G>A"},
        Case{"NM_000110.4:c.1905+1G>A (*2A)/Reference", "DPYD", "|called|c.1905+1G>A/Reference"},
        Case{"c.2846A>T homozygous", "DPYD", "|called|c.2846A>T/c.2846A>T"},
        Case{"DPYD *1/*2A", "", "DPYD|called|*1/*2A"},
        Case{"VKORC1 rs9923231 C/T", "VKORC1", "VKORC1|called|rs9923231 C/T"},
        Case{"rs9923231 TC", "VKORC1", "|called|rs9923231 C/T"},
        Case{"rs9923231 G/A", "VKORC1", "|called|rs9923231 C/T"},
        Case{"-1639G>A heterozygous", "VKORC1", "|called|rs9923231 C/T"},
        Case{"-1639 A/A", "VKORC1", "|called|rs9923231 T/T"},
        Case{"rs2231142 reference (G)/rs2231142 variant (T)", "ABCG2", "|called|rs2231142 G/T"},
        Case{"HLA-B*15:02", "HLA-B", "HLA-B|called|h:*15:02"},
        Case{"HLA-B*15:01:01G+HLA-B*57:01:01G", "", "HLA-B|called|*15:01/*57:01|h:*15:01|h:*57:01"},
        Case{"hla#3.31.0#HLA-A*03:01:01:01+HLA-A*30:01:01", "HLA-A",
             "HLA-A|called|*03:01/*30:01|h:*03:01|h:*30:01"},
        Case{"hla#3.33.0#HLA-A*02:69+HLA-A*23:30|HLA-A*02:302+HLA-A*23:26/HLA-A*23:39", "",
             "HLA-A|ambiguous|*02:69/*23:30|*02:302/*23:26|*02:302/*23:39"},
        Case{"hla#3.33.0#HLA-A*01:01+HLA-A*02:01^HLA-B*44:02:13+HLA-B*49:08", "",
             "HLA-A|called|*01:01/*02:01|h:*01:01|h:*02:01 && "
             "HLA-B|called|*44:02/*49:08|h:*44:02|h:*49:08"},
        Case{"m.1555A>G", "MT-RNR1", "|called|m.1555A>G"},
        Case{"B/A- 202A_376G", "G6PD", "|called|B/A- 202A_376G"}));

INSTANTIATE_TEST_SUITE_P(NotUnderstood, GenotypeTextForms,
                         testing::Values(Case{"CYP2C9*2*5", "CYP2C9", "?"},
                                         Case{"hla#3.23.0#HLA-A:01:01G+HLA-A*01:02", "", "?"},
                                         Case{"*1/2", "CYP2D6", "?"}, Case{"G/A", "CYP2C19", "?"},
                                         Case{"see report", "CYP2D6", "?"},
                                         Case{"*4/*1 homozygous", "CYP2D6", "?"},
                                         Case{"APOE e1/e1", "APOE", "?"},
                                         Case{"inga varianter", "DPYD", "?"},
                                         Case{"rs9923231 C/A", "VKORC1", "?"}, Case{"", "", "?"}));

}  // namespace
}  // namespace genflik::mapping
