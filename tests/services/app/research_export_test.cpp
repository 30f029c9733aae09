#include "services/app/research_export.h"

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "fhir/json.h"
#include "rules/knowledge_loader.h"
#include "tests/support/places.h"

namespace genflik::app {
namespace {

using fhir::Json;

const rules::KnowledgeBase& Knowledge() {
  static const auto knowledge = [] {
    std::vector<rules::KnowledgeProblem> problems;
    return rules::LoadKnowledge(tests::SourceDir() + "/rules/knowledge", problems);
  }();
  return *knowledge;
}

ResearchSubject Subject(const std::string& id, const std::string& sex, int born,
                        const std::string& diplotype) {
  rules::GeneResult result{.gene = "CYP2C19", .diplotypes = {diplotype}};
  result.reported_text = "Ring Eva Ek, 08-123 45";
  result.laboratory = "Lab Nord";
  result.effective = "2024-11-05";
  result.source = "Observation/" + id + "-svar";
  return {.patient = id, .sex = sex, .born = born, .results = {result}};
}

std::vector<ResearchSubject> Many(size_t count, const std::string& prefix, const std::string& sex,
                                  int born) {
  std::vector<ResearchSubject> subjects;
  for (size_t i = 0; i < count; ++i) {
    subjects.push_back(Subject(prefix + std::to_string(i), sex, born, "*1/*1"));
  }
  return subjects;
}

ResearchOptions Options(const std::string& key = std::string(32, 'k')) {
  return {.key = key, .smallest_group = 5};
}

std::vector<Json> Rows(const ResearchExport& made) {
  std::vector<Json> rows;
  size_t at = 0;
  for (size_t end = 0; (end = made.lines.find('\n', at)) != std::string::npos; at = end + 1) {
    fhir::IssueLog log;
    rows.push_back(fhir::ParseJson(made.lines.substr(at, end - at), log).value_or(Json()));
  }
  return rows;
}

TEST(ResearchExport, TellsWhatResultsMeanAndNotWhose) {
  const auto made = MakeResearchExport(Knowledge(), Many(5, "anna", "female", 1963), Options());
  EXPECT_EQ(made.patients, 5U);
  const auto rows = Rows(made);
  ASSERT_EQ(rows.size(), 5U);
  EXPECT_EQ(rows[0].at("genes").at("CYP2C19"), "Normal Metabolizer");
  EXPECT_EQ(rows[0].at("sex"), "female");
  EXPECT_EQ(rows[0].at("born"), "1960-1969");
  EXPECT_EQ(rows[0].size(), 4U);
  for (const char* telling : {"anna", "1963", "Eva", "Lab", "2024", "*1", "Observation"}) {
    EXPECT_EQ(made.lines.find(telling), std::string::npos) << telling;
  }
}

TEST(ResearchExport, LeavesOutWhoIsAmongTooFew) {
  auto subjects = Many(5, "a", "female", 1963);
  subjects.push_back(Subject("old", "male", 1911, "*1/*1"));
  const auto made = MakeResearchExport(Knowledge(), subjects, Options());
  EXPECT_EQ(made.patients, 5U);
  EXPECT_EQ(made.suppressed, 1U);
  EXPECT_EQ(made.lines.find("1890"), std::string::npos);
  EXPECT_EQ(MakeResearchExport(Knowledge(), Many(4, "a", "female", 1963), Options()).patients, 0U);
}

TEST(ResearchExport, MakesSmallGroupsCoarserUntilTheyAreLargeEnough) {
  auto subjects = Many(5, "a", "female", 1963);
  // Three and two of two decades, who make five of thirty years.
  for (auto& one : Many(3, "b", "male", 1963)) subjects.push_back(one);
  for (auto& one : Many(2, "c", "male", 1975)) subjects.push_back(one);
  const auto rows = Rows(MakeResearchExport(Knowledge(), subjects, Options()));
  size_t fine = 0;
  size_t coarse = 0;
  for (const Json& row : rows) {
    fine += row.at("sex") == "female" && row.at("born") == "1960-1969" ? 1U : 0U;
    coarse += row.at("sex") == "male" && row.at("born") == "1950-1979" ? 1U : 0U;
  }
  EXPECT_EQ(fine, 5U);
  EXPECT_EQ(coarse, 5U);
}

// No group that is shown, whatever the ages and sexes, is smaller than was asked for.
TEST(ResearchExport, HasNoGroupThatIsTooSmall) {
  std::vector<ResearchSubject> subjects;
  for (int i = 0; i < 200; ++i) {
    subjects.push_back(Subject("p" + std::to_string(i),
                               i % 7 < 4   ? "female"
                               : i % 7 < 6 ? "male"
                                           : "",
                               i % 11 == 0 ? 0 : 1920 + i * i % 97,
                               i % 40 == 0 ? "*2/*2" : "*1/*1"));
  }
  const auto made = MakeResearchExport(Knowledge(), subjects, Options());
  EXPECT_EQ(made.patients + made.suppressed, 200U);
  EXPECT_GT(made.patients, 100U);
  std::map<std::string, size_t> groups;
  for (const Json& row : Rows(made)) {
    ++groups[row.at("sex").get<std::string>() + row.at("born").get<std::string>()];
  }
  for (const auto& [group, size] : groups) EXPECT_GE(size, 5U) << group;
}

TEST(ResearchExport, DoesNotTellAPhenotypeThatHardlyAnybodyHas) {
  auto subjects = Many(9, "a", "female", 1963);
  subjects.push_back(Subject("rare", "female", 1964, "*2/*2"));
  const auto made = MakeResearchExport(Knowledge(), subjects, Options());
  EXPECT_EQ(made.patients, 10U);
  EXPECT_EQ(made.lines.find("Poor"), std::string::npos);
  EXPECT_NE(made.lines.find(R"("CYP2C19":"rare")"), std::string::npos);
}

TEST(ResearchExport, PseudonymsBelongToTheKey) {
  EXPECT_EQ(Pseudonym("key", "anna"), Pseudonym("key", "anna"));
  EXPECT_NE(Pseudonym("key", "anna"), Pseudonym("key", "berit"));
  EXPECT_NE(Pseudonym("key", "anna"), Pseudonym("other", "anna"));
  // RFC 4231, test case 2, cut to 16 bytes.
  EXPECT_EQ(Pseudonym("Jefe", "what do ya want for nothing?"), "5bdcc146bf60754e6a042426089575c7");
}

}  // namespace
}  // namespace genflik::app
