#include <filesystem>
#include <fstream>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/e2e_tests/program.h"
#include "tests/support/places.h"

namespace genflik::e2e {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

const std::filesystem::path kData = std::filesystem::path(tests::TestData()) / "vcf";

json GeneOf(const json& call, const std::string& gene) {
  for (const json& entry : call.at("genes")) {
    if (entry.at("gene") == gene) return entry;
  }
  return {};
}

/// Each case is NAME.vcf and NAME.expected.json: the arguments, and for each gene the fields that
/// are asserted.
TEST(Call, GivesWhatEachCaseExpects) {
  size_t cases = 0;
  for (const auto& file : std::filesystem::directory_iterator(kData)) {
    const std::string path = file.path().string();
    const std::string ending = ".expected.json";
    if (path.size() < ending.size() || path.substr(path.size() - ending.size()) != ending) continue;
    SCOPED_TRACE(file.path().filename().string());
    const json expected = json::parse(ReadFile(file.path()));
    std::vector<std::string> arguments = {"call",
                                          path.substr(0, path.size() - ending.size()) + ".vcf"};
    for (const json& argument : expected.value("arguments", json::array())) {
      std::string text = argument.get<std::string>();
      if (text.rfind("@", 0) == 0) text = (kData / text.substr(1)).string();
      arguments.push_back(text);
    }
    const Outcome outcome = RunProgram(arguments);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const json call = json::parse(outcome.out);
    for (const auto& [gene, fields] : expected.at("genes").items()) {
      const json got = GeneOf(call, gene);
      ASSERT_FALSE(got.is_null()) << gene;
      for (const auto& [field, value] : fields.items()) EXPECT_EQ(got.at(field), value) << gene;
    }
    if (expected.contains("notTested")) {
      EXPECT_EQ(call.at("notTested"), expected.at("notTested"));
    }
    ++cases;
  }
  EXPECT_GE(cases, 6U);
}

TEST(Call, WritesATable) {
  const Outcome outcome = RunProgram(
      {"call", (kData / "dpyd_hapb3_unphased.vcf").string(), "--out", "tsv", "--genes", "DPYD"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("sample\tgene\tstatus\t"));
  EXPECT_THAT(outcome.out, HasSubstr("\tDPYD\tcalled\t"));
}

TEST(Call, WritesAGenomicsReportingBundle) {
  const Outcome outcome = RunProgram({"call", (kData / "cyp2c19_s2_s17.vcf").string(), "--out",
                                      "fhir", "--subject", "Patient/123", "--genes", "CYP2C19"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json bundle = json::parse(outcome.out);
  EXPECT_EQ(bundle.at("resourceType"), "Bundle");
  std::map<std::string, int> codes;
  for (const json& entry : bundle.at("entry")) {
    const json& resource = entry.at("resource");
    EXPECT_EQ(resource.at("subject").at("reference"), "Patient/123");
    ++codes[resource.at("code").at("coding")[0].at("code").get<std::string>()];
  }
  // Four variants, two haplotypes, one genotype, one phenotype; what follows for drugs.
  EXPECT_EQ(codes["69548-6"], 4);
  EXPECT_EQ(codes["84414-2"], 2);
  EXPECT_EQ(codes["51969-4"], 1);
  EXPECT_GT(codes["therapeutic-implication"], 3);
  EXPECT_EQ(codes["84413-4"], 1);
  EXPECT_EQ(codes["53040-2"], 1);
  EXPECT_THAT(outcome.out, HasSubstr("CYP2C19 *2/*17"));
  EXPECT_THAT(outcome.out, HasSubstr("NC_000010.11:g.94781859G>A"));
}

TEST(Call, GivesSeveralSamplesAsAnArray) {
  const std::string file = (kData / "two_samples.vcf").string();
  const json both = json::parse(RunProgram({"call", file}).out);
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[0].at("sample"), "MOTHER");
  const json one = json::parse(RunProgram({"call", file, "--sample", "CHILD"}).out);
  EXPECT_EQ(one.at("sample"), "CHILD");
}

TEST(Call, CallsAgainFromKeptEvidence) {
  const TemporaryFolder folder;
  const std::string file = (kData / "cyp2c19_s2_s17.vcf").string();
  const Outcome first = RunProgram({"call", file, "--evidence"});
  ASSERT_EQ(first.exit_code, 0) << first.err;
  const auto kept = folder.path() / "kept.json";
  std::ofstream(kept) << first.out;
  const Outcome again = RunProgram({"call", kept.string(), "--evidence"});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(json::parse(again.out).at("genes"), json::parse(first.out).at("genes"));
}

TEST(Call, RefusesWithReasonAndExitCode) {
  const auto refused = [](const std::vector<std::string>& arguments) {
    const Outcome outcome = RunProgram(arguments);
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_TRUE(outcome.out.empty()) << outcome.out;
    return outcome.err;
  };
  EXPECT_THAT(refused({"call", (kData / "broken/grch37.vcf").string()}), HasSubstr("GRCh37"));
  EXPECT_THAT(refused({"call", (kData / "broken/no_build.vcf").string()}), HasSubstr("build"));
  EXPECT_THAT(refused({"call", (kData / "broken/contradiction.vcf").string()}),
              HasSubstr("contradicts line"));
  EXPECT_THAT(refused({"call", (kData / "broken/bad_allele.vcf").string()}),
              HasSubstr("column 10"));
  EXPECT_THAT(refused({"call", (kData / "broken/cut_off.vcf").string()}), HasSubstr("line"));
  EXPECT_THAT(refused({"call", (kData / "broken/not_vcf.txt").string()}), HasSubstr("neither VCF"));
  EXPECT_THAT(refused({"call", "/nowhere.vcf"}), HasSubstr("no such file"));
  EXPECT_THAT(refused({"call", (kData / "two_samples.vcf").string(), "--sample", "FATHER"}),
              HasSubstr("FATHER"));
  EXPECT_THAT(refused({"call", (kData / "two_samples.vcf").string(), "--genes", "CYP9Z9"}),
              HasSubstr("CYP9Z9"));
  EXPECT_EQ(RunProgram({"call"}).exit_code, 2);
  EXPECT_EQ(RunProgram({"call", "x.vcf", "--out", "pdf"}).exit_code, 2);
}

}  // namespace
}  // namespace genflik::e2e
