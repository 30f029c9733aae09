#include "rules/star_caller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "rules/definition_loader.h"

// A gene of our own, small enough to follow each call by hand:
//   position   10   20   30   40   50
//   *1          A    C    G    T    A   (reference)
//   *2          G    .    .    .    .
//   *3          G    T    .    .    .
//   *4          .    .    A    .    .
//   *5          .    .    .   C/T   G   (either base at 40)

namespace genflik::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

nlohmann::json Source() {
  return nlohmann::json::parse(R"({"gene": "X", "build": "GRCh38", "chromosome": "chr1",
    "sequence": "", "positions": [
      {"position": 10, "rsid": "rs10", "ref": "A", "alts": ["G"]},
      {"position": 20, "rsid": "rs20", "ref": "C", "alts": ["T"]},
      {"position": 30, "rsid": "rs30", "ref": "G", "alts": ["A"]},
      {"position": 40, "rsid": "rs40", "ref": "T", "alts": ["C"]},
      {"position": 50, "ref": "A", "alts": ["G"]}],
    "alleles": [{"name": "*1", "reference": true},
      {"name": "*2", "bases": {"10": "G"}},
      {"name": "*3", "bases": {"10": "G", "20": "T"}},
      {"name": "*4", "bases": {"30": "A"}},
      {"name": "*5", "bases": {"40": ["C", "T"], "50": "G"}}]})");
}

GeneDefinition Definition(const nlohmann::json& calling = nlohmann::json::object()) {
  nlohmann::json source = Source();
  source["calling"] = calling;
  std::vector<DefinitionProblem> problems;
  auto gene = ReadDefinition(source.dump(), "X.json", problems);
  if (!gene) throw std::runtime_error(problems.front().reason);
  return *std::move(gene);
}

/// Genotypes by position: "0/1", "1|0", "1|0:7" with a phase set, "." for no record.
GeneCallEvidence Evidence(const std::vector<std::string>& genotypes) {
  GeneCallEvidence evidence;
  for (const std::string& text : genotypes) {
    SiteCall site;
    if (text != ".") {
      site.problem = SiteProblem::kNone;
      const auto label = [&](char c) -> BaseLabel {
        if (c == '.') return kMissingBase;
        if (c == '*') return kDeletedBase;
        if (c == 'N') return evidence.LabelOfOther("N");
        return static_cast<BaseLabel>(c - '0');
      };
      site.bases[0] = label(text[0]);
      site.copies = text.size() > 1 ? 2 : 1;
      if (text.size() > 1) {
        site.bases[1] = label(text[2]);
        site.phased = text[1] == '|';
        if (text.size() > 4) site.phase_set = std::stoi(text.substr(4));
      }
    }
    evidence.sites.push_back(site);
  }
  return evidence;
}

GeneCall Call(const std::vector<std::string>& genotypes, const CallOptions& options = {},
              const nlohmann::json& calling = nlohmann::json::object()) {
  return CallGene(Definition(calling), Evidence(genotypes), options);
}

std::vector<std::string> Texts(const GeneCall& call) {
  std::vector<std::string> texts;
  for (const auto& diplotype : call.diplotypes) texts.push_back(diplotype.text);
  return texts;
}

std::vector<int> Scores(const GeneCall& call) {
  std::vector<int> scores;
  for (const auto& diplotype : call.diplotypes) scores.push_back(diplotype.score);
  return scores;
}

CallOptions All() {
  CallOptions options;
  options.all = true;
  return options;
}

CallOptions Combinations() {
  CallOptions options;
  options.combinations = true;
  return options;
}

TEST(StarCaller, CallsReferenceWhereNothingWasFound) {
  const GeneCall call = Call({"0/0", "0/0", "0/0", "0/0", "0/0"});
  EXPECT_EQ(call.status, CallStatus::kCalled);
  EXPECT_THAT(Texts(call), ElementsAre("*1/*1"));
  EXPECT_THAT(Scores(call), ElementsAre(10));
}

TEST(StarCaller, DoesNotCallAGeneThatNobodyLookedAt) {
  const GeneCall call = Call({".", ".", ".", ".", "."});
  EXPECT_EQ(call.status, CallStatus::kNotTested);
  EXPECT_THAT(Texts(call), IsEmpty());
}

TEST(StarCaller, ScoresByPositionsMatched) {
  const GeneCall call = Call({"0/1", "0/0", "0/0", "0/0", "0/0"});
  EXPECT_THAT(Texts(call), ElementsAre("*1/*2"));
  EXPECT_THAT(Scores(call), ElementsAre(6));
}

