#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/e2e_tests/json.h"
#include "tests/support/e2e_tests/program.h"

// Rubbish in, a clear answer out: which status, what is wrong and where; nothing is half stored and
// the service goes on.

namespace genflik::e2e {
namespace {

using fhir::Json;
using testing::HasSubstr;

// A genotype Observation as laboratories send it; each test breaks one thing.
Json Genotype(const std::string& gene_id, const std::string& gene, const std::string& value) {
  return Parse(R"({"resourceType":"Observation","status":"final",
    "subject":{"reference":"Patient/p1"},
    "code":{"coding":[{"system":"http://loinc.org","code":"84413-4"}]},
    "valueCodeableConcept":{"text":")" +
               gene + " " + value + R"("},
    "component":[{"code":{"coding":[{"system":"http://loinc.org","code":"48018-6"}]},
      "valueCodeableConcept":{"coding":[{"system":"http://www.genenames.org","code":")" +
               gene_id + R"(","display":")" + gene + R"("}]}}]})");
}

class BadInput : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder;
    service_ = new Service(folder_->path());
    service_->Send("PUT", "/fhir/Patient/p1", R"({"resourceType":"Patient","id":"p1"})",
                   {{"Content-Type", "application/fhir+json"}});
  }
  static void TearDownTestSuite() {
    delete service_;
    delete folder_;
  }
  void TearDown() override { EXPECT_EQ(service().Get("/health/ready").status, 200); }
  static const Service& service() { return *service_; }
  static int Observations() {
    return Parse(service().Get("/fhir/Observation?_count=0").body).at("total").get<int>();
  }
  // Expects the status, and an OperationOutcome whose text or place holds every one of `words`.
  static void ExpectRefusal(const Answer& answer, int status,
                            const std::vector<std::string>& words) {
    EXPECT_EQ(answer.status, status) << answer.body;
    const Json outcome = Parse(answer.body);
    EXPECT_EQ(TextAt(outcome, "/resourceType"), "OperationOutcome");
    for (const std::string& word : words) EXPECT_THAT(answer.body, HasSubstr(word));
  }
  // What the record says of one gene of p1.
  static Json RecordOf(const std::string& gene) {
    const Json record = Parse(service().Get("/record/p1").body);
    for (const Json& entry : record.at("genes")) {
      if (entry.at("gene") == gene) return entry;
    }
    return {};
  }

 private:
  static TemporaryFolder* folder_;
  static Service* service_;
};
TemporaryFolder* BadInput::folder_ = nullptr;
Service* BadInput::service_ = nullptr;

TEST_F(BadInput, MalformedJsonNamesTheByte) {
  ExpectRefusal(service().PostFhir("/fhir", R"({"resourceType":"Bundle",)"), 400, {"byte"});
  ExpectRefusal(service().PostFhir("/fhir/Patient", R"({"id":"1","id":"2"})"), 400, {"twice"});
  ExpectRefusal(service().PostFhir("/fhir/Patient", "{\"resourceType\":\"\xff\"}"), 400, {"UTF-8"});
  ExpectRefusal(service().PostFhir("/fhir/Patient", ""), 400, {});
}

TEST_F(BadInput, ResourcesOfAnotherTypeAreRefused) {
  ExpectRefusal(service().PostFhir("/fhir/Observation", R"({"resourceType":"Patient"})"), 400,
                {"Observation", "Patient"});
  ExpectRefusal(service().PostFhir("/fhir", R"({"resourceType":"Patient"})"), 400, {"Bundle"});
  ExpectRefusal(service().PostFhir("/fhir/Astrolabe", R"({"resourceType":"Astrolabe"})"), 404,
                {"Astrolabe"});
}

TEST_F(BadInput, AGeneticResultWithoutASubjectIsRefused) {
  const int before = Observations();
  Json result = Genotype("HGNC:2621", "CYP2C19", "*1/*2");
  result.erase("subject");
  ExpectRefusal(service().PostFhir("/fhir/Observation", fhir::PrintJson(result)), 422,
                {"Observation.subject"});
  EXPECT_EQ(Observations(), before);
}

