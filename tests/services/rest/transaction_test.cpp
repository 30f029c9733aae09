#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "fhir/json.h"
#include "tests/support/services_tests/rest_client.h"

// http://hl7.org/fhir/R4/http.html#transaction

namespace genflik::rest {
namespace {

using testing::At;
using testing::BodyOf;
using ::testing::HasSubstr;
using testing::RestClient;
using ::testing::StartsWith;

class Transactions : public ::testing::Test {
 protected:
  http::Response Post(const std::string& type, const std::string& entries) {
    return client_.Send(
        "POST", "",
        R"({"resourceType":"Bundle","type":")" + type + R"(","entry":[)" + entries + "]}");
  }
  std::string Total(const std::string& url) {
    return At(BodyOf(client_.Call("GET", url + "?_summary=count")), "/total");
  }

  RestClient client_;
};

const std::string kPatient = R"({"fullUrl":"urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a",
  "resource":{"resourceType":"Patient","identifier":[{"system":"urn:x","value":"1"}]},
  "request":{"method":"POST","url":"Patient"}})";

std::string Observation(const std::string& subject) {
  return R"({"fullUrl":"urn:uuid:88f151c0-a954-468a-88bd-5ae15c08e059",
  "resource":{"resourceType":"Observation","status":"final","code":{"text":"w"},
    "subject":{"reference":")" +
         subject + R"("}},
  "request":{"method":"POST","url":"Observation"}})";
}

TEST_F(Transactions, RewriteReferencesWhateverTheOrder) {
  const auto response = Post(
      "transaction", Observation("urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a") + "," + kPatient);
  ASSERT_EQ(response.status, 200) << response.body;
  const auto bundle = BodyOf(response);
  EXPECT_EQ(At(bundle, "/type"), "transaction-response");
  EXPECT_EQ(At(bundle, "/entry/0/response/status"), "201 Created");
  EXPECT_THAT(At(bundle, "/entry/0/response/location"),
              StartsWith("http://test/fhir/Observation/"));
  const std::string patient = At(bundle, "/entry/1/resource/id");
  EXPECT_EQ(At(bundle, "/entry/0/resource/subject/reference"), "Patient/" + patient);
  EXPECT_EQ(Total("Observation"), "1");
}

TEST_F(Transactions, ResolveReferencesAgainstTheRootOfTheFullUrl) {
  const std::string entries = R"({"fullUrl":"http://lab/fhir/Patient/p",
      "resource":{"resourceType":"Patient","id":"p"},"request":{"method":"POST","url":"Patient"}},
    {"fullUrl":"http://lab/fhir/Observation/o",
      "resource":{"resourceType":"Observation","id":"o","status":"final","code":{"text":"w"},
        "subject":{"reference":"Patient/p"}},"request":{"method":"POST","url":"Observation"}})";
  const auto bundle = BodyOf(Post("transaction", entries));
  const std::string patient = At(bundle, "/entry/0/resource/id");
  EXPECT_NE(patient, "p");
  EXPECT_EQ(At(bundle, "/entry/1/resource/subject/reference"), "Patient/" + patient);
}

TEST_F(Transactions, ResolveConditionalReferences) {
  // Also to what the same transaction creates.
  const auto response =
      Post("transaction", Observation("Patient?identifier=urn:x|1") + "," + kPatient);
  ASSERT_EQ(response.status, 200) << response.body;
  const auto bundle = BodyOf(response);
  EXPECT_EQ(At(bundle, "/entry/0/resource/subject/reference"),
            "Patient/" + At(bundle, "/entry/1/resource/id"));
  const auto refused = Post("transaction", Observation("Patient?identifier=urn:x|none"));
  EXPECT_EQ(refused.status, 412);
  EXPECT_EQ(Total("Observation"), "1");
}

TEST_F(Transactions, StoreNothingWhenOneEntryFails) {
  const std::string wrong = R"({"resource":{"resourceType":"Patient","id":"a"},
      "request":{"method":"PUT","url":"Patient/a","ifMatch":"W/\"9\""}})";
  const auto refused = Post("transaction", kPatient + "," + wrong);
  EXPECT_EQ(refused.status, 412);
  EXPECT_THAT(refused.body, HasSubstr("Bundle.entry[1]"));
  EXPECT_EQ(Total("Patient"), "0");
  const std::string invalid = R"({"resource":{"resourceType":"Patient","gender":"x"},
      "request":{"method":"POST","url":"Patient"}})";
  const auto second = Post("transaction", kPatient + "," + invalid);
  EXPECT_EQ(second.status, 422);
  EXPECT_EQ(Total("Patient"), "0");
}