TEST(StarCaller, KeepsTheTopOrAllThatExplainTheData) {
  EXPECT_THAT(Texts(Call({"0/1", "0/0", "0/1", "0/0", "0/0"})), ElementsAre("*2/*4"));
  const std::vector<std::string> ambiguous = {"0/1", "0/1", "0/0", "0/0", "0/0"};
  EXPECT_THAT(Texts(Call(ambiguous)), ElementsAre("*1/*3"));
  EXPECT_THAT(Texts(Call({"1/1", "0/1", "0/0", "0/0", "0/0"}, All())), ElementsAre("*2/*3"));
}

TEST(StarCaller, CountsAnOptionalBaseOnlyWhenItIsAVariant) {
  EXPECT_THAT(Scores(Call({"0/0", "0/0", "0/0", "0/0", "0/1"})), ElementsAre(6));
  EXPECT_THAT(Scores(Call({"0/0", "0/0", "0/0", "0/1", "0/1"})), ElementsAre(7));
  EXPECT_THAT(Texts(Call({"0/0", "0/0", "0/0", "1/1", "1/1"})), ElementsAre("*5/*5"));
  EXPECT_THAT(Scores(Call({"0/0", "0/0", "0/0", "1/1", "1/1"})), ElementsAre(4));
}

TEST(StarCaller, HonoursPhase) {
  EXPECT_THAT(Texts(Call({"1|0", "0/0", "0|1", "0/0", "0/0"})), ElementsAre("*2/*4"));
  const GeneCall together = Call({"1|0", "0/0", "1|0", "0/0", "0/0"});
  EXPECT_EQ(together.status, CallStatus::kNoCall);
  EXPECT_TRUE(together.phase_known);
}

TEST(StarCaller, LetsPhaseSetsTurnAgainstEachOther) {
  EXPECT_THAT(Texts(Call({"1|0:7", "0/0", "1|0:8", "0/0", "0/0"})), ElementsAre("*2/*4"));
  EXPECT_THAT(Texts(Call({"1|0:7", "0/0", "1|0:7", "0/0", "0/0"})), IsEmpty());
}

TEST(StarCaller, LeavesMissingPositionsOutOfTheDefinitions) {
  const GeneCall call = Call({"0/1", ".", "0/0", "0/0", "0/0"});
  EXPECT_THAT(Texts(call), ElementsAre("*1/*2", "*1/*3"));
  EXPECT_EQ(call.status, CallStatus::kAmbiguous);
  EXPECT_THAT(call.missing, ElementsAre(1));
  ASSERT_EQ(call.alike.size(), 1U);
  EXPECT_THAT(call.alike[0], ElementsAre("*2", "*3"));
}

TEST(StarCaller, NamesAllelesThatCannotBeSeen) {
  const GeneCall call = Call({"0/0", "0/0", ".", "0/0", "0/0"});
  EXPECT_THAT(Texts(call), ElementsAre("*1/*1"));
  EXPECT_THAT(call.untestable, ElementsAre("*4"));
}

// SLCO1B1*45 is told by rs71581941 and names the reference at c.521, which is often tested alone.
TEST(StarCaller, FindsNoAlleleOfWhichOnlyReferenceBasesWereSeen) {
  nlohmann::json source = Source();
  source["alleles"].push_back({{"name", "*6"}, {"bases", {{"10", "A"}, {"50", "G"}}}});
  std::vector<DefinitionProblem> problems;
  const auto gene = ReadDefinition(source.dump(), "X.json", problems);
  ASSERT_TRUE(gene);
  const GeneCall call = CallGene(*gene, Evidence({"0/0", "0/0", "0/0", "0/0", "."}), All());
  EXPECT_THAT(Texts(call), ElementsAre("*1/*1"));
  EXPECT_THAT(call.untestable, ElementsAre("*6"));
}

TEST(StarCaller, TakesAHalfCallWithReferenceForMissing) {
  const GeneCall call = Call({"0/.", "0/0", "0/0", "0/0", "0/0"});
  EXPECT_THAT(call.missing, ElementsAre(0));
  EXPECT_THAT(Texts(call), ElementsAre("*1/*1"));
}

TEST(StarCaller, DoesNotCallAHalfCallWithAVariant) {
  EXPECT_EQ(Call({"1/.", "0/0", "0/0", "0/0", "0/0"}).status, CallStatus::kNoCall);
  EXPECT_THAT(Texts(Call({"1/.", "0/0", "0/0", "0/0", "0/0"}, Combinations())),
              ElementsAre("*2/g.10?"));
}

