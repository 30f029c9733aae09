#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <Poco/Base64Encoder.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/e2e_tests/json.h"
#include "tests/support/e2e_tests/program.h"
#include "tests/support/places.h"

// A VCF over HTTP against the built program: raw, compressed, as a Binary, within Parameters; kept
// with the patient and called again from what was kept.

namespace genflik::e2e {
namespace {

using fhir::Json;
using ::testing::HasSubstr;
using ::testing::Not;

const std::filesystem::path kData = std::filesystem::path(tests::TestData()) / "vcf";

std::string Base64(const std::string& bytes) {
  std::ostringstream out;
  Poco::Base64Encoder encoder(out);
  encoder.rdbuf()->setLineLength(0);
  encoder << bytes;
  encoder.close();
  return out.str();
}

class CallVcf : public ::testing::Test {
 protected:
  CallVcf() {
    for (const char* id : {"anna", "bo"}) {
      const Answer answer =
          service_.Send("PUT", std::string("/fhir/Patient/") + id,
                        std::string(R"({"resourceType":"Patient","id":")") + id + "\"}",
                        {{"Content-Type", "application/fhir+json"}});
      EXPECT_EQ(answer.status, 201) << answer.body;
    }
  }

  Answer PostRaw(const std::string& query, const std::string& bytes,
                 const std::string& type = "text/vcf") const {
    return service_.Send("POST", "/fhir/$call-vcf" + query, bytes, {{"Content-Type", type}});
  }

  static std::string Genotype(const Answer& answer) {
    const Json bundle = Parse(answer.body);
    if (bundle.at("resourceType") != "Bundle") return answer.body;
    for (const Json& entry : bundle.at("entry")) {
      const Json& resource = entry.at("resource");
      if (resource.at("code").at("coding").at(0).at("code") == "84413-4") {
        return resource.at("valueCodeableConcept").at("text").get<std::string>();
      }
    }
    return "none";
  }

  std::string Record(const std::string& patient) const {
    return service_.Get("/record/" + patient).body;
  }

