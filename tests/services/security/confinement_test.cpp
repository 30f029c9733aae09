#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "services/store/store.h"
#include "tests/support/services_tests/gated_service.h"
#include "tests/support/services_tests/rest_client.h"

// A token of one patient, or of a part of the data, tried by every way that leads to more.

namespace genflik::security {
namespace {

using fhir::Json;
using testing::At;
using testing::BodyOf;
using testing::GatedService;

class Confinement : public ::testing::Test {
 protected:
  // As patient b, who must never learn of a.
  http::Response AsB(std::string_view method, std::string_view url, std::string body = {}) {
    return service.Call(method, url, service.TokenOf("pat-b", "patient/*.cruds"), std::move(body));
  }
  http::Response With(const std::string& scope, std::string_view method, std::string_view url,
                      std::string body = {}) {
    return service.Call(method, url, service.Token(scope), std::move(body));
  }
  static bool TellsSecret(const http::Response& response) {
    return response.body.find(GatedService::kSecret) != std::string::npos;
  }
  static size_t Entries(const http::Response& response) {
    const Json body = BodyOf(response);
    return fhir::FindArray(body, "entry").size();
  }
  std::int64_t VersionOf(std::string_view type, std::string_view id) {
    return service.parts->store->Read([&](const store::Reader& reader) {
      const auto found = reader.Find(type, id);
      return found ? found->version : 0;
    });
  }
  static std::string Observation(const std::string& id, const std::string& patient) {
    return R"({"resourceType":"Observation","id":")" + id +
           R"(","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/)" + patient +
           R"("}})";
  }
  static std::string Bundle(const std::string& type, const std::string& method,
                            const std::string& url, const std::string& resource = {}) {
    return R"({"resourceType":"Bundle","type":")" + type + R"(","entry":[{"request":{"method":")" +
           method + R"(","url":")" + url + R"("})" +
           (resource.empty() ? "" : R"(,"resource":)" + resource) + "}]}";
  }

  GatedService service;
};

TEST_F(Confinement, APatientReadsTheirOwn) {
  EXPECT_EQ(AsB("GET", "/fhir/Patient/pat-b").status, 200);
  EXPECT_EQ(AsB("GET", "/fhir/Observation/obs-b").status, 200);
  EXPECT_EQ(AsB("GET", "/fhir/Observation/obs-b/_history/1").status, 200);
  EXPECT_EQ(Entries(AsB("GET", "/fhir/Observation/obs-b/_history")), 2U);
  EXPECT_EQ(Entries(AsB("GET", "/fhir/Observation")), 2U);
  EXPECT_EQ(At(BodyOf(AsB("GET", "/fhir/Observation?_summary=count")), "/total"), "2");
  // With who brought the observations, and who changed one.
  EXPECT_EQ(Entries(AsB("GET", "/fhir/Patient/pat-b/$everything")), 6U);
  EXPECT_EQ(AsB("GET", "/fhir/Organization/lab").status, 200);
  EXPECT_EQ(AsB("GET", "/record/pat-b").status, 200);
}

TEST_F(Confinement, NothingOfOthersIsRead) {
  for (const char* url :
       {"/fhir/Patient/pat-a", "/fhir/Observation/obs-a", "/fhir/Observation/obs-a/_history",
        "/fhir/Observation/obs-a/_history/1", "/fhir/Patient/pat-a/$everything",
        "/fhir/Observation/obs-a/$meta", "/record/pat-a"}) {
    const http::Response response = AsB("GET", url);
    EXPECT_TRUE(response.status == 404 || response.status == 403) << url << response.status;
    EXPECT_FALSE(TellsSecret(response)) << url;
  }
  // What is hidden answers like what does not exist.
  const http::Response hidden = AsB("GET", "/fhir/Observation/obs-a");
  const http::Response missing = AsB("GET", "/fhir/Observation/obs-x");
  EXPECT_EQ(hidden.status, missing.status);
  EXPECT_EQ(hidden.body.size(), missing.body.size());
}

TEST_F(Confinement, NoSearchFindsOthers) {
  for (const char* url :
       {"/fhir/Patient?family=Hemligsson", "/fhir/Patient?_id=pat-a",
        "/fhir/Observation?patient=pat-a", "/fhir/Observation?subject=Patient/pat-a",
        "/fhir/Observation?_id=obs-a", "/fhir/Patient/pat-a/Observation",
        "/fhir/Patient?family=Hemligsson&_summary=count"}) {
    const http::Response response = AsB("GET", url);
    EXPECT_EQ(response.status, 200) << url;
    EXPECT_EQ(Entries(response), 0U) << url;
    EXPECT_EQ(At(BodyOf(response), "/total"), "0") << url;
  }
  const http::Response posted =
      service.Call("POST", "/fhir/Observation/_search", service.TokenOf("pat-b", "patient/*.cruds"),
                   "patient=pat-a", "application/x-www-form-urlencoded");
  EXPECT_EQ(posted.status, 200);
  EXPECT_EQ(Entries(posted), 0U);
  // Ways round by other resources, and over all types.
  for (const char* url : {"/fhir/Observation?subject:Patient.family=Hemligsson",
                          "/fhir/Organization?_has:Observation:performer:subject=pat-a",
                          "/fhir?_id=obs-a", "/fhir/_history", "/fhir/Observation/_history"}) {
    EXPECT_EQ(AsB("GET", url).status, 403) << url;
  }
}

