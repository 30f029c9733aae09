#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "rules/knowledge_loader.h"
#include "services/lab/outside_calls.h"
#include "services/lab/vcf_caller.h"
#include "tests/support/places.h"
#include "tests/support/services_tests/vcf_test_support.h"

// Walks the reference cases where they stand beside the source; each must be called as the
// reference calls it, scores included.

namespace genflik::lab {
namespace {

using nlohmann::json;

const std::filesystem::path& Cases() {
  static const std::filesystem::path path =
      std::filesystem::path(tests::SourceDir()) / "../shared/reference/vcf-cases";
  return path;
}

std::string TextOf(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// The bases behind an ambiguity code (IUPAC), or the text itself.
json BasesOf(const std::string& text) {
  static const std::map<std::string, json> codes = {{"R", {"A", "G"}}, {"Y", {"C", "T"}},
                                                    {"S", {"G", "C"}}, {"W", {"A", "T"}},
                                                    {"K", {"G", "T"}}, {"M", {"A", "C"}}};
  const auto found = codes.find(text);
  return found == codes.end() ? json(text) : found->second;
}

/// Definitions that some cases bring with them, in our own form.
std::shared_ptr<const rules::AlleleDefinitions> Convert(const json& source) {
  json own = {{"gene", source.at("gene")},
              {"build", "GRCh38"},
              {"chromosome", source.at("chromosome")},
              {"positions", json::array()},
              {"alleles", json::array()},
              {"calling", json::object()}};
  std::map<int64_t, json> positions;
  for (const json& variant : source.at("variants")) {
    positions[variant.at("position").get<int64_t>()] = {{"position", variant.at("position")},
                                                        {"ref", variant.at("ref")},
                                                        {"alts", variant.at("alts")}};
  }
  for (const auto& [position, entry] : positions) own["positions"].push_back(entry);
  std::vector<json> alleles;
  for (const json& named : source.at("namedAlleles")) {
    json allele = {{"name", named.at("name")}, {"bases", json::object()}};
    for (size_t i = 0; i < named.at("alleles").size(); ++i) {
      const json& base = named.at("alleles")[i];
      const json& variant = source.at("variants")[i];
      if (base.is_null() || base == variant.at("ref")) continue;
      allele["bases"][std::to_string(variant.at("position").get<int64_t>())] =
          BasesOf(base.get<std::string>());
    }
    const bool reference = named.value("reference", false);
    if (reference) allele["reference"] = true;
    alleles.insert(reference ? alleles.begin() : alleles.end(), allele);
  }
  own["alleles"] = alleles;
  const std::string gene = source.at("gene").get<std::string>();
  if (gene == "DPYD" || gene == "RYR1") {
    own["calling"] = {{"method", "every-variant"}, {"undocumentedAsReference", true}};
  }
  if (gene == "CYP2D6") own["calling"]["onRequest"] = "small variants only";
  std::vector<rules::DefinitionProblem> problems;
  auto definition = rules::ReadDefinition(own.dump(), gene + ".json", problems);
  if (!definition) throw std::runtime_error(problems.front().pointer + problems.front().reason);
  return std::make_shared<const rules::AlleleDefinitions>(
      std::vector<rules::GeneDefinition>{*std::move(definition)});
}

rules::CallOptions OptionsOf(const json& options) {
  rules::CallOptions call;
  call.all = !options.value("top_candidates_only", true);
  call.combinations = options.value("find_combinations", false);
  call.on_request = options.value("call_cyp2d6", false);
  call.gene_rules = options.value("with_exemptions", true);
  return call;
}

SampleEvidence ReadCase(const json& entry, const rules::PositionIndex& index) {
  const json& input = entry.at("input");
  VcfOptions options;
  if (input.contains("sample")) options.samples = {input.at("sample").get<std::string>()};
  auto reading =
      ReadVcf((Cases() / input.at("local_vcf").get<std::string>()).string(), index, options);
  return std::move(reading.samples.at(0));
}

SampleCall CallCase(const json& entry, const rules::PositionIndex& index,
                    const SampleEvidence& evidence) {
  const json& input = entry.at("input");
  std::vector<OutsideCall> outside;
  for (const json& text : input.value("outside_calls", json::array())) {
    for (auto& call : ReadOutsideCalls(text.get<std::string>(), "outside.tsv")) {
      outside.push_back(std::move(call));
    }
  }
  return CallSample(evidence, index, OptionsOf(entry.at("options")), outside);
}

SampleCall CallCase(const json& entry, const rules::PositionIndex& index) {
  return CallCase(entry, index, ReadCase(entry, index));
}

fhir::Json RenderCase(const json& entry, const rules::KnowledgeBase& knowledge) {
  const rules::PositionIndex& index = testing::OwnIndex();
  const SampleEvidence evidence = ReadCase(entry, index);
  CallReportContext context;
  context.index = &index;
  context.knowledge = &knowledge;
  return RenderCalls(CallCase(entry, index, evidence), evidence, context);
}

/// Compares one gene; a gene without usable data is the same as one that was not called.
void ExpectGene(const json& entry, const std::string& name, const SampleCall& call) {
  rules::GeneCall got;
  for (const GeneReport& report : call.genes) {
    if (report.call.gene == name && report.outside) return;
    if (report.call.gene == name) got = report.call;
  }
  const json& want = entry.at("peer_matcher_output").at(name);
  std::vector<int> scores;
  for (const auto& diplotype : got.diplotypes) scores.push_back(diplotype.score);
  EXPECT_EQ(testing::Texts(got), want.at("diplotypes").get<std::vector<std::string>>()) << name;
  EXPECT_EQ(scores, want.at("scores").get<std::vector<int>>()) << name;
  EXPECT_EQ(got.haplotypes, want.value("haplotypes", std::vector<std::string>{})) << name;
  const json expected = entry.at("expected").value("diplotypes", json::object());
  // Some whole-pipeline cases name diplotypes of other genes there, with the gene in front.
  if (entry.at("kind") == "matcher" && expected.contains(name)) {
    EXPECT_EQ(testing::Texts(got), expected.at(name).get<std::vector<std::string>>()) << name;
  }
}

TEST(VcfReferenceCases, AreCalledAsTheReferenceCallsThem) {
  std::ifstream lines(Cases() / "cases.jsonl");
  if (!lines) GTEST_SKIP() << "reference cases are not beside the source";
  size_t cases = 0;
  std::string line;
  while (std::getline(lines, line)) {
    const json entry = json::parse(line);
    if (!entry.at("input").contains("local_vcf")) continue;
    SCOPED_TRACE(entry.at("id").get<std::string>());
    ++cases;
    const json own = entry.at("input").value("local_definitions", json::array());
    if (own.empty()) {
      const SampleCall call = CallCase(entry, testing::OwnIndex());
      for (const auto& [gene, want] : entry.at("peer_matcher_output").items()) {
        ExpectGene(entry, gene, call);
      }
      continue;
    }
    const rules::PositionIndex index(
        Convert(json::parse(TextOf(Cases() / own[0].get<std::string>()))));
    const SampleCall call = CallCase(entry, index);
    for (const auto& [gene, want] : entry.at("peer_matcher_output").items()) {
      ExpectGene(entry, gene, call);
    }
  }
  EXPECT_GE(cases, 350U);
}

/// Cases whose meaning departs from the reference's on purpose; docs/methods/star-allele-calling.md
/// says why.
bool Departs(const std::string& id, const std::string& gene) {
  static const std::set<std::pair<std::string, std::string>> departures = {
      // Allele functions of 2026, where the reference has those of 2023 and 2025.
      {"Cacna1sTest.cacna1sHet_ryr1Het", "RYR1"},
      {"Cacna1sTest.cacna1sHom_ryr1Het2", "RYR1"},
      {"PipelineTest.testDuplicateEntryFirstIsBad", "NUDT15"},
      {"Ryr1Test.cacna1sMissing_ryr1Het1Hom1", "RYR1"},
      {"Ryr1Test.cacna1sMissing_ryr1Het2Hom1", "RYR1"},
      {"Ryr1Test.cacna1sMissing_ryr1Het2Hom1Phased", "RYR1"},
      {"Ryr1Test.cacna1sMissing_ryr1Het3", "RYR1"},
      // Copies that were counted, and copies in tandem.
      {"Cyp2d6Test.combinationsInOutsideCalls", "CYP2D6"},
      {"Cyp2d6Test.testCyp2d6CpicVsDpwg", "CYP2D6"}};
  return departures.count({id, gene}) > 0;
}

std::shared_ptr<const rules::KnowledgeBase> Knowledge() {
  std::vector<rules::KnowledgeProblem> problems;
  return rules::LoadKnowledge(std::string(tests::SourceDir()) + "/rules/knowledge", problems);
}

/// Phenotype and activity score; "n/a" where there is none.
using Meaning = std::pair<std::string, std::string>;

std::string ScoreText(const json& score) {
  if (score.is_null()) return "n/a";
  const std::string text = score.get<std::string>();
  return text.empty() ? "n/a" : text;
}

std::set<Meaning> WantedMeanings(const json& want) {
  std::set<Meaning> meanings;
  for (const json& one : want.value("recommendation", json::array())) {
    std::string phenotypes;
    for (const json& phenotype : one.at("phenotypes")) {
      phenotypes += (phenotypes.empty() ? "" : ", ") + phenotype.get<std::string>();
    }
    meanings.emplace(phenotypes.empty() ? "n/a" : phenotypes, ScoreText(one.at("activityScore")));
  }
  return meanings;
}

std::set<Meaning> Meanings(const fhir::Json& gene) {
  std::set<Meaning> meanings;
  const auto& phenotypes = gene.at("phenotypes");
  const auto& scores = gene.at("activityScores");
  for (size_t i = 0; i < phenotypes.size(); ++i) {
    meanings.emplace(phenotypes[i].get<std::string>(),
                     i < scores.size() ? scores[i].get<std::string>() : "n/a");
  }
  return meanings;
}

TEST(VcfReferenceCases, MeanWhatTheyMeanToTheReference) {
  std::ifstream lines(Cases() / "cases.jsonl");
  if (!lines) GTEST_SKIP() << "reference cases are not beside the source";
  const auto knowledge = Knowledge();
  ASSERT_NE(knowledge, nullptr);
  size_t compared = 0;
  size_t departed = 0;
  std::string line;
  while (std::getline(lines, line)) {
    const json entry = json::parse(line);
    if (!entry.at("input").contains("local_vcf")) continue;
    if (!entry.at("input").value("local_definitions", json::array()).empty()) continue;
    const json wanted = entry.value("peer_phenotyper_output", json::object());
    if (wanted.empty()) continue;
    const std::string id = entry.at("id").get<std::string>();
    SCOPED_TRACE(id);
    const fhir::Json calls = RenderCase(entry, *knowledge);
    for (const auto& [name, want] : wanted.items()) {
      const auto found =
          std::find_if(calls.at("genes").begin(), calls.at("genes").end(),
                       [&name = name](const auto& gene) { return gene.at("gene") == name; });
      if (!want.value("called", false) || want.value("recommendation", json::array()).empty())
        continue;
      ASSERT_NE(found, calls.at("genes").end()) << name;
      const bool same = Meanings(*found) == WantedMeanings(want);
      EXPECT_EQ(same, !Departs(id, name))
          << name << " " << found->at("phenotypes") << found->at("activityScores") << " " << want;
      departed += same ? 0 : 1;
      ++compared;
    }
  }
  EXPECT_GE(compared, 200U);
  EXPECT_EQ(departed, 9U);
}

}  // namespace
}  // namespace genflik::lab