TEST_F(Transactions, RefuseAnIdentityTouchedTwice) {
  const std::string put = R"({"resource":{"resourceType":"Patient","id":"a"},
      "request":{"method":"PUT","url":"Patient/a"}})";
  const std::string remove = R"({"request":{"method":"DELETE","url":"Patient/a"}})";
  EXPECT_EQ(Post("transaction", put + "," + put).status, 400);
  EXPECT_EQ(Post("transaction", put + "," + remove).status, 400);
  EXPECT_EQ(Total("Patient"), "0");
}

TEST_F(Transactions, CreateOnceByCondition) {
  const std::string entry = R"({"fullUrl":"urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a",
    "resource":{"resourceType":"Patient","identifier":[{"system":"urn:x","value":"1"}]},
    "request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=urn:x|1"}})";
  const std::string entries =
      entry + "," + Observation("urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a");
  const auto first = BodyOf(Post("transaction", entries));
  const auto second = BodyOf(Post("transaction", entries));
  EXPECT_EQ(At(second, "/entry/0/response/status"), "200 OK");
  EXPECT_EQ(At(second, "/entry/1/resource/subject/reference"),
            "Patient/" + At(first, "/entry/0/resource/id"));
  EXPECT_EQ(Total("Patient"), "1");
}

TEST_F(Transactions, DeleteFirstAndReadLast) {
  client_.Send("PUT", "Patient/old", R"({"resourceType":"Patient","id":"old"})");
  const auto bundle = BodyOf(Post(
      "transaction", R"({"request":{"method":"GET","url":"Patient?_summary=count"}},)" + kPatient +
                         R"(,{"request":{"method":"DELETE","url":"Patient/old"}})"));
  EXPECT_EQ(At(bundle, "/entry/0/resource/total"), "1");
  EXPECT_EQ(At(bundle, "/entry/2/response/status"), "204 No Content");
}

TEST_F(Transactions, TakeACircleOfReferences) {
  const auto entry = [](const std::string& self, const std::string& other) {
    return R"({"fullUrl":"urn:uuid:)" + self +
           R"(","resource":{"resourceType":"Patient","link":[{"type":"seealso",
             "other":{"reference":"urn:uuid:)" +
           other + R"("}}]},"request":{"method":"POST","url":"Patient"}})";
  };
  const std::string a = "61ebe359-bfdc-4613-8bf2-c5e300945f0a";
  const std::string b = "88f151c0-a954-468a-88bd-5ae15c08e059";
  const auto bundle = BodyOf(Post("transaction", entry(a, b) + "," + entry(b, a)));
  EXPECT_EQ(At(bundle, "/entry/0/resource/link/0/other/reference"),
            "Patient/" + At(bundle, "/entry/1/resource/id"));
}

// They need no resource by themselves, and would have been written without one.
TEST_F(Transactions, RefuseWhatCannotBeRunFromThem) {
  for (const char* request :
       {R"("POST","url":"Observation/_search?status=final")", R"("PUT","url":"Patient/a$b")",
        R"("PUT","url":"Patient/_search?_id=x")", R"("POST","url":"Patient/$match")",
        R"("PATCH","url":"Patient/a$b")"}) {
    const auto response =
        Post("transaction", std::string(R"({"request":{"method":)") + request + "}}");
    EXPECT_EQ(response.status, 400) << request << response.body;
    const auto batch = Post("batch", std::string(R"({"request":{"method":)") + request + "}}");
    EXPECT_EQ(batch.status, 200) << request << batch.body;
  }
  EXPECT_EQ(Total("Patient"), "0");
}

TEST_F(Transactions, RefuseOtherBundles) {
  EXPECT_EQ(Post("collection", "").status, 400);
  EXPECT_EQ(client_.Send("POST", "", R"({"resourceType":"Patient"})").status, 400);
}