TEST_F(Confinement, NoIncludeBringsOthers) {
  // An observation of b that points to one of a, as a laboratory might have stored it.
  service.parts->store->Write([](store::Writer& writer) {
    Json link = {{"resourceType", "Observation"},
                 {"id", "link-b"},
                 {"status", "final"},
                 {"code", {{"text", "x"}}},
                 {"subject", {{"reference", "Patient/pat-b"}}},
                 {"derivedFrom", Json::array({{{"reference", "Observation/obs-a"}}})}};
    writer.Put(std::move(link));
  });
  for (const char* url :
       {"/fhir/Observation?_include=Observation:derived-from", "/fhir/Observation?_include=*",
        "/fhir/Organization?_revinclude=Observation:performer",
        "/fhir/Patient/pat-b/$everything"}) {
    const http::Response response = AsB("GET", url);
    EXPECT_EQ(response.status, 200) << url;
    EXPECT_GT(Entries(response), 0U) << url;
    EXPECT_FALSE(TellsSecret(response)) << url;
  }
}

TEST_F(Confinement, NoBundleReachesOthers) {
  for (const char* url : {"Observation/obs-a", "Observation/obs-a/_history/1", "Patient/pat-a"}) {
    const http::Response transaction = AsB("POST", "/fhir", Bundle("transaction", "GET", url));
    EXPECT_EQ(transaction.status, 404) << url;
    const http::Response batch = AsB("POST", "/fhir", Bundle("batch", "GET", url));
    EXPECT_EQ(At(BodyOf(batch), "/entry/0/response/status"), "404") << url;
    EXPECT_FALSE(TellsSecret(transaction) || TellsSecret(batch)) << url;
  }
  const http::Response search =
      AsB("POST", "/fhir", Bundle("batch", "GET", "Observation?patient=pat-a"));
  EXPECT_FALSE(TellsSecret(search));
  for (const char* type : {"transaction", "batch"}) {
    const http::Response put = AsB(
        "POST", "/fhir", Bundle(type, "PUT", "Observation/obs-a", Observation("obs-a", "pat-b")));
    EXPECT_FALSE(TellsSecret(put)) << type;
  }
  EXPECT_EQ(VersionOf("Observation", "obs-a"), 2);
}

TEST_F(Confinement, NothingOfOthersIsChanged) {
  EXPECT_EQ(AsB("PUT", "/fhir/Observation/obs-a", Observation("obs-a", "pat-b")).status, 403);
  EXPECT_EQ(AsB("PUT", "/fhir/Observation/obs-b", Observation("obs-b", "pat-a")).status, 403);
  EXPECT_EQ(AsB("POST", "/fhir/Observation", Observation("new", "pat-a")).status, 403);
  // As for what does not exist: nothing is deleted, and nobody learns whether it is there.
  EXPECT_EQ(AsB("DELETE", "/fhir/Observation/vital-a").status,
            AsB("DELETE", "/fhir/Observation/none").status);
  EXPECT_EQ(AsB("PUT", "/fhir/Organization/lab",
                R"({"resourceType":"Organization","id":"lab","name":"mine"})")
                .status,
            403);
  EXPECT_EQ(AsB("PUT", "/fhir/Observation?subject=Patient/pat-a", Observation("z", "pat-a")).status,
            403);
  EXPECT_EQ(VersionOf("Observation", "obs-a"), 2);
  EXPECT_EQ(VersionOf("Observation", "obs-b"), 2);
  EXPECT_EQ(VersionOf("Observation", "vital-a"), 1);
  EXPECT_EQ(VersionOf("Organization", "lab"), 1);
  EXPECT_EQ(AsB("POST", "/fhir/Observation", Observation("new", "pat-b")).status, 201);
}

TEST_F(Confinement, AScopeIsHeldToItsPermissions) {
  EXPECT_EQ(With("system/Observation.r", "GET", "/fhir/Observation/obs-a").status, 200);
  EXPECT_EQ(With("system/Observation.r", "GET", "/fhir/Observation").status, 403);
  EXPECT_EQ(With("system/Observation.s", "GET", "/fhir/Observation").status, 200);
  EXPECT_EQ(With("system/Observation.s", "GET", "/fhir/Observation/obs-a").status, 403);
  EXPECT_EQ(With("system/Observation.rs", "GET", "/fhir/Patient/pat-a").status, 403);
  EXPECT_EQ(With("user/Observation.read", "GET", "/fhir/Observation/obs-a").status, 200);
  EXPECT_EQ(With("user/Observation.read", "DELETE", "/fhir/Observation/vital-a").status, 403);
  EXPECT_EQ(
      With("system/Observation.c", "POST", "/fhir/Observation", Observation("n", "pat-a")).status,
      201);
  // A bundle is no way round.
  EXPECT_EQ(With("system/Observation.c", "POST", "/fhir",
                 Bundle("transaction", "GET", "Observation/obs-a"))
                .status,
            403);
  EXPECT_EQ(With("system/Observation.rs", "POST", "/fhir",
                 Bundle("transaction", "PUT", "Observation/obs-a", Observation("obs-a", "pat-a")))
                .status,
            403);
  // What is included needs a right of its own.
  const http::Response included =
      With("system/Observation.rs", "GET", "/fhir/Observation?_id=obs-a&_include=*");
  EXPECT_EQ(Entries(included), 1U);
}

