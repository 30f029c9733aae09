#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "services/store/store.h"
#include "tests/support/services_tests/gated_service.h"
#include "tests/support/services_tests/rest_client.h"

// Each result says who brought it, whichever door it came by.

namespace genflik::security {
namespace {

using fhir::Json;
using testing::At;
using testing::BodyOf;
using testing::GatedService;

class ProvenanceOf : public ::testing::Test {
 protected:
  ProvenanceOf() {
    Json claims = GatedService::Claims("system/*.cruds");
    claims["careUnit"] = "lab";
    token = service.key.Sign(claims);
  }

  http::Response Send(std::string_view method, std::string_view url, const Json& body) {
    return service.Call(method, url, token, fhir::PrintJson(body));
  }

  std::vector<Json> Find(const std::string& query, const std::string& by = {}) {
    const auto answer = service.Call("GET", "/fhir/Provenance?" + query, by.empty() ? token : by);
    EXPECT_EQ(answer.status, 200) << answer.body;
    std::vector<Json> found;
    const Json bundle = BodyOf(answer);
    for (const Json& entry : fhir::FindArray(bundle, "entry")) {
      found.push_back(entry.at("resource"));
    }
    return found;
  }

  static Json Result(const std::string& id = {}) {
    Json result = Json::parse(R"({"resourceType":"Observation","status":"final",
      "code":{"coding":[{"system":"http://loinc.org","code":"84413-4"}]},
      "subject":{"reference":"Patient/pat-b"},"effectiveDateTime":"2026-03-01",
      "valueString":"CYP2C19 *1/*2"})");
    if (!id.empty()) result["id"] = id;
    return result;
  }

  GatedService service;
  std::string token;
};

TEST_F(ProvenanceOf, APostedResultNamesWhoBroughtItForWhom) {
  const Json created = BodyOf(Send("POST", "/fhir/Observation", Result()));
  const std::string id = At(created, "/id");
  const auto found = Find("target=Observation/" + id);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(At(found[0], "/target/0/reference"), "Observation/" + id + "/_history/1");
  EXPECT_EQ(At(found[0], "/agent/0/who/identifier/value"), "u1");
  EXPECT_EQ(At(found[0], "/agent/0/who/identifier/system"), GatedService::kIssuer);
  EXPECT_EQ(At(found[0], "/agent/0/onBehalfOf/reference"), "Organization/lab");
  EXPECT_EQ(At(found[0], "/agent/1/who/identifier/value"), "app");
  EXPECT_EQ(At(found[0], "/activity/coding/0/code"), "CREATE");
  EXPECT_EQ(At(found[0], "/reason/0/coding/0/code"), "TREAT");
  EXPECT_EQ(At(found[0], "/entity/0/what/display"), "POST /fhir/{type}");
  // It is as valid as what clients write.
  const auto judged = Send("POST", "/fhir/Provenance/$validate", found[0]);
  EXPECT_EQ(judged.body.find(R"("severity":"error")"), std::string::npos) << judged.body;
}

TEST_F(ProvenanceOf, AResultIsPartOfThePatientsRecord) {
  const std::string id = At(BodyOf(Send("POST", "/fhir/Observation", Result())), "/id");
  const std::string target = "Observation/" + id + "/_history/1";
  const auto everything = service.Call("GET", "/fhir/Patient/pat-b/$everything", token);
  EXPECT_NE(everything.body.find(target), std::string::npos);
  const std::string own = service.TokenOf("pat-b", "patient/*.rs");
  const std::string other = service.TokenOf("pat-a", "patient/*.rs");
  EXPECT_EQ(Find("target=Observation/" + id, own).size(), 1U);
  EXPECT_EQ(Find("target=Observation/" + id, other).size(), 0U);
  EXPECT_EQ(Find("patient=pat-b", other).size(), 0U);
}

TEST_F(ProvenanceOf, AChangeHasOneOfItsOwnAndNoChangeNone) {
  ASSERT_EQ(Send("PUT", "/fhir/Observation/r", Result("r")).status, 201);
  Json changed = Result("r");
  changed["status"] = "corrected";
  ASSERT_EQ(Send("PUT", "/fhir/Observation/r", changed).status, 200);
  ASSERT_EQ(Send("PUT", "/fhir/Observation/r", changed).status, 200);
  const auto found = Find("target=Observation/r&_sort=recorded");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(At(found[1], "/activity/coding/0/code"), "UPDATE");
  EXPECT_EQ(At(found[1], "/target/0/reference"), "Observation/r/_history/2");
}

TEST_F(ProvenanceOf, ABundleIsOneUnlessItBringsItsOwn) {
  const auto answer = service.Call("POST", "/fhir", token, R"({"resourceType":"Bundle",
    "type":"transaction","entry":[
    {"fullUrl":"urn:uuid:11111111-1111-4111-8111-111111111111","resource":{"resourceType":
     "Observation","status":"final","code":{"text":"a"},"subject":{"reference":"Patient/pat-b"}},
     "request":{"method":"POST","url":"Observation"}},
    {"fullUrl":"urn:uuid:22222222-2222-4222-8222-222222222222","resource":{"resourceType":
     "Observation","status":"final","code":{"text":"b"},"subject":{"reference":"Patient/pat-b"}},
     "request":{"method":"POST","url":"Observation"}},
    {"fullUrl":"urn:uuid:33333333-3333-4333-8333-333333333333","resource":{"resourceType":
     "DiagnosticReport","status":"final","code":{"text":"c"},
     "subject":{"reference":"Patient/pat-b"}},
     "request":{"method":"POST","url":"DiagnosticReport"}},
    {"resource":{"resourceType":"Provenance","recorded":"2026-03-01T12:00:00Z",
     "target":[{"reference":"urn:uuid:11111111-1111-4111-8111-111111111111"}],
     "agent":[{"who":{"display":"the analyser"}}]},
     "request":{"method":"POST","url":"Provenance"}}]})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const Json bundle = BodyOf(answer);
  std::vector<std::string> references;
  for (const Json& entry : fhir::FindArray(bundle, "entry")) {
    references.push_back(At(entry, "/resource/resourceType") + "/" + At(entry, "/resource/id"));
  }
  ASSERT_EQ(references.size(), 4U);
  const auto own = Find("target=" + references[0]);
  ASSERT_EQ(own.size(), 1U);
  EXPECT_EQ(At(own[0], "/agent/0/who/display"), "the analyser");
  const auto ours = Find("target=" + references[1]);
  ASSERT_EQ(ours.size(), 1U);
  EXPECT_EQ(ours[0].at("target").size(), 2U);
  EXPECT_EQ(At(Find("target=" + references[2]).at(0), "/id"), At(ours[0], "/id"));
}

