#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/services_tests/rest_client.h"

// read, vread, create, update, patch, delete, history: http://hl7.org/fhir/R4/http.html

namespace genflik::rest {
namespace {

using testing::At;
using testing::BodyOf;
using ::testing::HasSubstr;
using testing::HeaderOf;
using testing::RestClient;

constexpr const char* kEva = R"({"resourceType":"Patient","id":"eva","name":[{"family":"Ek"}]})";
constexpr const char* kGenotype = R"({"resourceType":"Observation","id":"g","status":"final",
  "code":{"coding":[{"system":"http://loinc.org","code":"84413-4"}]},
  "subject":{"reference":"Patient/eva"},
  "valueCodeableConcept":{"text":"*1/*2"},
  "component":[{"code":{"coding":[{"system":"http://loinc.org","code":"48018-6"}]},
    "valueCodeableConcept":{"coding":[{"system":"http://www.genenames.org/geneId",
      "code":"HGNC:2621","display":"CYP2C19"}]}}]})";

class Instance : public ::testing::Test {
 protected:
  RestClient client_;
};

TEST_F(Instance, IsCreatedUnderAnIdOfTheServer) {
  const auto created = client_.Send("POST", "Patient", kEva);
  EXPECT_EQ(created.status, 201);
  const std::string id = At(BodyOf(created), "/id");
  EXPECT_NE(id, "eva");
  EXPECT_EQ(HeaderOf(created, "Location"), "http://test/fhir/Patient/" + id + "/_history/1");
  EXPECT_EQ(HeaderOf(created, "ETag"), "W/\"1\"");
  EXPECT_THAT(HeaderOf(created, "Last-Modified"), HasSubstr("GMT"));
  const auto read = client_.Call("GET", "Patient/" + id);
  EXPECT_EQ(read.status, 200);
  EXPECT_EQ(read.body, created.body);
  EXPECT_THAT(HeaderOf(read, "Content-Type"), HasSubstr("application/fhir+json"));
}

TEST_F(Instance, IsAnsweredAsPreferred) {
  const auto minimal = client_.Send("POST", "Patient", kEva, {{"Prefer", "return=minimal"}});
  EXPECT_EQ(minimal.status, 201);
  EXPECT_EQ(minimal.body, "");
  EXPECT_NE(HeaderOf(minimal, "Location"), "");
  const auto outcome =
      client_.Send("POST", "Patient", kEva, {{"Prefer", "return=OperationOutcome"}});
  EXPECT_EQ(At(BodyOf(outcome), "/resourceType"), "OperationOutcome");
}

TEST_F(Instance, IsReadOnlyWhenChanged) {
  const auto created = client_.Send("PUT", "Patient/eva", kEva);
  EXPECT_EQ(created.status, 201);
  EXPECT_EQ(client_.Call("GET", "Patient/eva", "", {{"If-None-Match", "W/\"1\""}}).status, 304);
  EXPECT_EQ(client_.Call("GET", "Patient/eva", "", {{"If-None-Match", "W/\"2\""}}).status, 200);
  const std::string modified = HeaderOf(created, "Last-Modified");
  EXPECT_EQ(client_.Call("GET", "Patient/eva", "", {{"If-Modified-Since", modified}}).status, 304);
  EXPECT_EQ(
      client_
          .Call("GET", "Patient/eva", "", {{"If-Modified-Since", "Sat, 01 Jan 2000 00:00:00 GMT"}})
          .status,
      200);
}

TEST_F(Instance, IsUpdatedUnderConditions) {
  EXPECT_EQ(client_.Send("PUT", "Patient/eva", kEva, {{"If-Match", "W/\"1\""}}).status, 412);
  EXPECT_EQ(client_.Send("PUT", "Patient/eva", kEva).status, 201);
  const std::string changed = R"({"resourceType":"Patient","id":"eva","name":[{"family":"Alm"}]})";
  EXPECT_EQ(client_.Send("PUT", "Patient/eva", changed, {{"If-Match", "W/\"7\""}}).status, 412);
  EXPECT_EQ(client_.Send("PUT", "Patient/eva", changed, {{"If-None-Match", "*"}}).status, 412);
  const auto updated = client_.Send("PUT", "Patient/eva", changed, {{"If-Match", "W/\"1\""}});
  EXPECT_EQ(updated.status, 200);
  EXPECT_EQ(HeaderOf(updated, "ETag"), "W/\"2\"");
  EXPECT_EQ(At(BodyOf(client_.Call("GET", "Patient/eva/_history/1")), "/name/0/family"), "Ek");
  EXPECT_EQ(client_.Call("GET", "Patient/eva/_history/3").status, 404);
  EXPECT_EQ(client_.Call("GET", "Patient/eva/_history/x").status, 404);
}

