#include <string>

#include <gmock/gmock.h>

#include "tests/services/cds/cds_fixture.h"

// What one click on a card changes, and what it must leave alone.

namespace genflik::cds {
namespace {

using fhir::Json;
using testing::HasSubstr;

struct Gene {
  const char* name;
  const char* hgnc;
};
constexpr Gene kDpyd{"DPYD", "HGNC:3012"};
constexpr Gene kCyp2d6{"CYP2D6", "HGNC:2625"};
constexpr Gene kCyp2c9{"CYP2C9", "HGNC:2623"};
constexpr Gene kCyp2b6{"CYP2B6", "HGNC:2615"};
constexpr Gene kCyp3a5{"CYP3A5", "HGNC:2638"};
constexpr Gene kTpmt{"TPMT", "HGNC:12014"};
constexpr Gene kNudt15{"NUDT15", "HGNC:23063"};

class SuggestedDose : public CdsTest {
 protected:
  SuggestedDose() {
    request_ = ParseText(R"({
      "hook": "order-sign", "hookInstance": "6c1c7a52-3c1e-4b9a-8f5e-000000000001",
      "context": {"userId": "Practitioner/a", "patientId": "e1",
                  "draftOrders": {"resourceType": "Bundle", "entry": []}},
      "prefetch": {"patient": {"resourceType": "Patient", "id": "e1", "birthDate": "1970-05-05"},
        "genotypes": {"resourceType": "Bundle", "type": "searchset", "entry": []},
        "medications": {"resourceType": "Bundle", "type": "searchset", "entry": []},
        "size": {"resourceType": "Bundle", "type": "searchset", "entry": []}}})");
  }

  void Add(const std::string& supply, Json resource) {
    Json entry = Json::object();
    entry["resource"] = std::move(resource);
    request_["prefetch"][supply]["entry"].push_back(std::move(entry));
  }
  void Know(const Gene& gene, const std::string& genotype) {
    Json result = ParseText(R"({"resourceType": "Observation", "id": "g", "status": "final",
      "category": [{"coding": [{"code": "laboratory", "system":
        "http://terminology.hl7.org/CodeSystem/observation-category"}]}],
      "code": {"coding": [{"system": "http://loinc.org", "code": "84413-4"}]},
      "subject": {"reference": "Patient/e1"}, "effectiveDateTime": "2025-03-01",
      "component": [{"code": {"coding": [{"system": "http://loinc.org", "code": "48018-6"}]}}]})");
    result["valueCodeableConcept"] = Json{{"text", genotype}};
    result["component"][0]["valueCodeableConcept"] =
        ParseText(std::string(R"({"coding": [{"system": "http://www.genenames.org", "code": ")") +
                  gene.hgnc + R"(", "display": ")" + gene.name + R"("}]})");
    Add("genotypes", std::move(result));
  }
  void Measure(const char* loinc, double value, const char* unit) {
    Json size = ParseText(R"({"resourceType": "Observation", "status": "final",
      "subject": {"reference": "Patient/e1"}, "effectiveDateTime": "2026-03-01"})");
    size["id"] = std::string("s") + loinc;
    size["code"]["coding"] = Json::array({Json{{"system", "http://loinc.org"}, {"code", loinc}}});
    size["valueQuantity"] = Json{
        {"value", value}, {"unit", unit}, {"code", unit}, {"system", "http://unitsofmeasure.org"}};
    Add("size", std::move(size));
  }
  static Json Order(const std::string& name, const std::string& atc, const Json& dosage) {
    Json order = ParseText(R"({"resourceType": "MedicationRequest", "id": "rx", "status": "draft",
      "intent": "order", "subject": {"reference": "Patient/e1"}})");
    order["medicationCodeableConcept"]["text"] = name;
    order["medicationCodeableConcept"]["coding"] =
        Json::array({Json{{"system", "http://www.whocc.no/atc"}, {"code", atc}}});
    order["dosageInstruction"] = Json::array({dosage});
    return order;
  }
  static Json Daily(double dose, int times, const char* unit = "mg") {
    Json dosage = ParseText(R"({"timing": {"repeat": {"period": 1, "periodUnit": "d"}},
                                "doseAndRate": [{}]})");
    dosage["timing"]["repeat"]["frequency"] = times;
    dosage["doseAndRate"][0]["doseQuantity"] = Json{
        {"value", dose}, {"unit", unit}, {"code", unit}, {"system", "http://unitsofmeasure.org"}};
    return dosage;
  }
  // The one card about the order.
  Json CardFor(Json order, const std::string& language = "sv") {
    Json entry = Json::object();
    entry["resource"] = std::move(order);
    request_["context"]["draftOrders"]["entry"].push_back(std::move(entry));
    const Answered answer = Call("genflik-order-sign", request_, language);
    EXPECT_EQ(answer.status, 200) << fhir::PrintJson(answer.body);
    EXPECT_EQ(answer.cards().size(), 1U) << fhir::PrintJson(answer.body);
    return answer.cards().empty() ? Json::object() : answer.cards()[0];
  }
  // The order as the first changed dose of the card has it; null without.
  static Json Changed(const Json& card) {
    for (const Json& suggestion : fhir::FindArray(card, "suggestions")) {
      const Json& action = suggestion.at("actions").at(0);
      if (action.at("type") == "update") return action.at("resource");
    }
    return nullptr;
  }

  // The label of the suggestion that changes the dose; "*" before it where it is recommended.
  static std::string LabelOf(const Json& card) {
    for (const Json& suggestion : fhir::FindArray(card, "suggestions")) {
      if (suggestion.at("actions").at(0).at("type") != "update") continue;
      return (suggestion.contains("isRecommended") ? "*" : "") +
             suggestion.at("label").get<std::string>();
    }
    return {};
  }

  Json request_;
};

