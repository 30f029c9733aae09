#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "fhir/json.h"
#include "tests/support/services_tests/rest_client.h"

namespace genflik::rest {
namespace {

using testing::At;
using testing::BodyOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::RestClient;

class Searches : public ::testing::Test {
 protected:
  Searches() {
    for (const std::string id : {"a", "b", "c"}) {
      client_.Send("PUT", "Patient/" + id,
                   R"({"resourceType":"Patient","id":")" + id +
                       R"(","name":[{"family":"Ek"}],"gender":"female"})");
      client_.Send("PUT", "Observation/o" + id,
                   R"({"resourceType":"Observation","id":"o)" + id +
                       R"(","status":"final","code":{"coding":[{"code":"w"}]},)"
                       R"("subject":{"reference":"Patient/)" +
                       id + R"("},"effectiveDateTime":"2026-01-01"})");
    }
  }

  std::string Relative(const std::string& url) const {
    return url.substr(std::string("http://test/fhir/").size());
  }
  std::string Link(const fhir::Json& bundle, std::string_view relation) const {
    for (const fhir::Json& link : fhir::FindArray(bundle, "link")) {
      if (fhir::FindText(link, "relation") == relation) {
        return std::string(fhir::FindText(link, "url"));
      }
    }
    return {};
  }

  RestClient client_;
};

TEST_F(Searches, AnswerASearchset) {
  const auto bundle = BodyOf(client_.Call("GET", "Patient?family=ek&_id=b"));
  EXPECT_EQ(At(bundle, "/type"), "searchset");
  EXPECT_EQ(At(bundle, "/total"), "1");
  EXPECT_EQ(At(bundle, "/entry/0/fullUrl"), "http://test/fhir/Patient/b");
  EXPECT_EQ(At(bundle, "/entry/0/search/mode"), "match");
  EXPECT_EQ(At(bundle, "/entry/0/resource/id"), "b");
}

TEST_F(Searches, PageByLinks) {
  std::string url = "Patient?family=ek&_count=2";
  std::vector<std::string> ids;
  while (!url.empty()) {
    const auto bundle = BodyOf(client_.Call("GET", url));
    for (const fhir::Json& entry : fhir::FindArray(bundle, "entry")) {
      ids.push_back(At(entry, "/resource/id"));
    }
    EXPECT_THAT(Link(bundle, "self"), HasSubstr("family=ek"));
    const std::string next = Link(bundle, "next");
    url = next.empty() ? "" : Relative(next);
  }
  EXPECT_THAT(ids, ::testing::ElementsAre("a", "b", "c"));
  EXPECT_EQ(client_.Call("GET", "Patient?_page=1.2.3").status, 400);
}

TEST_F(Searches, AreTakenByPost) {
  const auto bundle = BodyOf(client_.Call("POST", "Patient/_search?gender=female", "_id=a",
                                          {{"Content-Type", "application/x-www-form-urlencoded"}}));
  EXPECT_EQ(At(bundle, "/total"), "1");
  EXPECT_EQ(client_.Send("POST", "Patient/_search", "{}").status, 415);
}

TEST_F(Searches, AreTakenUnderEachOfTheirPaths) {
  for (const char* path : {"?_type=Patient", "_search?_type=Patient"}) {
    EXPECT_EQ(client_.Call("GET", path).status, 200) << path;
  }
  EXPECT_EQ(client_.Call("GET", "Patient/_search?name=x").status, 200);
  const auto posted = client_.Call("POST", "Patient/eva/Observation/_search", "code=x",
                                   {{"Content-Type", "application/x-www-form-urlencoded"}});
  EXPECT_EQ(posted.status, 200) << posted.body;
}

TEST_F(Searches, SayWhatTheyLeaveOut) {
  const auto lenient = client_.Call("GET", "Patient?nonsense=1&_id=a");
  EXPECT_EQ(lenient.status, 200);
  EXPECT_THAT(lenient.body, HasSubstr("nonsense"));
  EXPECT_THAT(Link(BodyOf(lenient), "self"), Not(HasSubstr("nonsense")));
  EXPECT_EQ(client_.Call("GET", "Patient?nonsense=1", "", {{"Prefer", "handling=strict"}}).status,
            400);
  EXPECT_EQ(client_.Call("GET", "Observation?date=never").status, 400);
  EXPECT_EQ(client_.Call("GET", "Observation?code:nonsense=x").status, 400);
  EXPECT_EQ(client_.Call("GET", "Nonsense?code=x").status, 404);
}

