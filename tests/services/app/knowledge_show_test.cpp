#include "services/app/commands/knowledge_show.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/core/error.h"
#include "tests/rules/knowledge_fixture.h"

// The pages that a clinical pharmacologist reads, and what two versions differ in.

namespace genflik::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(KnowledgeShow, AGenePageTellsRulesAllelesAndWhoAsks) {
  const std::string page = ShowKnowledge(rules::Knowledge(), "CYP2C19");
  EXPECT_THAT(page, HasSubstr("No function + Normal function: Intermediate Metabolizer"));
  EXPECT_THAT(page, HasSubstr("no function assigned: *40; *41"));
  EXPECT_THAT(page, HasSubstr("clopidogrel"));
  EXPECT_THAT(page, HasSubstr("tests before the start: "));
  EXPECT_THAT(ShowKnowledge(rules::Knowledge(), "CYP2D6"), HasSubstr("1.25 to 2.25: Normal"));
  EXPECT_THAT(ShowKnowledge(rules::Knowledge(), "CYP2D6"), HasSubstr("strong inhibitors: "));
}

TEST(KnowledgeShow, AGenePageTellsWhatAMethodShouldLookFor) {
  const std::string page = ShowKnowledge(rules::Knowledge(), "CYP2D6");
  EXPECT_THAT(page, HasSubstr("look for: *3; *4; *5; *6; *9; *10; *17; *29; *41; copy number\n"));
  EXPECT_THAT(page, HasSubstr("doi:10.1016/j.jmoldx.2021.05.013"));
  const std::string told = ShowKnowledge(rules::Knowledge(), "DPYD");
  EXPECT_THAT(told, HasSubstr("; rs75017182 or rs56038477\n"));
  EXPECT_THAT(told, HasSubstr("told at the order"));
}

TEST(KnowledgeShow, AGeneThatOnlyTestsNameIsFound) {
  const std::string page = ShowKnowledge(rules::Knowledge(), "POLG");
  EXPECT_THAT(page, HasSubstr("not interpreted"));
  EXPECT_THAT(page, HasSubstr("valproic acid"));
  EXPECT_THROW(ShowKnowledge(rules::Knowledge(), "NOSUCHGENE"), core::Error);
}

TEST(KnowledgeShow, ADrugPageTellsSourcesReasonsAndConditions) {
  const std::string page = ShowKnowledge(rules::Knowledge(), "N02AX02");
  EXPECT_THAT(page, HasSubstr("PMID 34267337"));
  EXPECT_THAT(page, HasSubstr("because: "));
  const std::string tests = ShowKnowledge(rules::Knowledge(), "valproat");
  EXPECT_THAT(tests, HasSubstr("condition: family history"));
  EXPECT_THAT(tests, HasSubstr("testa POLG först"));
}

std::shared_ptr<const rules::KnowledgeBase> With(rules::Drug drug) {
  rules::KnowledgeContent content;
  content.version = drug.brands.empty() ? "new" : "old";
  content.drugs.push_back(std::move(drug));
  return std::make_shared<const rules::KnowledgeBase>(std::move(content));
}

TEST(KnowledgeDiff, PrintsCodesTestsAndSourcesToo) {
  const rules::Drug old = *rules::Knowledge().FindDrug("codeine");
  rules::Drug fresh = old;
  fresh.brands.clear();
  fresh.pretests.front().text.en = "Changed.";
  fresh.guidelines.front().year = 2030;
  fresh.guidelines.front().rules.front().implication.en = "Otherwise.";
  const std::string text = CompareKnowledge(*With(old), *With(fresh));
  EXPECT_THAT(text, HasSubstr("knowledge old -> new"));
  EXPECT_THAT(text, HasSubstr("~ drug codeine: "));
  EXPECT_THAT(text, HasSubstr("~ test codeine CYP2D6 EMA: "));
  EXPECT_THAT(text, HasSubstr("~ guideline codeine CPIC CYP2D6: 2021 "));
  EXPECT_THAT(text, HasSubstr("~ rule cpic-codeine-cyp2d6-0.0: implication: "));
  EXPECT_THAT(CompareKnowledge(*With(old), *With(old)), Not(HasSubstr("~")));
}

}  // namespace
}  // namespace genflik::app
