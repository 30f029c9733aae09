#include "services/cds/dose_text.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "services/cds/dose_step.h"
#include "tests/services/cds/cds_fixture.h"

// What a changed dose says in words, and which amounts can be given.

namespace genflik::cds {
namespace {

using fhir::Json;

const NumberChange kTablets{"3", "1.5", "tabletter"};
const NumberChange kMilligrams{"1500", "750", "mg"};
const NumberChange kMostInADay{"3000", "1500", "mg", true};

std::string Rewritten(std::string_view text, const std::vector<NumberChange>& changes) {
  return RewriteDoseText(text, changes).value_or("(left out)");
}

TEST(DoseText, ChangesBothEndsOfARangeAndItsLimits) {
  EXPECT_EQ(
      Rewritten("3-4 tabletter morgon och kväll i 14 dagar", {kTablets, {"4", "2", "tabletter"}}),
      "1,5-2 tabletter morgon och kväll i 14 dagar");
  EXPECT_EQ(Rewritten("1500-2000 mg (max 2000 mg per tillfälle)",
                      {kMilligrams, {"2000", "1000", "mg"}, {"2000", "1000", "mg", true}}),
            "750-1000 mg (max 1000 mg per tillfälle)");
  EXPECT_EQ(
      Rewritten("1500 mg 2 gånger dagligen, max 3000 mg per dygn", {kMilligrams, kMostInADay}),
      "750 mg 2 gånger dagligen, max 1500 mg per dygn");
  EXPECT_EQ(Rewritten("50-100 mg", {{"50", "100", "mg"}, {"100", "200", "mg"}}), "100-200 mg");
}

TEST(DoseText, LeavesOutWhatKeepsAnOldAmount) {
  EXPECT_EQ(Rewritten("3-4 tabletter morgon och kväll", {kTablets}), "(left out)");
  EXPECT_EQ(Rewritten("1500 mg 2 gånger dagligen, max 3000 mg per dygn", {kMilligrams}),
            "(left out)");
  EXPECT_EQ(Rewritten("1500 mg (3 tabletter)", {kMilligrams}), "(left out)");
  EXPECT_EQ(Rewritten("1500 mg, hela dosen på kvällen", {kMilligrams}), "(left out)");
  EXPECT_EQ(Rewritten("Ta dubbel dos", {kMilligrams}), "(left out)");
  EXPECT_EQ(Rewritten("Ta tre tabletter två gånger dagligen", {kTablets}), "(left out)");
  EXPECT_EQ(Rewritten("1½ tablett", {{"1.5", "0.5", "tablett"}}), "(left out)");
  EXPECT_EQ(Rewritten("1 500 mg 2 gånger dagligen", {kMilligrams}), "(left out)");
  EXPECT_EQ(Rewritten("1 tablett à 1 mg", {{"1", "0.5", "tablett"}}), "(left out)");
  EXPECT_EQ(Rewritten("Varje dag 2", {{"2", "1", "tablett"}}), "(left out)");
}

TEST(DoseText, NeverChangesHowOftenItIsTaken) {
  EXPECT_EQ(Rewritten("2 tabletter 2 gånger dagligen", {{"2", "1", "tablett"}}),
            "1 tabletter 2 gånger dagligen");
  EXPECT_EQ(Rewritten("2 tablets 3 times daily for 10 days", {{"2", "1.5", "tablet"}}),
            "1.5 tablets 3 times daily for 10 days");
  EXPECT_EQ(Rewritten("1000 mg två gånger dagligen dag 1-14", {{"1000", "500", "mg"}}),
            "500 mg två gånger dagligen dag 1-14");
  EXPECT_EQ(
      Rewritten("1250 mg/m2 x 2, var 8:e timme, med ett glas vatten", {{"1250", "625", "mg/m2"}}),
      "625 mg/m2 x 2, var 8:e timme, med ett glas vatten");
  EXPECT_EQ(Rewritten("Enligt schema, 30 minuter efter mat", {kMilligrams}),
            "Enligt schema, 30 minuter efter mat");
}

TEST(DoseText, LeavesOtherInstructionsAlone) {
  Json dosage = ParseText(R"({"text": "1500 mg x 2", "additionalInstruction": [
      {"text": "Mät blodtrycket, avbryt under 90"}, {"text": "Högst 8 tabletter per dygn"}]})");
  RewriteTexts(dosage, {kMilligrams});
  EXPECT_EQ(dosage.at("text"), "750 mg x 2");
  ASSERT_EQ(dosage.at("additionalInstruction").size(), 1U);
  EXPECT_EQ(dosage.at("additionalInstruction")[0].at("text"), "Mät blodtrycket, avbryt under 90");
}