TEST_F(Instance, IsRefusedUnderAnotherIdOrType) {
  EXPECT_EQ(client_.Send("PUT", "Patient/ola", kEva).status, 400);
  EXPECT_EQ(client_.Send("PUT", "Patient/ola", R"({"resourceType":"Patient"})").status, 400);
  EXPECT_EQ(client_.Send("PUT", "Group/eva", kEva).status, 400);
  EXPECT_EQ(client_.Send("POST", "Nonsense", kEva).status, 404);
  EXPECT_EQ(client_.Send("POST", "Patient", "{").status, 400);
  EXPECT_EQ(client_.Send("POST", "Patient", "").status, 400);
  EXPECT_EQ(client_.Send("POST", "Patient", R"({"a":1})").status, 400);
  const auto unknown =
      client_.Send("POST", "Patient", R"({"resourceType":"Patient","nmae":[{"family":"Ek"}]})");
  EXPECT_EQ(unknown.status, 422);
  EXPECT_EQ(At(BodyOf(unknown), "/resourceType"), "OperationOutcome");
  EXPECT_THAT(unknown.body, HasSubstr("nmae"));
  EXPECT_EQ(
      client_.Send("POST", "Patient", kEva, {{"Content-Type", "application/fhir+xml"}}).status,
      415);
}

TEST_F(Instance, IsOfferedAsJsonAlone) {
  client_.Send("PUT", "Patient/eva", kEva);
  for (const char* accept :
       {"application/fhir+json", "application/json", "application/json+fhir", "*/*",
        "text/html, */*;q=0.1", "application/fhir+json;fhirVersion=4.0"}) {
    EXPECT_EQ(client_.Call("GET", "Patient/eva", "", {{"Accept", accept}}).status, 200) << accept;
  }
  for (const char* accept : {"application/fhir+xml", "text/xml", "text/html"}) {
    EXPECT_EQ(client_.Call("GET", "Patient/eva", "", {{"Accept", accept}}).status, 406) << accept;
  }
  EXPECT_EQ(client_.Call("GET", "Patient/eva?_format=xml").status, 406);
  EXPECT_EQ(
      client_
          .Call("GET", "Patient/eva?_format=application/fhir+json", "", {{"Accept", "text/html"}})
          .status,
      200);
  EXPECT_THAT(client_.Call("GET", "Patient/eva?_pretty=true").body, HasSubstr("\n  \"id\": "));
}

TEST_F(Instance, IsReducedWhenAsked) {
  client_.Send("PUT", "Patient/eva", kEva);
  const auto reduced = client_.Call("GET", "Patient/eva?_elements=gender");
  EXPECT_EQ(At(BodyOf(reduced), "/name"), "");
  EXPECT_THAT(reduced.body, HasSubstr("SUBSETTED"));
  EXPECT_EQ(client_.Send("PUT", "Patient/eva", reduced.body).status, 422);
}

TEST_F(Instance, IsPatched) {
  client_.Send("PUT", "Patient/eva", kEva);
  const auto patch = [&](std::string_view operations, std::string match = {}) {
    RestClient::Headers headers = {{"Content-Type", "application/json-patch+json"}};
    if (!match.empty()) headers.emplace("If-Match", match);
    return client_.Send("PATCH", "Patient/eva", operations, headers);
  };
  const auto patched =
      patch(R"([{"op":"replace","path":"/name/0/family","value":"Alm"}])", "W/\"1\"");
  EXPECT_EQ(patched.status, 200);
  EXPECT_EQ(At(BodyOf(patched), "/name/0/family"), "Alm");
  EXPECT_EQ(patch(R"([{"op":"remove","path":"/name"}])", "W/\"1\"").status, 412);
  EXPECT_EQ(patch(R"([{"op":"remove","path":"/nothing"}])").status, 400);
  EXPECT_EQ(patch(R"([{"op":"replace","path":"/id","value":"x"}])").status, 400);
  EXPECT_EQ(patch(R"([{"op":"add","path":"/nmae","value":"x"}])").status, 422);
  EXPECT_EQ(
      client_.Send("PATCH", "Patient/none", "[]", {{"Content-Type", "application/json-patch+json"}})
          .status,
      404);
}

