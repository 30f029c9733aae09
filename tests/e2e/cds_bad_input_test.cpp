#include <string>

#include <Poco/Exception.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/e2e_tests/json.h"
#include "tests/support/e2e_tests/program.h"

// Calls of decision support that hold another person's data, or too much of it.

namespace genflik::e2e {
namespace {

using fhir::Json;
using testing::HasSubstr;
using testing::Not;

class CdsBadInput : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder;
    service_ = new Service(folder_->path(), {"--sample-data"});
  }
  static void TearDownTestSuite() {
    delete service_;
    delete folder_;
  }
  void TearDown() override { EXPECT_EQ(service().Get("/health/ready").status, 200); }
  static const Service& service() { return *service_; }

  static Json Order(const std::string& id, const std::string& patient, const std::string& drug) {
    Json order = {{"resourceType", "MedicationRequest"},
                  {"id", id},
                  {"status", "draft"},
                  {"intent", "order"}};
    order["subject"] = {{"reference", "Patient/" + patient}};
    order["medicationCodeableConcept"] = {{"text", drug}};
    return order;
  }
  // A call about a patient without any order yet.
  static Json CallFor(const std::string& patient) {
    Json call = {{"hook", "order-sign"}};
    call["hookInstance"] =
        "5d1c7a52-3c1e-4b9a-8f5e-0000000000" + std::to_string(10 + (++calls_ % 90));
    call["context"] = {{"userId", "Practitioner/1"}, {"patientId", patient}};
    call["context"]["draftOrders"] = {{"resourceType", "Bundle"}, {"entry", Json::array()}};
    return call;
  }
  static void Add(Json& call, Json order) {
    call["context"]["draftOrders"]["entry"].push_back({{"resource", std::move(order)}});
  }
  static Answer Sign(const Json& call) {
    return service().PostJson("/cds-services/genflik-order-sign", fhir::PrintJson(call));
  }
  // A DPYD genotype without any risk variant.
  static Json Genotype(const std::string& patient) {
    return Parse(
        R"({"resourceType":"Observation","status":"final","subject":{"reference":"Patient/)" +
        patient +
        R"("},"code":{"coding":[{"system":"http://loinc.org","code":"84413-4"}]},)"
        R"("valueCodeableConcept":{"text":"DPYD c.1905+1G>A/c.1905+1G>A"},"component":[)"
        R"({"code":{"coding":[{"system":"http://loinc.org","code":"48018-6"}]},)"
        R"("valueCodeableConcept":{"coding":[{"system":"http://www.genenames.org",)"
        R"("code":"HGNC:3012","display":"DPYD"}]}}]})");
  }

 private:
  static TemporaryFolder* folder_;
  static Service* service_;
  static inline int calls_ = 0;
};
TemporaryFolder* CdsBadInput::folder_ = nullptr;
Service* CdsBadInput::service_ = nullptr;

TEST_F(CdsBadInput, AnotherPersonsGenotypeIsNeverUsed) {
  Json call = CallFor("nobody-here");
  Add(call, Order("m1", "nobody-here", "kapecitabin"));
  call["prefetch"]["genotypes"] = {{"resourceType", "Bundle"},
                                   {"entry", {{{"resource", Genotype("somebody-else")}}}}};
  const Answer answer = Sign(call);
  EXPECT_EQ(answer.status, 412) << answer.body;
  EXPECT_THAT(answer.body, HasSubstr("OperationOutcome"));
  // The same genotype as the patient's own is used.
  call = CallFor("nobody-here");
  Add(call, Order("m1", "nobody-here", "kapecitabin"));
  call["prefetch"]["genotypes"] = {{"resourceType", "Bundle"},
                                   {"entry", {{{"resource", Genotype("nobody-here")}}}}};
  const Answer own = Sign(call);
  ASSERT_EQ(own.status, 200) << own.body;
  EXPECT_EQ(TextAt(Parse(own.body), "/cards/0/indicator"), "critical");
}

