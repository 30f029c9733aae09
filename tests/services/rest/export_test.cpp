#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/services_tests/rest_client.h"

// https://hl7.org/fhir/uv/bulkdata/STU1/export/

namespace genflik::rest {
namespace {

using testing::At;
using testing::BodyOf;
using ::testing::HasSubstr;
using testing::HeaderOf;
using testing::RestClient;
using ::testing::UnorderedElementsAre;

class Exports : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const std::string id : {"a", "b"}) {
      client_.Send("PUT", "Patient/" + id, R"({"resourceType":"Patient","id":")" + id + "\"}");
      client_.Send("PUT", "Observation/o" + id,
                   R"({"resourceType":"Observation","id":"o)" + id +
                       R"(","status":"final","code":{"text":"x"},
        "subject":{"reference":"Patient/)" +
                       id + "\"}}");
    }
    client_.Send("PUT", "Organization/lab",
                 R"({"resourceType":"Organization","id":"lab","name":"Lab"})");
    client_.Send("PUT", "Group/g", R"({"resourceType":"Group","id":"g","type":"person",
      "actual":true,"member":[{"entity":{"reference":"Patient/a"}},
        {"entity":{"reference":"Patient/b"},"inactive":true}]})");
  }

  // Path relative to the base.
  static std::string Cut(const std::string& url) {
    return url.substr(std::string("http://test/fhir/").size());
  }
  std::string Start(const std::string& url) {
    const auto started = client_.Call("GET", url, "", {{"Prefer", "respond-async"}});
    EXPECT_EQ(started.status, 202) << started.body;
    return Cut(HeaderOf(started, "Content-Location"));
  }
  fhir::Json Wait(const std::string& status) {
    for (;;) {
      const auto answer = client_.Call("GET", status);
      if (answer.status == 200) return BodyOf(answer);
      EXPECT_EQ(answer.status, 202) << answer.body;
      EXPECT_NE(HeaderOf(answer, "X-Progress"), "");
      if (answer.status != 202) return {};
    }
  }
  // "Type/id" of everything in the files, each line checked to be of its file's type.
  std::multiset<std::string> Fetch(const fhir::Json& manifest) {
    std::multiset<std::string> found;
    for (const auto& file : manifest.at("output")) {
      const auto answer =
          client_.Call("GET", Cut(At(file, "/url")), "", {{"Accept", "application/fhir+ndjson"}});
      EXPECT_EQ(answer.status, 200);
      EXPECT_THAT(HeaderOf(answer, "Content-Type"), HasSubstr("application/fhir+ndjson"));
      std::istringstream lines(answer.body);
      size_t count = 0;
      for (std::string line; std::getline(lines, line); ++count) {
        const auto resource = fhir::Json::parse(line);
        EXPECT_EQ(At(resource, "/resourceType"), At(file, "/type"));
        found.insert(At(resource, "/resourceType") + "/" + At(resource, "/id"));
      }
      EXPECT_EQ(std::to_string(count), At(file, "/count"));
    }
    return found;
  }
  std::multiset<std::string> Export(const std::string& url) { return Fetch(Wait(Start(url))); }

  RestClient client_;
};

TEST_F(Exports, OfTheSystemGiveEverything) {
  const std::string status = Start("$export");
  const fhir::Json manifest = Wait(status);
  EXPECT_EQ(At(manifest, "/request"), "http://test/fhir/$export");
  EXPECT_EQ(At(manifest, "/requiresAccessToken"), "false");
  EXPECT_NE(At(manifest, "/transactionTime"), "");
  EXPECT_TRUE(manifest.at("error").empty());
  EXPECT_THAT(Fetch(manifest),
              UnorderedElementsAre("Patient/a", "Patient/b", "Observation/oa", "Observation/ob",
                                   "Organization/lab", "Group/g"));
}

TEST_F(Exports, OfPatientsGiveTheirCompartments) {
  // A group is in the compartment of its members.
  EXPECT_THAT(Export("Patient/$export"),
              UnorderedElementsAre("Patient/a", "Patient/b", "Observation/oa", "Observation/ob",
                                   "Group/g"));
}

TEST_F(Exports, OfAGroupGiveItsActiveMembers) {
  EXPECT_THAT(Export("Group/g/$export"),
              UnorderedElementsAre("Patient/a", "Observation/oa", "Group/g"));
  EXPECT_EQ(client_.Call("GET", "Group/none/$export", "", {{"Prefer", "respond-async"}}).status,
            404);
}

TEST_F(Exports, AreNarrowedByTypeAndTime) {
  EXPECT_THAT(Export("$export?_type=Patient,Group&_outputFormat=application/fhir%2Bndjson"),
              UnorderedElementsAre("Patient/a", "Patient/b", "Group/g"));
  EXPECT_THAT(Export("$export?_since=2999-01-01T00:00:00Z"), ::testing::IsEmpty());
  EXPECT_EQ(Export("$export?_since=2000-01-01T00:00:00Z").size(), 6U);
}