  TemporaryFolder folder_;
  Service service_{folder_.path()};
  const std::string vcf_ = ReadFile(kData / "cyp2c19_s2_s17.vcf");
};

TEST_F(CallVcf, TakesAVcfInEveryForm) {
  const Answer raw = PostRaw("", vcf_);
  ASSERT_EQ(raw.status, 200) << raw.body;
  EXPECT_EQ(Genotype(raw), "CYP2C19 *2/*17");
  EXPECT_THAT(raw.headers.at("content-type"), HasSubstr("application/fhir+json"));

  const auto zipped = folder_.path() / "s.vcf.gz";
  ASSERT_EQ(
      std::system(("bgzip -c " + (kData / "cyp2c19_s2_s17.vcf").string() + " > " + zipped.string())
                      .c_str()),
      0);
  const std::string bytes = ReadFile(zipped);
  EXPECT_EQ(Genotype(PostRaw("", bytes, "application/gzip")), "CYP2C19 *2/*17");
  EXPECT_EQ(PostRaw("", bytes.substr(0, bytes.size() - 28), "application/gzip").status, 400);

  const Json binary = {
      {"resourceType", "Binary"}, {"contentType", "application/gzip"}, {"data", Base64(bytes)}};
  EXPECT_EQ(Genotype(service_.PostFhir("/fhir/$call-vcf", binary.dump())), "CYP2C19 *2/*17");
  Json parameters = {
      {"resourceType", "Parameters"},
      {"parameter",
       Json::array({{{"name", "vcf"}, {"resource", binary}},
                    {{"name", "subject"}, {"valueReference", {{"reference", "Patient/anna"}}}},
                    {{"name", "gene"}, {"valueString", "CYP2C19"}},
                    {{"name", "implications"}, {"valueCode", "none"}}})}};
  const Answer asked = service_.PostFhir("/fhir/$call-vcf", parameters.dump());
  EXPECT_EQ(Genotype(asked), "CYP2C19 *2/*17");
  EXPECT_THAT(asked.body, Not(HasSubstr("B01AC04")));
  EXPECT_THAT(raw.body, HasSubstr("B01AC04"));
  EXPECT_THAT(Record("anna"), Not(HasSubstr("CYP2C19"))) << "nothing was to be stored";
}

TEST_F(CallVcf, KeepsTheResultWithThePatient) {
  const Answer answer =
      PostRaw("?subject=Patient/anna&store=true&laboratory=Klin%20gen&number=7", vcf_);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_THAT(Record("anna"), HasSubstr("*2/*17"));
  EXPECT_THAT(Record("anna"), HasSubstr("Klin gen"));
  // What is stored is found where the answer says.
  const Json bundle = Parse(answer.body);
  size_t found = 0;
  for (const Json& entry : bundle.at("entry")) {
    const std::string url = entry.at("fullUrl").get<std::string>();
    const size_t at = url.find("/fhir/");
    if (at == std::string::npos) continue;
    EXPECT_EQ(service_.Get(url.substr(at)).status, 200) << url;
    ++found;
  }
  // Report, genotype, two haplotypes, four variants.
  EXPECT_EQ(found, 8U);
}

TEST_F(CallVcf, TellsTheOrdersThatAreRunning) {
  const Json order = {
      {"resourceType", "MedicationRequest"},
      {"status", "active"},
      {"intent", "order"},
      {"subject", {{"reference", "Patient/bo"}}},
      {"medicationCodeableConcept",
       {{"coding", Json::array({{{"system", "http://www.whocc.no/atc"}, {"code", "B01AC04"}}})}}}};
  ASSERT_EQ(service_.PostFhir("/fhir/MedicationRequest", order.dump()).status, 201);
  ASSERT_EQ(PostRaw("?subject=Patient/bo&store=true", vcf_).status, 200);
  EXPECT_THAT(service_.Get("/fhir/DetectedIssue?patient=Patient/bo").body,
              HasSubstr("clopidogrel"));
}

TEST_F(CallVcf, RefusesWithAnOutcomeThatSaysWhy) {
  const auto refused = [this](const std::string& query, const std::string& bytes, int status,
                              const std::string& why) {
    const Answer answer = PostRaw(query, bytes);
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_THAT(answer.body, HasSubstr("OperationOutcome"));
    EXPECT_THAT(answer.body, HasSubstr(why));
  };
  refused("", "", 400, "no VCF");
  refused("?colour=red", vcf_, 400, "colour");
  refused("?minBalance=7", vcf_, 400, "minBalance");
  refused("?store=true", vcf_, 422, "subject");
  refused("?store=true&subject=Patient/nobody", vcf_, 404, "Patient/nobody");
  refused("?gene=CYP9Z9", vcf_, 422, "CYP9Z9");
  refused("?subject=Patient/anna&store=true", ReadFile(kData / "broken/grch37.vcf"), 415, "GRCh37");
  refused("?subject=Patient/anna&store=true", ReadFile(kData / "broken/bad_allele.vcf"), 400,
          "column 10");
  refused("?subject=Patient/anna&store=true", ReadFile(kData / "two_samples.vcf"), 422, "sample");
  EXPECT_THAT(Record("anna"), Not(HasSubstr("CYP")));
}

TEST_F(CallVcf, CallsAgainByCommand) {
  ASSERT_EQ(PostRaw("?subject=Patient/anna&store=true", vcf_).status, 200);
  const Outcome outcome = RunProgram({"recall", "--data", folder_.path().string()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("1 reports called again, 0 differ"));
}

TEST(CallVcfConfiguration, ThresholdsOfTheServiceHoldWhereNobodyAsks) {
  const TemporaryFolder folder;
  const auto config = folder.path() / "config.json";
  std::ofstream(config) << R"({"vcf": {"minDp": 20, "passOnly": true}})";
  const Service service(folder.path() / "data", {"--config", config.string()});
  const std::string vcf =
      "##fileformat=VCFv4.3\n##contig=<ID=chr10,length=133797422>\n"
      "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n"
      "##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"Depth\">\n"
      "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\n"
      "chr10\t94781859\t.\tG\tA\t.\tPASS\t.\tGT:DP\t1/1:12\n"
      "chr10\t94842866\t.\tA\tG\t.\tPASS\t.\tGT:DP\t1/1:40\n";
  const auto send = [&](const std::string& query) {
    return service.Send("POST", "/fhir/$call-vcf" + query, vcf, {{"Content-Type", "text/vcf"}})
        .body;
  };
  // The variant of *2 was read 12 times only.
  EXPECT_THAT(send(""), Not(HasSubstr("g.94781859G>A")));
  EXPECT_THAT(send(""), HasSubstr("g.94842866A>G"));
  EXPECT_THAT(send("?minDp=10"), HasSubstr("g.94781859G>A"));
}

}  // namespace
}  // namespace genflik::e2e