TEST(StarCaller, DoesNotCallAnUnknownBaseUnlessTheGeneSaysSo) {
  const GeneCall call = Call({"0/N", "0/0", "0/0", "0/0", "0/0"});
  EXPECT_EQ(call.status, CallStatus::kNoCall);
  ASSERT_EQ(call.undocumented.size(), 1U);
  EXPECT_FALSE(call.undocumented[0].read_as_reference);
  const nlohmann::json as_reference = {{"undocumentedAsReference", true}};
  const GeneCall read = Call({"0/N", "0/0", "0/0", "0/0", "0/0"}, {}, as_reference);
  EXPECT_THAT(Texts(read), ElementsAre("*1/*1"));
  EXPECT_TRUE(read.undocumented.at(0).read_as_reference);
  // A deleted base is known not to be the reference.
  EXPECT_THAT(Texts(Call({"0/*", "0/0", "0/0", "0/0", "0/0"}, {}, as_reference)), IsEmpty());
}

TEST(StarCaller, CombinesAllelesOnlyWhenNoPairExplainsTheData) {
  EXPECT_THAT(Texts(Call({"0/1", "0/0", "0/1", "0/0", "0/0"}, Combinations())),
              ElementsAre("*2/*4"));
  EXPECT_THAT(Texts(Call({"1|0", "0/0", "1|0", "0/0", "0/0"}, Combinations())),
              ElementsAre("*1/[*2 + *4]"));
  // *3 holds *2; the larger allele is named.
  EXPECT_THAT(Texts(Call({"1|0", "1|0", "1|0", "0/0", "0/0"}, Combinations())),
              ElementsAre("*1/[*3 + *4]"));
}

TEST(StarCaller, NamesVariantsThatBelongToNoAllele) {
  const GeneCall call = Call({"1|0", "0/0", "0/0", "1|0", "0/0"}, Combinations());
  EXPECT_THAT(Texts(call), ElementsAre("*1/[*2 + g.40T>C]"));
  EXPECT_THAT(Scores(call), ElementsAre(5));
  EXPECT_THAT(Texts(Call({"0/0", "0/0", "0/0", "0/1", "0/0"}, Combinations())),
              ElementsAre("*1/g.40T>C"));
}

TEST(StarCaller, CallsNothingWithoutARequiredPosition) {
  const nlohmann::json required = {{"required", {"rs30"}}};
  EXPECT_EQ(Call({"0/0", "0/0", ".", "0/0", "0/0"}, {}, required).status, CallStatus::kNoCall);
  CallOptions options;
  options.gene_rules = false;
  EXPECT_THAT(Texts(Call({"0/0", "0/0", ".", "0/0", "0/0"}, options, required)),
              ElementsAre("*1/*1"));
}

TEST(StarCaller, PrefersTheFrequentDiplotypeWhenUnphased) {
  const nlohmann::json priority = {
      {"unphasedPriorities", {{{"keep", "*2/*4"}, {"over", {"*1/*3"}}}}}};
  // Nothing to prefer: *1/*3 does not explain these data.
  EXPECT_THAT(Texts(Call({"0/1", "0/0", "0/1", "0/0", "0/0"}, {}, priority)), ElementsAre("*2/*4"));
}

TEST(StarCaller, NamesWhatUnphasedDataCannotRuleOut) {
  const nlohmann::json ambiguity = {
      {"ambiguities", {{{"called", "*2/*4"}, {"alternative", "*1/*9"}}}}};
  EXPECT_THAT(Call({"0/1", "0/0", "0/1", "0/0", "0/0"}, {}, ambiguity).not_excluded,
              ElementsAre("*1/*9"));
  EXPECT_THAT(Call({"0|1", "0/0", "1|0", "0/0", "0/0"}, {}, ambiguity).not_excluded, IsEmpty());
}

TEST(StarCaller, CallsOneCopyOnX) {
  const nlohmann::json linked = {{"copies", "x-linked"}};
  EXPECT_THAT(Texts(Call({"1", "0", "0", "0", "0"}, {}, linked)), ElementsAre("*2"));
  EXPECT_THAT(Texts(Call({"0/1", "0/0", "0/0", "0/0", "0/0"}, {}, linked)), ElementsAre("*1/*2"));
  CallOptions male;
  male.sex = Sex::kMale;
  EXPECT_THAT(Texts(Call({"1/1", "0/0", "0/0", "0/0", "0/0"}, male, linked)), ElementsAre("*2"));
  EXPECT_EQ(Call({"0/1", "0/0", "0/0", "0/0", "0/0"}, male, linked).status, CallStatus::kNoCall);
  CallOptions female;
  female.sex = Sex::kFemale;
  EXPECT_EQ(Call({"1", "0", "0", "0", "0"}, female, linked).status, CallStatus::kNoCall);
  EXPECT_EQ(Call({"1", "0", "0", "0", "0"}).status, CallStatus::kNoCall);
}

