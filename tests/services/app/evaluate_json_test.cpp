#include "services/app/commands/evaluate_json.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "rules/knowledge_loader.h"
#include "tests/support/places.h"

namespace genflik::app {
namespace {

using Json = nlohmann::ordered_json;

const rules::KnowledgeBase& Knowledge() {
  static const std::shared_ptr<const rules::KnowledgeBase> kKnowledge = [] {
    std::vector<rules::KnowledgeProblem> problems;
    return rules::LoadKnowledge(std::string(tests::SourceDir()) + "/rules/knowledge", problems);
  }();
  return *kKnowledge;
}

Json Answer(const std::string& text) {
  fhir::IssueLog log;
  const std::optional<EvaluationCase> question = ReadEvaluationCase(text, log);
  if (!question) {
    ADD_FAILURE() << (log.issues().empty() ? "" : log.issues()[0].text);
    return {};
  }
  return AnswerCase(Knowledge(), *question);
}

std::vector<std::string> Refusals(const std::string& text) {
  fhir::IssueLog log;
  EXPECT_FALSE(ReadEvaluationCase(text, log));
  std::vector<std::string> texts;
  for (const fhir::Issue& issue : log.issues()) texts.push_back(issue.text);
  return texts;
}

TEST(EvaluateJson, AnswersAnOrder) {
  const Json answer = Answer(R"({"results": [{"gene": "CYP2D6", "diplotype": "*1/*1xN"}],
      "drug": "R05DA04", "age": 54})");
  EXPECT_EQ(answer["knowledge"], Knowledge().version());
  const Json& first = answer["recommendations"].at(0);
  EXPECT_EQ(first["action"]["kind"], "avoid");
  EXPECT_EQ(first["genes"][0]["activityScore"], "≥3.0");
  EXPECT_EQ(first["genes"][0]["effectivePhenotype"], "Ultrarapid Metabolizer");
  EXPECT_TRUE(first["text"].contains("sv"));
  EXPECT_FALSE(first["citation"].empty());
}

TEST(EvaluateJson, InterpretsResultsAlone) {
  const Json answer = Answer(R"({"results": [
      {"gene": "CYP2D6", "diplotype": "*1/*4"},
      {"gene": "DPYD", "haplotypes": ["c.2846A>T"]},
      {"gene": "HLA-B", "absent": ["*57:01"]},
      {"gene": "CYP2C19", "diplotype": "*1/*999"},
      {"gene": "TPMT", "status": "no-call"}], "activeDrugs": ["N06AB05"]})");
  const Json& genes = answer["genes"];
  ASSERT_EQ(genes.size(), 5U);
  EXPECT_EQ(genes[0]["gene"], "CYP2C19");
  EXPECT_EQ(genes[0]["status"], "not-interpretable");
  EXPECT_EQ(genes[0]["reasons"][0]["detail"], "*999");
  EXPECT_EQ(genes[1]["activityScore"], 1.0);
  EXPECT_EQ(genes[1]["effectiveActivityScore"], 0.0);
  EXPECT_EQ(genes[1]["causedBy"], Json::array({"paroxetine"}));
  EXPECT_EQ(genes[2]["activityScore"], 1.5);
  EXPECT_EQ(genes[3]["phenotype"], "*57:01 negative");
  EXPECT_EQ(genes[4]["status"], "no-call");
}

TEST(EvaluateJson, CalculatesWarfarinAndNamesWhatIsMissing) {
  const Json answer = Answer(R"({"results": [{"gene": "CYP2C9", "diplotype": "*1/*1"},
      {"gene": "VKORC1", "diplotype": "rs9923231 C/C"}], "drug": "Waran", "age": 54, "weight": 70,
      "height": 170, "ancestry": "white"})");
  ASSERT_EQ(answer["calculations"].size(), 2U);
  EXPECT_NEAR(answer["calculations"][0]["mgPerWeek"].get<double>(), 44.5209, 0.001);
  EXPECT_NEAR(answer["calculations"][1]["mgPerWeek"].get<double>(), 45.0247, 0.001);
  const Json bare = Answer(R"({"results": [], "drug": "warfarin", "activeDrugs": ["amiodaron"]})");
  EXPECT_TRUE(bare["calculations"][0]["mgPerWeek"].is_null());
  EXPECT_EQ(bare["calculations"][0]["missing"].size(), 5U);
}

TEST(EvaluateJson, RefusesWhatItCannotRead) {
  EXPECT_FALSE(Refusals("{").empty());
  EXPECT_FALSE(Refusals("{}").empty());
  EXPECT_EQ(Refusals(R"({"results": [{"diplotype": "*1/*1"}], "age": "old"})").size(), 2U);
  EXPECT_FALSE(Refusals(R"({"results": [{"gene": "TPMT", "status": "maybe"}]})").empty());
  EXPECT_FALSE(Refusals(R"({"results": [], "ancestry": "x"})").empty());
}

}  // namespace
}  // namespace genflik::app