TEST_F(BadInput, OneBadEntryUndoesTheWholeTransaction) {
  const int before = Observations();
  Json bundle = {{"resourceType", "Bundle"}, {"type", "transaction"}, {"entry", Json::array()}};
  for (const char* status : {"final", "finished"}) {
    Json result = Genotype("HGNC:2621", "CYP2C19", "*1/*2");
    result["status"] = status;
    Json request = {{"method", "POST"}, {"url", "Observation"}};
    bundle["entry"].push_back({{"resource", result}, {"request", request}});
  }
  ExpectRefusal(service().PostFhir("/fhir", fhir::PrintJson(bundle)), 422,
                {"entry[1]", "status", "finished"});
  EXPECT_EQ(Observations(), before);
}

// Stores a result in a transaction and returns what the answer's entry says of it.
std::string RemarkOn(const Service& service, const Json& result) {
  Json bundle = {{"resourceType", "Bundle"}, {"type", "transaction"}, {"entry", Json::array()}};
  Json request = {{"method", "POST"}, {"url", "Observation"}};
  bundle["entry"].push_back({{"resource", result}, {"request", request}});
  const Answer answer = service.PostFhir("/fhir", fhir::PrintJson(bundle));
  EXPECT_EQ(answer.status, 200) << answer.body;
  return TextAt(Parse(answer.body), "/entry/0/response/outcome");
}

TEST_F(BadInput, AnUnknownGeneIsKeptAndSaid) {
  const std::string remark = RemarkOn(service(), Genotype("HGNC:99999", "ZZZ9", "*1/*1"));
  EXPECT_THAT(remark, HasSubstr("ZZZ9"));
  EXPECT_EQ(TextAt(RecordOf("ZZZ9"), "/status"), "not-interpretable");
}

TEST_F(BadInput, AnUnknownAlleleIsKeptAndNeverNormal) {
  const std::string remark = RemarkOn(service(), Genotype("HGNC:2625", "CYP2D6", "*1/*999"));
  EXPECT_THAT(remark, HasSubstr("*999"));
  const Json record = RecordOf("CYP2D6");
  EXPECT_EQ(TextAt(record, "/status"), "not-interpretable");
  EXPECT_TRUE(record.at("interpretations").empty());
  EXPECT_THAT(fhir::PrintJson(record), testing::Not(HasSubstr("Normal Metabolizer")));
}

TEST_F(BadInput, AnUnreadableDiplotypeIsKeptAndNeverNormal) {
  const std::string remark =
      RemarkOn(service(), Genotype("HGNC:2621", "CYP2C19", "star two twice"));
  EXPECT_FALSE(remark.empty());
  EXPECT_EQ(TextAt(RecordOf("CYP2C19"), "/status"), "not-interpretable");
}

TEST_F(BadInput, AnUnknownDrugCodeGivesNoCardAndIsNoError) {
  const Answer answer = service().PostJson("/cds-services/genflik-order-sign", R"({
    "hook":"order-sign","hookInstance":"3f8a8cb8-5c4c-4f0e-9a6e-0d2f6b0a7c11",
    "context":{"userId":"Practitioner/1","patientId":"p1","draftOrders":{"resourceType":"Bundle",
      "type":"collection","entry":[{"resource":{"resourceType":"MedicationRequest","id":"m1",
      "status":"draft","intent":"order","subject":{"reference":"Patient/p1"},
      "medicationCodeableConcept":{"coding":[{"system":"http://www.whocc.no/atc",
      "code":"Z99ZZ99"}]}}}]}},
    "prefetch":{"patient":{"resourceType":"Patient","id":"p1"}}})");
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_TRUE(Parse(answer.body).at("cards").empty()) << answer.body;
}

TEST_F(BadInput, BrokenHookCallsAreRefused) {
  EXPECT_EQ(service().PostJson("/cds-services/genflik-order-sign", "{").status, 400);
  EXPECT_EQ(service().PostJson("/cds-services/genflik-order-sign", "{}").status, 400);
  EXPECT_EQ(service().PostJson("/cds-services/no-such-service", "{}").status, 404);
}

TEST_F(BadInput, DeepAndHostileJsonIsRefused) {
  ExpectRefusal(service().PostFhir("/fhir/Patient", std::string(100000, '[')), 400, {"deeper"});
  ExpectRefusal(service().PostFhir("/fhir/Patient",
                                   R"({"resourceType":"Patient","multipleBirthInteger":1e999})"),
                400, {});
}

}  // namespace
}  // namespace genflik::e2e
