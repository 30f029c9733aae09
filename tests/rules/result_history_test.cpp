#include "rules/result_history.h"

#include <gtest/gtest.h>

#include "rules/gene_profile.h"
#include "rules/knowledge_loader.h"
#include "tests/support/places.h"

namespace genflik::rules {
namespace {

const KnowledgeBase& Knowledge() {
  static const auto kKnowledge = [] {
    std::vector<KnowledgeProblem> problems;
    return LoadKnowledge(tests::SourceDir() + "/rules/knowledge", problems);
  }();
  return *kKnowledge;
}

GeneResult Result(const std::string& gene, std::vector<std::string> diplotypes,
                  const std::string& effective, const std::string& source) {
  GeneResult result;
  result.gene = gene;
  result.diplotypes = std::move(diplotypes);
  result.effective = effective;
  result.source = source;
  result.laboratory = "Lab";
  return result;
}

/// "source:role" of every result, and "|" with the sources in force.
std::string Judge(const std::vector<GeneResult>& results) {
  std::string text;
  for (const GeneHistory& history : JudgeResults(Knowledge(), results)) {
    for (const JudgedResult& judged : history.results) {
      text += judged.result.source + ":" + std::string(CodeOf(judged.role)) + " ";
    }
    text += "|";
    for (const GeneResult& result : history.in_force) text += " " + result.source;
  }
  return text;
}

TEST(JudgeResults, CountsTheSameAgainAsARepeat) {
  EXPECT_EQ(
      Judge({Result("CYP2D6", {"*1/*4"}, "2015", "a"), Result("CYP2D6", {"*4/*1"}, "2025", "b")}),
      "b:current a:repeat | b");
}

TEST(JudgeResults, PrefersTheWiderMethodThatAgrees) {
  GeneResult narrow = Result("CYP2C19", {"*1/*2"}, "2015", "narrow");
  narrow.coverage = {.known = true, .alleles = {"*2", "*3"}};
  const GeneResult wide = Result("CYP2C19", {"*2/*17"}, "2025", "wide");
  EXPECT_EQ(Judge({narrow, wide}), "wide:current narrow:less-detailed | wide");
  narrow.effective = "2026";
  EXPECT_EQ(Judge({narrow, wide}), "narrow:less-detailed wide:current | wide");
}

TEST(JudgeResults, SeesAConflictWhereTheMethodLookedForIt) {
  GeneResult narrow = Result("CYP2C19", {"*1/*1"}, "2015", "narrow");
  narrow.coverage = {.known = true, .alleles = {"*2", "*3"}};
  const GeneResult wide = Result("CYP2C19", {"*1/*2"}, "2025", "wide");
  EXPECT_EQ(Judge({narrow, wide}), "wide:current narrow:conflicting | wide narrow");
  narrow.coverage = {};
  EXPECT_EQ(Judge({narrow, wide}), "wide:current narrow:conflicting | wide narrow");
}

TEST(JudgeResults, CountsCopiesOnlyWhereTheyWereLookedFor) {
  GeneResult narrow = Result("CYP2D6", {"*1/*2"}, "2015", "narrow");
  narrow.coverage = {.known = true, .alleles = {"*2", "*4"}};
  const GeneResult wide = Result("CYP2D6", {"*1x2/*2"}, "2025", "wide");
  EXPECT_EQ(Judge({narrow, wide}), "wide:current narrow:less-detailed | wide");
  narrow.coverage.copy_number = true;
  EXPECT_EQ(Judge({narrow, wide}), "wide:current narrow:conflicting | wide narrow");
}

TEST(JudgeResults, LeavesWithdrawnAndPreliminaryResultsAside) {
  GeneResult withdrawn = Result("TPMT", {"*3A/*3A"}, "2025", "w");
  withdrawn.record_status = RecordStatus::kEnteredInError;
  GeneResult preliminary = Result("TPMT", {"*1/*3A"}, "2025", "p");
  preliminary.record_status = RecordStatus::kPreliminary;
  const GeneResult final_result = Result("TPMT", {"*1/*1"}, "2024", "f");
  EXPECT_EQ(Judge({withdrawn, preliminary, final_result}),
            "w:withdrawn p:preliminary f:current | f");
  EXPECT_EQ(Judge({preliminary}), "p:current | p");
  EXPECT_EQ(Judge({withdrawn}), "w:withdrawn |");
}

TEST(JudgeResults, RanksAPhenotypeBelowAGenotype) {
  GeneResult phenotype = Result("CYP2C19", {}, "2025", "p");
  phenotype.reported_phenotype = "Poor Metabolizer";
  const GeneResult genotype = Result("CYP2C19", {"*2/*2"}, "2015", "g");
  EXPECT_EQ(Judge({phenotype, genotype}), "p:phenotype-only g:current | g");
  // The same laboratory's words of the same day are its own reading of the genotype.
  EXPECT_EQ(Judge({phenotype, Result("CYP2C19", {"*1/*2"}, "2025", "g")}),
            "p:phenotype-only g:current | g");
  EXPECT_EQ(Judge({phenotype}), "p:current | p");
  const GeneResult unreadable = Result("CYP2C19", {"*1/*999"}, "2015", "u");
  EXPECT_EQ(Judge({phenotype, unreadable}), "p:current u:conflicting | p u");
}

TEST(JudgeResults, TellsOfAPhenotypeThatAnotherGenotypeDoesNotExplain) {
  GeneResult phenotype = Result("DPYD", {}, "2020", "p");
  phenotype.reported_phenotype = "Poor Metabolizer";
  const GeneResult genotype = Result("DPYD", {"Reference/Reference"}, "2025", "g");
  EXPECT_EQ(Judge({phenotype, genotype}), "g:current p:conflicting | g p");
  phenotype.effective = "2026";
  EXPECT_EQ(Judge({phenotype, genotype}), "p:conflicting g:current | g p");
  const GeneProfile profile = MakeProfile(Knowledge(), {phenotype, genotype});
  EXPECT_EQ(profile.genes.at(0).interpretation.status, InterpretationStatus::kConflict);
}

GeneResult Piece(const std::string& source, std::vector<std::string> found,
                 std::vector<std::string> absent) {
  GeneResult result = Result("DPYD", {}, "2025", source);
  result.haplotypes = std::move(found);
  result.absent = std::move(absent);
  return result;
}

TEST(JudgeResults, ReadsTheVariantsOfOneReportTogether) {
  const std::vector<GeneResult> results = {
      Piece("a", {"c.1905+1G>A"}, {}), Piece("b", {}, {"c.1679T>G"}), Piece("c", {"c.2846A>T"}, {}),
      Piece("d", {}, {"c.1129-5923C>G"})};
  EXPECT_EQ(Judge(results), "a:current b:evidence c:evidence d:evidence | a");
  const GeneProfile profile = MakeProfile(Knowledge(), results);
  ASSERT_EQ(profile.genes.size(), 1U);
  const GeneInterpretation& reading = profile.genes[0].interpretation;
  ASSERT_EQ(reading.candidates.size(), 1U);
  EXPECT_EQ(reading.candidates[0].score->Text(), "0.5");
}

TEST(JudgeResults, ReadsNothingFoundAsReferenceOnlyWhenTheRequiredVariantsWereLookedFor) {
  std::vector<GeneResult> results = {Piece("a", {}, {"c.1905+1G>A"}), Piece("b", {}, {"c.1679T>G"}),
                                     Piece("c", {}, {"c.2846A>T"}), Piece("d", {}, {"c.1236G>A"})};
  EXPECT_EQ(MakeProfile(Knowledge(), results).genes[0].interpretation.candidates.at(0).phenotype,
            "Normal Metabolizer");
  results.pop_back();
  EXPECT_EQ(MakeProfile(Knowledge(), results).genes[0].interpretation.status,
            InterpretationStatus::kNotInterpretable);
}

TEST(JudgeResults, TakesHaplotypesOfAGenotypeAsItsEvidence) {
  GeneResult genotype = Result("CYP2C9", {"*2/*3"}, "2025", "g");
  GeneResult one = Result("CYP2C9", {}, "2025", "h1");
  one.haplotypes = {"*2"};
  GeneResult two = one;
  two.haplotypes = {"*3"};
  two.source = "h2";
  EXPECT_EQ(Judge({genotype, one, two}), "g:current h1:evidence h2:evidence | g");
}

TEST(JudgeResults, AddsTestsForDifferentRiskAlleles) {
  GeneResult present = Result("HLA-B", {}, "2025", "a");
  present.haplotypes = {"*57:01"};
  GeneResult absent = Result("HLA-B", {}, "2020", "b");
  absent.absent = {"*15:02"};
  const auto profile = MakeProfile(Knowledge(), {present, absent});
  EXPECT_EQ(profile.genes[0].interpretation.status, InterpretationStatus::kInterpreted);
  EXPECT_EQ(profile.genes[0].interpretation.candidates[0].statuses.size(), 2U);
}

TEST(JudgeResults, KeepsGenesThatTheKnowledgeLacks) {
  EXPECT_EQ(Judge({Result("NEWGENE1", {"*1/*9"}, "2020", "a"),
                   Result("NEWGENE1", {"*1/*9"}, "2025", "b")}),
            "b:current a:repeat | b");
}

}  // namespace
}  // namespace genflik::rules
