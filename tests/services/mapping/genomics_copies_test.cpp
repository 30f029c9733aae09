#include "services/mapping/genomics_copies.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace genflik::mapping {
namespace {

struct Copies {
  const char* genotype;
  int copies;
  /// Empty: they contradict each other.
  std::vector<std::string> readings;
};

class CopyNumbers : public testing::TestWithParam<Copies> {};

TEST_P(CopyNumbers, GoIntoTheGenotype) {
  rules::GeneResult result;
  result.gene = "CYP2D6";
  result.diplotypes = {GetParam().genotype};
  EXPECT_EQ(ApplyCopyNumber(GetParam().copies, result), !GetParam().readings.empty());
  if (GetParam().readings.empty()) {
    EXPECT_EQ(result.diplotypes, std::vector<std::string>{GetParam().genotype});
    return;
  }
  EXPECT_EQ(result.diplotypes, GetParam().readings);
  EXPECT_EQ(result.status == rules::CallStatus::kAmbiguous, GetParam().readings.size() > 1);
}

INSTANTIATE_TEST_SUITE_P(
    Cyp2d6, CopyNumbers,
    testing::Values(Copies{"*1/*4", 2, {"*1/*4"}}, Copies{"*1/*1", 3, {"*1/*1x2"}},
                    Copies{"*1/*4", 3, {"*1/*4x2", "*1x2/*4"}},
                    Copies{"*1/*4", 4, {"*1/*4x3", "*1x2/*4x2", "*1x3/*4"}},
                    Copies{"*4/*4", 1, {"*4/*5"}}, Copies{"*1/*4", 1, {}}, Copies{"*1/*4", 0, {}},
                    Copies{"*1/*5", 1, {"*1/*5"}}, Copies{"*1/*5", 2, {}},
                    Copies{"*1/*2xN", 3, {"*1/*2x2"}}, Copies{"*1/*2xN", 2, {}},
                    Copies{"*1xN/*4", 4, {"*1x3/*4"}}, Copies{"*1/*2x2", 3, {"*1/*2x2"}},
                    Copies{"*1/*2x2", 2, {}}, Copies{"*1/*36+*10", 3, {}}));

TEST(ApplyCopyNumber, KnowsNoSuchAllelesOfOtherGenes) {
  rules::GeneResult result;
  result.gene = "CYP2C19";
  result.diplotypes = {"*1/*2"};
  EXPECT_TRUE(ApplyCopyNumber(2, result));
  EXPECT_FALSE(ApplyCopyNumber(3, result));
}

TEST(ReadCopyNumber, TakesEveryKindOfValue) {
  const auto read = [](const char* member, const fhir::Json& value) {
    return ReadCopyNumber(fhir::Json{{member, value}});
  };
  EXPECT_EQ(read("valueQuantity", {{"value", 3}}), 3);
  EXPECT_EQ(read("valueInteger", 0), 0);
  EXPECT_EQ(read("valueString", "=^3"), 3);
  EXPECT_EQ(read("valueString", "2.0"), 2);
  EXPECT_EQ(read("valueString", ">2"), std::nullopt);
  EXPECT_EQ(read("valueString", "many"), std::nullopt);
  EXPECT_EQ(read("valueQuantity", {{"value", 900}}), std::nullopt);
}

}  // namespace
}  // namespace genflik::mapping
