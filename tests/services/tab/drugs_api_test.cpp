#include "services/tab/drugs_api.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "rules/knowledge_loader.h"
#include "services/tab/drug_advice.h"
#include "services/tab/drug_headline.h"
#include "tests/support/places.h"

namespace genflik::tab {
namespace {

using fhir::Json;

const rules::KnowledgeBase& Knowledge() {
  static const std::shared_ptr<const rules::KnowledgeBase> knowledge = [] {
    std::vector<rules::KnowledgeProblem> problems;
    return rules::LoadKnowledge(tests::SourceDir() + "/rules/knowledge", problems);
  }();
  return *knowledge;
}

rules::GeneResult Result(const std::string& gene, const std::string& diplotype,
                         const std::string& source = "Observation/1") {
  rules::GeneResult result;
  result.gene = gene;
  result.diplotypes = {diplotype};
  result.effective = "2025-05-20";
  result.received = "2025-05-22T08:00:00.000Z";
  result.source = source;
  return result;
}

RunningDrug Running(const std::string& atc, const std::string& known_from = {}) {
  return {.reference = "MedicationRequest/" + atc,
          .query = rules::ReadDrugQuery(atc),
          .since = "2025-05-01",
          .known_from = known_from};
}

Json Find(const Json& answer, const std::string& name) {
  for (const Json& drug : answer["drugs"]) {
    if (drug["drug"] == name) return drug;
  }
  return nullptr;
}

TEST(DrugAdvice, ListsEveryDrugOfTheKnowledge) {
  const Json answer = BuildDrugAdvice(Knowledge(), {.patient = "anna"});
  EXPECT_EQ(answer["drugs"].size(), Knowledge().drugs().size());
  EXPECT_GT(Knowledge().drugs().size(), 100U);
  EXPECT_EQ(answer["patient"], "Patient/anna");
  EXPECT_EQ(answer["knowledge"], Knowledge().version());
}

TEST(DrugAdvice, LeavesOutWhatIsNotTakenWhenAskedTo) {
  const Json answer =
      BuildDrugAdvice(Knowledge(), {.running = {Running("B01AC04")}, .only_running = true});
  ASSERT_EQ(answer["drugs"].size(), 1U);
  EXPECT_EQ(answer["drugs"][0]["drug"], "clopidogrel");
}

TEST(DrugAdvice, NeverShowsGreenWhenNothingWasTested) {
  const Json answer = BuildDrugAdvice(Knowledge(), {.patient = "cecilia"});
  for (const Json& drug : answer["drugs"]) EXPECT_NE(drug["light"], "green") << drug["drug"];
  const Json clopidogrel = Find(answer, "clopidogrel");
  EXPECT_EQ(clopidogrel["light"], "grey");
  EXPECT_EQ(clopidogrel["headline"]["en"], "Not known: CYP2C19 not tested");
  EXPECT_EQ(clopidogrel["headline"]["sv"], "Okänt: CYP2C19 inte testat");
  EXPECT_EQ(clopidogrel["unknown"][0]["status"], "not-tested");
}

TEST(DrugAdvice, ShowsRedWithAlternativesForClopidogrelInAPoorMetabolizer) {
  const Json answer = BuildDrugAdvice(
      Knowledge(), {.results = {Result("CYP2C19", "*2/*2")}, .running = {Running("B01AC04")}});
  const Json drug = Find(answer, "clopidogrel");
  EXPECT_EQ(drug["light"], "red");
  EXPECT_EQ(drug["active"], true);
  EXPECT_EQ(drug["activeReferences"], Json({"MedicationRequest/B01AC04"}));
  EXPECT_EQ(drug["headline"]["en"], "Avoid; consider prasugrel or ticagrelor");
  EXPECT_EQ(drug["headline"]["sv"], "Undvik; överväg prasugrel eller tikagrelor");
  const Json& gene = drug["recommendations"][0]["genes"][0];
  EXPECT_EQ(gene["diplotype"], "*2/*2");
  EXPECT_EQ(gene["phenotype"], "Poor Metabolizer");
  EXPECT_EQ(gene["phenotypeText"]["sv"], "Långsam metaboliserare");
}

TEST(DrugAdvice, ShowsGreenForAKnownGeneThatChangesNothing) {
  const Json answer = BuildDrugAdvice(Knowledge(), {.results = {Result("CYP2C19", "*1/*1")}});
  EXPECT_EQ(Find(answer, "clopidogrel")["light"], "green");
}

TEST(DrugAdvice, TellsWhatANormalAnswerDidNotLookFor) {
  rules::GeneResult narrow = Result("DPYD", "Reference/Reference");
  narrow.coverage = {.known = true, .alleles = {"*2A", "*13", "c.2846A>T"}};
  const Json drug = Find(BuildDrugAdvice(Knowledge(), {.results = {narrow}}), "capecitabine");
  EXPECT_EQ(drug["light"], "blue");
  EXPECT_EQ(drug["headline"]["sv"],
            "DPYD normal, men svaret sökte inte efter c.1129-5923C>G, c.1236G>A (HapB3)");
  EXPECT_EQ(drug["headline"]["en"],
            "DPYD normal, but the result did not look for c.1129-5923C>G, c.1236G>A (HapB3)");
  ASSERT_EQ(drug["narrow"].size(), 1U);
  EXPECT_EQ(drug["narrow"][0]["gene"], "DPYD");
  EXPECT_EQ(drug["narrow"][0]["notLookedFor"], Json({"c.1129-5923C>G, c.1236G>A (HapB3)"}));
  EXPECT_NE(drug["narrow"][0]["citation"]["title"], "");
  narrow.coverage.alleles.emplace_back("HapB3");
  const Json whole = Find(BuildDrugAdvice(Knowledge(), {.results = {narrow}}), "capecitabine");
  EXPECT_EQ(whole["light"], "green");
  EXPECT_EQ(whole["narrow"], Json::array());
}

TEST(DrugAdvice, StaysGreyForAResultThatCannotBeInterpreted) {
  const Json answer = BuildDrugAdvice(Knowledge(), {.results = {Result("CYP2C19", "*1/*what")}});
  EXPECT_EQ(Find(answer, "clopidogrel")["light"], "grey");
  EXPECT_EQ(Find(answer, "clopidogrel")["unknown"][0]["status"], "not-interpretable");
}

TEST(DrugAdvice, ReckonsALimitByTheWeightOfTheChild) {
  AdviceInput input{.results = {Result("CYP2D6", "*4/*4")}, .age_years = 8, .weight_kg = 24};
  const Json child = Find(BuildDrugAdvice(Knowledge(), input), "pimozide");
  EXPECT_EQ(child["headline"]["sv"], "Högst 1,2 mg per dygn");
  input.age_years = 40;
  const Json adult = Find(BuildDrugAdvice(Knowledge(), input), "pimozide");
  EXPECT_EQ(adult["headline"]["sv"], "Högst 10 mg per dygn");
}

TEST(DrugAdvice, TellsTheCircumstanceOfAnAdvice) {
  const Json child = Find(
      BuildDrugAdvice(Knowledge(),
                      {.results = {Result("CYP2B6", "*6/*6")}, .age_years = 8, .weight_kg = 25}),
      "efavirenz");
  EXPECT_EQ(child["headline"]["sv"],
            "Sänk dosen till 67 % om vikten är minst 40 kg och BMI högst 25");
  EXPECT_EQ(child["headline"]["en"], "Lower the dose to 67% from 40 kg with BMI up to 25");
}

TEST(DrugAdvice, LeavesWithdrawnResultsOut) {
  rules::GeneResult withdrawn = Result("CYP2C19", "*2/*2");
  withdrawn.record_status = rules::RecordStatus::kEnteredInError;
  const Json answer = BuildDrugAdvice(Knowledge(), {.results = {withdrawn}});
  EXPECT_EQ(Find(answer, "clopidogrel")["light"], "grey");
}

TEST(DrugAdvice, LetsTheSaferOfTwoDisagreeingResultsShow) {
  rules::GeneResult other = Result("CYP2C19", "*1/*1", "Observation/2");
  other.effective = "2025-06-20";
  const Json answer =
      BuildDrugAdvice(Knowledge(), {.results = {Result("CYP2C19", "*2/*2"), other}});
  const Json drug = Find(answer, "clopidogrel");
  EXPECT_EQ(drug["light"], "red");
  EXPECT_EQ(drug["recommendations"][0]["conflict"], true);
}

TEST(DrugAdvice, ShowsWhatARunningInhibitorMakesOfAGene) {
  const Json answer = BuildDrugAdvice(
      Knowledge(), {.results = {Result("CYP2D6", "*1/*1")}, .running = {Running("N06AB05")}});
  const Json& gene = answer["genes"][0];
  EXPECT_EQ(gene["gene"], "CYP2D6");
  EXPECT_EQ(gene["readings"][0]["phenotype"], "Normal Metabolizer");
  EXPECT_EQ(gene["readings"][0]["effectivePhenotype"], "Poor Metabolizer");
  EXPECT_EQ(gene["readings"][0]["causedBy"], Json({"paroxetine"}));
}

TEST(DrugAdvice, NamesResultsThatCameWhenTheDrugWasAlreadyKnown) {
  const Json late =
      BuildDrugAdvice(Knowledge(), {.results = {Result("CYP2C19", "*2/*2")},
                                    .running = {Running("B01AC04", "2025-05-22T07:59:59.999Z")}});
  ASSERT_EQ(Find(late, "clopidogrel")["late"].size(), 1U);
  EXPECT_EQ(Find(late, "clopidogrel")["late"][0]["gene"], "CYP2C19");
  const Json in_time =
      BuildDrugAdvice(Knowledge(), {.results = {Result("CYP2C19", "*2/*2")},
                                    .running = {Running("B01AC04", "2025-05-22T08:00:00.001Z")}});
  EXPECT_TRUE(Find(in_time, "clopidogrel")["late"].empty());
}

TEST(DrugAdvice, IsNoLouderThanTheRegionLetsTheCardBe) {
  AdviceInput input{.results = {Result("CYP2C19", "*2/*2")}};
  input.policy.loudest["clopidogrel"] = rules::AlertLevel::kInfo;
  EXPECT_EQ(Find(BuildDrugAdvice(Knowledge(), input), "clopidogrel")["light"], "blue");
}

TEST(DrugAdvice, PutsTheGuidelineFirstThatLeads) {
  AdviceInput input{.results = {Result("CYP2C19", "*2/*2")}};
  for (const char* leading : {"CPIC", "DPWG"}) {
    input.policy.leading = leading;
    const Json drug = Find(BuildDrugAdvice(Knowledge(), input), "clopidogrel");
    EXPECT_EQ(drug["recommendations"][0]["source"], leading);
    EXPECT_GT(drug["recommendations"].size(), 1U);
  }
}

TEST(DrugAdvice, SaysThatAnOrderedDoseFollowsTheAdvice) {
  RunningDrug running = Running("L01BC06");
  AdviceInput input{.results = {Result("DPYD", "c.1905+1G>A/Reference")}, .running = {running}};
  EXPECT_EQ(Find(BuildDrugAdvice(Knowledge(), input), "capecitabine")["light"], "red");
  const auto with = [&](double dose) {
    input.running[0].doses["capecitabine"].dose = {
        .status = mapping::DoseStatus::kValue,
        .relative = mapping::DoseAmount{.low = dose, .high = dose, .unit = "mg/m2"}};
    return Find(BuildDrugAdvice(Knowledge(), input), "capecitabine");
  };
  // Half of 1250 mg/m2 a day, the lowest full dose of the product information.
  const Json drug = with(625);
  EXPECT_EQ(drug["light"], "blue");
  EXPECT_EQ(drug["dose"]["verdict"], "follows");
  EXPECT_EQ(drug["headline"]["sv"], "Ordinerad dos följer rådet: sänk dosen till 50 %");
  // Half of the highest, 2500 mg/m2, and a whole dose of another regimen.
  EXPECT_EQ(with(1250)["light"], "blue");
  EXPECT_EQ(with(1250)["dose"]["verdict"], "may-follow");
  EXPECT_EQ(with(1250)["headline"]["sv"], "Sänk dosen till 50 %");
  // Written before anybody knew.
  input.results[0].received = "2026-03-02T12:00:00.000Z";
  input.running[0].written = "2026-03-01T12:00:00.000Z";
  EXPECT_EQ(with(1250)["light"], "red");
}

TEST(DrugAdvice, HasAHeadlineInBothLanguagesForEveryDrugAndRow) {
  const Json answer = BuildDrugAdvice(
      Knowledge(), {.results = {Result("CYP2C19", "*2/*2"), Result("CYP2D6", "*4/*4"),
                                Result("DPYD", "c.1905+1G>A/Reference")}});
  size_t rows = 0;
  for (const Json& drug : answer["drugs"]) {
    EXPECT_FALSE(drug["headline"]["en"].get<std::string>().empty()) << drug["drug"];
    EXPECT_FALSE(drug["headline"]["sv"].get<std::string>().empty()) << drug["drug"];
    for (const Json& row : drug["recommendations"]) {
      ++rows;
      EXPECT_FALSE(row["headline"]["sv"].get<std::string>().empty()) << drug["drug"];
    }
  }
  EXPECT_GT(rows, 50U);
}

TEST(DrugHeadline, GivesTheNumberOfADoseInEachLanguagesForm) {
  const rules::LocalText half =
      HeadlineOf(Knowledge(), rules::Action{.kind = rules::ActionKind::kReduceDose, .factor = 0.5});
  EXPECT_EQ(half.en, "Lower the dose to 50%");
  EXPECT_EQ(half.sv, "Sänk dosen till 50 %");
  const rules::LocalText most = HeadlineOf(
      Knowledge(), rules::Action{.kind = rules::ActionKind::kMaxDose,
                                 .max_dose = rules::DoseLimit{
                                     .low = 0.3, .high = 0.3, .unit = "mg/kg", .per = "d"}});
  EXPECT_EQ(most.en, "At most 0.3 mg/kg per day");
  EXPECT_EQ(most.sv, "Högst 0,3 mg/kg per dygn");
}

}  // namespace
}  // namespace genflik::tab