TEST_F(Searches, CountAndSummarise) {
  const auto count = BodyOf(client_.Call("GET", "Patient?_summary=count"));
  EXPECT_EQ(At(count, "/total"), "3");
  EXPECT_EQ(At(count, "/entry"), "");
  EXPECT_EQ(At(BodyOf(client_.Call("GET", "Patient?_count=0")), "/total"), "3");
  EXPECT_EQ(At(BodyOf(client_.Call("GET", "Patient?_total=none")), "/total"), "");
  EXPECT_THAT(client_.Call("GET", "Patient?_elements=id").body, HasSubstr("SUBSETTED"));
}

TEST_F(Searches, IncludeAndStayInCompartments) {
  const auto included =
      BodyOf(client_.Call("GET", "Observation?patient=a&_include=Observation:subject"));
  EXPECT_EQ(At(included, "/total"), "1");
  EXPECT_EQ(At(included, "/entry/1/search/mode"), "include");
  EXPECT_EQ(At(BodyOf(client_.Call("GET", "Patient/a/Observation")), "/total"), "1");
  EXPECT_EQ(At(BodyOf(client_.Call("GET", "Patient/a/Observation?code=none")), "/total"), "0");
  EXPECT_EQ(At(BodyOf(client_.Call("GET", "?_type=Patient,Observation&_id=a,oa")), "/total"), "2");
}

TEST_F(Searches, TellEverythingOfAPatient) {
  const auto bundle = BodyOf(client_.Call("GET", "Patient/a/$everything"));
  EXPECT_EQ(At(bundle, "/total"), "2");
  EXPECT_EQ(At(bundle, "/entry/0/resource/id"), "a");
  EXPECT_EQ(At(bundle, "/entry/1/resource/id"), "oa");
  EXPECT_EQ(client_.Call("GET", "Patient/none/$everything").status, 404);
  const auto first = BodyOf(client_.Call("GET", "Patient/a/$everything?_count=1"));
  EXPECT_EQ(fhir::FindArray(first, "entry").size(), 1U);
  EXPECT_NE(Link(first, "next"), "");
}

TEST_F(Searches, TellTheLastObservations) {
  client_.Send("PUT", "Observation/new",
               R"({"resourceType":"Observation","id":"new","status":"final",
                  "code":{"coding":[{"code":"w"}]},"subject":{"reference":"Patient/a"},
                  "effectiveDateTime":"2026-02-01"})");
  const auto last = BodyOf(client_.Call("GET", "Observation/$lastn?patient=a"));
  EXPECT_EQ(At(last, "/total"), "1");
  EXPECT_EQ(At(last, "/entry/0/resource/id"), "new");
  EXPECT_EQ(At(BodyOf(client_.Call("GET", "Observation/$lastn?patient=a&max=2")), "/total"), "2");
  EXPECT_EQ(client_.Call("GET", "Observation/$lastn").status, 400);
}

TEST_F(Searches, TakeValueSetsByUrlAndByReference) {
  client_.Send("PUT", "ValueSet/w", R"({"resourceType":"ValueSet","id":"w","status":"active",
    "url":"http://example.org/vs","compose":{"include":[{"system":"urn:c","concept":[{"code":"1"}]}]}})");
  client_.Send("PUT", "Observation/vs", R"({"resourceType":"Observation","id":"vs",
    "status":"final","code":{"coding":[{"system":"urn:c","code":"1","display":"Body weight"}],
    "text":"Kroppsvikt"}})");
  for (const char* set : {"http://example.org/vs", "ValueSet/w", "http://test/fhir/ValueSet/w"}) {
    const auto found = BodyOf(client_.Call("GET", "Observation?code:in=" + std::string(set)));
    EXPECT_EQ(At(found, "/total"), "1") << set;
  }
  EXPECT_EQ(client_.Call("GET", "Observation?code:in=ValueSet/none").status, 400);
  // Both the text of the concept and the display of its coding are searched.
  for (const char* word : {"kroppsv", "body", "weight"}) {
    const auto found = BodyOf(client_.Call("GET", "Observation?code:text=" + std::string(word)));
    EXPECT_EQ(At(found, "/total"), "1") << word;
  }
}

TEST_F(Searches, ListHistories) {
  const auto all = BodyOf(client_.Call("GET", "_history?_count=2"));
  EXPECT_EQ(At(all, "/total"), "6");
  EXPECT_EQ(fhir::FindArray(all, "entry").size(), 2U);
  const auto next = BodyOf(client_.Call("GET", Relative(Link(all, "next"))));
  EXPECT_EQ(fhir::FindArray(next, "entry").size(), 2U);
  EXPECT_NE(At(all, "/entry/0/resource/id"), At(next, "/entry/0/resource/id"));
  EXPECT_EQ(At(BodyOf(client_.Call("GET", "Patient/_history")), "/total"), "3");
  EXPECT_EQ(client_.Call("GET", "Patient/_history?_since=never").status, 400);
  EXPECT_EQ(client_.Call("GET", "Patient/_history?_count=x").status, 400);
}

