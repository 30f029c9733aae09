#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/e2e_tests/json.h"
#include "tests/support/e2e_tests/program.h"
#include "tests/support/places.h"

// The main job, over real HTTP against the built program: a laboratory's bundle becomes a permanent
// record, and a prescription gets its alert.

namespace genflik::e2e {
namespace {

using fhir::Json;
using testing::HasSubstr;

std::filesystem::path Sample(const std::string& name) {
  return std::filesystem::path(tests::SourceDir()) / "sample-data" / name;
}

// A resource without what the server sets.
Json Content(Json resource) {
  resource.erase("id");
  resource.erase("meta");
  return resource;
}

// The cards of one sample order.
Json CardsOf(const Service& service, const std::string& service_id, const std::string& file) {
  const Answer answer =
      service.PostJson("/cds-services/" + service_id, ReadFile(Sample("cds/" + file)));
  EXPECT_EQ(answer.status, 200) << answer.body;
  return Parse(answer.body).at("cards");
}

class SampleService : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder;
    service_ = new Service(folder_->path(), {"--sample-data"});
  }
  static void TearDownTestSuite() {
    delete service_;
    delete folder_;
  }
  static const Service& service() { return *service_; }

 private:
  static TemporaryFolder* folder_;
  static Service* service_;
};
TemporaryFolder* SampleService::folder_ = nullptr;
Service* SampleService::service_ = nullptr;

TEST(LabBundle, IsStoredWholeAndSurvivesAPowerCut) {
  const TemporaryFolder folder;
  std::vector<std::string> places;
  std::vector<Json> sent;
  {
    Service service(folder.path());
    ASSERT_EQ(service.PostFhir("/fhir", ReadFile(Sample("fhir/10-patients.json"))).status, 200);
    for (const char* file : {"20-lab-anna-dpyd-intermediate", "22-lab-david-cyp2c19-poor",
                             "23-lab-elin-cyp2d6-ultrarapid"}) {
      const std::string text = ReadFile(Sample(std::string("fhir/") + file + ".json"));
      const Answer answer = service.PostFhir("/fhir", text);
      ASSERT_EQ(answer.status, 200) << answer.body;
      const Json response = Parse(answer.body);
      EXPECT_EQ(response.at("type"), "transaction-response");
      const Json request = Parse(text);
      ASSERT_EQ(response.at("entry").size(), request.at("entry").size());
      for (size_t i = 0; i < request.at("entry").size(); ++i) {
        EXPECT_THAT(TextAt(response, "/entry/" + std::to_string(i) + "/response/status"),
                    HasSubstr("201"));
        places.push_back(TextAt(request, "/entry/" + std::to_string(i) + "/request/url"));
        sent.push_back(request.at("entry").at(i).at("resource"));
      }
    }
    service.Kill();
  }
  const Service again(folder.path());
  ASSERT_GE(places.size(), 9U);
  for (size_t i = 0; i < places.size(); ++i) {
    const Answer answer = again.Get("/fhir/" + places[i]);
    ASSERT_EQ(answer.status, 200) << places[i] << answer.body;
    EXPECT_EQ(Content(Parse(answer.body)), Content(sent[i])) << places[i];
    const Json history = Parse(again.Get("/fhir/" + places[i] + "/_history").body);
    EXPECT_EQ(history.at("type"), "history");
    EXPECT_EQ(history.at("entry").size(), 1U);
  }
}

// Replaces the references that the server rewrote by what was sent.
void Restore(Json& value, const std::map<std::string, std::string>& sent) {
  if (value.is_structured()) {
    for (auto& item : value) Restore(item, sent);
  }
  if (!value.is_object() || !value.contains("reference") || !value["reference"].is_string()) return;
  const auto found = sent.find(value["reference"].get<std::string>());
  if (found != sent.end()) value["reference"] = found->second;
}

