#include "rules/warfarin.h"

#include <optional>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rules/knowledge_fixture.h"

namespace genflik::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

struct Case {
  double age;
  double height;
  double weight;
  std::optional<int> vkorc1;
  std::optional<int> two;
  std::optional<int> three;
  WarfarinAncestry ancestry;
  bool inducer;
  bool amiodarone;
  bool smoker;
  bool thrombosis;
  double inr;
  /// Worked out from the published equation apart from this program, mg per week.
  double expected;
};

void Check(WarfarinAlgorithm algorithm, const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    const WarfarinInput input{.age_years = one.age,
                              .height_cm = one.height,
                              .weight_kg = one.weight,
                              .ancestry = one.ancestry,
                              .vkorc1_a_alleles = one.vkorc1,
                              .cyp2c9_2 = one.two,
                              .cyp2c9_3 = one.three,
                              .amiodarone = one.amiodarone,
                              .enzyme_inducer = one.inducer,
                              .smoker = one.smoker,
                              .thrombosis = one.thrombosis,
                              .target_inr = one.inr};
    const WarfarinDose dose = EstimateWarfarin(algorithm, input);
    ASSERT_TRUE(dose.mg_per_week) << one.expected;
    EXPECT_NEAR(*dose.mg_per_week, one.expected, 0.001);
    EXPECT_NEAR(*dose.mg_per_day(), one.expected / 7, 0.001);
  }
}

TEST(Warfarin, FollowsTheIwpcEquation) {
  Check(
      WarfarinAlgorithm::kIwpc,
      {
          {54, 170, 70, 0, 0, 0, WarfarinAncestry::kWhite, false, false, false, false, 2.5,
           44.5209},
          {54, 170, 70, 1, 0, 0, WarfarinAncestry::kWhite, false, false, false, false, 2.5,
           33.6945},
          {54, 170, 70, 2, 0, 0, WarfarinAncestry::kWhite, false, false, false, false, 2.5,
           24.7506},
          {54, 170, 70, 0, 1, 0, WarfarinAncestry::kWhite, false, false, false, false, 2.5,
           37.8385},
          {54, 170, 70, 0, 0, 1, WarfarinAncestry::kWhite, false, false, false, false, 2.5,
           32.9097},
          {54, 170, 70, 0, 2, 0, WarfarinAncestry::kWhite, false, false, false, false, 2.5,
           31.4811},
          {54, 170, 70, 0, 1, 1, WarfarinAncestry::kWhite, false, false, false, false, 2.5,
           22.5796},
          {54, 170, 70, 0, 0, 2, WarfarinAncestry::kWhite, false, false, false, false, 2.5,
           18.8460},
          {54, 170, 70, std::nullopt, 0, 0, WarfarinAncestry::kWhite, false, false, false, false,
           2.5, 38.2790},
          {54, 170, 70, 1, std::nullopt, std::nullopt, WarfarinAncestry::kWhite, false, false,
           false, false, 2.5, 31.2023},
          {80, 155, 50, 2, 0, 2, WarfarinAncestry::kAsian, false, false, false, false, 2.5, 1.8602},
          {33, 185, 95, 0, 0, 0, WarfarinAncestry::kBlack, false, false, false, false, 2.5,
           54.3125},
          {67, 160, 62, 1, 1, 0, WarfarinAncestry::kUnknown, false, false, false, false, 2.5,
           22.3691},
          {67, 160, 62, 1, 1, 0, WarfarinAncestry::kWhite, true, false, false, false, 2.5, 36.1730},
          {67, 160, 62, 1, 1, 0, WarfarinAncestry::kWhite, false, true, false, false, 2.5, 18.3398},
      });
}

TEST(Warfarin, FollowsTheGageEquation) {
  Check(
      WarfarinAlgorithm::kGage,
      {
          {54, 170, 70, 0, 0, 0, WarfarinAncestry::kWhite, false, false, false, false, 2.5,
           45.0247},
          {54, 170, 70, 1, 0, 0, WarfarinAncestry::kWhite, false, false, false, false, 2.5,
           32.5706},
          {54, 170, 70, 2, 0, 0, WarfarinAncestry::kWhite, false, false, false, false, 2.5,
           23.5614},
          {54, 170, 70, 0, 1, 0, WarfarinAncestry::kWhite, false, false, false, false, 2.5,
           36.6206},
          {54, 170, 70, 0, 0, 1, WarfarinAncestry::kWhite, false, false, false, false, 2.5,
           30.1568},
          {54, 170, 70, 0, 2, 0, WarfarinAncestry::kWhite, false, false, false, false, 2.5,
           29.7852},
          {54, 170, 70, 0, 1, 1, WarfarinAncestry::kWhite, false, false, false, false, 2.5,
           24.5279},
          {80, 155, 50, 2, 0, 2, WarfarinAncestry::kAsian, false, false, false, false, 2.5, 7.5108},
          {33, 185, 95, 0, 0, 0, WarfarinAncestry::kBlack, false, false, false, false, 3.0,
           62.7726},
          {67, 160, 62, 1, 1, 0, WarfarinAncestry::kWhite, false, true, false, false, 2.5, 17.3741},
          {67, 160, 62, 1, 1, 0, WarfarinAncestry::kWhite, false, false, true, false, 2.5, 24.5566},
          {67, 160, 62, 1, 1, 0, WarfarinAncestry::kWhite, false, false, false, true, 2.5, 23.9312},
          {45, 178, 82, 1, 0, 1, WarfarinAncestry::kUnknown, false, true, true, true, 2.0, 20.8151},
      });
}

