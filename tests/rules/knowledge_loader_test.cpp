#include "rules/knowledge_loader.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "rules/engine.h"
#include "rules/knowledge_totality.h"
#include "rules/rule_text.h"
#include "tests/rules/knowledge_fixture.h"

namespace genflik::rules {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// A copy of a small part of the knowledge that a test may break.
class KnowledgeFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::temp_directory_path() / ("genflik-knowledge-" + std::to_string(getpid()));
    fs::remove_all(root_);
    fs::create_directories(root_ / "drugs");
    fs::copy(KnowledgeDirectory() / "schema", root_ / "schema");
    fs::copy(KnowledgeDirectory() / "genes", root_ / "genes");
    fs::copy(KnowledgeDirectory() / "manifest.json", root_ / "manifest.json");
    fs::copy(KnowledgeDirectory() / "phenoconversion.json", root_ / "phenoconversion.json");
    fs::copy(KnowledgeDirectory() / "drugs/codeine.json", root_ / "drugs/codeine.json");
  }
  void TearDown() override { fs::remove_all(root_); }

  json Read(const std::string& file) const {
    std::ifstream stream(root_ / file);
    return json::parse(stream);
  }
  void Write(const std::string& file, const std::string& text) const {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }
  std::shared_ptr<const KnowledgeBase> Load(const std::string& overlay = "") {
    problems_.clear();
    return LoadKnowledge(root_, problems_, overlay.empty() ? fs::path() : root_ / overlay);
  }
  bool Reports(const std::string& place, const std::string& reason) const {
    return std::ranges::any_of(problems_, [&](const KnowledgeProblem& problem) {
      return problem.file + problem.pointer == place &&
             problem.reason.find(reason) != std::string::npos;
    });
  }
  std::string All() const {
    std::string text;
    for (const KnowledgeProblem& problem : problems_) {
      text += problem.file + problem.pointer + ": " + problem.reason + "\n";
    }
    return text;
  }

  fs::path root_;
  std::vector<KnowledgeProblem> problems_;
};

TEST(Knowledge, OurOwnHasNoProblem) {
  std::vector<KnowledgeProblem> problems;
  const auto knowledge = LoadKnowledge(KnowledgeDirectory(), problems);
  ASSERT_NE(knowledge, nullptr);
  for (const KnowledgeProblem& problem : problems) {
    ADD_FAILURE() << problem.file << problem.pointer << ": " << problem.reason;
  }
  EXPECT_EQ(knowledge->genes().size(), 25U);
  EXPECT_GE(knowledge->drugs().size(), 140U);
  EXPECT_FALSE(knowledge->version().empty());
  for (const KnowledgeSource& source : knowledge->sources()) {
    EXPECT_FALSE(source.licence.empty()) << source.name;
    EXPECT_FALSE(source.attribution.empty()) << source.name;
  }
}

// A guideline need not speak of every value, but CPIC's do of nearly all.
TEST(Knowledge, CpicAnswersEveryReadablePhenotypeOfItsSingleGeneGuidelines) {
  for (const Unanswered& row : FindUnanswered(Knowledge())) {
    if (row.source != "CPIC") continue;
    for (const std::string& key : row.keys) {
      if (key.find(" + ") != std::string::npos) continue;
      ADD_FAILURE() << row.drug << " " << row.population << ": " << key;
    }
  }
}

TEST_F(KnowledgeFiles, LoadsWithoutDrugs) {
  fs::remove(root_ / "drugs/codeine.json");
  EXPECT_NE(Load(), nullptr) << All();
}

// Either would be passed over in silence, and an order over the lower limit with it.
TEST_F(KnowledgeFiles, RefusesLimitsThatWouldNotBeCompared) {
  const json good = Read("drugs/codeine.json");
  const json dose = {{"value", 20}, {"unit", "mg"}, {"per", "d"}};
  const auto refuses = [&](const json& action) {
    json codeine = good;
    codeine["guidelines"][0]["recommendations"][0]["action"] = action;
    Write("drugs/codeine.json", codeine.dump());
    return Load() == nullptr;
  };
  const json limits = json::array({{{"maxDose", dose}, {"fromYears", 65}}});
  EXPECT_FALSE(refuses({{"kind", "max-dose"}, {"maxDose", dose}, {"limits", limits}})) << All();
  EXPECT_TRUE(refuses({{"kind", "max-dose"}, {"limits", limits}}));
  const json range = {{"low", 10}, {"high", 20}, {"unit", "mg"}, {"per", "d"}};
  EXPECT_TRUE(refuses({{"kind", "max-dose"}, {"maxDose", dose}, {"maxDoseRange", range}}));
}