TEST_F(Instance, IsDeletedAndRemembered) {
  client_.Send("PUT", "Patient/eva", kEva);
  EXPECT_EQ(client_.Call("DELETE", "Patient/eva").status, 204);
  EXPECT_EQ(client_.Call("DELETE", "Patient/eva").status, 204);
  EXPECT_EQ(client_.Call("DELETE", "Patient/none").status, 204);
  EXPECT_EQ(client_.Call("GET", "Patient/eva").status, 410);
  EXPECT_EQ(client_.Call("GET", "Patient/eva/_history/1").status, 200);
  EXPECT_EQ(client_.Call("GET", "Patient/eva/_history/2").status, 410);
  const auto history = BodyOf(client_.Call("GET", "Patient/eva/_history"));
  EXPECT_EQ(At(history, "/type"), "history");
  EXPECT_EQ(At(history, "/total"), "2");
  EXPECT_EQ(At(history, "/entry/0/request/method"), "DELETE");
  EXPECT_EQ(At(history, "/entry/0/resource"), "");
  EXPECT_EQ(At(history, "/entry/1/response/status"), "201 Created");
  EXPECT_EQ(client_.Call("GET", "Patient/none/_history").status, 404);
}

TEST_F(Instance, IsNeverDeletedWhenAGeneticResult) {
  ASSERT_EQ(client_.Send("PUT", "Observation/g", kGenotype).status, 201);
  const auto refused = client_.Call("DELETE", "Observation/g");
  EXPECT_EQ(refused.status, 405);
  EXPECT_THAT(refused.body, HasSubstr("entered-in-error"));
  EXPECT_EQ(client_.Call("DELETE", "Observation?code=84413-4").status, 405);
  EXPECT_EQ(client_.Call("GET", "Observation/g").status, 200);
}

TEST_F(Instance, IsValidatedInEachModeAndAgainstAProfile) {
  client_.Send("PUT", "Patient/eva", kEva);
  client_.Send("PUT", "Observation/g", kGenotype);
  for (const char* mode : {"create", "update", "profile"}) {
    EXPECT_EQ(client_.Send("POST", std::string("Patient/$validate?mode=") + mode, kEva).status,
              200);
  }
  EXPECT_EQ(client_.Send("POST", "Patient/$validate?mode=guess", kEva).status, 400);
  EXPECT_THAT(client_.Call("GET", "Observation/g/$validate?mode=delete").body,
              HasSubstr("entered-in-error"));
  EXPECT_THAT(client_.Call("GET", "Patient/eva/$validate?mode=delete").body,
              ::testing::Not(HasSubstr("\"error\"")));
  // The profile of a genotype demands a category, which this one has not.
  const std::string url = "http://hl7.org/fhir/uv/genomics-reporting/StructureDefinition/genotype";
  EXPECT_THAT(client_.Send("POST", "Observation/$validate?profile=" + url, kGenotype).body,
              HasSubstr("category laboratory"));
  EXPECT_THAT(client_
                  .Send("POST", "Observation/$validate",
                        R"({"resourceType":"Parameters","parameter":[
                {"name":"profile","valueUri":"http://nowhere"},{"name":"resource","resource":)" +
                            std::string(kGenotype) + "}]}")
                  .body,
              HasSubstr("was not checked"));
  EXPECT_THAT(client_.Call("GET", "metadata").body, HasSubstr(url));
}

TEST_F(Instance, StaysAGeneticResultOfItsPatient) {
  client_.Send("PUT", "Patient/eva", kEva);
  EXPECT_EQ(client_.Send("PUT", "Observation/g", kGenotype).status, 201);
  const auto other = client_.Send("PUT", "Observation/g", R"({"resourceType":"Observation",
    "id":"g","status":"final","code":{"text":"weight"},"subject":{"reference":"Patient/eva"}})");
  EXPECT_EQ(other.status, 422);
  EXPECT_THAT(other.body, HasSubstr("entered-in-error"));
  std::string moved = kGenotype;
  moved.replace(moved.find("Patient/eva"), 11, "Patient/ola");
  EXPECT_EQ(client_.Send("PUT", "Observation/g", moved).status, 422);
  std::string corrected = kGenotype;
  corrected.replace(corrected.find("final"), 5, "corrected");
  EXPECT_EQ(client_.Send("PUT", "Observation/g", corrected).status, 200);
  std::string withdrawn = kGenotype;
  withdrawn.replace(withdrawn.find("final"), 5, "entered-in-error");
  EXPECT_EQ(client_.Send("PUT", "Observation/g", withdrawn).status, 200);
}