TEST_F(Searches, AreDescribedByTheCapabilityStatement) {
  const auto response = client_.Call("GET", "metadata");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(At(BodyOf(response), "/resourceType"), "CapabilityStatement");
  EXPECT_EQ(At(BodyOf(response), "/fhirVersion"), "4.0.1");
}

TEST_F(Searches, PageBackToTheFirst) {
  for (const std::string query :
       {"Patient?family=ek&_count=1", "Patient?family=ek&_count=1&_sort=-_id",
        "Patient?_count=1&_sort=family,-_lastUpdated", "Patient/_history?_count=1"}) {
    const auto ids = [](const fhir::Json& bundle) { return At(bundle, "/entry/0/resource/id"); };
    const auto first = BodyOf(client_.Call("GET", query));
    EXPECT_EQ(Link(first, "previous"), "") << query;
    const auto second = BodyOf(client_.Call("GET", Relative(Link(first, "next"))));
    const auto third = BodyOf(client_.Call("GET", Relative(Link(second, "next"))));
    EXPECT_EQ(Link(third, "next"), "") << query;
    const auto back = BodyOf(client_.Call("GET", Relative(Link(third, "previous"))));
    EXPECT_EQ(ids(back), ids(second)) << query;
    EXPECT_EQ(Link(back, "next"), Link(second, "next")) << query;
    const auto start = BodyOf(client_.Call("GET", Relative(Link(back, "previous"))));
    EXPECT_EQ(ids(start), ids(first)) << query;
    EXPECT_EQ(Link(start, "previous"), "") << query;
  }
}

TEST_F(Searches, ShowEachOnceWhateverIsWrittenBetweenPages) {
  for (const std::string sort : {"_lastUpdated", "-_lastUpdated", "_id"}) {
    std::string url = "Patient?family=ek&_count=1&_sort=" + sort;
    std::multiset<std::string> seen;
    int round = 0;
    while (!url.empty()) {
      const auto bundle = BodyOf(client_.Call("GET", url));
      for (const fhir::Json& entry : fhir::FindArray(bundle, "entry")) {
        seen.insert(At(entry, "/resource/id"));
      }
      // Each is changed, and another made, while the pages are read.
      for (const std::string id : {"a", "b", "c", "n"}) {
        const std::string key =
            id == "n" ? sort.substr(sort.size() - 1) + std::to_string(round) : id;
        client_.Send("PUT", "Patient/" + key,
                     R"({"resourceType":"Patient","id":")" + key +
                         R"(","name":[{"family":"Ek"}],"multipleBirthInteger":)" +
                         std::to_string(++round) + "}");
      }
      const std::string next = Link(bundle, "next");
      url = next.empty() ? "" : Relative(next);
    }
    for (const std::string id : {"a", "b", "c"}) EXPECT_EQ(seen.count(id), 1U) << sort << id;
    for (const std::string& id : seen) EXPECT_EQ(seen.count(id), 1U) << sort << id;
  }
}

TEST_F(Searches, CoverAWholeCompartment) {
  const auto bundle = BodyOf(client_.Call("GET", "Patient/a/*"));
  EXPECT_EQ(At(bundle, "/total"), "2");
  EXPECT_EQ(At(bundle, "/entry/0/resource/id"), "a");
  EXPECT_EQ(At(bundle, "/entry/1/resource/id"), "oa");
  EXPECT_THAT(Link(bundle, "self"), HasSubstr("/Patient/a/*"));
  EXPECT_EQ(At(BodyOf(client_.Call("GET", "Patient/a/*?_type=Observation")), "/total"), "1");
  EXPECT_EQ(At(BodyOf(client_.Call("GET", "Patient/a/*?_id=ob")), "/total"), "0");
  EXPECT_EQ(client_.Call("GET", "Organization/x/*").status, 404);
}

TEST_F(Searches, TakeWhatNamedTypesHaveInCommon) {
  client_.Send("PUT", "Condition/ca", R"({"resourceType":"Condition","id":"ca",
    "code":{"coding":[{"code":"w"}]},"subject":{"reference":"Patient/a"}})");
  const auto total = [this](const std::string& query) {
    return At(BodyOf(client_.Call("GET", query)), "/total");
  };
  EXPECT_EQ(total("?_type=Observation,Condition&patient=a"), "2");
  EXPECT_EQ(total("?patient=a&_type=Observation,Condition&code=w&_sort=code"), "2");
  EXPECT_EQ(total("?_type=Observation&code=w"), "3");
  // A Patient has no code: the parameter is unknown to this search.
  EXPECT_EQ(
      client_.Call("GET", "?_type=Observation,Patient&code=w", "", {{"Prefer", "handling=strict"}})
          .status,
      400);
}

