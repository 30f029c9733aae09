#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rules/engine.h"
#include "tests/rules/knowledge_fixture.h"

// What is not known for certain: newer results that cannot be read, several readings, several
// guidelines, part of the positions, facts that wait for a check.

namespace genflik::rules {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

GeneResult Result(std::string gene, std::vector<std::string> diplotypes, std::string date = "") {
  GeneResult result;
  result.gene = std::move(gene);
  result.diplotypes = std::move(diplotypes);
  if (result.diplotypes.size() > 1) result.status = CallStatus::kAmbiguous;
  result.effective = std::move(date);
  result.source = "Observation/" + result.effective;
  return result;
}

GeneInterpretation Together(const std::vector<GeneResult>& results) {
  return MakeProfile(Knowledge(), results).genes.at(0).interpretation;
}

Evaluation Ask(const std::vector<GeneResult>& results, const std::string& drug,
               const EvaluationContext& context = {}) {
  return Evaluate(Knowledge(), MakeProfile(Knowledge(), results), ReadDrugQuery(drug), context);
}

TEST(Doubt, AnOlderNormalDoesNotStandForANewerUnknownAllele) {
  const std::vector<GeneResult> results = {Result("DPYD", {"Reference/Reference"}, "2019-03-01"),
                                           Result("DPYD", {"Reference/c.9999A>T"}, "2026-03-01")};
  const GeneInterpretation reading = Together(results);
  EXPECT_EQ(reading.status, InterpretationStatus::kNotInterpretable);
  EXPECT_FALSE(reading.usable());
  EXPECT_THAT(reading.reasons, Contains(Field(&Reason::code, "unknown-allele")));
  EXPECT_THAT(reading.reasons, Contains(Field(&Reason::code, "newer-unreadable")));
  const Evaluation answer = Ask(results, "capecitabine");
  EXPECT_THAT(answer.recommendations, IsEmpty());
  EXPECT_THAT(answer.unknown, Contains(Field(&UnknownGene::gene, "DPYD")));
  EXPECT_THAT(answer.pretests, Contains(Field(&Pretest::gene, "DPYD")));
}

TEST(Doubt, AnOlderRiskStaysInForceBesideANewerUnknownAllele) {
  const std::vector<GeneResult> results = {Result("CYP2C19", {"*2/*2"}, "2019"),
                                           Result("CYP2C19", {"*1/*999"}, "2026")};
  const GeneInterpretation reading = Together(results);
  EXPECT_EQ(reading.status, InterpretationStatus::kConflict);
  ASSERT_EQ(reading.candidates.size(), 1U);
  EXPECT_EQ(reading.candidates[0].phenotype, "Poor Metabolizer");
  const Evaluation answer = Ask(results, "clopidogrel");
  ASSERT_FALSE(answer.recommendations.empty());
  EXPECT_TRUE(answer.recommendations[0].conflict);
  EXPECT_EQ(answer.recommendations[0].alert, AlertLevel::kCritical);
}

TEST(Doubt, ARemarkOnAGenotypeCastsNone) {
  GeneResult remark = Result("CYP2C19", {}, "2026-03-01");
  remark.reported_phenotype = "förväntad effekt, se kommentar";
  const GeneResult genotype = Result("CYP2C19", {"*1/*1"}, "2026-03-01");
  EXPECT_EQ(Together({genotype, remark}).status, InterpretationStatus::kInterpreted);
}

TEST(Doubt, OnlyWhatMayBeNewerCastsIt) {
  const GeneResult normal = Result("CYP2C19", {"*1/*1"}, "2024-05-06");
  EXPECT_TRUE(Together({normal, Result("CYP2C19", {"*1/*999"}, "2020")}).usable());
  // The same day by a date of less precision, and a date that nobody told.
  EXPECT_FALSE(Together({normal, Result("CYP2C19", {"*1/*999"}, "2024")}).usable());
  EXPECT_FALSE(Together({normal, Result("CYP2C19", {"*1/*999"}, "")}).usable());
  GeneResult no_call = Result("CYP2C19", {}, "2026");
  no_call.status = CallStatus::kNoCall;
  EXPECT_TRUE(Together({normal, no_call}).usable());
}

TEST(Doubt, ANegativeRiskAlleleIsSetAsideToo) {
  GeneResult negative = Result("HLA-B", {}, "2019");
  negative.absent = {"*57:01"};
  EXPECT_FALSE(Together({negative, Result("HLA-B", {"*57:XX/*44:02"}, "2026")}).usable());
}

TEST(Doubt, AnAlleleOfAnotherDrugIsNoAnswerAndIsNotCalledUntested) {
  GeneResult other{.gene = "HLA-B", .haplotypes = {"*58:01"}};
  const Evaluation answer = Ask({other}, "abacavir");
  ASSERT_EQ(answer.unknown.size(), 1U);
  EXPECT_THAT(answer.unknown[0].reasons, Contains(Field(&Reason::code, "allele-not-typed")));
  EXPECT_THAT(answer.unknown[0].reasons[0].text.sv, HasSubstr("*57:01"));
  EXPECT_THAT(answer.pretests, Contains(Field(&Pretest::gene, "HLA-B")));
}

TEST(Doubt, SeveralCallsGiveTheUnionAndTheSafestFirst) {
  EvaluationContext context;
  context.indications = {"CVI ACS PCI"};
  const Evaluation answer =
      Ask({Result("CYP2C19", {"*1/*1", "*1/*2", "*2/*2"})}, "clopidogrel", context);
  std::vector<std::string> phenotypes;
  for (const Recommendation& one : answer.recommendations) {
    EXPECT_TRUE(one.ambiguous) << one.id;
    if (one.source == "CPIC") phenotypes.push_back(one.genes.at(0).phenotype);
  }
  EXPECT_THAT(phenotypes,
              ::testing::UnorderedElementsAre("Poor Metabolizer", "Intermediate Metabolizer",
                                              "Normal Metabolizer"));
  EXPECT_EQ(answer.recommendations.at(0).action.kind, ActionKind::kAvoid);
  const auto place = [&](ActionKind kind) {
    return std::ranges::find_if(answer.recommendations, [&](const Recommendation& one) {
      return one.source == "CPIC" && one.action.kind == kind;
    });
  };
  EXPECT_LT(place(ActionKind::kAvoid), place(ActionKind::kNoChange));
  EXPECT_NE(place(ActionKind::kNoChange), answer.recommendations.end());
}

TEST(Doubt, BothGuidelinesAreKept) {
  // CPIC starts a poor metaboliser of CYP2D6 on another drug, DPWG too, each with its own source.
  const Evaluation answer = Ask({Result("CYP2D6", {"*4/*4"})}, "codeine");
  std::vector<std::string> sources;
  for (const Recommendation& one : answer.recommendations) sources.push_back(one.source);
  EXPECT_THAT(sources, Contains("CPIC"));
  EXPECT_THAT(sources, Contains("DPWG"));
  for (const Recommendation& one : answer.recommendations) {
    EXPECT_FALSE(one.citation.doi.empty() && one.citation.pmid.empty() && one.citation.url.empty());
  }
}

TEST(Doubt, PartOfThePositionsSaysWhatIsNotKnown) {
  const GeneInterpretation one = Together({Result("CYP2C19", {"rs4244285 G/A"})});
  EXPECT_EQ(one.status, InterpretationStatus::kAmbiguous);
  ASSERT_EQ(one.reasons.size(), 1U);
  EXPECT_EQ(one.reasons[0].code, "positions-only");
  EXPECT_THAT(one.reasons[0].text.sv, HasSubstr("rs4244285"));
  const GeneInterpretation none = Together({Result("CYP2C19", {"rs4244285 G/G"})});
  EXPECT_FALSE(none.usable());
  EXPECT_EQ(none.reasons.at(0).code, "positions-only");
}

TEST(Doubt, AnInhibitorWhoseStrengthWaitsForACheckSaysSo) {
  EvaluationContext unchecked;
  unchecked.active_drugs = {ReadDrugQuery("berotralstat")};
  const Evaluation answer = Ask({Result("CYP2D6", {"*1/*1"})}, "codeine", unchecked);
  ASSERT_FALSE(answer.recommendations.empty());
  EXPECT_EQ(answer.recommendations[0].genes.at(0).effective_phenotype, "Intermediate Metabolizer");
  EXPECT_THAT(answer.recommendations[0].needs_review, HasSubstr("berotralstat"));
  EvaluationContext checked;
  checked.active_drugs = {ReadDrugQuery("paroxetine")};
  EXPECT_THAT(
      Ask({Result("CYP2D6", {"*1/*1"})}, "codeine", checked).recommendations.at(0).needs_review,
      Not(HasSubstr("paroxetine")));
  // A note without factor passes it on too.
  EvaluationContext noted;
  noted.active_drugs = {ReadDrugQuery("amiodaron 200 mg tablett")};
  const Evaluation warfarin = Ask({Result("CYP2C9", {"*1/*1"})}, "warfarin", noted);
  ASSERT_FALSE(warfarin.notes.empty());
  EXPECT_THAT(warfarin.notes[0].needs_review, Not(IsEmpty()));
}

std::vector<std::string> Scores(const GeneInterpretation& reading) {
  std::vector<std::string> scores;
  for (const Interpretation& one : reading.candidates) scores.push_back(one.score->Text());
  return scores;
}

GeneResult Found(std::vector<std::string> variants) {
  GeneResult result;
  result.gene = "DPYD";
  result.haplotypes = std::move(variants);
  return result;
}

TEST(Doubt, AKnownRiskVariantHoldsTheDoseBackBesideAnUnknownOne) {
  using Texts = std::vector<std::string>;
  const std::string risk = "c.1905+1G>A (*2A)";
  for (const GeneResult& result :
       {Result("DPYD", {risk + "/c.9999A>T"}), Found({risk, "c.9999A>T"})}) {
    const GeneInterpretation reading = Together({result});
    EXPECT_EQ(reading.status, InterpretationStatus::kAmbiguous);
    EXPECT_EQ(Scores(reading), (Texts{"1.0", "0.5", "0.0"}));
    ASSERT_EQ(reading.reasons.size(), 1U);
    EXPECT_EQ(reading.reasons[0].code, "at-most");
    EXPECT_THAT(reading.reasons[0].text.sv, HasSubstr("c.9999A>T"));
    const Evaluation answer = Ask({result}, "capecitabine");
    ASSERT_FALSE(answer.recommendations.empty());
    EXPECT_EQ(answer.recommendations[0].action.kind, ActionKind::kAvoid);
    EXPECT_EQ(answer.recommendations[0].alert, AlertLevel::kCritical);
    for (const Recommendation& one : answer.recommendations) {
      EXPECT_TRUE(one.ambiguous) << one.id;
      EXPECT_EQ(one.alert, AlertLevel::kCritical) << one.id;
      EXPECT_THAT(one.needs_review, HasSubstr("c.9999A>T")) << one.id;
    }
    // The half dose of a score of 1.0 stands beside it.
    EXPECT_THAT(answer.recommendations,
                Contains(Field(&Recommendation::id, "cpic-capecitabine-dpyd-1.0")));
  }
  EXPECT_EQ(Scores(Together({Result("DPYD", {"HapB3/c.9999A>T"})})), (Texts{"1.5", "1.0", "0.5"}));
  EXPECT_EQ(Scores(Together({Found({risk, "HapB3", "c.9999A>T"})})), (Texts{"0.5", "0.0"}));
  // On the same copy as an allele without function it adds nothing, beside a weaker one it may.
  EXPECT_EQ(Scores(Together({Result("DPYD", {"[" + risk + " + c.9999A>T]/Reference"})})),
            (Texts{"1.0"}));
  EXPECT_EQ(Scores(Together({Result("DPYD", {"[HapB3 + c.9999A>T]/Reference"})})),
            (Texts{"1.5", "1.0"}));
}

TEST(Doubt, AnUnknownVariantBesideNothingElseGivesNoScore) {
  for (const GeneResult& result :
       {Result("DPYD", {"Reference/c.9999A>T"}), Found({"c.9999A>T"}), Found({"Reference", "?"}),
        Found({"c.85T>C (*9A)", "c.9999A>T"}), Result("DPYD", {"c.9999A>T/c.8888G>C"})}) {
    const GeneInterpretation reading = Together({result});
    EXPECT_FALSE(reading.usable());
    EXPECT_FALSE(reading.reasons.empty());
    const Evaluation answer = Ask({result}, "capecitabine");
    EXPECT_THAT(answer.recommendations, IsEmpty());
    EXPECT_THAT(answer.pretests, Contains(Field(&Pretest::gene, "DPYD")));
  }
}

// CPIC: no function beside unknown function is a possible intermediate metaboliser.
TEST(Doubt, AnUnlistedAlleleCountsAsOneOfUnknownFunction) {
  const auto phenotype = [](const std::string& gene, const std::string& diplotype) {
    const GeneInterpretation reading = Together({Result(gene, {diplotype})});
    return reading.usable() ? reading.candidates[0].phenotype : "";
  };
  EXPECT_EQ(phenotype("TPMT", "*3A/*999"), "Possible Intermediate Metabolizer");
  EXPECT_EQ(phenotype("NUDT15", "*3/*999"), "Possible Intermediate Metabolizer");
  EXPECT_EQ(phenotype("SLCO1B1", "*5/*999"), "Possible Decreased Function");
  EXPECT_EQ(phenotype("CYP3A5", "*1/*999"), "Possible Intermediate Metabolizer");
  EXPECT_EQ(phenotype("TPMT", "*1/*999"), "");
  EXPECT_EQ(phenotype("CYP2C19", "*2/*999"), "");
  EXPECT_EQ(phenotype("CYP2D6", "*4/*999"), "");
  const GeneInterpretation reading = Together({Result("TPMT", {"*3A/*999"})});
  EXPECT_EQ(reading.status, InterpretationStatus::kAmbiguous);
  ASSERT_EQ(reading.reasons.size(), 1U);
  EXPECT_EQ(reading.reasons[0].code, "beside-unknown");
  const Evaluation answer = Ask({Result("TPMT", {"*3A/*999"})}, "azathioprine");
  ASSERT_FALSE(answer.recommendations.empty());
  EXPECT_EQ(answer.recommendations[0].action.kind, ActionKind::kReduceDose);
}

TEST(Doubt, AnIndeterminateReadingNamesTheAllele) {
  const GeneInterpretation reading = Together({Result("CYP2D6", {"*1/*22"})});
  EXPECT_EQ(reading.status, InterpretationStatus::kInterpreted);
  EXPECT_EQ(reading.candidates.at(0).phenotype, "Indeterminate");
  ASSERT_EQ(reading.reasons.size(), 1U);
  EXPECT_EQ(reading.reasons[0].code, "uncertain-function");
  EXPECT_EQ(reading.reasons[0].detail, "*22");
  EXPECT_THAT(reading.reasons[0].text.en, HasSubstr("no normal result"));
  GeneResult told;
  told.gene = "CYP2C9";
  told.reported_phenotype = "n/a";
  const GeneInterpretation none = Together({told});
  EXPECT_FALSE(none.usable());
  EXPECT_EQ(none.reasons.at(0).code, "no-phenotype");
}

TEST(Doubt, BrivudineBlocksDpdWhateverTheGenotype) {
  EvaluationContext context;
  context.active_drugs = {ReadDrugQuery("brivudin")};
  const Evaluation answer = Ask({Result("DPYD", {"Reference/Reference"})}, "kapecitabin", context);
  ASSERT_FALSE(answer.recommendations.empty());
  EXPECT_EQ(answer.recommendations[0].action.kind, ActionKind::kAvoid);
  EXPECT_EQ(answer.recommendations[0].alert, AlertLevel::kCritical);
  EXPECT_EQ(answer.recommendations[0].genes.at(0).phenotype, "Normal Metabolizer");
  EXPECT_EQ(answer.recommendations[0].genes.at(0).effective_phenotype, "Poor Metabolizer");
  EXPECT_THAT(answer.recommendations[0].needs_review, HasSubstr("brivudine"));
  ASSERT_EQ(answer.notes.size(), 1U);
  EXPECT_THAT(answer.notes[0].text.sv, HasSubstr("4 veckor"));
}

TEST(Doubt, TebentafuspNeedsItsOwnAllele) {
  const auto tests_wanted = [](std::vector<GeneResult> results) {
    return Ask(results, "L01XX75").pretests.size();
  };
  GeneResult other = Result("HLA-A", {});
  other.absent = {"*31:01"};
  EXPECT_EQ(tests_wanted({}), 1U);
  EXPECT_EQ(tests_wanted({other}), 1U);
  EXPECT_EQ(tests_wanted({Result("HLA-A", {"*02:01/*24:02"})}), 0U);
  // Without the allele the drug does not work, so the card stays.
  EXPECT_EQ(tests_wanted({Result("HLA-A", {"*03:01/*24:02"})}), 1U);
}

}  // namespace
}  // namespace genflik::rules