TEST_F(Instance, RefersToThisServerByRelativeReferences) {
  client_.Send("PUT", "Patient/eva", kEva);
  client_.Send("PUT", "Observation/o", R"({"resourceType":"Observation","id":"o","status":"final",
    "code":{"text":"x"},"subject":{"reference":"http://test/fhir/Patient/eva"},
    "performer":[{"reference":"http://test/fhirette/Organization/x"}]})");
  const auto read = BodyOf(client_.Call("GET", "Observation/o"));
  EXPECT_EQ(At(read, "/subject/reference"), "Patient/eva");
  EXPECT_EQ(At(read, "/performer/0/reference"), "http://test/fhirette/Organization/x");
  client_.Call("PATCH", "Observation/o",
               R"([{"op":"add","path":"/encounter",
                    "value":{"reference":"http://test/fhir/Encounter/e"}}])",
               {{"Content-Type", "application/json-patch+json"}});
  EXPECT_EQ(At(BodyOf(client_.Call("GET", "Observation/o")), "/encounter/reference"),
            "Encounter/e");
}

TEST_F(Instance, IsWrittenUnderSearchConditions) {
  const std::string eva =
      R"({"resourceType":"Patient","identifier":[{"system":"urn:x","value":"1"}]})";
  const auto create = [&] {
    return client_.Send("POST", "Patient", eva, {{"If-None-Exist", "identifier=urn:x|1"}}).status;
  };
  EXPECT_EQ(create(), 201);
  EXPECT_EQ(create(), 200);
  EXPECT_EQ(client_.Send("POST", "Patient", eva).status, 201);
  EXPECT_EQ(create(), 412);
  EXPECT_EQ(client_.Send("PUT", "Patient?identifier=urn:x|1", eva).status, 412);
  EXPECT_EQ(client_.Send("PUT", "Patient?identifier=urn:x|2", eva).status, 201);
  EXPECT_EQ(client_.Send("PUT", "Patient?nonsense=1", eva).status, 400);
  EXPECT_EQ(client_.Call("DELETE", "Patient?identifier=urn:x|1").status, 412);
  EXPECT_EQ(client_.Call("DELETE", "Patient?identifier=urn:x|9").status, 204);
  EXPECT_EQ(client_.Call("DELETE", "Patient?nonsense=1").status, 400);
  EXPECT_EQ(client_.Call("DELETE", "Patient").status, 400);
}

TEST_F(Instance, OfAuditEventIsNotWritten) {
  EXPECT_EQ(client_.Send("POST", "AuditEvent", R"({"resourceType":"AuditEvent"})").status, 405);
  EXPECT_EQ(client_.Call("DELETE", "AuditEvent/1").status, 405);
}

TEST_F(Instance, TellsAndChangesItsMeta) {
  client_.Send("PUT", "Patient/eva", kEva);
  const std::string change = R"({"resourceType":"Parameters","parameter":[{"name":"meta",
    "valueMeta":{"tag":[{"system":"urn:t","code":"a"}]}}]})";
  const auto added = client_.Send("POST", "Patient/eva/$meta-add", change);
  EXPECT_EQ(added.status, 200);
  EXPECT_EQ(At(BodyOf(added), "/parameter/0/valueMeta/tag/0/code"), "a");
  EXPECT_EQ(
      At(BodyOf(client_.Call("GET", "Patient/eva/$meta")), "/parameter/0/valueMeta/versionId"),
      "2");
  EXPECT_EQ(At(BodyOf(client_.Send("POST", "Patient/eva/$meta-delete", change)),
               "/parameter/0/valueMeta/tag"),
            "");
}

TEST_F(Instance, IsValidatedWithoutBeingStored) {
  const auto good = client_.Send("POST", "Patient/$validate", kEva);
  EXPECT_EQ(good.status, 200);
  EXPECT_THAT(good.body, ::testing::Not(HasSubstr("\"error\"")));
  const auto bad =
      client_.Send("POST", "Patient/$validate", R"({"resourceType":"Patient","gender":"x"})");
  EXPECT_EQ(bad.status, 200);
  EXPECT_THAT(bad.body, HasSubstr("\"error\""));
  EXPECT_EQ(client_.Call("GET", "Patient/eva").status, 404);
  client_.Send("PUT", "Observation/g", kGenotype);
  EXPECT_THAT(client_.Call("GET", "Observation/g/$validate?mode=delete").body,
              HasSubstr("entered-in-error"));
}