double DoseOf(const Json& order) {
  const Json& quantity =
      order.at("dosageInstruction").at(0).at("doseAndRate").at(0).at("doseQuantity");
  return fhir::NumberOf(quantity.at("value")).value_or(0);
}

TEST_F(SuggestedDose, GivesACapsuleOnceWhereEachIsTheLimitOfTheDay) {
  Know(kCyp2d6, "*4/*4");
  const Json order = Changed(CardFor(Order("eliglustat", "A16AX10", Daily(84, 2))));
  ASSERT_FALSE(order.is_null());
  EXPECT_EQ(DoseOf(order), 84);
  EXPECT_EQ(order.at("dosageInstruction").at(0).at("timing").at("repeat").at("frequency"), 1);
}

TEST_F(SuggestedDose, LeavesTheOtherDrugsOfACombinationAlone) {
  Know(kCyp2b6, "*6/*6");
  EXPECT_TRUE(Changed(CardFor(Order("Atripla", "J05AR06", Daily(1, 1, "{tablet}")))).is_null());
}

TEST_F(SuggestedDose, LeavesALoadingDoseAlone) {
  Know(kCyp2c9, "*3/*3");
  Json dosage = Daily(15, 1, "mg/kg");
  dosage["text"] = "15 mg/kg laddningsdos";
  EXPECT_TRUE(Changed(CardFor(Order("fosfenytoin", "N03AB05", dosage))).is_null());
}

TEST_F(SuggestedDose, IsAPartOfThePatientsOwnFullDose) {
  Know(kTpmt, "*1/*3A");
  Know(kNudt15, "*1/*1");
  Measure("29463-7", 60, "kg");
  // 2 mg/kg is the full dose, 120 mg a day, of which 55 % is the middle of what is advised.
  const Json card = CardFor(Order("azatioprin", "L04AX01", Daily(110, 1)));
  EXPECT_EQ(DoseOf(Changed(card)), 66);
  EXPECT_EQ(LabelOf(card), "*Ändra till 60 % av ordinerad dos (66 mg per dygn)");
}

TEST_F(SuggestedDose, IsMadeOfHalfTablets) {
  Know(kTpmt, "*1/*3A");
  Know(kNudt15, "*1/*1");
  Measure("29463-7", 38, "kg");
  const Json card = CardFor(Order("Azatioprin tablett 25 mg", "L04AX01", Daily(75, 1)));
  EXPECT_EQ(DoseOf(Changed(card)), 37.5);
  EXPECT_EQ(LabelOf(card), "*Ändra till 50 % av ordinerad dos (37,5 mg per dygn)");
}

TEST_F(SuggestedDose, IsNeverMoreThanTheAdvisedPartOfTheOrderWhereSeveralDosesAreFull) {
  Know(kDpyd, "Reference/c.1905+1G>A (*2A)");
  Measure("3140-1", 2.0, "m2");
  // 1000 mg/m2 twice daily is full beside oxaliplatin, though less than 1250.
  const Json card = CardFor(Order("kapecitabin", "L01BC06", Daily(2000, 2)));
  EXPECT_EQ(DoseOf(Changed(card)), 1000);
  EXPECT_EQ(LabelOf(card), "*Ändra till 50 % av ordinerad dos (2000 mg per dygn)");
}

