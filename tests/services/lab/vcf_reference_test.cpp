#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

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

SampleCall CallCase(const json& entry, const rules::PositionIndex& index) {
  const json& input = entry.at("input");
  VcfOptions options;
  if (input.contains("sample")) options.samples = {input.at("sample").get<std::string>()};
  std::vector<OutsideCall> outside;
  for (const json& text : input.value("outside_calls", json::array())) {
    for (auto& call : ReadOutsideCalls(text.get<std::string>(), "outside.tsv")) {
      outside.push_back(std::move(call));
    }
  }
  const auto reading =
      ReadVcf((Cases() / input.at("local_vcf").get<std::string>()).string(), index, options);
  return CallSample(reading.samples.at(0), index, OptionsOf(entry.at("options")), outside);
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

}  // namespace
}  // namespace genflik::lab