TEST_F(CdsBadInput, AnotherPersonAsPatientIsRefused) {
  Json call = CallFor("anna");
  Add(call, Order("m1", "anna", "kapecitabin"));
  call["prefetch"]["patient"] = {{"resourceType", "Patient"}, {"id", "bertil"}};
  const Answer answer = Sign(call);
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr("prefetch.patient"));
}

TEST_F(CdsBadInput, AnOrderForAnotherPersonIsRefusedWithItsPlace) {
  Json call = CallFor("anna");
  Add(call, Order("m1", "anna", "kapecitabin"));
  Add(call, Order("m2", "bertil", "kapecitabin"));
  const Answer answer = Sign(call);
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr("context.draftOrders[1]"));
  EXPECT_THAT(answer.body, HasSubstr("not for the patient of the context"));
}

TEST_F(CdsBadInput, AHundredOrdersAreAllJudged) {
  Json call = CallFor("anna");
  for (int i = 0; i < 100; ++i) {
    Add(call, Order("m" + std::to_string(i), "anna", i % 2 == 0 ? "kapecitabin" : "paracetamol"));
  }
  const Answer answer = Sign(call);
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(Parse(answer.body).at("cards").size(), 50U);
}

TEST_F(CdsBadInput, TooManyOrdersAreRefused) {
  Json call = CallFor("anna");
  for (int i = 0; i < 201; ++i) Add(call, Order("m" + std::to_string(i), "anna", "kapecitabin"));
  EXPECT_EQ(Sign(call).status, 413);
}

TEST_F(CdsBadInput, AGreatPrefetchIsReadAndATooGreatOneRefused) {
  Json call = CallFor("anna");
  Add(call, Order("m1", "anna", "kapecitabin"));
  Json entries = Json::array();
  const std::string note(1000, 'x');
  for (int i = 0; i < 5000; ++i) {
    Json statement = {{"resourceType", "MedicationStatement"}, {"status", "completed"}};
    statement["id"] = "s" + std::to_string(i);
    statement["subject"] = {{"reference", "Patient/anna"}};
    statement["note"] = Json::array({Json{{"text", note}}});
    entries.push_back({{"resource", std::move(statement)}});
  }
  call["prefetch"]["medications"] = {{"resourceType", "Bundle"}, {"entry", std::move(entries)}};
  ASSERT_GT(fhir::PrintJson(call).size(), 5'000'000U);
  const Answer answer = Sign(call);
  ASSERT_EQ(answer.status, 200) << answer.body.substr(0, 500);
  EXPECT_EQ(Parse(answer.body).at("cards").size(), 1U);
  try {
    const Answer too_great = service().PostJson("/cds-services/genflik-order-sign",
                                                "{\"a\":\"" + std::string(17'000'000, 'x') + "\"}");
    EXPECT_EQ(too_great.status, 413);
  } catch (const Poco::Exception&) {
    // The answer came and the connection went while the client was still sending.
  }
  EXPECT_EQ(service().Get("/health/live").status, 200);
}

TEST_F(CdsBadInput, TextFromDataBecomesNoMarkup) {
  Json call = CallFor("bertil-x");
  Add(call, Order("m1", "bertil-x", "kapecitabin"));
  Json genotype = Genotype("bertil-x");
  genotype["method"] = {{"text", "<script>alert(1)</script> [x](javascript:x)"}};
  call["prefetch"]["genotypes"] = {{"resourceType", "Bundle"},
                                   {"entry", {{{"resource", genotype}}}}};
  const Answer answer = Sign(call);
  ASSERT_EQ(answer.status, 200) << answer.body;
  const std::string detail = TextAt(Parse(answer.body), "/cards/0/detail");
  EXPECT_THAT(detail, HasSubstr("alert(1)"));
  EXPECT_THAT(detail, Not(HasSubstr("<script")));
  EXPECT_THAT(detail, Not(HasSubstr("[x](javascript")));
}

}  // namespace
}  // namespace genflik::e2e