// What a search finds by way of other resources tells of those.
TEST_F(Confinement, ASearchGoesOnlyByWayOfTypesThatMayBeSearched) {
  const std::string chain = "/fhir/Observation?subject:Patient.family=Hemligsson";
  const std::string has = "/fhir/Patient?_has:Observation:subject:value-string=Hemligsson";
  EXPECT_EQ(With("system/Observation.rs", "GET", chain).status, 403);
  EXPECT_EQ(With("system/Observation.rs system/Patient.r", "GET", chain).status, 403);
  EXPECT_EQ(With("system/Observation.rs system/Patient.rs?gender=male", "GET", chain).status, 403);
  EXPECT_EQ(Entries(With("system/Observation.rs system/Patient.rs", "GET", chain)), 2U);
  EXPECT_EQ(With("system/Patient.rs", "GET", has).status, 403);
  EXPECT_EQ(Entries(With("system/Observation.rs system/Patient.rs", "GET", has)), 1U);
  // Of the types that a chain may mean only those that may be searched count.
  const std::string any = "/fhir/Observation?subject.family=Hemligsson";
  EXPECT_EQ(Entries(With("system/Observation.rs system/Patient.rs", "GET", any)), 2U);
  EXPECT_EQ(With("system/Observation.rs", "GET", any).status, 403);
  const auto conditional = [&](const std::string& scope) {
    return service
        .Call("POST", "/fhir/Observation", service.Token(scope), Observation("n", "pat-a"),
              "application/fhir+json", {{"If-None-Exist", "subject:Patient.family=Hemligsson"}})
        .status;
  };
  EXPECT_EQ(conditional("system/Observation.crs"), 403);
}

TEST_F(Confinement, AScopeWithASearchIsHeldToIt) {
  const std::string scope = "system/Observation.cruds?category=laboratory";
  EXPECT_EQ(With(scope, "GET", "/fhir/Observation/obs-a").status, 200);
  EXPECT_EQ(With(scope, "GET", "/fhir/Observation/vital-a").status, 404);
  EXPECT_EQ(Entries(With(scope, "GET", "/fhir/Observation")), 2U);
  EXPECT_EQ(Entries(With(scope, "GET", "/fhir/Observation?category=vital-signs")), 0U);
  EXPECT_EQ(With(scope, "GET", "/fhir/Observation/vital-a/_history").status, 404);
  EXPECT_EQ(With(scope, "GET", "/fhir/Observation/_history").status, 403);
  static_cast<void>(With(scope, "DELETE", "/fhir/Observation/vital-a"));
  EXPECT_EQ(VersionOf("Observation", "vital-a"), 1);
  // Without the category it would be outside the scope.
  EXPECT_EQ(With(scope, "POST", "/fhir/Observation", Observation("n", "pat-a")).status, 403);
  // A view of a part would look like the whole.
  EXPECT_EQ(
      With(scope + " system/Patient.rs system/MedicationRequest.rs", "GET", "/record/pat-a").status,
      403);
  const std::string both = scope + " system/Observation.rs?category=vital-signs";
  EXPECT_EQ(Entries(With(both, "GET", "/fhir/Observation")), 4U);
}

TEST_F(Confinement, APatientMaySeeWhoHasSeenThem) {
  EXPECT_EQ(With("system/*.cruds", "GET", "/fhir/Observation/obs-b").status, 200);
  EXPECT_EQ(With("system/*.cruds", "GET", "/fhir/Observation/obs-a").status, 200);
  const http::Response mine = AsB("GET", "/fhir/AuditEvent?patient=pat-b");
  EXPECT_EQ(mine.status, 200);
  EXPECT_GT(Entries(mine), 0U);
  EXPECT_EQ(mine.body.find("pat-a"), std::string::npos);
  EXPECT_EQ(Entries(AsB("GET", "/fhir/AuditEvent?patient=pat-a")), 0U);
  const http::Response all = AsB("GET", "/fhir/AuditEvent");
  EXPECT_EQ(all.body.find("pat-a"), std::string::npos);
  EXPECT_EQ(With("system/Observation.rs", "GET", "/fhir/AuditEvent").status, 403);
}

}  // namespace
}  // namespace genflik::security