TEST_F(Searches, FindWhatAListHolds) {
  client_.Send("PUT", "List/l", R"({"resourceType":"List","id":"l","status":"current",
    "mode":"working","entry":[{"item":{"reference":"Patient/b"}},
                              {"item":{"reference":"Observation/oa"}}]})");
  EXPECT_EQ(At(BodyOf(client_.Call("GET", "Patient?_list=l")), "/entry/0/resource/id"), "b");
  EXPECT_EQ(At(BodyOf(client_.Call("GET", "Patient?_list=l")), "/total"), "1");
  EXPECT_EQ(At(BodyOf(client_.Call("GET", "?_list=l")), "/total"), "2");
  EXPECT_EQ(At(BodyOf(client_.Call("GET", "Patient?_list=none")), "/total"), "0");
  EXPECT_EQ(client_.Call("GET", "Patient?_list=$current-allergies").status, 400);
}

// http://hl7.org/fhir/R4/search.html#errors
TEST_F(Searches, LeaveOutParametersWithoutAValue) {
  const auto bundle = client_.Call("GET", "Patient?name=&_id=a");
  EXPECT_EQ(At(BodyOf(bundle), "/total"), "1");
  EXPECT_THAT(bundle.body, HasSubstr("'name' is not known or has no value"));
  EXPECT_EQ(client_.Call("GET", "Patient?name=&_id=a", "", {{"Prefer", "handling=strict"}}).status,
            400);
  // As a condition of a write it would match others.
  EXPECT_EQ(client_.Call("DELETE", "Patient?identifier=").status, 400);
  EXPECT_EQ(client_.Call("DELETE", "Patient?_id=a&identifier=").status, 400);
}

TEST_F(Searches, TellEverythingOfACareTime) {
  client_.Send("PUT", "Organization/lab", R"({"resourceType":"Organization","id":"lab",
    "name":"Lab"})");
  client_.Send("PUT", "Observation/old", R"({"resourceType":"Observation","id":"old",
    "status":"final","code":{"text":"x"},"subject":{"reference":"Patient/a"},
    "effectivePeriod":{"start":"2019-12-30","end":"2020-01-02"},
    "performer":[{"reference":"Organization/lab"}]})");
  const auto ids = [this](const std::string& query) {
    std::set<std::string> found;
    const auto bundle = BodyOf(client_.Call("GET", "Patient/a/$everything" + query));
    for (const fhir::Json& entry : fhir::FindArray(bundle, "entry")) {
      found.insert(At(entry, "/resource/id"));
    }
    return found;
  };
  using Ids = std::set<std::string>;
  EXPECT_EQ(ids(""), (Ids{"a", "oa", "old", "lab"}));
  EXPECT_EQ(ids("?start=2026"), (Ids{"a", "oa"}));
  EXPECT_EQ(ids("?start=2020-01-01&end=2020-12-31"), (Ids{"a", "old", "lab"}));
  EXPECT_EQ(ids("?end=2019-12-29"), (Ids{"a"}));
  EXPECT_EQ(ids("?_type=Observation&end=2021"), (Ids{"old"}));
  for (const char* wrong : {"?start=soon", "?_type=Nonsense", "?_since=x", "?_count=x"}) {
    EXPECT_EQ(client_.Call("GET", std::string("Patient/a/$everything") + wrong).status, 400)
        << wrong;
  }
}

TEST_F(Searches, TellTheLabelsInUse) {
  client_.Send("PUT", "Patient/t", R"({"resourceType":"Patient","id":"t","meta":{
    "profile":["http://x/p"],"tag":[{"system":"urn:t","code":"one"}],
    "security":[{"system":"urn:s","code":"R"}]}})");
  client_.Send("PUT", "Observation/t", R"({"resourceType":"Observation","id":"t","status":"final",
    "code":{"text":"x"},"meta":{"tag":[{"system":"urn:t","code":"one"},
                                       {"system":"urn:t","code":"two"}]}})");
  const auto of_type = BodyOf(client_.Call("GET", "Patient/$meta"));
  EXPECT_EQ(At(of_type, "/parameter/0/name"), "return");
  EXPECT_EQ(At(of_type, "/parameter/0/valueMeta/tag"), R"([{"system":"urn:t","code":"one"}])");
  EXPECT_EQ(At(of_type, "/parameter/0/valueMeta/profile"), R"(["http://x/p"])");
  EXPECT_EQ(At(of_type, "/parameter/0/valueMeta/security/0/code"), "R");
  const auto of_all = BodyOf(client_.Call("GET", "$meta"));
  EXPECT_EQ(At(of_all, "/parameter/0/valueMeta/tag/1/code"), "two");
  EXPECT_EQ(At(of_all, "/parameter/0/valueMeta/tag/2"), "");
  EXPECT_EQ(At(BodyOf(client_.Call("GET", "Task/$meta")), "/parameter/0/valueMeta"), "{}");
}

}  // namespace
}  // namespace genflik::rest
