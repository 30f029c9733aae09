#include <string>

#include <gmock/gmock.h>

#include "services/alerts/advice_text.h"
#include "tests/services/cds/cds_fixture.h"

namespace genflik::cds {
namespace {

using fhir::Json;
using testing::HasSubstr;
using testing::Not;

class OrderSign : public CdsTest {
 protected:
  OrderSign() {
    PutBundle("10-patients.json");
    PutBundle("20-lab-anna-dpyd-intermediate.json");
    PutBundle("21-lab-bertil-dpyd-normal.json");
    PutBundle("22-lab-david-cyp2c19-poor.json");
    PutBundle("23-lab-elin-cyp2d6-ultrarapid.json");
  }
  Json Cards(const std::string& file, const std::string& language = "sv") {
    const Json request = Sample(file);
    const Answered answer =
        Call("genflik-" + request.at("hook").get<std::string>(), request, language);
    EXPECT_EQ(answer.status, 200) << fhir::PrintJson(answer.body);
    return answer.cards();
  }
};

TEST_F(OrderSign, HalvesTheStartingDoseForAnIntermediateMetabolizer) {
  const Json cards = Cards("order-sign-capecitabine.json");
  ASSERT_EQ(cards.size(), 1U);
  const Json& card = cards[0];
  EXPECT_EQ(card.at("indicator"), "critical");
  const std::string summary = card.at("summary");
  EXPECT_LT(alerts::CountCharacters(summary), 140U);
  EXPECT_THAT(summary, HasSubstr("DPYD"));
  EXPECT_THAT(summary, HasSubstr("Kapecitabin"));
  EXPECT_THAT(summary, HasSubstr("50 %"));
  const std::string detail = card.at("detail");
  EXPECT_THAT(detail, HasSubstr("c.1905+1G>A"));
  EXPECT_THAT(detail, HasSubstr("10.1002/cpt.911"));
  EXPECT_THAT(detail, HasSubstr("aktivitetspoäng 1,0"));
  EXPECT_THAT(detail, HasSubstr("DPWG"));
  EXPECT_THAT(detail, HasSubstr(RepositoryKnowledge()->version()));
  EXPECT_GE(card.at("overrideReasons").size(), 5U);
  const Json& action = card.at("suggestions").at(0).at("actions").at(0);
  EXPECT_EQ(action.at("type"), "update");
  const Json& dosage = action.at("resource").at("dosageInstruction").at(0);
  EXPECT_EQ(fhir::NumberText(dosage.at("doseAndRate").at(0).at("doseQuantity").at("value")), "750");
  EXPECT_EQ(dosage.at("text"), "750 mg 2 gånger dagligen");
}

TEST_F(OrderSign, SpeaksEnglishToThoseWhoAsk) {
  const Json cards = Cards("order-sign-capecitabine.json", "en-GB,en;q=0.9");
  ASSERT_EQ(cards.size(), 1U);
  EXPECT_THAT(cards[0].at("summary").get<std::string>(), HasSubstr("Capecitabine"));
  EXPECT_THAT(cards[0].at("overrideReasons").at(0).at("display").get<std::string>(),
              HasSubstr("monitoring"));
}

TEST_F(OrderSign, LinksToTheTabOnThePatientAndTheDrugForThoseWithoutSmart) {
  tab_link_ = [](const TabTarget& target) {
    return target.base + "/tab/#link=" + target.patient + '.' + target.drug + '.' + target.user;
  };
  Start({});
  PutBundle("10-patients.json");
  PutBundle("20-lab-anna-dpyd-intermediate.json");
  const Json cards = Cards("order-sign-capecitabine.json");
  ASSERT_EQ(cards.size(), 1U);
  const Json& link = cards[0].at("links").back();
  EXPECT_EQ(link.at("type"), "absolute");
  EXPECT_EQ(link.at("url"),
            "https://genflik.example.org/tab/#link=anna.capecitabine.Practitioner/eva-ek");
  book_->Flush();
  const auto kept = store_->Read([](const store::Reader& reader) {
    std::string all;
    for (const char* kind : {"evaluation", "alert"}) {
      for (const auto& record : reader.FindRecords({.kind = kind})) all += record.body;
    }
    return all;
  });
  EXPECT_THAT(kept, HasSubstr("capecitabine"));
  EXPECT_THAT(kept, Not(HasSubstr("#link="))) << "a link is a key, and no part of the decision";
}

TEST_F(OrderSign, IsSilentWhenTheSuggestionWasFollowed) {
  const Json cards = Cards("order-sign-capecitabine.json");
  ASSERT_EQ(cards.size(), 1U);
  Json request = Sample("order-sign-capecitabine.json");
  request["context"]["draftOrders"]["entry"][0]["resource"] =
      cards[0].at("suggestions").at(0).at("actions").at(0).at("resource");
  EXPECT_TRUE(Call("genflik-order-sign", request).cards().empty());
  // The note counts while the dose stays as it was suggested.
  Json& dosage = request["context"]["draftOrders"]["entry"][0]["resource"]["dosageInstruction"][0];
  dosage.erase("text");
  dosage["doseAndRate"][0]["doseQuantity"]["value"] = 1750;
  EXPECT_EQ(Call("genflik-order-sign", request).cards().size(), 1U);
}

TEST_F(OrderSign, IsSilentForAHalvedDoseAndForANormalMetabolizer) {
  EXPECT_TRUE(Cards("order-sign-capecitabine-half-dose.json").empty());
  EXPECT_TRUE(Cards("order-sign-capecitabine-normal.json").empty());
}

TEST_F(OrderSign, AsksForATestFirst) {
  const Json cards = Cards("order-sign-capecitabine-not-tested.json");
  ASSERT_EQ(cards.size(), 1U);
  EXPECT_THAT(cards[0].at("summary").get<std::string>(), HasSubstr("DPYD är inte testad"));
  const Json& action = cards[0].at("suggestions").at(0).at("actions").at(0);
  EXPECT_EQ(action.at("type"), "create");
  EXPECT_EQ(action.at("resource").at("resourceType"), "ServiceRequest");
}

TEST_F(OrderSign, AnswersClopidogrelCitalopramAndCodeine) {
  const Json clopidogrel = Cards("order-sign-clopidogrel.json");
  ASSERT_EQ(clopidogrel.size(), 1U);
  EXPECT_THAT(clopidogrel[0].at("summary").get<std::string>(), HasSubstr("CYP2C19"));
  EXPECT_EQ(clopidogrel[0].at("selectionBehavior"), "at-most-one");
  const Json citalopram = Cards("order-select-citalopram.json");
  ASSERT_EQ(citalopram.size(), 1U);
  EXPECT_THAT(citalopram[0].at("summary").get<std::string>(),
              HasSubstr("CYP2C19 långsam metaboliserare"));
  const Json codeine = Cards("order-sign-codeine.json");
  ASSERT_EQ(codeine.size(), 1U);
  EXPECT_EQ(codeine[0].at("indicator"), "critical");
  EXPECT_THAT(codeine[0].at("detail").get<std::string>(), HasSubstr("x2"));
}

TEST_F(OrderSign, LeavesADetectedIssueBesideAPlainOrder) {
  Json order = Sample("order-sign-capecitabine.json")
                   .at("context")
                   .at("draftOrders")
                   .at("entry")
                   .at(0)
                   .at("resource");
  order["status"] = "active";
  order["id"] = "rx";
  Put(order);
  const auto issues = store_->Read([](const store::Reader& reader) {
    return reader.FindMatching("DetectedIssue", "implicated=MedicationRequest/rx");
  });
  ASSERT_EQ(issues.size(), 1U);
  const Json issue = issues[0].Body();
  EXPECT_EQ(issue.at("severity"), "high");
  EXPECT_EQ(issue.at("patient").at("reference"), "Patient/anna");
  EXPECT_THAT(issues[0].text, HasSubstr("Observation/anna-dpyd"));
  // Stopping the order withdraws the alert, and keeps it.
  order["status"] = "stopped";
  Put(order);
  const auto after = store_->Read([](const store::Reader& reader) {
    return reader.FindMatching("DetectedIssue", "implicated=MedicationRequest/rx");
  });
  ASSERT_EQ(after.size(), 1U);
  EXPECT_EQ(after[0].Body().at("status"), "cancelled");
}

TEST_F(OrderSign, AlertsWhenTheResultArrivesAfterTheOrder) {
  PutBundle("40-prescriptions.json");
  PutBundle("50-lab-johan-late-result.json");
  const auto issues = store_->Read([](const store::Reader& reader) {
    return reader.FindMatching("DetectedIssue", "patient=Patient/johan");
  });
  ASSERT_EQ(issues.size(), 1U);
  EXPECT_EQ(issues[0].Body().at("severity"), "high");
  EXPECT_THAT(issues[0].text, HasSubstr("DPYD"));
  EXPECT_THAT(issues[0].text, Not(HasSubstr("inte testad")));
}

TEST_F(OrderSign, RemembersEveryEvaluationAlsoSilentOnes) {
  (void)Cards("order-sign-capecitabine-normal.json");
  (void)Cards("order-sign-capecitabine.json");
  book_->Flush();
  const auto records = store_->Read(
      [](const store::Reader& reader) { return reader.FindRecords({.kind = "evaluation"}); });
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].status, "silent");
  EXPECT_EQ(records[1].status, "spoke");
}

TEST_F(OrderSign, SummarisesTheRecordWhenThePatientIsOpened) {
  PutBundle("24-lab-folke-twenty-genes.json");
  PutBundle("40-prescriptions.json");
  const Json cards = Cards("patient-view.json");
  ASSERT_EQ(cards.size(), 1U);
  EXPECT_THAT(cards[0].at("summary").get<std::string>(), HasSubstr("gener"));
  EXPECT_THAT(cards[0].at("detail").get<std::string>(), HasSubstr("CYP2D6"));
}

}  // namespace
}  // namespace genflik::cds