TEST(Warfarin, NamesWhatIsMissing) {
  EXPECT_THAT(EstimateWarfarin(WarfarinAlgorithm::kIwpc, {}).missing,
              ElementsAre("age", "height", "weight", "VKORC1", "CYP2C9"));
  WarfarinInput input{.age_years = 54, .height_cm = 170, .weight_kg = 70};
  input.vkorc1_a_alleles = 1;
  EXPECT_TRUE(EstimateWarfarin(WarfarinAlgorithm::kIwpc, input).mg_per_week);
  EXPECT_THAT(EstimateWarfarin(WarfarinAlgorithm::kGage, input).missing, ElementsAre("CYP2C9"));
  EXPECT_FALSE(EstimateWarfarin(WarfarinAlgorithm::kGage, input).mg_per_week);
}

TEST(Warfarin, SaysForWhomItHoldsAndWhatMustBeChecked) {
  for (const auto algorithm : {WarfarinAlgorithm::kIwpc, WarfarinAlgorithm::kGage}) {
    const WarfarinDose dose = EstimateWarfarin(algorithm, {});
    EXPECT_THAT(dose.limits, ::testing::Contains("adults only"));
    EXPECT_THAT(dose.needs_review, ::testing::HasSubstr("doi:10.1"));
  }
}

TEST(Warfarin, RefusesWhatLiesOutsideTheEquations) {
  WarfarinInput input{.age_years = 9, .height_cm = 170, .weight_kg = 70};
  input.vkorc1_a_alleles = 1;
  input.cyp2c9_2 = 2;
  input.cyp2c9_3 = 1;
  const WarfarinDose dose = EstimateWarfarin(WarfarinAlgorithm::kGage, input);
  EXPECT_FALSE(dose.mg_per_week);
  EXPECT_THAT(dose.outside,
              ElementsAre("age must be 18 to 100 years", "CYP2C9 must be 0 to 2 alleles in all"));
  input.age_years = 54;
  input.cyp2c9_2 = 0;
  input.vkorc1_a_alleles = 3;
  EXPECT_FALSE(EstimateWarfarin(WarfarinAlgorithm::kIwpc, input).mg_per_week);
}

TEST(Warfarin, TakesTheGenesOfTheProfileAndWarnsOfWhatItDoesNotKnow) {
  const auto genes = [](const std::string& cyp2c9, const std::string& vkorc1) {
    GeneResult first;
    first.gene = "CYP2C9";
    first.diplotypes = {cyp2c9};
    GeneResult second;
    second.gene = "VKORC1";
    second.diplotypes = {vkorc1};
    WarfarinInput input{.age_years = 54, .height_cm = 170, .weight_kg = 70};
    AddWarfarinGenes(MakeProfile(Knowledge(), {first, second}), input);
    return input;
  };
  const WarfarinInput plain = genes("*2/*3", "rs9923231 C/T");
  EXPECT_EQ(plain.cyp2c9_2, 1);
  EXPECT_EQ(plain.cyp2c9_3, 1);
  EXPECT_EQ(plain.vkorc1_a_alleles, 1);
  EXPECT_FALSE(plain.other_cyp2c9_allele);
  const WarfarinInput other = genes("*1/*8", "T/T");
  EXPECT_EQ(other.vkorc1_a_alleles, 2);
  EXPECT_TRUE(other.other_cyp2c9_allele);
  EXPECT_THAT(EstimateWarfarin(WarfarinAlgorithm::kIwpc, other).cautions, Not(IsEmpty()));
  // An allele of uncertain function leaves the gene unknown.
  EXPECT_FALSE(genes("*1/*7", "C/C").cyp2c9_2);
}

}  // namespace
}  // namespace genflik::rules