TEST_F(Exports, AreRefusedWhenTheyWouldGiveSomethingElse) {
  const testing::RestClient::Headers async = {{"Prefer", "respond-async"}};
  EXPECT_EQ(client_.Call("GET", "$export").status, 400);
  for (const char* query : {"_type=Nonsense", "_since=yesterday", "_outputFormat=text/csv",
                            "_typeFilter=Patient%3Fnonsense%3Dtrue", "_typeFilter=Nonsense%3Fa%3Db",
                            "_typeFilter=Patient", "_elements=id",
                            "_type=Patient&_typeFilter=Observation%3Fstatus%3Dfinal"}) {
    EXPECT_EQ(client_.Call("GET", std::string("$export?") + query, "", async).status, 400) << query;
  }
  EXPECT_EQ(client_.Call("GET", "Patient/$export?_type=Organization", "", async).status, 400);
}

TEST_F(Exports, AreGoneOnceDeleted) {
  const std::string status = Start("$export");
  const fhir::Json manifest = Wait(status);
  EXPECT_EQ(client_.Call("DELETE", status).status, 202);
  EXPECT_EQ(client_.Call("GET", status).status, 404);
  EXPECT_EQ(client_.Call("DELETE", status).status, 404);
  EXPECT_EQ(client_.Call("GET", Cut(At(manifest, "/output/0/url"))).status, 404);
  EXPECT_EQ(client_.Call("GET", "$export-status/1").status, 404);
}

TEST_F(Exports, LeaveOutWhatCameLater) {
  const fhir::Json manifest = Wait(Start("$export?_type=Patient"));
  client_.Send("PUT", "Patient/later", R"({"resourceType":"Patient","id":"later"})");
  EXPECT_THAT(Fetch(manifest), UnorderedElementsAre("Patient/a", "Patient/b"));
}

TEST_F(Exports, AreNarrowedByFilters) {
  client_.Send("PUT", "Patient/c", R"({"resourceType":"Patient","id":"c","gender":"female",
    "active":true})");
  client_.Send("PUT", "Patient/d", R"({"resourceType":"Patient","id":"d","gender":"male",
    "active":true})");
  EXPECT_THAT(Export("$export?_type=Patient&_typeFilter=Patient%3Fgender%3Dfemale"),
              UnorderedElementsAre("Patient/c"));
  // What two filters find is given once; other types stay whole.
  EXPECT_THAT(Export("$export?_typeFilter=Patient%3Fgender%3Dfemale,male%26active%3Dtrue,"
                     "Patient%3F_id%3Dc,a&_type=Patient,Group"),
              UnorderedElementsAre("Patient/a", "Patient/c", "Patient/d", "Group/g"));
  EXPECT_THAT(Export("Patient/$export?_type=Observation&_typeFilter=Observation%3Fpatient%3Db"),
              UnorderedElementsAre("Observation/ob"));
  EXPECT_THAT(Export("Group/g/$export?_typeFilter=Observation%3Fstatus%3Damended"
                     "&_typeFilter=Patient%3F_id%3Da"),
              UnorderedElementsAre("Patient/a", "Group/g"));
}

TEST_F(Exports, ListWhatWasDeletedSince) {
  client_.Call("DELETE", "Observation/ob");
  client_.Call("DELETE", "Organization/lab");
  client_.Call("DELETE", "Observation/oa");
  client_.Send("PUT", "Observation/oa", R"({"resourceType":"Observation","id":"oa",
    "status":"final","code":{"text":"back"},"subject":{"reference":"Patient/a"}})");
  const auto deleted = [this](const std::string& url) {
    const fhir::Json manifest = Wait(Start(url));
    std::set<std::string> urls;
    for (const fhir::Json& file : fhir::FindArray(manifest, "deleted")) {
      EXPECT_EQ(At(file, "/type"), "Bundle");
      const auto bundle = fhir::Json::parse(client_.Call("GET", Cut(At(file, "/url"))).body);
      EXPECT_EQ(At(bundle, "/type"), "transaction");
      for (const fhir::Json& entry : bundle.at("entry")) {
        EXPECT_EQ(At(entry, "/request/method"), "DELETE");
        urls.insert(At(entry, "/request/url"));
      }
    }
    return urls;
  };
  const std::string since = "$export?_since=2000-01-01T00:00:00Z";
  EXPECT_THAT(deleted(since), UnorderedElementsAre("Observation/ob", "Organization/lab"));
  EXPECT_THAT(deleted("Patient/" + since), UnorderedElementsAre("Observation/ob"));
  EXPECT_THAT(deleted("Group/g/" + since), ::testing::IsEmpty());
  EXPECT_THAT(deleted(since + "&_type=Patient"), ::testing::IsEmpty());
  // Without a time there is nothing that it could have been deleted since.
  EXPECT_FALSE(Wait(Start("$export")).contains("deleted"));
}

}  // namespace
}  // namespace genflik::rest
