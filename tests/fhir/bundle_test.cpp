#include "fhir/bundle.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "fhir/outcome.h"
#include "fhir/validator.h"
#include "tests/support/fhir_tests/fhir_support.h"

namespace genflik::fhir {
namespace {

using testing::Findings;
using testing::FromText;
using testing::TheDefinitions;

TEST(PrintBundle, MakesAValidSearchset) {
  BundleEntry match;
  match.full_url = "http://localhost/fhir/Patient/1";
  match.resource = R"({"resourceType":"Patient","id":"1"})";
  match.search_mode = "match";
  const Json bundle =
      FromText(PrintBundle("searchset", {match}, 1, {{"self", "http://localhost/fhir/Patient"}}));
  IssueLog log;
  ValidateResource(TheDefinitions(), bundle, log);
  EXPECT_TRUE(Findings(log).empty());
  EXPECT_EQ(PrintJson(bundle["entry"][0]["resource"]), match.resource);
  EXPECT_EQ(FindText(bundle["entry"][0]["search"], "mode"), "match");
}

TEST(PrintBundle, LeavesOutWhatIsEmpty) {
  const Json bundle = FromText(PrintBundle("searchset", {}, 0));
  EXPECT_FALSE(bundle.contains("entry"));
  EXPECT_FALSE(bundle.contains("link"));
  EXPECT_EQ(bundle["total"], 0);
}

TEST(PrintBundle, MakesAValidHistoryWithADeletion) {
  BundleEntry deletion;
  deletion.full_url = "http://localhost/fhir/Patient/1";
  deletion.method = "DELETE";
  deletion.url = "Patient/1";
  deletion.status = "204";
  deletion.last_modified = "2026-01-01T00:00:00Z";
  IssueLog log;
  ValidateResource(TheDefinitions(), FromText(PrintBundle("history", {deletion}, 1)), log);
  EXPECT_TRUE(Findings(log).empty());
}

TEST(ReadRequests, ReadsEveryPartOfARequest) {
  const Json bundle = FromText(R"({"resourceType":"Bundle","type":"transaction","entry":[
    {"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient"},
     "request":{"method":"POST","url":"/Patient","ifNoneExist":"Patient?identifier=a|b"}},
    {"resource":{"resourceType":"Patient","id":"2"},
     "request":{"method":"PUT","url":"http://localhost/fhir/Patient/2","ifMatch":"W/\"3\""}},
    {"request":{"method":"GET","url":"Patient?_id=1"}},
    {"request":{"method":"DELETE","url":"Patient/4"}}]})");
  IssueLog log;
  const auto requests = ReadRequests(bundle, log, "http://localhost/fhir");
  EXPECT_TRUE(Findings(log).empty());
  ASSERT_EQ(requests.size(), 4U);
  EXPECT_EQ(requests[0].url, "Patient");
  EXPECT_EQ(requests[0].if_none_exist, "identifier=a|b");
  EXPECT_EQ(requests[1].url, "Patient/2");
  EXPECT_EQ(requests[1].if_match, "W/\"3\"");
  EXPECT_EQ(TransactionOrder(requests), (std::vector<size_t>{3, 0, 1, 2}));
}

TEST(ReadRequests, RefusesWhatDoesNotFit) {
  const Json bundle = FromText(R"({"resourceType":"Bundle","type":"batch","entry":[
    {"resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Observation"}},
    {"request":{"method":"PUT","url":"Patient/1"}},
    {"request":{"method":"GET","url":"http://other/Patient/1"}},
    {"resource":{"resourceType":"Patient"}}]})");
  IssueLog log;
  (void)ReadRequests(bundle, log, "http://localhost/fhir");
  ASSERT_EQ(log.issues().size(), 4U);
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(log.issues()[i].path, "Bundle.entry[" + std::to_string(i) + "]");
  }
}

TEST(RewriteReferences, FollowsFullUrls) {
  const ReferenceMap map = {{"urn:uuid:p", {"Patient/1", "Patient/1/_history/1"}},
                            {"http://lab/fhir/Observation/g", {"Observation/2", ""}}};
  Json resource = FromText(R"({"resourceType":"Observation",
    "subject":{"reference":"urn:uuid:p"},
    "derivedFrom":[{"reference":"Observation/g"},{"reference":"http://lab/fhir/Observation/g"},
                   {"reference":"Observation/other"},{"reference":"#c"}],
    "focus":[{"reference":"urn:uuid:p/_history/1"}],
    "identifier":[{"value":"urn:uuid:p"}],
    "extension":[{"url":"http://example.org/x","valueUri":"urn:uuid:p"}],
    "text":{"status":"generated","div":"<div><a href=\"urn:uuid:p\">p</a></div>"}})");
  RewriteReferences(resource, "http://lab/fhir/Observation/1", map);
  EXPECT_EQ(resource["subject"]["reference"], "Patient/1");
  EXPECT_EQ(resource["derivedFrom"][0]["reference"], "Observation/2");
  EXPECT_EQ(resource["derivedFrom"][1]["reference"], "Observation/2");
  EXPECT_EQ(resource["derivedFrom"][2]["reference"], "Observation/other");
  EXPECT_EQ(resource["derivedFrom"][3]["reference"], "#c");
  EXPECT_EQ(resource["focus"][0]["reference"], "Patient/1/_history/1");
  EXPECT_EQ(resource["identifier"][0]["value"], "urn:uuid:p");
  EXPECT_EQ(resource["extension"][0]["valueUri"], "Patient/1");
  EXPECT_EQ(resource["text"]["div"], "<div><a href=\"Patient/1\">p</a></div>");
}

TEST(ResolveReference, StartsFromTheRootOfTheEntry) {
  EXPECT_EQ(ResolveReference("Patient/2", "http://lab/fhir/Observation/1"),
            "http://lab/fhir/Patient/2");
  EXPECT_EQ(ResolveReference("Patient/2", "urn:uuid:1"), "Patient/2");
  EXPECT_EQ(ResolveReference("http://x/Patient/2", "http://lab/fhir/Observation/1"),
            "http://x/Patient/2");
}

TEST(References, AreListedOnce) {
  const Json resource = FromText(R"({"resourceType":"Observation",
    "subject":{"reference":"Patient?identifier=a|b"},"performer":[{"reference":"Patient/1"},
    {"reference":"Patient/1"},{"reference":"http://x/y?z=1"}]})");
  EXPECT_EQ(ReferencesOf(resource).size(), 3U);
  EXPECT_EQ(ConditionalReferences(resource), std::vector<std::string>{"Patient?identifier=a|b"});
}

TEST(Outcome, IsValidWithAndWithoutFindings) {
  for (const auto& outcome : {MakeOutcome({}), MakeOutcome(Severity::kError, IssueType::kValue,
                                                           "no date", "Patient.x")}) {
    IssueLog log;
    ValidateResource(TheDefinitions(), outcome, log);
    EXPECT_TRUE(Findings(log).empty());
  }
}

}  // namespace
}  // namespace genflik::fhir
