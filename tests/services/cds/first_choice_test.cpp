#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "tests/services/cds/cds_fixture.h"

// Which click a card recommends, and where it recommends none: what decides is not in the record.

namespace genflik::cds {
namespace {

using fhir::Json;

class FirstChoice : public CdsTest {
 protected:
  FirstChoice() {
    request_ = ParseText(R"({
      "hook": "order-sign", "hookInstance": "6c1c7a52-3c1e-4b9a-8f5e-000000000002",
      "context": {"userId": "Practitioner/a", "patientId": "e1",
                  "draftOrders": {"resourceType": "Bundle", "entry": [{"resource":
        {"resourceType": "MedicationRequest", "id": "rx", "status": "draft", "intent": "order",
         "subject": {"reference": "Patient/e1"},
         "dosageInstruction": [{"timing": {"repeat":
           {"frequency": 1, "period": 1, "periodUnit": "d"}},
           "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "mg", "code": "mg",
                                             "system": "http://unitsofmeasure.org"}}]}]}}]}},
      "prefetch": {"patient": {"resourceType": "Patient", "id": "e1", "birthDate": "1970-05-05"},
        "genotypes": {"resourceType": "Bundle", "type": "searchset", "entry": []},
        "medications": {"resourceType": "Bundle", "type": "searchset", "entry": []},
        "size": {"resourceType": "Bundle", "type": "searchset", "entry": []}}})");
  }

  Json& Order() { return request_["context"]["draftOrders"]["entry"][0]["resource"]; }
  void Prescribe(const char* atc, double dose, int times = 1) {
    Order()["medicationCodeableConcept"]["coding"] =
        Json::array({Json{{"system", "http://www.whocc.no/atc"}, {"code", atc}}});
    Json& dosage = Order()["dosageInstruction"][0];
    dosage["doseAndRate"][0]["doseQuantity"]["value"] = dose;
    dosage["timing"]["repeat"]["frequency"] = times;
  }
  void Know(const char* gene, const char* hgnc, const char* genotype) {
    Json result = ParseText(R"({"resourceType": "Observation", "status": "final",
      "code": {"coding": [{"system": "http://loinc.org", "code": "84413-4"}]},
      "subject": {"reference": "Patient/e1"}, "effectiveDateTime": "2025-03-01",
      "component": [{"code": {"coding": [{"system": "http://loinc.org", "code": "48018-6"}]}}]})");
    result["id"] = std::string("g") + gene;
    result["valueCodeableConcept"] = Json{{"text", genotype}};
    result["component"][0]["valueCodeableConcept"]["coding"] = Json::array(
        {Json{{"system", "http://www.genenames.org"}, {"code", hgnc}, {"display", gene}}});
    request_["prefetch"]["genotypes"]["entry"].push_back(Json{{"resource", std::move(result)}});
  }
  // The one card about the order.
  Json TheCard() {
    const Answered answer = Call("genflik-order-sign", request_);
    EXPECT_EQ(answer.status, 200) << fhir::PrintJson(answer.body);
    EXPECT_EQ(answer.cards().size(), 1U) << fhir::PrintJson(answer.body);
    return answer.cards().empty() ? Json::object() : answer.cards()[0];
  }
  static std::string Recommended(const Json& card) {
    for (const Json& suggestion : fhir::FindArray(card, "suggestions")) {
      if (suggestion.value("isRecommended", false)) return suggestion.at("label");
    }
    return "";
  }
  static std::vector<std::string> Labels(const Json& card) {
    std::vector<std::string> labels;
    for (const Json& suggestion : fhir::FindArray(card, "suggestions"))
      labels.push_back(suggestion.at("label"));
    return labels;
  }

  Json request_;
};

TEST_F(FirstChoice, IsNoneAmongInhibitorsOfPlateletsWhenTheReasonIsNotKnown) {
  Know("CYP2C19", "HGNC:2621", "*2/*2");
  Prescribe("B01AC04", 75);
  const Json card = TheCard();
  EXPECT_EQ(Recommended(card), "");
  EXPECT_THAT(Labels(card), testing::IsSupersetOf({"Byt till prasugrel", "Byt till tikagrelor"}));
}

TEST_F(FirstChoice, LeavesPrasugrelOutAfterAStroke) {
  for (const char* code : {"I69.3", "Z86.73"}) {
    Order()["reasonCode"] =
        Json::array({Json{{"coding", Json::array({Json{{"system", "http://hl7.org/fhir/sid/icd-10"},
                                                       {"code", code}}})}}});
    request_["prefetch"]["genotypes"]["entry"] = Json::array();
    Know("CYP2C19", "HGNC:2621", "*2/*2");
    Prescribe("B01AC04", 75);
    const Json card = TheCard();
    EXPECT_EQ(card.value("indicator", ""), "warning") << code;
    EXPECT_THAT(Labels(card), testing::Not(testing::Contains("Byt till prasugrel"))) << code;
  }
}

TEST_F(FirstChoice, IsNoneInsteadOfTamoxifen) {
  Know("CYP2D6", "HGNC:2625", "*4/*4");
  Prescribe("L02BA01", 20);
  const Json card = TheCard();
  EXPECT_EQ(card.value("indicator", ""), "critical");
  EXPECT_EQ(Recommended(card), "");
}

