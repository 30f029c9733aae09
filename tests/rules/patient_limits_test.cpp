#include "rules/patient_limits.h"

#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "rules/engine.h"
#include "tests/rules/knowledge_fixture.h"

namespace genflik::rules {
namespace {

DoseLimit Milligrams(double value, const char* unit = "mg") {
  return {.low = value, .high = value, .unit = unit, .per = "d"};
}

Action AtMost(double most, std::vector<ConditionalLimit> limits) {
  return {.kind = ActionKind::kMaxDose,
          .factor = 0.5,
          .max_dose = Milligrams(most),
          .limits = std::move(limits)};
}

Action For(const Action& action, const LimitFacts& facts) {
  std::vector<const PhenoconversionRule*> because;
  return ForPatient(action, facts, because);
}

const PhenoconversionRule kStrong{
    .gene = "CYP3A4", .drug = "clarithromycin", .effect = "inhibitor", .strength = "strong"};
const PhenoconversionRule kWeak{
    .gene = "CYP3A4", .drug = "fluvoxamine", .effect = "inhibitor", .strength = "weak"};
const PhenoconversionRule kInducer{
    .gene = "CYP3A4", .drug = "rifampicin", .effect = "inducer", .strength = "strong"};

TEST(ForPatient, LowersTheLimitOfTheOld) {
  const Action action = AtMost(20, {{.dose = Milligrams(10), .from_years = 65}});
  const Action young = For(action, {.age_years = 64.99});
  EXPECT_EQ(young.max_dose->high, 20);
  EXPECT_EQ(young.factor, 0.5);
  EXPECT_FALSE(young.max_dose_range);
  const Action old = For(action, {.age_years = 65});
  EXPECT_EQ(old.max_dose, Milligrams(10));
  EXPECT_FALSE(old.factor) << "the part of the usual dose is another one";
  EXPECT_FALSE(old.max_dose_range);
  EXPECT_TRUE(old.limits.empty());
}

TEST(ForPatient, KeepsBothLimitsWhileTheAgeIsNotKnown) {
  const Action action = AtMost(20, {{.dose = Milligrams(10), .from_years = 65}});
  const Action unknown = For(action, {});
  EXPECT_EQ(unknown.max_dose->high, 20);
  ASSERT_TRUE(unknown.max_dose_range);
  EXPECT_EQ(unknown.max_dose_range->low, 10);
  EXPECT_EQ(unknown.max_dose_range->high, 20);
}

TEST(ForPatient, ReckonsALimitByWeight) {
  const Action action = AtMost(
      10, {{.dose = Milligrams(0.05, "mg/kg"), .at_most = Milligrams(2), .under_years = 12}});
  EXPECT_EQ(For(action, {.age_years = 12, .weight_kg = 30}).max_dose->high, 10);
  const Action small = For(action, {.age_years = 8, .weight_kg = 24});
  EXPECT_DOUBLE_EQ(small.max_dose->high, 1.2);
  EXPECT_EQ(small.max_dose->unit, "mg");
  EXPECT_EQ(For(action, {.age_years = 11, .weight_kg = 50}).max_dose, Milligrams(2));
  // Whatever is ordered for a child of unknown weight may be too much.
  const Action child = For(action, {.age_years = 8});
  EXPECT_EQ(child.max_dose->high, 2);
  ASSERT_TRUE(child.max_dose_range);
  EXPECT_EQ(child.max_dose_range->low, 0);
  EXPECT_EQ(For(action, {}).max_dose_range->low, 2);
}

TEST(ForPatient, ReckonsTheLimitOfAllByWeightToo) {
  Action action{.kind = ActionKind::kIncreaseDose, .max_dose = Milligrams(0.3, "mg/kg")};
  EXPECT_EQ(For(action, {}).max_dose, Milligrams(0.3, "mg/kg"));
  const Action known = For(action, {.weight_kg = 70});
  EXPECT_DOUBLE_EQ(known.max_dose->high, 21);
  EXPECT_EQ(known.max_dose->unit, "mg");
}

TEST(ForPatient, NeedsEveryCondition) {
  const Action action =
      AtMost(12, {{.dose = Milligrams(6), .from_years = 15, .under_years = 18, .under_kg = 51}});
  EXPECT_EQ(For(action, {.age_years = 16, .weight_kg = 50}).max_dose->high, 6);
  EXPECT_EQ(For(action, {.age_years = 16, .weight_kg = 51}).max_dose->high, 12);
  EXPECT_EQ(For(action, {.age_years = 40, .weight_kg = 45}).max_dose->high, 12);
  EXPECT_FALSE(For(action, {.age_years = 40}).max_dose_range) << "the age alone decides";
  EXPECT_EQ(For(action, {.age_years = 16}).max_dose_range->low, 6);
}

TEST(ForPatient, MindsDrugsTakenAtTheSameTime) {
  const Action action =
      AtMost(5, {{.gene = "CYP3A4", .effect = "inhibitor", .strengths = {"strong"}},
                 {.dose = Milligrams(2.5),
                  .gene = "CYP3A4",
                  .effect = "inhibitor",
                  .strengths = {"weak", "moderate"}}});
  EXPECT_EQ(For(action, {}).max_dose->high, 5);
  EXPECT_FALSE(For(action, {}).max_dose_range) << "what is not taken is known";
  EXPECT_EQ(For(action, {.converters = {&kInducer}}).max_dose->high, 5);
  std::vector<const PhenoconversionRule*> because;
  const Action weak = ForPatient(action, {.converters = {&kInducer, &kWeak}}, because);
  EXPECT_EQ(weak.max_dose->high, 2.5);
  EXPECT_EQ(because, std::vector<const PhenoconversionRule*>{&kWeak});
  const Action strong = For(action, {.converters = {&kWeak, &kStrong}});
  EXPECT_EQ(strong.kind, ActionKind::kAvoid);
  EXPECT_FALSE(strong.max_dose);
}

TEST(ForPatient, ReachesWhatToDoOtherwise) {
  const Action action{.kind = ActionKind::kAlternative,
                      .or_else = {AtMost(20, {{.dose = Milligrams(10), .from_years = 65}})}};
  EXPECT_EQ(For(action, {.age_years = 80}).or_else.front().max_dose->high, 10);
}

// Of every row with limits: how many it has. A limit that is lost shows here.
TEST(ForPatient, KnowsTheseLimits) {
  std::map<std::string, size_t> rows;
  for (const Drug& drug : Knowledge().drugs()) {
    for (const Guideline& guideline : drug.guidelines) {
      for (const Rule& rule : guideline.rules) {
        rows[drug.name] += rule.action.limits.size();
        for (const Action& other : rule.action.or_else) rows[drug.name] += other.limits.size();
      }
    }
  }
  std::erase_if(rows, [](const auto& row) { return row.second == 0; });
  EXPECT_EQ(rows, (std::map<std::string, size_t>{{"citalopram", 2},
                                                 {"codeine", 2},
                                                 {"eliglustat", 3},
                                                 {"escitalopram", 2},
                                                 {"mavacamten", 2},
                                                 {"pimozide", 2},
                                                 {"risperidone", 1},
                                                 {"siponimod", 1}}));
}

// A limit beside another drug is worth nothing while no drug is known that brings it.
TEST(ForPatient, KnowsDrugsForEveryLimitBesideADrug) {
  std::set<std::string> known;
  for (const PhenoconversionRule& rule : Knowledge().phenoconversion())
    known.insert(rule.gene + ' ' + rule.effect + ' ' + rule.strength);
  const auto check = [&](const Rule& rule, const Action& action) {
    for (const ConditionalLimit& limit : action.limits) {
      for (const std::string& strength : limit.strengths)
        EXPECT_TRUE(known.contains(limit.gene + ' ' + limit.effect + ' ' + strength)) << rule.id;
    }
  };
  for (const Drug& drug : Knowledge().drugs()) {
    for (const Guideline& guideline : drug.guidelines) {
      for (const Rule& rule : guideline.rules) {
        check(rule, rule.action);
        for (const Action& other : rule.action.or_else) check(rule, other);
      }
    }
  }
}

Evaluation Order(const char* drug, const char* phenotype, const char* gene,
                 const EvaluationContext& context) {
  GeneResult result;
  result.gene = gene;
  result.reported_phenotype = phenotype;
  return Evaluate(Knowledge(), MakeProfile(Knowledge(), {result}), {.names = {drug}}, context);
}

TEST(ForPatient, AStrongInhibitorForbidsMavacamtenInAPoorMetabolizerAndIsNamed) {
  const Evaluation plain = Order("mavacamten", "Poor Metabolizer", "CYP2C19", {});
  ASSERT_FALSE(plain.recommendations.empty());
  EXPECT_EQ(plain.recommendations.front().action.kind, ActionKind::kMaxDose);
  const Evaluation together = Order("mavacamten", "Poor Metabolizer", "CYP2C19",
                                    {.active_drugs = {{.names = {"clarithromycin"}}}});
  ASSERT_FALSE(together.recommendations.empty());
  EXPECT_EQ(together.recommendations.front().action.kind, ActionKind::kAvoid);
  ASSERT_FALSE(together.notes.empty());
  EXPECT_EQ(together.notes.front().drug, "clarithromycin");
  EXPECT_EQ(together.notes.front().gene, "CYP3A4");
}

}  // namespace
}  // namespace genflik::rules
