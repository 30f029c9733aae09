#include <set>
#include <string>
#include <utility>

#include <gmock/gmock.h>

#include "tests/services/cds/cds_fixture.h"

// What an ordered inhibitor does to drugs that are taken already, and what is said when the list of
// those is missing.

namespace genflik::cds {
namespace {

using fhir::Json;
using testing::HasSubstr;
using testing::Not;

class RunningDrugs : public CdsTest {
 protected:
  RunningDrugs() {
    Put(ParseText(R"({"resourceType":"Patient","id":"p","birthDate":"1970-05-05"})"));
    Put(ParseText(
        R"({"resourceType":"Observation","id":"g","status":"final",)"
        R"("subject":{"reference":"Patient/p"},"effectiveDateTime":"2025-03-01",)"
        R"("code":{"coding":[{"system":"http://loinc.org","code":"84413-4"}]},)"
        R"("valueCodeableConcept":{"text":"*1/*4"},)"
        R"("component":[{"code":{"coding":[{"system":"http://loinc.org","code":"48018-6"}]},)"
        R"("valueCodeableConcept":{"coding":[{"system":"http://www.genenames.org",)"
        R"("display":"CYP2D6"}]}}]})"));
    Put(Order("tamoxifen", "tam", "active"));
  }

  static Json Order(const std::string& drug, const std::string& id,
                    const std::string& status = "draft") {
    Json order = ParseText(R"({"resourceType":"MedicationRequest","intent":"order",)"
                           R"("subject":{"reference":"Patient/p"}})");
    if (!id.empty()) order["id"] = id;
    order["status"] = status;
    order["medicationCodeableConcept"] = Json{{"text", drug}};
    return order;
  }

  static Json CallWith(std::initializer_list<Json> orders) {
    Json call =
        ParseText(R"({"hook":"order-sign","hookInstance":"0b8f2c1e-6a0b-4a7e-9b36-2f6f1f2c9a01",)"
                  R"("context":{"userId":"Practitioner/a","patientId":"p","draftOrders":)"
                  R"({"resourceType":"Bundle","entry":[]}}})");
    for (const Json& order : orders) {
      Json entry = Json::object();
      entry["resource"] = order;
      call["context"]["draftOrders"]["entry"].push_back(std::move(entry));
    }
    return call;
  }

  // The card about tamoxifen among those of the orders; null when there is none.
  Json AboutTamoxifen(std::initializer_list<Json> orders) {
    const auto answer = Call("genflik-order-sign", CallWith(orders));
    EXPECT_EQ(answer.status, 200) << fhir::PrintJson(answer.body);
    for (const Json& card : answer.cards()) {
      if (card.at("summary").get<std::string>().starts_with("Tamoxifen")) return card;
    }
    return {};
  }

  static std::set<std::string> Deleted(const Json& card) {
    std::set<std::string> ids;
    for (const Json& suggestion : fhir::FindArray(card, "suggestions")) {
      for (const Json& action : suggestion.at("actions"))
        ids.insert(action.at("resourceId").get<std::string>());
    }
    return ids;
  }
};

TEST_F(RunningDrugs, AreToldOfWithTheOrderThatChangesThem) {
  const auto flukonazol = Order("flukonazol", "f");
  const auto paroxetin = Order("paroxetin", "px");
  for (const auto& card :
       {AboutTamoxifen({flukonazol, paroxetin}), AboutTamoxifen({paroxetin, flukonazol})}) {
    ASSERT_FALSE(card.is_null());
    EXPECT_EQ(card.at("indicator"), "critical");
    EXPECT_THAT(card.at("detail").get<std::string>(),
                HasSubstr("det ändras av den nya ordinationen (paroxetin)"));
    EXPECT_EQ(Deleted(card), std::set<std::string>{"MedicationRequest/px"});
  }
}

TEST_F(RunningDrugs, ChangedByTwoOrdersAreSavedByRemovingBoth) {
  const auto card = AboutTamoxifen({Order("bupropion", "b"), Order("paroxetin", "px")});
  ASSERT_FALSE(card.is_null());
  EXPECT_THAT(card.at("detail").get<std::string>(),
              HasSubstr("det ändras av de nya ordinationerna (bupropion, paroxetin)"));
  EXPECT_EQ(Deleted(card), (std::set<std::string>{"MedicationRequest/b", "MedicationRequest/px"}));
}

TEST_F(RunningDrugs, AreToldOfWhateverTheStatusOfTheOrder) {
  for (const char* status : {"draft", "active", "unknown"}) {
    for (const char* id : {"", "px"}) {
      const auto card = AboutTamoxifen({Order("paroxetin", id, status)});
      ASSERT_FALSE(card.is_null()) << status << " " << id;
      EXPECT_EQ(card.at("indicator"), "critical") << status << " " << id;
      EXPECT_EQ(Deleted(card).size(), *id == '\0' ? 0U : 1U);
    }
  }
  EXPECT_TRUE(AboutTamoxifen({Order("paroxetin", "px", "stopped")}).is_null());
}

TEST_F(RunningDrugs, NameAnOrderThatHasOnlyACode) {
  Json order = Order("", "px");
  order["medicationCodeableConcept"] =
      ParseText(R"({"coding":[{"system":"http://www.whocc.no/atc","code":"N06AB05"}]})");
  const auto card = AboutTamoxifen({order});
  ASSERT_FALSE(card.is_null());
  EXPECT_EQ(card.at("suggestions").at(0).at("label"), "Ta bort ordinationen av paroxetin");
}

// An inhibitor without rules of its own is not a drug that nobody knows.
TEST_F(RunningDrugs, AreToldOfByEvaluationToo) {
  const Answered answer = Send("POST", "/fhir/MedicationRequest/$evaluate-order",
                               fhir::PrintJson(Order("bupropion", "b")));
  EXPECT_EQ(answer.body.at("status"), "success");
  const Json& issues = answer.body.at("contained");
  ASSERT_EQ(issues.size(), 2U) << fhir::PrintJson(issues);
  EXPECT_EQ(issues[1].at("resourceType"), "Parameters");
  EXPECT_EQ(issues[0].at("severity"), "high");
  EXPECT_EQ(issues[0].at("implicated").at(0).at("reference"), "MedicationRequest/tam");
  (void)Call("genflik-order-sign", CallWith({Order("bupropion", "b")}));
  const auto waiting = store_->Read(
      [](const store::Reader& reader) { return reader.FindRecords({.kind = "unmapped"}).size(); });
  EXPECT_EQ(waiting, 0U);
}

TEST_F(RunningDrugs, InAListWithoutEndAreJudgedOnceEach) {
  Json call = CallWith({Order("paroxetin", "px")});
  Json& entries = call["prefetch"]["medications"];
  entries = ParseText(R"({"resourceType":"Bundle","type":"searchset","entry":[]})");
  for (size_t i = 0; i < 3000; ++i) {
    Json entry = Json::object();
    entry["resource"] = Order("tamoxifen", "t" + std::to_string(i), "active");
    entries["entry"].push_back(std::move(entry));
  }
  const auto began = std::chrono::steady_clock::now();
  const auto answer = Call("genflik-order-sign", call);
  // One about tamoxifen, and one about paroxetine itself.
  ASSERT_EQ(answer.cards().size(), 2U) << fhir::PrintJson(answer.body);
  EXPECT_EQ(answer.cards()[0].at("indicator"), "critical");
  RecordProperty("milliseconds",
                 std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(
                                    std::chrono::steady_clock::now() - began)
                                    .count()));
}

// The gel acts where it is put; the tablet that stands behind it in the list does not.
TEST_F(RunningDrugs, OfOneDrugInTwoFormsAreJudgedBoth) {
  Json call = CallWith({Order("paroxetin", "px")});
  call["prefetch"]["medications"] =
      ParseText(R"({"resourceType":"Bundle","type":"searchset","entry":[]})");
  for (const char* form : {"gel", "tablett"}) {
    Json order = Order("", form, "active");
    order.erase("medicationCodeableConcept");
    order["contained"] =
        ParseText(R"([{"resourceType":"Medication","id":"m","code":{"text":"tamoxifen"}}])");
    order["contained"][0]["form"] = Json{{"text", form}};
    order["medicationReference"] = Json{{"reference", "#m"}};
    order["dosageInstruction"] = ParseText(R"([{"text":"1 gång dagligen"}])");
    Json entry = Json::object();
    entry["resource"] = std::move(order);
    call["prefetch"]["medications"]["entry"].push_back(std::move(entry));
  }
  const auto cards = Call("genflik-order-sign", call).cards();
  ASSERT_FALSE(cards.empty());
  EXPECT_THAT(cards.at(0).at("summary").get<std::string>(), HasSubstr("Tamoxifen"));
  EXPECT_EQ(cards.at(0).at("indicator"), "critical");
}

TEST_F(RunningDrugs, MissingFromTheCallAreToldThoughAnotherOrderHasACard) {
  // The record system keeps the list of drugs and did not send it.
  Json call = CallWith({Order("clopidogrel", "c"), Order("kodein", "k")});
  call["context"]["patientId"] = "q";
  call["prefetch"]["patient"] =
      ParseText(R"({"resourceType":"Patient","id":"q","birthDate":"1970-05-05"})");
  for (Json& entry : call["context"]["draftOrders"]["entry"])
    entry["resource"]["subject"]["reference"] = "Patient/q";
  call["prefetch"]["genotypes"] =
      ParseText(R"({"resourceType":"Bundle","type":"searchset","entry":[]})");
  for (const auto& [gene, text] : {std::pair("CYP2C19", "*2/*2"), std::pair("CYP2D6", "*1/*1")}) {
    Json entry = ParseText(
        R"({"resource":{"resourceType":"Observation","id":"x","status":"final",)"
        R"("subject":{"reference":"Patient/q"},"effectiveDateTime":"2025-03-01",)"
        R"("code":{"coding":[{"system":"http://loinc.org","code":"84413-4"}]},)"
        R"("component":[{"code":{"coding":[{"system":"http://loinc.org","code":"48018-6"}]},)"
        R"("valueCodeableConcept":{"coding":[{"system":"http://www.genenames.org"}]}}]}})");
    entry["resource"]["id"] = gene;
    entry["resource"]["valueCodeableConcept"] = Json{{"text", text}};
    entry["resource"]["component"][0]["valueCodeableConcept"]["coding"][0]["display"] = gene;
    call["prefetch"]["genotypes"]["entry"].push_back(std::move(entry));
  }
  const auto cards = Call("genflik-order-sign", call).cards();
  std::string all;
  for (const Json& card : cards) all += card.at("detail").get<std::string>() + "\n";
  EXPECT_THAT(all, HasSubstr("Ingen läkemedelslista finns"));
  EXPECT_THAT(cards.at(0).at("summary").get<std::string>(), HasSubstr("Klopidogrel"));
  EXPECT_THAT(all, Not(HasSubstr("gav inget råd")));
}

// --- Orders that lack an id, or name another server ---

TEST_F(RunningDrugs, OrdersWithoutAnIdHaveCardsOfTheirOwn) {
  const auto cards =
      Call("genflik-order-sign", CallWith({Order("kodein", ""), Order("tramadol", ""),
                                           Order("kodein", ""), Order("paroxetin", "")}))
          .cards();
  std::set<std::string> ids;
  size_t count = 0;
  for (const Json& card : cards) {
    ids.insert(card.at("uuid").get<std::string>());
    ++count;
    for (const Json& suggestion : fhir::FindArray(card, "suggestions")) {
      ids.insert(suggestion.at("uuid").get<std::string>());
      ++count;
    }
  }
  EXPECT_GE(cards.size(), 4U);
  EXPECT_EQ(ids.size(), count);
}

TEST_F(RunningDrugs, AMedicationOfAnotherServerIsNotOursOfTheSameId) {
  Put(ParseText(R"({"resourceType":"Medication","id":"mx","code":{"text":"kodein"}})"));
  Json order = Order("", "o");
  order.erase("medicationCodeableConcept");
  order["medicationReference"] = Json{{"reference", "https://other.example/fhir/Medication/mx"}};
  EXPECT_EQ(Send("POST", "/fhir/MedicationRequest/$evaluate-order", fhir::PrintJson(order))
                .body.at("status"),
            "data-required");
  Json call = CallWith({order});
  call["prefetch"]["drug"] = ParseText(
      R"({"resourceType":"Bundle","type":"searchset","entry":[{"fullUrl":)"
      R"("https://ehr.example.org/fhir/Medication/mx","resource":{"resourceType":"Medication",)"
      R"("id":"mx","code":{"text":"kodein"}}}]})");
  const auto cards = Call("genflik-order-sign", call).cards();
  ASSERT_EQ(cards.size(), 1U);
  EXPECT_THAT(cards[0].at("summary").get<std::string>(), HasSubstr("INTE kontrollerad"));
}

TEST_F(RunningDrugs, EvaluationKnowsNoPatientOfAnotherServer) {
  for (const char* subject : {"https://other.example/fhir/Patient/p", "Group/p"}) {
    Json order = Order("kodein", "o");
    order["subject"]["reference"] = subject;
    EXPECT_EQ(Send("POST", "/fhir/MedicationRequest/$evaluate-order", fhir::PrintJson(order))
                  .body.at("status"),
              "data-required")
        << subject;
  }
}

TEST_F(RunningDrugs, EvaluationIsSilentAboutWhatIsNotToBeGiven) {
  for (const char* status : {"stopped", "cancelled", "entered-in-error"}) {
    const auto answer = Send("POST", "/fhir/MedicationRequest/$evaluate-order",
                             fhir::PrintJson(Order("paroxetin", "o", status)));
    EXPECT_EQ(answer.body.at("status"), "success") << status;
    EXPECT_FALSE(answer.body.contains("contained")) << status;
  }
}

TEST_F(RunningDrugs, DispatchOfADeviceIsNoMatter) {
  Json call =
      ParseText(R"({"hook":"order-dispatch","hookInstance":"0b8f2c1e-6a0b-4a7e-9b36-2f6f1f2c9a01",)"
                R"("context":{"patientId":"p","performer":"Organization/o","dispatchedOrders":)"
                R"(["DeviceRequest/t","Task/t"]}})");
  const auto answer = Call("genflik-order-dispatch", call);
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.cards().empty()) << fhir::PrintJson(answer.body);
}

}  // namespace
}  // namespace genflik::cds