// http://hl7.org/fhir/R4/versioning.html#mt-version
TEST_F(Instance, IsOfferedInTheVersionAndFormAskedFor) {
  client_.Send("PUT", "Patient/eva", kEva);
  const auto status = [this](const std::string& accept) {
    return client_.Call("GET", "Patient/eva", "", {{"Accept", accept}}).status;
  };
  EXPECT_EQ(status("application/fhir+json; fhirVersion=4.0"), 200);
  EXPECT_EQ(status("application/fhir+json; fhirVersion=\"4.0\""), 200);
  EXPECT_EQ(status("application/fhir+json; fhirVersion=3.0"), 406);
  EXPECT_EQ(status("application/fhir+json; fhirVersion=3.0, application/json"), 200);
  EXPECT_EQ(status("application/fhir+json;q=0.000"), 406);
  EXPECT_EQ(status("application/fhir+json; q=0.1"), 200);
  EXPECT_EQ(status(""), 200);
  EXPECT_EQ(client_.Call("GET", "Patient/eva?_format=").status, 200);
  EXPECT_EQ(client_
                .Send("POST", "Patient", kEva,
                      {{"Content-Type", "application/fhir+json; fhirVersion=3.0"}})
                .status,
            415);
  EXPECT_EQ(client_
                .Send("POST", "Patient", kEva,
                      {{"Content-Type", "application/fhir+json; fhirVersion=4.0"}})
                .status,
            201);
}

TEST_F(Instance, TakesAConditionWithItsTypeInFront) {
  const std::string body =
      R"({"resourceType":"Patient","identifier":[{"system":"urn:x","value":"7"}]})";
  EXPECT_EQ(client_.Send("POST", "Patient", body, {{"If-None-Exist", "identifier=urn:x|7"}}).status,
            201);
  for (const char* condition : {"?identifier=urn:x|7", "Patient?identifier=urn:x%7C7",
                                "http://test/fhir/Patient?identifier=urn:x|7"}) {
    EXPECT_EQ(client_.Send("POST", "Patient", body, {{"If-None-Exist", condition}}).status, 200)
        << condition;
  }
  EXPECT_EQ(
      client_.Send("POST", "Patient", body, {{"If-None-Exist", "Observation?identifier=urn:x|7"}})
          .status,
      400);
}

TEST_F(Instance, NamesAnUnknownOperation) {
  client_.Send("PUT", "Patient/eva", kEva);
  for (const char* path : {"Patient/eva/$nonsense", "Patient/$nonsense", "$nonsense"}) {
    const auto answer = client_.Call("GET", path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_THAT(answer.body, HasSubstr("the operation '$nonsense' is not offered here")) << path;
  }
}

TEST_F(Instance, IsValidatedAsItIsStoredAndAsAChange) {
  client_.Send("PUT", "Patient/eva", kEva);
  client_.Send("PUT", "Observation/g", kGenotype);
  const std::string error = "\"error\"";
  // The stored one, against itself and against a profile that it does not fulfil.
  EXPECT_THAT(client_.Call("GET", "Patient/eva/$validate").body, ::testing::Not(HasSubstr(error)));
  EXPECT_THAT(client_
                  .Call("GET",
                        "Observation/g/$validate?mode=profile&profile=http://hl7.org/fhir/uv/"
                        "genomics-reporting/StructureDefinition/genotype")
                  .body,
              HasSubstr("category laboratory"));
  // A change that the store would refuse.
  const std::string other = R"({"resourceType":"Patient","id":"other"})";
  EXPECT_THAT(client_.Send("POST", "Patient/eva/$validate?mode=update", other).body,
              HasSubstr("the id is not that of the resource to update"));
  EXPECT_THAT(client_
                  .Send("POST", "Observation/g/$validate?mode=update",
                        R"({"resourceType":"Observation","id":"g","status":"final",
                            "code":{"text":"something else"}})")
                  .body,
              HasSubstr("kept for life"));
  EXPECT_THAT(
      client_.Send("POST", "AuditEvent/$validate?mode=create", R"({"resourceType":"AuditEvent"})")
          .body,
      HasSubstr("written by Genflik alone"));
  EXPECT_EQ(client_.Call("GET", "Patient/none/$validate").status, 404);
  EXPECT_EQ(client_.Call("POST", "Patient/$validate?mode=delete").status, 400);
}

}  // namespace
}  // namespace genflik::rest
