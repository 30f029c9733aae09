#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "fhir/capability.h"
#include "fhir/datatypes.h"
#include "fhir/patch.h"
#include "fhir/summary.h"
#include "fhir/validator.h"
#include "tests/support/fhir_tests/fhir_support.h"

namespace genflik::fhir {
namespace {

using testing::Findings;
using testing::FromText;
using testing::TheDefinitions;

TEST(JsonPatch, ChangesInPlaceAndKeepsDigits) {
  const Json resource =
      FromText(R"({"resourceType":"Observation","status":"final","valueQuantity":{"value":1.50}})");
  const Json patch = FromText(R"([{"op":"test","path":"/valueQuantity/value","value":1.50},
    {"op":"replace","path":"/status","value":"amended"},
    {"op":"add","path":"/note","value":[{"text":"a"}]},{"op":"add","path":"/note/-","value":{"text":"b"}},
    {"op":"copy","from":"/note/0","path":"/note/2"},{"op":"remove","path":"/note/1"}])");
  IssueLog log;
  const auto patched = ApplyJsonPatch(resource, patch, log);
  ASSERT_TRUE(patched) << Findings(log)[0];
  EXPECT_EQ(PrintJson(*patched),
            R"({"resourceType":"Observation","status":"amended","valueQuantity":{"value":1.50},)"
            R"("note":[{"text":"a"},{"text":"a"}]})");
}

TEST(JsonPatch, RefusesWithTheOperation) {
  const Json resource = FromText(R"({"resourceType":"Patient","active":true})");
  for (const auto* patch :
       {R"({})", R"([1])", R"([{"op":"set","path":"/a","value":1}])",
        R"([{"op":"add","path":"/a"}])", R"([{"op":"add","value":1}])",
        R"([{"op":"remove","path":"/gender"}])",
        R"([{"op":"replace","path":"/gender","value":"male"}])",
        R"([{"op":"test","path":"/active","value":false}])",
        R"([{"op":"add","path":"/name/0/family","value":"x"}])",
        R"([{"op":"add","path":"active","value":1}])", R"([{"op":"move","from":"/x","path":"/y"}])",
        R"([{"op":"remove","path":""}])"}) {
    IssueLog log;
    EXPECT_FALSE(ApplyJsonPatch(resource, FromText(patch), log)) << patch;
    EXPECT_EQ(log.issues().size(), 1U) << patch;
  }
}

TEST(JsonPatch, CallsAFailedTestAConflict) {
  IssueLog log;
  EXPECT_FALSE(ApplyJsonPatch(FromText(R"({"a":1.0})"),
                              FromText(R"([{"op":"test","path":"/a","value":1.00}])"), log));
  EXPECT_EQ(log.issues().at(0).type, IssueType::kConflict);
  EXPECT_EQ(log.issues().at(0).path, "[0]");
}

const Json& Patient() {
  static const Json patient = FromText(R"({"resourceType":"Patient","id":"1",
    "text":{"status":"generated","div":"<div>x</div>"},"active":true,"name":[{"family":"Ek"}],
    "contact":[{"name":{"family":"Al"}}],"photo":[{"url":"http://x"}],"gender":"female",
    "_gender":{"id":"g"}})");
  return patient;
}

TEST(Summary, KeepsWhatASummaryShows) {
  const Json summary = Summarise(TheDefinitions(), Patient(), SummaryMode::kTrue);
  EXPECT_TRUE(summary.contains("name"));
  EXPECT_TRUE(summary.contains("_gender"));
  EXPECT_FALSE(summary.contains("contact"));
  EXPECT_FALSE(summary.contains("text"));
  EXPECT_TRUE(IsSubsetted(summary));
  IssueLog log;
  ValidateResource(TheDefinitions(), summary, log);
  EXPECT_TRUE(Findings(log).empty());
}

