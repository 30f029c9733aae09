#include "rules/age_limits.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tests/rules/knowledge_fixture.h"

namespace genflik::rules {
namespace {

Action Limited(double most, double least, const char* basis) {
  return {.kind = ActionKind::kMaxDose,
          .max_dose = DoseLimit{.low = most, .high = most, .unit = "mg", .per = "d"},
          .max_dose_range = DoseLimit{.low = least, .high = most, .unit = "mg", .per = "d"},
          .basis = basis};
}

TEST(AtAge, LowersTheLimitOfTheOld) {
  const Action action =
      Limited(20, 10, "tablets; 20 mg/day under 65 years, 10 mg/day from 65 years");
  EXPECT_EQ(AtAge(action, 64.99).max_dose->high, 20);
  EXPECT_EQ(AtAge(action, 65).max_dose->high, 10);
  EXPECT_EQ(AtAge(action, 65).max_dose->low, 10);
  EXPECT_FALSE(AtAge(action, 40).max_dose_range);
}

TEST(AtAge, LowersTheLimitOfTheYoung) {
  const Action action = Limited(10, 2, "from 12 years 10 mg/day; under 12 years at most 2 mg/day");
  EXPECT_EQ(AtAge(action, 11.9).max_dose->high, 2);
  EXPECT_EQ(AtAge(action, 12).max_dose->high, 10);
}

TEST(AtAge, KeepsBothLimitsWhileTheAgeIsNotKnown) {
  const Action action = Limited(20, 10, "10 mg/day from 65 years");
  const Action same = AtAge(action, std::nullopt);
  EXPECT_EQ(same.max_dose->high, 20);
  EXPECT_EQ(same.max_dose_range->low, 10);
}

TEST(AtAge, LeavesARangeThatIsNotAboutAge) {
  const Action action = Limited(400, 200, "starting dose 600 mg/day");
  EXPECT_TRUE(AtAge(action, 70).max_dose_range);
  EXPECT_EQ(AtAge(action, 70).max_dose->high, 400);
}

TEST(AtAge, ReachesWhatToDoOtherwise) {
  const Action action{.kind = ActionKind::kAlternative,
                      .or_else = {Limited(20, 10, "10 mg/day from 65 years")}};
  EXPECT_EQ(AtAge(action, 80).or_else.front().max_dose->high, 10);
}

// The ages stand in words: a row that is worded anew must not lose its lower limit in silence.
TEST(AtAge, TellsTheAgesOfEveryRowApart) {
  std::multiset<std::string> rows;
  const auto check = [&](const Drug& drug, const Rule& rule, const Action& action) {
    if (!action.max_dose_range || action.basis.find("year") == std::string::npos) return;
    rows.insert(drug.name);
    const Action old = AtAge(action, 90);
    const Action young = AtAge(action, 5);
    EXPECT_FALSE(old.max_dose_range) << rule.id << ": " << action.basis;
    EXPECT_NE(old.max_dose->high, young.max_dose->high) << rule.id;
  };
  for (const Drug& drug : Knowledge().drugs()) {
    for (const Guideline& guideline : drug.guidelines) {
      for (const Rule& rule : guideline.rules) {
        check(drug, rule, rule.action);
        for (const Action& other : rule.action.or_else) check(drug, rule, other);
      }
    }
  }
  EXPECT_EQ(rows, (std::multiset<std::string>{"citalopram", "citalopram", "escitalopram",
                                              "escitalopram", "pimozide", "pimozide"}));
}

}  // namespace
}  // namespace genflik::rules