TEST_F(KnowledgeFiles, ReportsAllFaultsAtOnceWithTheirPlace) {
  json codeine = Read("drugs/codeine.json");
  codeine["guidelines"][0]["recommendations"][0]["text"].erase("sv");
  codeine["guidelines"][0]["year"] = "then";
  Write("drugs/codeine.json", codeine.dump());
  Write("genes/TPMT.json", R"({"symbol": "TPMT", "symbol": "TPMT"})");
  Write("genes/NAT2.json", "{");
  EXPECT_EQ(Load(), nullptr);
  EXPECT_TRUE(Reports("drugs/codeine.json/guidelines/0/recommendations/0/text", "sv")) << All();
  EXPECT_TRUE(Reports("drugs/codeine.json/guidelines/0/year", "type")) << All();
  EXPECT_TRUE(Reports("genes/TPMT.json", "stands twice")) << All();
  EXPECT_TRUE(Reports("genes/NAT2.json", "not JSON")) << All();
}

TEST_F(KnowledgeFiles, RefusesWhatDoesNotFitTogether) {
  json codeine = Read("drugs/codeine.json");
  json& rows = codeine["guidelines"][0]["recommendations"];
  rows[0]["when"] = json::array({{{"CYP2D6", json::array({"7.5"})}}});
  rows[1]["when"] = json::array({{{"CYP9Z9", json::array({"0.0"})}}});
  json twice = rows[2];
  rows.push_back(twice);
  Write("drugs/codeine.json", codeine.dump());
  EXPECT_EQ(Load(), nullptr);
  const std::string place = "drugs/codeine.json/guidelines/0/recommendations/";
  EXPECT_TRUE(Reports(place + "0/when/0/CYP2D6/0", "can never have")) << All();
  EXPECT_TRUE(Reports(place + "1/when/0/CYP9Z9", "unknown gene")) << All();
  const std::string last = std::to_string(rows.size() - 1);
  EXPECT_TRUE(Reports(place + last + "/when", "the same case as")) << All();
  EXPECT_TRUE(Reports(place + last + "/id", "stands twice")) << All();
}

// A test may name a gene whose results are not read here, if the file says so.
TEST_F(KnowledgeFiles, RefusesATestOfAGeneThatNobodyKnows) {
  const json good = Read("drugs/codeine.json");
  ASSERT_FALSE(good["pretest"].empty());
  json wrong = good;
  wrong["pretest"][0]["gene"] = "CYP2D66";
  Write("drugs/codeine.json", wrong.dump());
  EXPECT_EQ(Load(), nullptr);
  EXPECT_TRUE(Reports("drugs/codeine.json/pretest/0/gene", "unknown gene")) << All();
  wrong["pretest"][0]["gene"] = "POLG";
  wrong["pretest"][0]["interpreted"] = false;
  Write("drugs/codeine.json", wrong.dump());
  EXPECT_NE(Load(), nullptr) << All();
  json contradicts = good;
  contradicts["pretest"][0]["interpreted"] = false;
  Write("drugs/codeine.json", contradicts.dump());
  EXPECT_EQ(Load(), nullptr);
  EXPECT_TRUE(Reports("drugs/codeine.json/pretest/0/interpreted", "is interpreted")) << All();
}

TEST_F(KnowledgeFiles, RefusesAGeneWhoseTermsDoNotFit) {
  json gene = Read("genes/CYP2C19.json");
  gene["pairs"][0][2] = "Slow";
  gene["alleles"].push_back({{"name", "*2"}, {"function", "No function"}});
  Write("genes/CYP2C19.json", gene.dump());
  EXPECT_EQ(Load(), nullptr);
  EXPECT_TRUE(Reports("genes/CYP2C19.json/pairs/0/2", "not among the gene's terms")) << All();
  EXPECT_TRUE(Reports("genes/CYP2C19.json", "'*2' stands for two things")) << All();
}