TEST_F(Transactions, TreatEntriesOfABatchAlone) {
  const std::string wrong = R"({"resource":{"resourceType":"Patient","gender":"x"},
      "request":{"method":"POST","url":"Patient"}})";
  const auto bundle = BodyOf(
      Post("batch", wrong + "," + kPatient + R"(,{"request":{"method":"GET","url":"Patient/none"}},
        {"request":{"method":"GET","url":"Patient?identifier=urn:x|1"}})"));
  EXPECT_EQ(At(bundle, "/type"), "batch-response");
  EXPECT_THAT(At(bundle, "/entry/0/response/status"), StartsWith("422"));
  EXPECT_EQ(At(bundle, "/entry/0/response/outcome/resourceType"), "OperationOutcome");
  EXPECT_EQ(At(bundle, "/entry/1/response/status"), "201 Created");
  EXPECT_THAT(At(bundle, "/entry/2/response/status"), StartsWith("404"));
  EXPECT_EQ(At(bundle, "/entry/3/resource/total"), "1");
}

TEST_F(Transactions, TakeEveryKindOfReadInABatch) {
  client_.Send("PUT", "Patient/a", R"({"resourceType":"Patient","id":"a"})");
  client_.Send("PUT", "Observation/o", R"({"resourceType":"Observation","id":"o","status":"final",
    "code":{"text":"w"},"subject":{"reference":"Patient/a"}})");
  const std::vector<std::pair<std::string, std::string>> reads = {
      {"Patient/a/$everything", "Bundle"}, {"Observation/$lastn?patient=a", "Bundle"},
      {"Patient/a/Observation", "Bundle"}, {"Patient/a/*", "Bundle"},
      {"metadata", "CapabilityStatement"}, {"_history?_count=1", "Bundle"},
      {"Patient/a/_history", "Bundle"},    {"Patient/a/_history/1", "Patient"},
      {"?_type=Patient", "Bundle"},        {"Patient/a/$meta", "Parameters"},
      {"Patient/_search?_id=a", "Bundle"}};
  std::string entries;
  for (const auto& [url, type] : reads) {
    entries +=
        (entries.empty() ? "" : ",") + (R"({"request":{"method":"GET","url":")" + url + "\"}}");
  }
  for (const char* type : {"batch", "transaction"}) {
    const auto bundle = BodyOf(Post(type, entries));
    for (size_t i = 0; i < reads.size(); ++i) {
      const std::string entry = "/entry/" + std::to_string(i);
      EXPECT_EQ(At(bundle, entry + "/response/status"), "200 OK") << reads[i].first;
      EXPECT_EQ(At(bundle, entry + "/resource/resourceType"), reads[i].second) << reads[i].first;
    }
  }
}

TEST_F(Transactions, RefuseOneMalformedEntryOfABatchAndNoOther) {
  const auto response =
      Post("batch", R"({"request":{"method":"POST","url":"Patient"}},)" + kPatient +
                        R"(,{"resource":{"resourceType":"Patient"}},
         {"request":{"method":"POST","url":"Patient/_search?identifier=urn:x|1"}},
         {"resource":{"resourceType":"Patient","gender":"x"},
          "request":{"method":"POST","url":"Patient/$validate"}},
         {"request":{"method":"GET","url":"http://elsewhere/fhir/Patient"}},
         {"request":{"method":"GET","url":"$export"}})");
  EXPECT_EQ(response.status, 200) << response.body;
  const auto bundle = BodyOf(response);
  EXPECT_THAT(At(bundle, "/entry/0/response/status"), StartsWith("400"));
  EXPECT_EQ(At(bundle, "/entry/0/response/outcome/issue/0/expression/0"), "Bundle.entry[0]");
  EXPECT_EQ(At(bundle, "/entry/1/response/status"), "201 Created");
  EXPECT_THAT(At(bundle, "/entry/2/response/status"), StartsWith("400"));
  EXPECT_EQ(At(bundle, "/entry/3/resource/total"), "1");
  EXPECT_EQ(At(bundle, "/entry/4/resource/issue/0/severity"), "error");
  EXPECT_THAT(At(bundle, "/entry/5/response/status"), StartsWith("400"));
  EXPECT_THAT(At(bundle, "/entry/6/response/status"), StartsWith("404"));
}

TEST_F(Transactions, ResolveReferencesToAFullUrlOfThisServer) {
  const auto bundle = BodyOf(Post("transaction", R"(
    {"fullUrl":"http://test/fhir/Patient/draft","resource":{"resourceType":"Patient"},
     "request":{"method":"POST","url":"Patient"}},
    {"resource":{"resourceType":"Observation","status":"final","code":{"text":"w"},
      "subject":{"reference":"Patient/draft"}},"request":{"method":"POST","url":"Observation"}})"));
  EXPECT_EQ(At(bundle, "/entry/1/resource/subject/reference"),
            "Patient/" + At(bundle, "/entry/0/resource/id"));
}

}  // namespace
}  // namespace genflik::rest
