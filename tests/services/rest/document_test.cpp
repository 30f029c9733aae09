#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/services_tests/rest_client.h"

// http://hl7.org/fhir/R4/composition-operation-document.html

namespace genflik::rest {
namespace {

using testing::At;
using testing::BodyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::RestClient;

constexpr const char* kComposition = R"({"resourceType":"Composition","id":"c","status":"final",
  "type":{"coding":[{"system":"http://loinc.org","code":"51969-4"}]},"date":"2026-01-01",
  "title":"Permanent genetic results","subject":{"reference":"Patient/eva"},
  "author":[{"reference":"Organization/lab"}],
  "section":[{"title":"DPYD","entry":[{"reference":"Observation/g"}]}]})";

class Documents : public ::testing::Test {
 protected:
  void SetUp() override {
    client_.Send("PUT", "Patient/eva", R"({"resourceType":"Patient","id":"eva"})");
    client_.Send("PUT", "Organization/lab",
                 R"({"resourceType":"Organization","id":"lab","name":"Lab"})");
    client_.Send("PUT", "Specimen/s", R"({"resourceType":"Specimen","id":"s"})");
    client_.Send("PUT", "Observation/g", R"({"resourceType":"Observation","id":"g",
      "status":"final","code":{"text":"genotype"},"subject":{"reference":"Patient/eva"},
      "specimen":{"reference":"Specimen/s"}})");
    EXPECT_EQ(client_.Send("PUT", "Composition/c", kComposition).status, 201);
  }
  static std::vector<std::string> UrlsOf(const fhir::Json& bundle) {
    std::vector<std::string> urls;
    for (const auto& entry : bundle.at("entry")) urls.push_back(At(entry, "/fullUrl"));
    return urls;
  }
  RestClient client_;
};

TEST_F(Documents, HoldTheCompositionFirstAndAllItRefersTo) {
  const auto answer = client_.Call("GET", "Composition/c/$document");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const fhir::Json bundle = BodyOf(answer);
  EXPECT_EQ(At(bundle, "/type"), "document");
  EXPECT_THAT(At(bundle, "/identifier/value"), HasSubstr("urn:uuid:"));
  EXPECT_NE(At(bundle, "/timestamp"), "");
  EXPECT_THAT(UrlsOf(bundle),
              ElementsAre("http://test/fhir/Composition/c", "http://test/fhir/Patient/eva",
                          "http://test/fhir/Organization/lab", "http://test/fhir/Observation/g",
                          "http://test/fhir/Specimen/s"));
  const auto valid = client_.Send("POST", "Bundle/$validate", answer.body);
  EXPECT_THAT(valid.body, ::testing::Not(HasSubstr("error"))) << valid.body;
}

TEST_F(Documents, AreKeptWhenAsked) {
  EXPECT_EQ(client_.Call("GET", "Composition/c/$document?persist=true").status, 400);
  const auto kept = client_.Call("POST", "Composition/c/$document?persist=true");
  ASSERT_EQ(kept.status, 200) << kept.body;
  EXPECT_EQ(client_.Call("GET", "Bundle/" + At(BodyOf(kept), "/id")).status, 200);
}

TEST_F(Documents, AreWholeOrRefused) {
  EXPECT_EQ(client_.Call("GET", "Composition/none/$document").status, 404);
  client_.Call("DELETE", "Observation/g");
  const auto refused = client_.Call("GET", "Composition/c/$document");
  EXPECT_EQ(refused.status, 422);
  EXPECT_THAT(refused.body, HasSubstr("Observation/g"));
}

}  // namespace
}  // namespace genflik::rest