TEST_F(FirstChoice, IsTheLowStartOfMavacamten) {
  Know("CYP2C19", "HGNC:2621", "*2/*2");
  Prescribe("C01EB24", 5);
  EXPECT_EQ(Recommended(TheCard()), "Sänk till 2,5 mg per dygn");
}

TEST_F(FirstChoice, IsTheLowStartOfVortioxetineAtTwiceTheLimitToo) {
  Know("CYP2D6", "HGNC:2625", "*4/*4");
  Prescribe("N06AX26", 20);
  EXPECT_EQ(Recommended(TheCard()), "Sänk till 5 mg per dygn");
}

TEST_F(FirstChoice, IsNoneForEliglustatWithoutKnownIllnessOfKidneyOrLiver) {
  Know("CYP2D6", "HGNC:2625", "*1/*4");
  Prescribe("A16AX10", 84, 2);
  const Json card = TheCard();
  EXPECT_EQ(card.value("indicator", ""), "info");
  EXPECT_EQ(Recommended(card), "");
}

// DPWG lowers the start from 40 kg only, and CPIC does not speak of lighter children.
TEST_F(FirstChoice, IsNoLowerDoseOfEfavirenzForALightChild) {
  request_["prefetch"]["patient"]["birthDate"] = "2018-05-05";
  Json weight = ParseText(R"({"resourceType": "Observation", "id": "w", "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
    "subject": {"reference": "Patient/e1"}, "effectiveDateTime": "2026-03-01",
    "valueQuantity": {"value": 25, "unit": "kg", "code": "kg",
                      "system": "http://unitsofmeasure.org"}})");
  request_["prefetch"]["size"]["entry"].push_back(Json{{"resource", std::move(weight)}});
  Know("CYP2B6", "HGNC:2615", "*6/*6");
  Prescribe("J05AG03", 300);
  const Json card = TheCard();
  EXPECT_EQ(card.at("source").at("topic").at("code"), "dosing");
  EXPECT_FALSE(card.contains("suggestions"));
}

TEST_F(FirstChoice, IsAPartOfTheWarfarinDoseWithBothGenesToo) {
  Know("CYP2C9", "HGNC:2623", "*3/*3");
  Know("VKORC1", "HGNC:23663", "rs9923231 T/T");
  Prescribe("B01AA03", 5);
  const Json card = TheCard();
  EXPECT_EQ(card.value("indicator", ""), "critical");
  EXPECT_THAT(Recommended(card), testing::HasSubstr("20 %"));
}

TEST_F(FirstChoice, DoesNotHalveADoseThatIsLowAlready) {
  Know("CYP2C19", "HGNC:2621", "*2/*2");
  Prescribe("N06AB06", 25);
  const Json card = TheCard();
  EXPECT_EQ(card.value("indicator", ""), "info");
  EXPECT_TRUE(Labels(card).empty());
}

TEST_F(FirstChoice, DoesNotHalveHalfOfTheLowestDose) {
  Know("CYP2C9", "HGNC:2623", "*1/*3");
  Prescribe("M01AC06", 3.75);
  const Json card = TheCard();
  EXPECT_EQ(card.value("indicator", ""), "info");
  EXPECT_TRUE(Labels(card).empty());
}

TEST_F(FirstChoice, IsNeitherADoseNorADeletionOfAmitriptylineAgainstPain) {
  for (const char* genotype : {"*4/*4", "*4/*10"}) {
    request_["prefetch"]["genotypes"]["entry"] = Json::array();
    Know("CYP2D6", "HGNC:2625", genotype);
    Know("CYP2C19", "HGNC:2621", "*1/*1");
    Prescribe("N06AA09", 10);
    const Json card = TheCard();
    EXPECT_EQ(card.value("indicator", ""), "info") << genotype;
    EXPECT_EQ(Recommended(card), "") << genotype;
  }
}

TEST_F(FirstChoice, IsNoTestForValproate) {
  Prescribe("N03AG01", 500, 2);
  const Json card = TheCard();
  EXPECT_EQ(card.value("indicator", ""), "info");
  EXPECT_TRUE(Labels(card).empty());
}

TEST_F(FirstChoice, IsNoGenotypingWhereTheEnzymeIsAskedFor) {
  Prescribe("M04AX02", 8);
  EXPECT_TRUE(Labels(TheCard()).empty());
}

TEST_F(FirstChoice, ComparesADepotWithTheDoseOfAMonth) {
  Know("CYP2D6", "HGNC:2625", "*4/*4");
  Prescribe("N05AX12", 400);
  Json& repeat = Order()["dosageInstruction"][0]["timing"]["repeat"];
  repeat["periodUnit"] = "mo";
  EXPECT_EQ(TheCard().value("summary", ""),
            "Aripiprazol: CYP2D6 långsam metaboliserare – högst 300 mg per dos; ordinerat 400 mg");
  Prescribe("N05AX12", 300);
  EXPECT_TRUE(Call("genflik-order-sign", request_).cards().empty());
}

}  // namespace
}  // namespace genflik::cds