TEST_F(KnowledgeFiles, RefusesEachKindOfFaultWithItsPlace) {
  const json good = Read("drugs/codeine.json");
  const auto refused = [&](const std::function<void(json&)>& spoil, const std::string& pointer,
                           const std::string& reason) {
    json bad = good;
    spoil(bad);
    Write("drugs/codeine.json", bad.dump());
    EXPECT_EQ(Load(), nullptr) << reason;
    EXPECT_TRUE(Reports("drugs/codeine.json" + pointer, reason)) << All();
  };
  const std::string row = "/guidelines/0/recommendations/0";
  const auto first = [](json& drug) -> json& {
    return drug["guidelines"][0]["recommendations"][0];
  };
  refused([](json& drug) { drug["extra"] = 1; }, "", "extra");
  refused([](json& drug) { drug["names"].erase("sv"); }, "/names", "sv");
  refused([&](json& drug) { first(drug)["text"]["en"] = ""; }, row + "/text/en", "");
  refused([&](json& drug) { first(drug)["text"]["sv"] = std::string(241, 'x'); }, row + "/text/sv",
          "");
  refused([&](json& drug) { first(drug)["alert"] = "loud"; }, row + "/alert", "");
  refused(
      [&](json& drug) {
        first(drug)["when"] = {{{"CYP2D6", {"*4/*4711 (diplotype)"}}}};
      },
      row + "/when/0/CYP2D6/0", "can never have");
  refused([](json& drug) { drug["guidelines"][0]["genes"] = {"CYP2D66"}; }, "/guidelines/0/genes/0",
          "unknown gene");
  refused(
      [](json& drug) {
        drug["guidelines"][0]["noAdvice"] = {{{"CYP2D6", {"9.9"}}}};
      },
      "/guidelines/0/noAdvice/0/CYP2D6/0", "can never have");
  refused([](json& drug) { drug["guidelines"][0].erase("citation"); }, "/guidelines/0", "citation");
  Write("drugs/codeine.json", good.dump());
  EXPECT_NE(Load(), nullptr) << All();
}

TEST_F(KnowledgeFiles, RefusesAVariantOfAnUnknownAllele) {
  json gene = Read("genes/CYP2C19.json");
  gene["variants"][0]["alternatives"] = {{"A", "*4711"}};
  gene["panel"][0] = {"rs1"};
  Write("genes/CYP2C19.json", gene.dump());
  EXPECT_EQ(Load(), nullptr);
  EXPECT_TRUE(Reports("genes/CYP2C19.json/variants/0/alternatives/A", "unknown allele")) << All();
  EXPECT_TRUE(Reports("genes/CYP2C19.json/panel/0", "no variant")) << All();
}

TEST_F(KnowledgeFiles, RefusesToLookForWhatTheGeneDoesNotHave) {
  json gene = Read("genes/CYP2D6.json");
  gene["lookFor"]["oneOf"] = {{"*4"}, {"*4", "*4711"}, {"rs1"}};
  Write("genes/CYP2D6.json", gene.dump());
  EXPECT_EQ(Load(), nullptr);
  EXPECT_TRUE(Reports("genes/CYP2D6.json/lookFor/oneOf/1", "'*4711'")) << All();
  EXPECT_TRUE(Reports("genes/CYP2D6.json/lookFor/oneOf/2", "'rs1'")) << All();
  gene["lookFor"].erase("citation");
  Write("genes/CYP2D6.json", gene.dump());
  EXPECT_EQ(Load(), nullptr);
  EXPECT_TRUE(Reports("genes/CYP2D6.json/lookFor", "citation")) << All();
}

// A gap must be written down as one.
TEST_F(KnowledgeFiles, FindsAPhenotypeThatNobodyAnswered) {
  json codeine = Read("drugs/codeine.json");
  for (json& guideline : codeine["guidelines"]) guideline.erase("noAdvice");
  Write("drugs/codeine.json", codeine.dump());
  const auto knowledge = Load();
  ASSERT_NE(knowledge, nullptr) << All();
  const std::vector<Unanswered> gaps = FindUnanswered(*knowledge);
  ASSERT_EQ(gaps.size(), 1U);
  EXPECT_EQ(gaps[0].source, "DPWG");
  EXPECT_EQ(gaps[0].keys, std::vector<std::string>{"CYP2D6 n/a"});
}

