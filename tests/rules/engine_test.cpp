#include "rules/engine.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rules/knowledge_fixture.h"

namespace genflik::rules {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

GeneResult Result(std::string gene, std::string diplotype) {
  GeneResult result;
  result.gene = std::move(gene);
  result.diplotypes = {std::move(diplotype)};
  return result;
}

Evaluation Ask(const std::vector<GeneResult>& results, const std::string& drug,
               const EvaluationContext& context = {}) {
  return Evaluate(Knowledge(), MakeProfile(Knowledge(), results), ReadDrugQuery(drug), context);
}

std::vector<std::string> Ids(const Evaluation& evaluation) {
  std::vector<std::string> ids;
  for (const Recommendation& one : evaluation.recommendations) ids.push_back(one.id);
  return ids;
}

const Recommendation* From(const Evaluation& evaluation, const std::string& source) {
  const auto found = std::ranges::find(evaluation.recommendations, source, &Recommendation::source);
  return found == evaluation.recommendations.end() ? nullptr : &*found;
}

TEST(Engine, ReducesCapecitabineForOneNoFunctionAllele) {
  const Evaluation answer = Ask({Result("DPYD", "Reference/c.1905+1G>A (*2A)")}, "L01BC06");
  const Recommendation* cpic = From(answer, "CPIC");
  ASSERT_NE(cpic, nullptr);
  EXPECT_EQ(cpic->action.kind, ActionKind::kReduceDose);
  EXPECT_EQ(cpic->action.factor, 0.5);
  EXPECT_EQ(cpic->alert, AlertLevel::kCritical);
  EXPECT_EQ(cpic->genes.at(0).score->Text(), "1.0");
  EXPECT_EQ(cpic->knowledge_version, Knowledge().version());
  EXPECT_THAT(answer.pretests, IsEmpty());
}

TEST(Engine, FindsADrugByEveryCodeAndName) {
  const std::vector<std::string> expected = Ids(Ask({Result("CYP2D6", "*4/*4")}, "codeine"));
  ASSERT_FALSE(expected.empty());
  for (const char* name : {"kodein", "KODEIN", "Codeine", "R05DA04", "r05da04", "2670"}) {
    EXPECT_EQ(Ids(Ask({Result("CYP2D6", "*4/*4")}, name)), expected) << name;
  }
}

TEST(Engine, FindsTheDrugInACombination) {
  // N02AJ06 is codeine and paracetamol.
  const Evaluation answer = Ask({Result("CYP2D6", "*4/*4")}, "N02AJ06");
  EXPECT_THAT(answer.drugs, Contains("codeine"));
  EXPECT_FALSE(answer.recommendations.empty());
  EXPECT_THAT(Ask({}, "kodein + paracetamol").drugs, Contains("codeine"));
}

TEST(Engine, KeepsSilentAboutFormsThatDoNotActInTheWholeBody) {
  bool met = false;
  for (const Drug& drug : Knowledge().drugs()) {
    for (const std::string& code : drug.atc_not_systemic) {
      const Evaluation answer = Ask({}, code);
      if (!answer.drugs.empty()) continue;
      EXPECT_THAT(answer.not_systemic, Contains(drug.name)) << code;
      EXPECT_TRUE(answer.recommendations.empty());
      met = true;
    }
  }
  EXPECT_TRUE(met);
}

TEST(Engine, SaysWhatIsNotKnown) {
  const Evaluation untested = Ask({}, "L01BC06");
  ASSERT_FALSE(untested.unknown.empty());
  EXPECT_EQ(untested.unknown[0].gene, "DPYD");
  EXPECT_EQ(untested.unknown[0].status, InterpretationStatus::kNotTested);
  EXPECT_THAT(untested.unknown[0].sources, Contains("CPIC"));
  EXPECT_TRUE(untested.recommendations.empty());
  EXPECT_THAT(untested.pretests, Contains(Field(&Pretest::gene, "DPYD")));

  const Evaluation unreadable = Ask({Result("DPYD", "Reference/c.9999A>T")}, "L01BC06");
  ASSERT_FALSE(unreadable.unknown.empty());
  EXPECT_EQ(unreadable.unknown[0].status, InterpretationStatus::kNotInterpretable);
  EXPECT_EQ(unreadable.unknown[0].reasons.at(0).detail, "c.9999A>T");
  EXPECT_TRUE(unreadable.recommendations.empty());

  GeneResult no_call;
  no_call.gene = "DPYD";
  no_call.status = CallStatus::kNoCall;
  EXPECT_EQ(Ask({no_call}, "L01BC06").unknown.at(0).status, InterpretationStatus::kNoCall);

  const Evaluation no_drug = Ask({}, "no such drug");
  EXPECT_TRUE(no_drug.drugs.empty());
}

TEST(Engine, LooksUpTheEffectivePhenotypeAndReportsBoth) {
  EvaluationContext context;
  context.active_drugs = {ReadDrugQuery("N06AB05")};
  const Evaluation answer = Ask({Result("CYP2D6", "*1/*1")}, "codeine", context);
  const Recommendation* cpic = From(answer, "CPIC");
  ASSERT_NE(cpic, nullptr);
  const GeneEvidence& evidence = cpic->genes.at(0);
  EXPECT_EQ(evidence.phenotype, "Normal Metabolizer");
  EXPECT_EQ(evidence.score->Text(), "2.0");
  EXPECT_EQ(evidence.effective_phenotype, "Poor Metabolizer");
  EXPECT_EQ(evidence.effective_score->Text(), "0.0");
  EXPECT_THAT(evidence.caused_by, ElementsAre("paroxetine"));
  EXPECT_EQ(cpic->action.kind, ActionKind::kAvoid);
}

TEST(Engine, HalvesTheScoreUnderAModerateInhibitor) {
  EvaluationContext context;
  context.active_drugs = {ReadDrugQuery("duloxetine")};
  const Evaluation answer = Ask({Result("CYP2D6", "*1/*10")}, "codeine", context);
  ASSERT_NE(From(answer, "CPIC"), nullptr);
  EXPECT_EQ(From(answer, "CPIC")->genes.at(0).effective_score->Text(), "0.625");
  EXPECT_EQ(From(answer, "CPIC")->genes.at(0).lookup_value, "0.5");
  EXPECT_EQ(From(answer, "CPIC")->genes.at(0).effective_phenotype, "Intermediate Metabolizer");
  // Weak inhibitors change nothing.
  context.active_drugs = {ReadDrugQuery("sertraline")};
  EXPECT_THAT(
      From(Ask({Result("CYP2D6", "*1/*10")}, "codeine", context), "CPIC")->genes.at(0).caused_by,
      IsEmpty());
}

TEST(Engine, DoesNotCountTheOrderedDrugAsItsOwnInhibitor) {
  EvaluationContext context;
  context.active_drugs = {ReadDrugQuery("paroxetine")};
  const Evaluation answer = Ask({Result("CYP2D6", "*1/*1")}, "paroxetine", context);
  for (const Recommendation& one : answer.recommendations) {
    EXPECT_EQ(one.genes.at(0).effective_phenotype, "Normal Metabolizer");
  }
}

TEST(Engine, NotesAnInhibitorWithoutAnAgreedFactor) {
  EvaluationContext context;
  context.active_drugs = {ReadDrugQuery("fluconazole")};
  const Evaluation answer = Ask({Result("CYP2C19", "*1/*1")}, "clopidogrel", context);
  ASSERT_FALSE(answer.notes.empty());
  EXPECT_EQ(answer.notes[0].gene, "CYP2C19");
  EXPECT_EQ(From(answer, "CPIC")->genes.at(0).effective_phenotype, "Normal Metabolizer");
}

TEST(Engine, GivesEveryPopulationUnlessTheContextExcludesIt) {
  const std::vector<GeneResult> results = {Result("CYP2C19", "*2/*2")};
  const auto populations = [](const Evaluation& evaluation) {
    std::vector<std::string> all;
    for (const Recommendation& one : evaluation.recommendations) {
      if (one.source == "CPIC") all.push_back(one.population);
    }
    std::ranges::sort(all);
    return all;
  };
  const Evaluation open = Ask(results, "clopidogrel");
  EXPECT_THAT(populations(open), ElementsAre("CVI ACS PCI", "CVI non-ACS non-PCI", "NVI"));
  EXPECT_FALSE(From(open, "CPIC")->population_known);
  EvaluationContext context;
  context.indications = {"NVI"};
  const Evaluation told = Ask(results, "clopidogrel", context);
  EXPECT_THAT(populations(told), ElementsAre("NVI"));
  EXPECT_TRUE(From(told, "CPIC")->population_known);

  EvaluationContext child;
  child.age_years = 9;
  EXPECT_THAT(populations(Ask(results, "voriconazole", child)), ElementsAre("pediatrics"));
  child.age_years = 18;
  EXPECT_THAT(populations(Ask(results, "voriconazole", child)), ElementsAre("adults"));
}

TEST(Engine, GivesTheSafestReadingFirstWhenSeveralArePossible) {
  GeneResult ambiguous = Result("CYP2C19", "*1/*1");
  ambiguous.diplotypes.emplace_back("*2/*2");
  ambiguous.status = CallStatus::kAmbiguous;
  EvaluationContext context;
  context.indications = {"CVI ACS PCI"};
  const Evaluation answer = Ask({ambiguous}, "clopidogrel", context);
  ASSERT_GE(answer.recommendations.size(), 2U);
  EXPECT_EQ(answer.recommendations[0].action.kind, ActionKind::kAvoid);
  EXPECT_TRUE(answer.recommendations[0].ambiguous);
  EXPECT_TRUE(
      std::ranges::is_sorted(answer.recommendations, std::greater<>(), &Recommendation::alert));
}

TEST(Engine, KeepsBothSidesOfAConflict) {
  EvaluationContext context;
  context.indications = {"CVI ACS PCI"};
  const Evaluation answer =
      Ask({Result("CYP2C19", "*1/*1"), Result("CYP2C19", "*1/*2")}, "clopidogrel", context);
  ASSERT_FALSE(answer.recommendations.empty());
  EXPECT_TRUE(answer.recommendations[0].conflict);
  EXPECT_EQ(answer.recommendations[0].genes.at(0).diplotype, "*1/*2");
}

TEST(Engine, IgnoresAWithdrawnResult) {
  GeneResult withdrawn = Result("DPYD", "Reference/Reference");
  withdrawn.record_status = RecordStatus::kEnteredInError;
  EXPECT_EQ(Ask({withdrawn}, "L01BC06").unknown.at(0).status, InterpretationStatus::kNotTested);
}

TEST(Engine, UsesTheRowForAnUntestedGene) {
  const Evaluation answer = Ask({Result("CYP2D6", "*4/*4")}, "amitriptyline");
  const Recommendation* cpic = From(answer, "CPIC");
  ASSERT_NE(cpic, nullptr);
  const auto cyp2c19 = std::ranges::find(cpic->genes, "CYP2C19", &GeneEvidence::gene);
  ASSERT_NE(cyp2c19, cpic->genes.end());
  EXPECT_EQ(cyp2c19->lookup_value, "No Result");
  EXPECT_THAT(answer.unknown, Contains(Field(&UnknownGene::gene, "CYP2C19")));
}

TEST(Engine, LooksHlaAllelesUpOneByOne) {
  const Evaluation carrier = Ask({Result("HLA-B", "*57:01:01/*44:02")}, "J05AF06");
  ASSERT_NE(From(carrier, "CPIC"), nullptr);
  EXPECT_EQ(From(carrier, "CPIC")->action.kind, ActionKind::kAvoid);
  // A test for another allele of the gene says nothing about this one.
  GeneResult other;
  other.gene = "HLA-B";
  other.absent = {"*15:02"};
  const Evaluation unknown = Ask({other}, "J05AF06");
  EXPECT_THAT(unknown.unknown, Contains(Field(&UnknownGene::gene, "HLA-B")));
  EXPECT_TRUE(unknown.recommendations.empty());
}

// Property: a result of a gene that no guideline of the drug uses changes nothing.
TEST(Engine, AnUnrelatedGeneChangesNothing) {
  const std::vector<GeneResult> few = {Result("CYP2D6", "*1/*4")};
  std::vector<GeneResult> more = few;
  more.push_back(Result("TPMT", "*3A/*3A"));
  more.push_back(Result("HLA-B", "*57:01/*57:01"));
  more.push_back(Result("NAT2", "*5/*6"));
  for (const char* drug : {"codeine", "tramadol", "metoprolol", "tamoxifen"}) {
    EXPECT_EQ(Ids(Ask(few, drug)), Ids(Ask(more, drug))) << drug;
  }
}

// The short way to a profile answers an order as the long way does.
TEST(Engine, APartialProfileAnswersTheSame) {
  const std::vector<GeneResult> results = {Result("CYP2D6", "*1/*4"), Result("CYP2C19", "*1/*2"),
                                           Result("DPYD", "Reference/c.2846A>T"),
                                           Result("HLA-B", "*57:01/*44:02")};
  for (const Drug& drug : Knowledge().drugs()) {
    const DrugQuery query = ReadDrugQuery(drug.name);
    const Evaluation whole = Evaluate(Knowledge(), MakeProfile(Knowledge(), results), query, {});
    const Evaluation part =
        Evaluate(Knowledge(), MakeProfileFor(Knowledge(), results, query), query, {});
    ASSERT_EQ(Ids(whole), Ids(part)) << drug.name;
    ASSERT_EQ(whole.unknown.size(), part.unknown.size()) << drug.name;
    ASSERT_EQ(whole.pretests.size(), part.pretests.size()) << drug.name;
  }
}

// Property: results in another order give the same answer.
TEST(Engine, OrderOfResultsDoesNotMatter) {
  std::vector<GeneResult> results = {Result("CYP2D6", "*1/*4"), Result("CYP2C19", "*1/*2"),
                                     Result("CYP2C19", "*2/*2"), Result("CYP2C9", "*1/*3")};
  const std::vector<std::string> expected = Ids(Ask(results, "amitriptyline"));
  std::ranges::reverse(results);
  EXPECT_EQ(Ids(Ask(results, "amitriptyline")), expected);
}

// Every drug answers for every genotype without a fault and names what it was looked up by.
TEST(Engine, EveryDrugAnswersForEveryone) {
  size_t answered = 0;
  for (const Drug& drug : Knowledge().drugs()) {
    std::vector<GeneResult> results;
    for (const Guideline& guideline : drug.guidelines) {
      for (const std::string& symbol : guideline.genes) {
        const Gene& gene = *Knowledge().FindGene(symbol);
        const std::string allele = gene.wild_type.empty() ? "*44:02" : gene.wild_type;
        results.push_back(Result(symbol, gene.method == DerivationMethod::kMitochondrial
                                             ? allele
                                             : allele + "/" + allele));
      }
    }
    const Evaluation answer = Ask(results, drug.name);
    EXPECT_THAT(answer.drugs, Contains(drug.name));
    for (const Recommendation& one : answer.recommendations) {
      EXPECT_NE(one.alert, AlertLevel::kCritical) << one.id;
      ++answered;
    }
  }
  EXPECT_GT(answered, 150U);
}

}  // namespace
}  // namespace genflik::rules