TEST_F(SuggestedDose, IsGivenByTheSurfaceInWholeMilligrams) {
  Know(kDpyd, "Reference/c.1905+1G>A (*2A)");
  const Json card = CardFor(Order("kapecitabin", "L01BC06", Daily(825, 2, "mg/m2")));
  EXPECT_EQ(DoseOf(Changed(card)), 412);
  EXPECT_EQ(LabelOf(card), "*Ändra till 50 % av ordinerad dos (824 mg/m2 per dygn)");
}

TEST_F(SuggestedDose, IsNotRecommendedWhereTheFullDoseIsNotKnown) {
  Know(kCyp2d6, "*1/*4");
  EXPECT_EQ(LabelOf(CardFor(Order("nortriptylin", "N06AA10", Daily(50, 1)))),
            "Ändra till 75 % av ordinerad dos (37,5 mg per dygn), om den är full dos");
}

TEST_F(SuggestedDose, SaysTheConditionInEnglish) {
  Know(kDpyd, "Reference/c.1905+1G>A (*2A)");
  EXPECT_EQ(LabelOf(CardFor(Order("kapecitabin", "L01BC06", Daily(1500, 2)), "en")),
            "*Change to 50 % of the ordered dose (1500 mg a day), if that is a full dose");
}

TEST_F(SuggestedDose, IsNotAskedForWhenALargePatientHasHalfAlready) {
  Know(kDpyd, "Reference/c.1905+1G>A (*2A)");
  Measure("3140-1", 2.0, "m2");
  Json entry = Json::object();
  entry["resource"] = Order("kapecitabin", "L01BC06", Daily(1250, 2));
  request_["context"]["draftOrders"]["entry"].push_back(std::move(entry));
  EXPECT_TRUE(Call("genflik-order-sign", request_).cards().empty());
}

TEST_F(SuggestedDose, LeavesNoOldNumberBehind) {
  Know(kDpyd, "Reference/c.1905+1G>A (*2A)");
  Json dosage = Daily(1500, 2);
  dosage["text"] = "1500 mg 2 gånger dagligen";
  dosage["patientInstruction"] = "Ta tre tabletter morgon och kväll";
  dosage["maxDosePerPeriod"] = ParseText(
      R"({"numerator": {"value": 3000, "unit": "mg"}, "denominator": {"value": 1, "unit": "d"}})");
  const Json order = Changed(CardFor(Order("kapecitabin", "L01BC06", dosage)));
  ASSERT_FALSE(order.is_null());
  const Json& changed = order.at("dosageInstruction").at(0);
  EXPECT_EQ(changed.at("text"), "750 mg 2 gånger dagligen");
  EXPECT_FALSE(changed.contains("patientInstruction"));
  EXPECT_EQ(fhir::NumberOf(changed.at("maxDosePerPeriod").at("numerator").at("value")), 1500);
}

TEST_F(SuggestedDose, NeverGoesOverTheGuidelinesLimit) {
  Know(kCyp3a5, "*1/*1");
  Measure("29463-7", 70, "kg");
  // 14 mg a day raised to 175 % would be 0.35 mg/kg, where 0.3 is the most.
  EXPECT_TRUE(Changed(CardFor(Order("takrolimus", "L04AD02", Daily(7, 2)))).is_null());
}

TEST_F(SuggestedDose, OffersToTakeBackWhatSpoilsARunningDrug) {
  Know(kCyp2d6, "*1/*1");
  Json running = Order("tamoxifen", "L02BA01", Daily(20, 1));
  running["id"] = "had";
  running["status"] = "active";
  Add("medications", std::move(running));
  const Json card = CardFor(Order("paroxetin", "N06AB05", Daily(20, 1)));
  EXPECT_EQ(card.at("indicator"), "critical");
  EXPECT_THAT(card.at("detail").get<std::string>(), HasSubstr("**Gäller pågående tamoxifen:**"));
  ASSERT_EQ(card.at("suggestions").size(), 1U);
  const Json& action = card.at("suggestions").at(0).at("actions").at(0);
  EXPECT_EQ(action.at("type"), "delete");
  EXPECT_EQ(action.at("resourceId"), "MedicationRequest/rx");
}

TEST_F(SuggestedDose, IsNotMisledByACreamBeside) {
  Know(kCyp2d6, "*1/*1x3");
  Json cream = Order("Terbinafin kräm 1 %", "D01AE15", Json::object());
  cream["id"] = "had";
  cream["status"] = "active";
  Add("medications", std::move(cream));
  EXPECT_EQ(CardFor(Order("kodein", "R05DA04", Daily(30, 3))).at("indicator"), "critical");
}

}  // namespace
}  // namespace genflik::cds