double Given(double value, const char* unit, const DoseChange& change, const Pieces& pieces) {
  const Json quantity{
      {"value", value}, {"unit", unit}, {"code", unit}, {"system", "http://unitsofmeasure.org"}};
  return GivableAmount(quantity, change, pieces).value_or(0);
}

TEST(DoseStep, IsHalfATablet) {
  const Pieces tablets{.holds = 25};
  EXPECT_EQ(Given(75, "mg", {.factor = 0.557, .least = 0.3, .most = 0.8}, tablets), 37.5);
  EXPECT_EQ(Given(75, "mg", {.factor = 0.5, .least = 0.375, .most = 0.5}, tablets), 37.5);
  EXPECT_EQ(Given(3, "{tablet}", {.factor = 0.5, .least = 0.375, .most = 0.5}, {}), 1.5);
  EXPECT_DOUBLE_EQ(Given(0.075, "g", {.factor = 0.5, .least = 0.375, .most = 0.5}, tablets),
                   0.0375);
}

TEST(DoseStep, IsAWholeCapsule) {
  const Pieces capsules{.holds = 25, .halves = false};
  EXPECT_EQ(Given(75, "mg", {.factor = 0.7, .least = 0.525, .most = 0.7}, {.holds = 25}), 50);
  EXPECT_EQ(Given(100, "mg", {.factor = 0.5, .least = 0.375, .most = 0.5}, capsules), 50);
  // Only the lower end of the range can be reached from below.
  EXPECT_EQ(Given(100, "mg", {.factor = 0.2, .least = 0.1, .most = 0.3}, capsules), 25);
}

TEST(DoseStep, IsNothingWhereTheProductCannotGiveIt) {
  const Pieces capsules{.holds = 50, .halves = false};
  EXPECT_EQ(Given(50, "mg", {.factor = 0.5, .least = 0.375, .most = 0.5}, capsules), 0);
  // 37.5 mg are advised; 25 mg would be a third too little.
  EXPECT_EQ(Given(50, "mg", {.factor = 0.75, .least = 0.5625, .most = 0.75}, {.holds = 50}), 0);
}

TEST(DoseStep, RoundsDownWhereTheProductIsNotKnown) {
  EXPECT_DOUBLE_EQ(Given(1500, "mg", {.factor = 0.76861, .least = 0.5, .most = 0.8}, {}), 1100);
  EXPECT_DOUBLE_EQ(Given(75, "mg", {.factor = 0.5, .least = 0.375, .most = 0.5}, {}), 37.5);
  EXPECT_DOUBLE_EQ(Given(825, "mg/m2", {.factor = 0.5, .least = 0.375, .most = 0.5}, {}), 412);
  EXPECT_DOUBLE_EQ(Given(2.25, "mg/kg", {.factor = 0.5, .least = 0.375, .most = 0.5}, {}), 1.1);
  EXPECT_DOUBLE_EQ(RoundDown(41.8), 41);
  EXPECT_DOUBLE_EQ(RoundDown(0.3), 0.3);
  EXPECT_DOUBLE_EQ(RoundDown(1000), 1000);
}

}  // namespace
}  // namespace genflik::cds
