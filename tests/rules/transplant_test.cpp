#include "rules/transplant.h"

#include <gtest/gtest.h>

#include "rules/gene_profile.h"
#include "rules/result_history.h"
#include "tests/rules/knowledge_fixture.h"

namespace genflik::rules {
namespace {

GeneResult Result(const std::string& gene, const std::string& diplotype, const std::string& date) {
  return {.gene = gene,
          .diplotypes = {diplotype},
          .effective = date,
          .source = "Observation/" + gene + date};
}
GeneResult Event(std::string_view kind, const std::string& date) {
  return {.effective = date, .source = "Procedure/1", .event = std::string(kind)};
}
TransplantDoubt DoubtOf(const std::string& gene, const std::string& date, const GeneResult& event) {
  return WeighTransplants({Result(gene, "*1/*1", date), event}).at(0).transplant;
}

TEST(Transplant, BloodAfterStemCellsIsTheDonors) {
  const auto event = Event(kStemCellTransplant, "2024-05-02");
  EXPECT_EQ(DoubtOf("CYP2C19", "2024-05-03", event), TransplantDoubt::kDonor);
  EXPECT_EQ(DoubtOf("CYP2C19", "2024-05-02", event), TransplantDoubt::kDonor);
  EXPECT_EQ(DoubtOf("CYP2C19", "2024-05-01T08:00:00Z", event), TransplantDoubt::kBeforeStemCells);
  // The same year may be after.
  EXPECT_EQ(DoubtOf("CYP2C19", "2024", event), TransplantDoubt::kDonor);
  EXPECT_EQ(DoubtOf("CYP2C19", "", event), TransplantDoubt::kDonor);
  EXPECT_EQ(DoubtOf("CYP2C19", "2019-01-01", Event(kStemCellTransplant, "")),
            TransplantDoubt::kDonor);
}

TEST(Transplant, ALiverConcernsWhatActsInTheLiver) {
  const auto event = Event(kLiverTransplant, "2024-05-02");
  EXPECT_EQ(DoubtOf("CYP2C19", "2019-01-01", event), TransplantDoubt::kLiver);
  EXPECT_EQ(DoubtOf("CYP2C19", "2025-01-01", event), TransplantDoubt::kLiver);
  EXPECT_EQ(DoubtOf("HLA-B", "2025-01-01", event), TransplantDoubt::kNone);
  EXPECT_EQ(DoubtOf("G6PD", "2025-01-01", event), TransplantDoubt::kNone);
}

TEST(Transplant, ADonorsResultIsNotInterpreted) {
  const auto knowledge = SharedKnowledge();
  const auto profile = MakeProfile(*knowledge, {Result("CYP2C19", "*1/*1", "2025-01-01"),
                                                Event(kStemCellTransplant, "2024-05-02")});
  const ProfiledGene* gene = profile.Find("CYP2C19");
  ASSERT_NE(gene, nullptr);
  EXPECT_EQ(profile.genes.size(), 1U);
  EXPECT_EQ(gene->interpretation.status, InterpretationStatus::kNotInterpretable);
  EXPECT_FALSE(gene->interpretation.usable());
  ASSERT_EQ(gene->interpretation.reasons.size(), 1U);
  EXPECT_NE(gene->interpretation.reasons[0].text.sv.find("givarens"), std::string::npos);
  EXPECT_EQ(gene->results.size(), 1U);
}

TEST(Transplant, ThePatientsOwnEarlierResultStands) {
  const auto knowledge = SharedKnowledge();
  const std::vector<GeneResult> results = {Result("CYP2C19", "*2/*2", "2020-01-01"),
                                           Result("CYP2C19", "*1/*1", "2025-01-01"),
                                           Event(kStemCellTransplant, "2024-05-02")};
  const auto profile = MakeProfile(*knowledge, results);
  const ProfiledGene* gene = profile.Find("CYP2C19");
  ASSERT_NE(gene, nullptr);
  EXPECT_EQ(gene->interpretation.status, InterpretationStatus::kInterpreted);
  EXPECT_EQ(gene->interpretation.candidates.at(0).diplotype, "*2/*2");
  // The history shows both, and which one counts.
  const auto histories = JudgeResults(*knowledge, results);
  ASSERT_EQ(histories.size(), 1U);
  ASSERT_EQ(histories[0].results.size(), 2U);
  EXPECT_EQ(histories[0].results[0].role, ResultRole::kCurrent);
  EXPECT_EQ(histories[0].results[1].role, ResultRole::kDonor);
  ASSERT_EQ(histories[0].in_force.size(), 1U);
  EXPECT_EQ(histories[0].in_force[0].diplotypes.at(0), "*2/*2");
}

TEST(Transplant, AWithdrawnEventCountsForNothing) {
  GeneResult event = Event(kStemCellTransplant, "2024-05-02");
  event.record_status = RecordStatus::kEnteredInError;
  EXPECT_EQ(DoubtOf("CYP2C19", "2025-01-01", event), TransplantDoubt::kNone);
}

}  // namespace
}  // namespace genflik::rules