TEST(LabBundle, TakesTheGuidesOwnExampleAsItIs) {
  const auto reference = ReferenceFolder();
  if (reference.empty()) GTEST_SKIP() << "the reference folder is not beside the checkout";
  const TemporaryFolder folder;
  const Service service(folder.path());
  const std::string text =
      ReadFile(reference / "fhir/genomics-reporting/stu3/examples/Bundle-bundle-pgxexample.json");
  const Answer answer = service.PostFhir("/fhir", text);
  ASSERT_EQ(answer.status, 200) << answer.body;
  const Json request = Parse(text);
  const Json response = Parse(answer.body);
  std::vector<std::string> places;
  std::map<std::string, std::string> sent;
  for (size_t i = 0; i < request.at("entry").size(); ++i) {
    std::string place = TextAt(response, "/entry/" + std::to_string(i) + "/response/location");
    place = place.substr(0, place.find("/_history"));
    const size_t fhir = place.find("/fhir/");
    if (fhir != std::string::npos) place = place.substr(fhir + 6);
    places.push_back(place);
    const Json& resource = request.at("entry").at(i).at("resource");
    sent[place] = TextAt(resource, "/resourceType") + "/" + TextAt(resource, "/id");
  }
  ASSERT_EQ(places.size(), 15U);
  for (size_t i = 0; i < places.size(); ++i) {
    const Answer stored = service.Get("/fhir/" + places[i]);
    ASSERT_EQ(stored.status, 200) << places[i];
    Json got = Content(Parse(stored.body));
    Restore(got, sent);
    EXPECT_EQ(got, Content(request.at("entry").at(i).at("resource"))) << places[i];
  }
}

TEST_F(SampleService, FindsObservationsByPatientCodeCategoryAndDate) {
  const auto total = [&](const std::string& query) {
    const Answer answer = service().Get("/fhir/Observation?" + query);
    EXPECT_EQ(answer.status, 200) << answer.body;
    const Json bundle = Parse(answer.body);
    EXPECT_EQ(bundle.at("type"), "searchset");
    return bundle.at("total").get<int>();
  };
  EXPECT_EQ(total("patient=anna"), 1);
  EXPECT_EQ(total("patient=Patient/anna&code=http://loinc.org|84413-4"), 1);
  EXPECT_EQ(total("patient=anna&code=http://loinc.org|1-8"), 0);
  EXPECT_EQ(total("patient=anna&category=laboratory"), 1);
  EXPECT_EQ(total("patient=anna&date=ge1990-01-01"), 1);
  EXPECT_EQ(total("patient=anna&date=lt1990-01-01"), 0);
  EXPECT_GT(total("patient=folke"), 15);
}

TEST_F(SampleService, SaysTruthfullyWhatItCanDo) {
  const Json statement = Parse(service().Get("/fhir/metadata").body);
  EXPECT_EQ(statement.at("resourceType"), "CapabilityStatement");
  EXPECT_EQ(statement.at("fhirVersion"), "4.0.1");
  size_t searched = 0;
  for (const Json& resource : statement.at("rest").at(0).at("resource")) {
    const std::string type = resource.at("type");
    for (const Json& interaction : resource.at("interaction")) {
      if (interaction.at("code") != "search-type") continue;
      ++searched;
      EXPECT_EQ(service().Get("/fhir/" + type + "?_count=1").status, 200) << type;
    }
  }
  EXPECT_GT(searched, 10U);
}