TEST(StarCaller, DoesNotCallHeteroplasmy) {
  const nlohmann::json one = {{"copies", "one"}};
  EXPECT_THAT(Texts(Call({"1/1", "0/0", "0/0", "0/0", "0/0"}, {}, one)), ElementsAre("*2"));
  EXPECT_EQ(Call({"0/1", "0/0", "0/0", "0/0", "0/0"}, {}, one).status, CallStatus::kNoCall);
}

TEST(StarCaller, CallsOnRequestOnly) {
  const nlohmann::json request = {{"onRequest", "sees no copy number"}};
  EXPECT_EQ(Call({"0/0", "0/0", "0/0", "0/0", "0/0"}, {}, request).status, CallStatus::kNotTested);
  CallOptions options;
  options.on_request = true;
  const GeneCall call = Call({"0/0", "0/0", "0/0", "0/0", "0/0"}, options, request);
  EXPECT_THAT(Texts(call), ElementsAre("*1/*1"));
  EXPECT_THAT(call.notes, ElementsAre("sees no copy number"));
}

TEST(StarCaller, FallsBackToOneVariantButCallsNothing) {
  const nlohmann::json fallback = {
      {"fallback", {{"position", 10}, {"diplotypes", {{"A/G", "*1/*2"}}}}}};
  const GeneCall call = Call({"1|0", "0/0", "1|0", "0/0", "0/0"}, {}, fallback);
  EXPECT_EQ(call.status, CallStatus::kNoCall);
  EXPECT_THAT(Texts(call), IsEmpty());
  EXPECT_EQ(call.fallback, "*1/*2");
}

nlohmann::json EveryVariant() { return {{"method", "every-variant"}}; }

TEST(StarCaller, ListsEveryVariantWhenPhaseIsNotKnown) {
  const GeneCall call = Call({"0/1", "0/0", "1/1", "0/0", "0/1"}, {}, EveryVariant());
  EXPECT_EQ(call.status, CallStatus::kCalled);
  EXPECT_THAT(Texts(call), IsEmpty());
  EXPECT_THAT(call.haplotypes, ElementsAre("*2", "*4", "*4", "*5"));
}

TEST(StarCaller, NamesVariantsByStrandWhenPhaseIsKnown) {
  EXPECT_THAT(Texts(Call({"0/1", "0/0", "1/1", "0/0", "0/0"}, {}, EveryVariant())),
              ElementsAre("*4/[*2 + *4]"));
  EXPECT_THAT(Texts(Call({"0|1", "0/0", "0|1", "0/0", "1|0"}, {}, EveryVariant())),
              ElementsAre("*5/[*2 + *4]"));
  EXPECT_THAT(Texts(Call({"0|1:1", "0/0", "0|1:2", "0/0", "0/0"}, {}, EveryVariant())),
              ElementsAre("*1/[*2 + *4]", "*2/*4"));
}

TEST(StarCaller, ReadsLinkedMarkersTogether) {
  // Position 30 decides; 10 is its proxy; *4 alone, *2 both.
  nlohmann::json linked = EveryVariant();
  linked["proxy"] = {{"marker", 30}, {"proxy", 10}, {"alone", "*4"}, {"both", "*2"}};
  EXPECT_THAT(Texts(Call({"0/0", "0/0", "0/1", "0/0", "0/0"}, {}, linked)), ElementsAre("*1/*4"));
  EXPECT_THAT(Texts(Call({"0|1", "0/0", "0|1", "0/0", "0/0"}, {}, linked)), ElementsAre("*1/*2"));
  EXPECT_THAT(Texts(Call({"0/1", "0/0", "0/0", "0/0", "0/0"}, {}, linked)), ElementsAre("*1/*1"));
  EXPECT_THAT(Texts(Call({"0/1", "0/0", ".", "0/0", "0/0"}, {}, linked)), ElementsAre("*1/*2"));
  EXPECT_THAT(Call({"0/1", "0/0", "0/1", "0/0", "0/0"}, {}, linked).haplotypes,
              ElementsAre("*1", "*2"));
}

TEST(StarCaller, GivesAResultWithItsCoverage) {
  const GeneDefinition gene = Definition();
  const GeneCall call = CallGene(gene, Evidence({"0/1", "0/0", ".", "0/0", "0/0"}), {});
  const GeneResult result = ResultOf(gene, call);
  EXPECT_EQ(result.gene, "X");
  EXPECT_THAT(result.diplotypes, ElementsAre("*1/*2"));
  EXPECT_TRUE(result.coverage.known);
  EXPECT_FALSE(result.coverage.copy_number);
  EXPECT_THAT(result.coverage.alleles, ElementsAre("*1", "*2", "*3", "*5"));
  EXPECT_THAT(result.coverage.positions, ElementsAre("rs10", "rs20", "rs40", "chr1:50"));
}

}  // namespace
}  // namespace genflik::rules