TEST_F(ProvenanceOf, WhatIsNoResultNeedsNone) {
  const auto vital = BodyOf(Send("POST", "/fhir/Observation", Json::parse(R"({
    "resourceType":"Observation","status":"final","code":{"text":"weight"},
    "category":[{"coding":[{"code":"vital-signs"}]}],"subject":{"reference":"Patient/pat-b"}})")));
  EXPECT_EQ(Find("target=Observation/" + At(vital, "/id")).size(), 0U);
}

// What Genflik itself calls from a laboratory's variants says so.
TEST_F(ProvenanceOf, ACallFromVariantsNamesTheVariants) {
  const Json created = BodyOf(Send("POST", "/fhir/Observation", Json::parse(R"({
    "resourceType":"Observation","status":"final",
    "code":{"coding":[{"system":"http://loinc.org","code":"69548-6"}]},
    "subject":{"reference":"Patient/pat-b"},"effectiveDateTime":"2025-02-26",
    "performer":[{"reference":"Organization/lab"}],"valueString":"G/A",
    "component":[{"code":{"coding":[{"system":"http://loinc.org","code":"81255-2"}]},
      "valueCodeableConcept":{"text":"rs4244285"}}]})")));
  const std::string variant = "Observation/" + At(created, "/id");
  const auto calls = service.parts->store->Read([&](const store::Reader& reader) {
    return reader.FindMatching("Observation", "derived-from=" + variant);
  });
  ASSERT_EQ(calls.size(), 1U);
  const auto found = Find("target=" + calls[0].Reference());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(At(found[0], "/activity/coding/0/code"), "call-variants");
  EXPECT_EQ(At(found[0], "/entity/0/what/reference"), variant + "/_history/1");
}

}  // namespace
}  // namespace genflik::security