TEST_F(SampleService, HalvesCapecitabineForAnIntermediateMetabolizer) {
  const Json cards = CardsOf(service(), "genflik-order-sign", "order-sign-capecitabine.json");
  ASSERT_EQ(cards.size(), 1U);
  const Json& card = cards.at(0);
  EXPECT_EQ(card.at("indicator"), "critical");
  const std::string summary = card.at("summary");
  EXPECT_LT(summary.size(), 140U);
  EXPECT_THAT(summary, HasSubstr("DPYD"));
  EXPECT_THAT(summary, HasSubstr("50 %"));
  const std::string detail = card.at("detail");
  EXPECT_THAT(detail, HasSubstr("c.1905+1G>A"));
  EXPECT_THAT(detail, HasSubstr("10.1002/cpt.911"));
  EXPECT_THAT(detail, HasSubstr("CPIC"));
  EXPECT_THAT(detail, HasSubstr(TextAt(Parse(service().Get("/health/ready").body), "/knowledge")));
  EXPECT_FALSE(card.at("overrideReasons").empty());
  const Json& action = card.at("suggestions").at(0).at("actions").at(0);
  EXPECT_EQ(action.at("type"), "update");
  EXPECT_EQ(TextAt(action, "/resource/resourceType"), "MedicationRequest");
  EXPECT_EQ(TextAt(action, "/resource/dosageInstruction/0/doseAndRate/0/doseQuantity/value"),
            "750");
}

TEST_F(SampleService, SaysNothingToANormalMetabolizer) {
  EXPECT_TRUE(
      CardsOf(service(), "genflik-order-sign", "order-sign-capecitabine-normal.json").empty());
}

TEST_F(SampleService, AsksForATestFirstWhereThereIsNone) {
  const Json cards =
      CardsOf(service(), "genflik-order-sign", "order-sign-capecitabine-not-tested.json");
  ASSERT_EQ(cards.size(), 1U);
  EXPECT_THAT(TextAt(cards, "/0/summary"), HasSubstr("DPYD"));
  EXPECT_EQ(TextAt(cards, "/0/suggestions/0/actions/0/resource/resourceType"), "ServiceRequest");
}

TEST_F(SampleService, AnswersClopidogrelAndCodeine) {
  const Json clopidogrel = CardsOf(service(), "genflik-order-sign", "order-sign-clopidogrel.json");
  ASSERT_EQ(clopidogrel.size(), 1U);
  EXPECT_THAT(TextAt(clopidogrel, "/0/summary"), HasSubstr("CYP2C19"));
  const Json codeine = CardsOf(service(), "genflik-order-sign", "order-sign-codeine.json");
  ASSERT_EQ(codeine.size(), 1U);
  EXPECT_EQ(TextAt(codeine, "/0/indicator"), "critical");
  EXPECT_THAT(TextAt(codeine, "/0/summary"), HasSubstr("CYP2D6"));
}

TEST_F(SampleService, LeavesADetectedIssueForAPostedOrder) {
  const Json hook = Parse(ReadFile(Sample("cds/order-sign-capecitabine.json")));
  Json order = hook.at("context").at("draftOrders").at("entry").at(0).at("resource");
  order["status"] = "active";
  order.erase("id");
  const Answer stored = service().PostFhir("/fhir/MedicationRequest", fhir::PrintJson(order));
  ASSERT_EQ(stored.status, 201) << stored.body;
  const std::string id = TextAt(Parse(stored.body), "/id");
  const Json found =
      Parse(service().Get("/fhir/DetectedIssue?implicated=MedicationRequest/" + id).body);
  ASSERT_EQ(found.at("total"), 1) << fhir::PrintJson(found);
  const Json& issue = found.at("entry").at(0).at("resource");
  EXPECT_EQ(TextAt(issue, "/patient/reference"), "Patient/anna");
  EXPECT_EQ(TextAt(issue, "/severity"), "high");
  EXPECT_THAT(fhir::PrintJson(issue), HasSubstr("Observation/anna-dpyd"));
}

TEST_F(SampleService, SummarisesTheResultsWhenThePatientIsOpened) {
  const Json cards = CardsOf(service(), "genflik-patient-view", "patient-view.json");
  ASSERT_EQ(cards.size(), 1U);
  EXPECT_FALSE(TextAt(cards, "/0/summary").empty());
}

}  // namespace
}  // namespace genflik::e2e