json Change(const std::string& kind) {
  return {{"change", kind},
          {"author", "A. Farmakolog"},
          {"approver", "B. Chef"},
          {"date", "2026-11-01"},
          {"reason", "regional decision"}};
}

json Overlay(const json& change) {
  return {
      {"region", "Region Exempel"}, {"version", "exempel.1"}, {"changes", json::array({change})}};
}

TEST_F(KnowledgeFiles, ARegionReplacesARuleAndKeepsTheOldOneForReplay) {
  const json row = Read("drugs/codeine.json")["guidelines"][0]["recommendations"][0];
  const auto id = row["id"].get<std::string>();
  json change = Change("replace");
  change["rule"] = id;
  change["recommendation"] = row;
  change["recommendation"]["id"] = "exempel-codeine";
  Write("regional/exempel.json", Overlay(change).dump());
  const auto knowledge = Load("regional");
  ASSERT_NE(knowledge, nullptr) << All();
  EXPECT_NE(knowledge->version().find("+exempel.1"), std::string::npos);
  const auto old = knowledge->FindRule(id);
  ASSERT_TRUE(old);
  EXPECT_TRUE(old->rule->retired);
  EXPECT_EQ(old->rule->regional->approver, "B. Chef");
  const auto fresh = knowledge->FindRule("exempel-codeine");
  ASSERT_TRUE(fresh);
  EXPECT_EQ(fresh->guideline->source, "regional");
  EXPECT_EQ(DescribeCases(*fresh->guideline, *fresh->rule),
            DescribeCases(*old->guideline, *old->rule));

  GeneResult result;
  result.gene = "CYP2D6";
  result.diplotypes = {"*4/*4"};
  const Evaluation answer =
      Evaluate(*knowledge, MakeProfile(*knowledge, {result}), ReadDrugQuery("codeine"), {});
  EXPECT_TRUE(std::ranges::none_of(answer.recommendations,
                                   [&](const Recommendation& one) { return one.id == id; }));
}

TEST_F(KnowledgeFiles, ARegionAddsAndRetiresRules) {
  const json file = Read("drugs/codeine.json");
  json add = Change("add");
  add["drug"] = "codeine";
  add["genes"] = {"CYP2D6"};
  add["citation"] = {{"url", "https://example.org/decision"}};
  add["recommendation"] = file["guidelines"][0]["recommendations"][0];
  add["recommendation"]["id"] = "exempel-new";
  json retire = Change("retire");
  retire["rule"] = file["guidelines"][0]["recommendations"][1]["id"];
  json overlay = Overlay(add);
  overlay["changes"].push_back(retire);
  Write("regional/exempel.json", overlay.dump());
  const auto knowledge = Load("regional");
  ASSERT_NE(knowledge, nullptr) << All();
  EXPECT_TRUE(knowledge->FindRule("exempel-new"));
  EXPECT_TRUE(knowledge->FindRule(retire["rule"].get<std::string>())->rule->retired);
}

TEST_F(KnowledgeFiles, RefusesAnOverlayThatIsNotSigned) {
  json change = Change("retire");
  change["approver"] = change["author"];
  change["rule"] = "no-such-rule";
  Write("regional/a.json", Overlay(change).dump());
  json unsigned_change = Change("retire");
  unsigned_change.erase("reason");
  Write("regional/b.json", Overlay(unsigned_change).dump());
  json unknown = Change("retire");
  unknown["rule"] = "no-such-rule";
  Write("regional/c.json", Overlay(unknown).dump());
  EXPECT_EQ(Load("regional"), nullptr);
  EXPECT_TRUE(Reports("overlay/a.json/changes/0/approver", "nobody approves")) << All();
  EXPECT_TRUE(Reports("overlay/b.json/changes/0", "reason")) << All();
  EXPECT_TRUE(Reports("overlay/c.json/changes/0/rule", "no rule")) << All();
  EXPECT_EQ(Load("missing"), nullptr);
}

}  // namespace
}  // namespace genflik::rules
