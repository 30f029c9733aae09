#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "rules/engine.h"
#include "tests/rules/knowledge_fixture.h"
#include "tests/rules/lookup_profile.h"
#include "tests/rules/table.h"

// Every row of the guidelines as this project wrote them down from the published tables: drug, gene
// results, population, strength, kind of action and dose, against what Evaluate answers.

namespace genflik::rules {
namespace {

using Key = std::map<std::string, std::string>;

// "CYP2C19=a|b;CYP2D6=c" is (a, c) and (b, c).
std::vector<Key> KeysOf(const std::string& text) {
  std::vector<Key> keys(1);
  for (const std::string& part : SplitText(text, ';')) {
    const size_t equal = part.find('=');
    std::vector<Key> longer;
    for (const std::string& value : SplitText(part.substr(equal + 1), '|')) {
      for (Key key : keys) {
        key[part.substr(0, equal)] = value;
        longer.push_back(std::move(key));
      }
    }
    keys = std::move(longer);
  }
  return keys;
}

std::string NumberText(double value) {
  std::string text = std::to_string(value);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string RangeText(double low, double high) {
  return low == high ? NumberText(low) : NumberText(low) + "-" + NumberText(high);
}

// In the words of the table: "0.5", "0.3-0.8", "2, 150 mg/d".
std::string DoseText(const Action& action) {
  std::vector<std::string> parts;
  if (action.factor) parts.push_back(NumberText(*action.factor));
  if (action.factor_range) {
    parts.push_back(RangeText(action.factor_range->first, action.factor_range->second));
  }
  for (const std::optional<DoseLimit>& limit : {action.max_dose, action.max_dose_range}) {
    if (!limit) continue;
    parts.push_back(RangeText(limit->low, limit->high) + " " + limit->unit + "/" + limit->per);
  }
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

std::string Describe(const std::string& strength, const std::string& kind,
                     const std::string& dose) {
  return "'" + strength + "' " + kind + " " + dose;
}

// Empty when Evaluate says what the table says.
std::string Compare(const TableRow& row, const Key& key) {
  std::string where = row.at("drug") + " " + row.at("source") + " " + row.at("population");
  for (const auto& [gene, value] : key) where += " " + gene + "=" + value;
  const std::optional<GeneProfile> profile = ProfileFor(key);
  if (!profile) return where + ": the key has no reading";
  const DrugQuery query{.codes = {}, .names = {row.at("drug")}};
  const Evaluation answer =
      Evaluate(Knowledge(), *profile, query, ContextFor(row.at("population")));
  std::vector<const Recommendation*> found;
  for (const Recommendation& one : answer.recommendations) {
    if (one.source == row.at("source") && one.population == row.at("population") &&
        one.drug == row.at("drug")) {
      found.push_back(&one);
    }
  }
  if (found.size() != 1) return where + ": " + std::to_string(found.size()) + " recommendations";
  const Recommendation& one = *found[0];
  const std::string expected = Describe(row.at("strength"), row.at("kind"), row.at("dose"));
  const std::string got =
      Describe(one.strength, std::string(CodeOf(one.action.kind)), DoseText(one.action));
  if (got != expected) return where + ": " + got + ", expected " + expected;
  if (!one.population_known) return where + ": the population is not known";
  if (one.citation.doi.empty() && one.citation.pmid.empty() && one.citation.url.empty()) {
    return where + ": no citation";
  }
  return "";
}

TEST(GuidelineTable, EveryRowIsAnsweredWithItsStrengthActionAndDose) {
  size_t asked = 0;
  size_t departures = 0;
  for (const TableRow& row : ReadFacts("recommendations.tsv")) {
    for (const Key& key : KeysOf(row.at("keys"))) {
      ++asked;
      if (!row.at("departure").empty()) ++departures;
      const std::string fault = Compare(row, key);
      EXPECT_EQ(fault, "");
    }
  }
  EXPECT_GE(asked, 2701U);
  // docs/knowledge-departures.md: DPWG's CYP2D6 score 2.5 (21 drugs) and DPYD score 2.0 (4 drugs).
  EXPECT_EQ(departures, 25U);
}

// The published table has a row without advice for carriers of both; it must not silence either.
TEST(GuidelineTable, CarriersOfTwoRiskAllelesKeepTheAdviceForEach) {
  GeneResult both;
  both.gene = "HLA-B";
  both.diplotypes = {"*15:02/*15:11"};
  const Evaluation answer =
      Evaluate(Knowledge(), MakeProfile(Knowledge(), {both}), ReadDrugQuery("carbamazepine"), {});
  std::vector<std::string> said;
  for (const Recommendation& one : answer.recommendations) {
    if (one.source == "DPWG") said.push_back(one.id);
  }
  EXPECT_EQ(said, (std::vector<std::string>{"dpwg-carbamazepine-hla-b-15.02-positive",
                                            "dpwg-carbamazepine-hla-b-15.11-positive"}));
  ASSERT_FALSE(answer.recommendations.empty());
  EXPECT_EQ(answer.recommendations[0].action.kind, ActionKind::kAvoid);
  EXPECT_EQ(answer.recommendations[0].alert, AlertLevel::kCritical);
}

TEST(GuidelineTable, EveryTestBeforeTheStartIsAskedFor) {
  size_t asked = 0;
  for (const TableRow& row : ReadFacts("pretests.tsv")) {
    ++asked;
    const DrugQuery query{.codes = {}, .names = {row.at("drug")}};
    const Evaluation answer = Evaluate(Knowledge(), {}, query, ContextFor(row.at("appliesTo")));
    const auto found = std::ranges::find_if(answer.pretests, [&](const Pretest& test) {
      return test.gene == row.at("gene") && test.jurisdiction == row.at("jurisdiction") &&
             test.level == row.at("level") && test.applies_to == row.at("appliesTo") &&
             CodeOf(test.alert) == row.at("alert");
    });
    EXPECT_NE(found, answer.pretests.end())
        << row.at("drug") << " " << row.at("gene") << " " << row.at("jurisdiction");
    const bool interrupts = row.at("alert") == "warning" || row.at("alert") == "critical";
    EXPECT_TRUE(!interrupts || row.at("jurisdiction") == "EU" || row.at("jurisdiction") == "SE");
  }
  EXPECT_GE(asked, 130U);
}

TEST(GuidelineTable, EveryDrugThatChangesAGeneIsKnown) {
  size_t asked = 0;
  for (const TableRow& row : ReadFacts("phenoconversion.tsv")) {
    ++asked;
    const DrugQuery query{.codes = {}, .names = {row.at("drug")}};
    const auto rules = Knowledge().Phenoconverters(query);
    const bool found = std::ranges::any_of(rules, [&](const PhenoconversionRule* rule) {
      const std::string factor = rule->factor ? NumberText(*rule->factor) : "";
      return rule->gene == row.at("gene") && rule->effect == row.at("effect") &&
             rule->strength == row.at("strength") && factor == row.at("factor");
    });
    EXPECT_TRUE(found) << row.at("drug") << " " << row.at("gene");
  }
  EXPECT_GE(asked, 184U);
}

}  // namespace
}  // namespace genflik::rules