TEST(Summary, KeepsMandatoryElementsAndModifiers) {
  const Json observation = FromText(R"({"resourceType":"Observation","status":"final",
    "code":{"text":"a"},"note":[{"text":"b"}],"valueString":"c"})");
  const Json reduced =
      Summarise(TheDefinitions(), observation, SummaryMode::kFalse, {"Observation.value"});
  EXPECT_TRUE(reduced.contains("status"));
  EXPECT_TRUE(reduced.contains("code"));
  EXPECT_TRUE(reduced.contains("valueString"));
  EXPECT_FALSE(reduced.contains("note"));
}

TEST(Summary, TakesTextOrData) {
  const Json text = Summarise(TheDefinitions(), Patient(), SummaryMode::kText);
  EXPECT_TRUE(text.contains("text"));
  EXPECT_FALSE(text.contains("name"));
  const Json data = Summarise(TheDefinitions(), Patient(), SummaryMode::kData);
  EXPECT_FALSE(data.contains("text"));
  EXPECT_TRUE(data.contains("contact"));
  EXPECT_EQ(Summarise(TheDefinitions(), Patient(), SummaryMode::kFalse), Patient());
}

TEST(CapabilityStatement, IsValidAndSaysNoMoreThanItIsTold) {
  ServerSupport support;
  support.software_version = "1";
  support.date = "2026-11-21";
  support.base_url = "http://localhost/fhir";
  support.token_url = "http://localhost/token";
  support.interactions = {"transaction", "batch"};
  support.types["Patient"].interactions = {"read", "search-type"};
  support.types["Patient"].left_out_parameters = {"phonetic"};
  support.types["AuditEvent"].interactions = {"read"};
  const Json statement = MakeCapabilityStatement(TheDefinitions(), support);
  IssueLog log;
  ValidateResource(TheDefinitions(), statement, log);
  for (const auto& finding : Findings(log)) ADD_FAILURE() << finding;
  const Json& resources = statement["rest"][0]["resource"];
  ASSERT_EQ(resources.size(), 2U);
  EXPECT_FALSE(resources[0].contains("searchParam"));
  const std::string text = PrintJson(resources[1]);
  EXPECT_NE(text.find("\"birthdate\""), std::string::npos);
  EXPECT_EQ(text.find("phonetic"), std::string::npos);
  EXPECT_EQ(text.find("\"_filter\""), std::string::npos);
}

TEST(Datatypes, AreReadAndRendered) {
  const Json json = FromText(
      R"({"coding":[{"system":"http://loinc.org","code":"1-8","display":"x"}],"text":"y"})");
  const CodeableConcept concept_read = ReadCodeableConcept(json);
  EXPECT_TRUE(concept_read.Has("http://loinc.org", "1-8"));
  EXPECT_EQ(concept_read.Label(), "y");
  EXPECT_EQ(Render(concept_read), json);
  const Reference reference = ReadReference(FromText(
      R"({"reference":"http://h/fhir/Patient/1/_history/2","identifier":{"system":"s","value":"v"}})"));
  EXPECT_EQ(reference.type, "Patient");
  EXPECT_EQ(reference.id, "1");
  EXPECT_EQ(reference.identifier.value, "v");
  EXPECT_EQ(ReadHumanName(FromText(R"({"family":"Ek","given":["Eva","My"]})")).Full(), "Eva My Ek");
  EXPECT_EQ(ReadQuantity(FromText(R"({"value":1.50,"code":"mg"})")).value, 1.5);
  EXPECT_FALSE(ReadQuantity(FromText(R"({"unit":"mg"})")).value);
}

TEST(SplitReference, KnowsItsParts) {
  EXPECT_EQ(SplitReference("http://h/fhir/Patient/1/_history/2"),
            (ReferenceParts{"http://h/fhir", "Patient", "1", "2"}));
  EXPECT_EQ(SplitReference("Patient/1"), (ReferenceParts{"", "Patient", "1", ""}));
  for (const auto* text : {"", "1", "#1", "urn:uuid:1", "patient/1", "Patient?x=1", "Patient/a_b",
                           "http://h/ValueSet/1|2"}) {
    EXPECT_FALSE(SplitReference(text)) << text;
  }
}

}  // namespace
}  // namespace genflik::fhir
