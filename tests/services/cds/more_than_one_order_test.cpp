#include <string>

#include <gmock/gmock.h>

#include "services/cds/evaluation_record.h"
#include "tests/services/cds/cds_fixture.h"

// Laboratory orders, regimens, and calls that hold less or more than usual.

namespace genflik::cds {
namespace {

using fhir::Json;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Orders : public CdsTest {
 protected:
  Orders() { Fill(); }
  void Fill() {
    PutBundle("10-patients.json");
    PutBundle("22-lab-david-cyp2c19-poor.json");
    PutBundle("23-lab-elin-cyp2d6-ultrarapid.json");
  }

  static Json CallFor(const std::string& patient, const std::string& hook = "order-sign") {
    static int calls = 0;
    Json call{{"hook", hook}};
    call["hookInstance"] = "5d1c7a52-3c1e-4b9a-8f5e-0000000000" + std::to_string(10 + ++calls % 90);
    call["context"] = Json{{"userId", "Practitioner/a"}, {"patientId", patient}};
    call["context"]["draftOrders"] = Json{{"resourceType", "Bundle"}};
    call["context"]["draftOrders"]["entry"] = Json::array();
    if (hook == "order-select") call["context"]["selections"] = Json::array();
    return call;
  }
  static void Add(Json& call, Json resource) {
    Json entry = Json::object();
    entry["resource"] = std::move(resource);
    call["context"]["draftOrders"]["entry"].push_back(std::move(entry));
  }
  static Json Order(const char* type, const std::string& id, const std::string& patient,
                    const std::string& status = "draft") {
    Json order{{"resourceType", type}, {"id", id}, {"intent", "order"}};
    order["status"] = status;
    order["subject"] = Json{{"reference", "Patient/" + patient}};
    return order;
  }
  static Json Drug(const std::string& id, const std::string& patient, const std::string& name) {
    Json order = Order("MedicationRequest", id, patient);
    order["medicationCodeableConcept"] = Json{{"text", name}};
    return order;
  }
  static Json Test(const std::string& id, const std::string& patient, const std::string& name,
                   const std::string& status = "draft") {
    Json order = Order("ServiceRequest", id, patient, status);
    order["code"] = Json{{"text", name}};
    return order;
  }
  // The cards of one test ordered for David, a poor metabolizer of CYP2C19.
  Json CardsOf(const std::string& test, const std::string& language = "sv") {
    Json call = CallFor("david");
    Add(call, Test("sr", "david", test));
    return Call("genflik-order-sign", call, language).cards();
  }
};

// Citalopram for David, who should have at most 20 mg a day.
Json Citalopram(Json order, double milligrams) {
  order["dosageInstruction"] = Json::array(
      {Json{{"timing", {{"repeat", {{"frequency", 1}, {"period", 1}, {"periodUnit", "d"}}}}},
            {"doseAndRate", Json::array({Json{{"doseQuantity",
                                               {{"value", milligrams},
                                                {"unit", "mg"},
                                                {"system", "http://unitsofmeasure.org"},
                                                {"code", "mg"}}}}})}}});
  return order;
}

TEST_F(Orders, AddUpOneDrugInTwoOrders) {
  Json call = CallFor("david");
  Add(call, Citalopram(Drug("morning", "david", "citalopram"), 20));
  Add(call, Citalopram(Drug("evening", "david", "citalopram"), 10));
  const Json cards = Call("genflik-order-sign", call, "en").cards();
  ASSERT_EQ(cards.size(), 2U);
  for (const Json& card : cards) {
    EXPECT_EQ(card.at("indicator"), "warning");
    EXPECT_THAT(card.at("summary").get<std::string>(), HasSubstr("20 mg a day; ordered 30 mg"));
    EXPECT_THAT(card.at("detail").get<std::string>(),
                HasSubstr("The dose is the sum of the orders of this drug"));
    for (const Json& suggestion : card.at("suggestions"))
      EXPECT_THAT(suggestion.at("label").get<std::string>(), Not(HasSubstr("Lower")));
  }
}

TEST_F(Orders, OfOneDrugThatFollowEachOtherAreNotAddedUp) {
  Json call = CallFor("david");
  Json first = Citalopram(Drug("first", "david", "citalopram"), 10);
  first["dosageInstruction"][0]["timing"]["repeat"]["boundsPeriod"] =
      Json{{"start", "2026-03-02"}, {"end", "2026-03-08"}};
  Json then = Citalopram(Drug("then", "david", "citalopram"), 20);
  then["dosageInstruction"][0]["timing"]["repeat"]["boundsPeriod"] = Json{{"start", "2026-03-09"}};
  Add(call, first);
  Add(call, then);
  const Json cards = Call("genflik-order-sign", call, "en").cards();
  ASSERT_FALSE(cards.empty());
  for (const Json& card : cards)
    EXPECT_THAT(card.at("summary").get<std::string>(), Not(HasSubstr("ordered 30 mg")));
}

TEST_F(Orders, ThatReplaceAnotherOfTheCallAreNotAddedToIt) {
  Json call = CallFor("david");
  Json newer = Citalopram(Drug("newer", "david", "citalopram"), 15);
  newer["priorPrescription"] = Json{{"reference", "MedicationRequest/older"}};
  Add(call, Citalopram(Drug("older", "david", "citalopram"), 10));
  Add(call, newer);
  const Json cards = Call("genflik-order-sign", call, "en").cards();
  for (const Json& card : cards)
    EXPECT_THAT(card.at("summary").get<std::string>(), Not(HasSubstr("ordered 25 mg")));
}

TEST_F(Orders, OfOneDrugAreNotWithinALimitWhenOneOfThemCannotBeRead) {
  Json call = CallFor("david");
  Add(call, Citalopram(Drug("known", "david", "citalopram"), 20));
  Add(call, Drug("unknown", "david", "citalopram"));
  const Json cards = Call("genflik-order-sign", call, "en").cards();
  ASSERT_EQ(cards.size(), 2U);
  for (const Json& card : cards) EXPECT_EQ(card.at("indicator"), "warning");
}

// Nobody tells whether a new order is in the place of the one that runs.
TEST_F(Orders, TellOfAnOlderOneThatRunsBeside) {
  Json older = Citalopram(Drug("older", "david", "citalopram"), 10);
  older["status"] = "active";
  older["authoredOn"] = "2026-01-10";
  Json order = Citalopram(Drug("newer", "david", "citalopram"), 40);
  const auto detail = [&](const std::string& hook = "order-sign") {
    Json call = CallFor("david", hook);
    if (hook == "medication-refill") {
      call["context"]["medications"] = call["context"]["draftOrders"];
      call["context"].erase("draftOrders");
      Json entry = Json::object();
      entry["resource"] = order;
      call["context"]["medications"]["entry"].push_back(std::move(entry));
    } else {
      Add(call, order);
    }
    call["prefetch"]["medications"] =
        ParseText(R"({"resourceType":"Bundle","type":"searchset","entry":[{}]})");
    call["prefetch"]["medications"]["entry"][0]["resource"] = older;
    const Json cards = Call("genflik-" + hook, call).cards();
    EXPECT_EQ(cards.size(), 1U);
    if (cards.empty()) return std::string();
    EXPECT_THAT(cards[0].at("summary").get<std::string>(), HasSubstr("ordinerat 40 mg"));
    return cards[0].at("detail").get<std::string>();
  };
  EXPECT_THAT(detail(), HasSubstr("Redan ordinerat: citalopram 10 mg per dygn sedan 2026-01-10. "
                                  "Doserna har inte lagts ihop"));
  EXPECT_THAT(detail("medication-refill"), Not(HasSubstr("Redan ordinerat")));
  order["priorPrescription"] = Json{{"reference", "MedicationRequest/older"}};
  EXPECT_THAT(detail(), Not(HasSubstr("Redan ordinerat")));
  order.erase("priorPrescription");
  order["basedOn"] =
      Json::array({Json{{"reference", "https://ehr.example.org/fhir/MedicationRequest/older"}}});
  EXPECT_THAT(detail(), Not(HasSubstr("Redan ordinerat")));
  order.erase("basedOn");
  older["medicationCodeableConcept"] = Json{{"text", "sertralin"}};
  EXPECT_THAT(detail(), Not(HasSubstr("Redan ordinerat")));
  older["medicationCodeableConcept"] = order["medicationCodeableConcept"];
  older["status"] = "completed";
  EXPECT_THAT(detail(), Not(HasSubstr("Redan ordinerat")));
}

TEST_F(Orders, TellWhatAPanelAdds) {
  const Json cards = CardsOf("Genotypning CYP2D6 och CYP2C19");
  ASSERT_EQ(cards.size(), 1U);
  EXPECT_EQ(cards[0].at("summary"), "CYP2C19 är redan genotypad: långsam metaboliserare");
  EXPECT_EQ(cards[0].at("indicator"), "info");
  const std::string detail = cards[0].at("detail");
  EXPECT_THAT(detail, HasSubstr("Beställningen skulle tillföra: CYP2D6"));
  EXPECT_THAT(detail, HasSubstr("`*2/*2`"));
  // What adds something is not to be deleted by a click.
  EXPECT_FALSE(cards[0].contains("suggestions"));
  EXPECT_EQ(cards[0].at("overrideReasons").at(0).at("code"), "covers-more");
}

TEST_F(Orders, OfOneAlleleByLoincAreNotAnsweredByAnother) {
  Put(ParseText(
      R"({"resourceType":"Observation","id":"hla","status":"final","subject":{"reference":)"
      R"("Patient/david"},"effectiveDateTime":"2025-01-01","code":{"coding":[{"system":)"
      R"("http://loinc.org","code":"50956-2"}]},"valueCodeableConcept":{"coding":[{"system":)"
      R"("http://loinc.org","code":"LA6577-6"}]}})"));
  const auto cards_of = [&](const char* code) {
    Json call = CallFor("david");
    Json order = Order("ServiceRequest", "sr", "david");
    order["code"]["coding"][0] = Json{{"system", "http://loinc.org"}, {"code", code}};
    Add(call, std::move(order));
    return Call("genflik-order-sign", call).cards();
  };
  EXPECT_TRUE(cards_of("57979-7").empty());
  const Json typing = cards_of("13299-3");
  ASSERT_EQ(typing.size(), 1U);
  EXPECT_FALSE(typing[0].contains("suggestions"));
  EXPECT_THAT(typing[0].at("detail").get<std::string>(), HasSubstr("andra alleler av HLA-B"));
  const Json again = cards_of("50956-2");
  ASSERT_EQ(again.size(), 1U);
  EXPECT_THAT(again[0].at("detail").get<std::string>(), HasSubstr("1 allel söktes"));
  EXPECT_EQ(again[0].at("suggestions").at(0).at("isRecommended"), true);
}

TEST_F(Orders, CountATestThatIsUnderWay) {
  Put(Test("way", "david", "CYP2D6-genotypning", "active"));
  Json cards = CardsOf("Genotypning CYP2D6");
  ASSERT_EQ(cards.size(), 1U);
  EXPECT_EQ(cards[0].at("summary"), "Genotypning av CYP2D6 är redan beställd");
  EXPECT_EQ(cards[0].at("suggestions").at(0).at("actions").at(0).at("resourceId"),
            "ServiceRequest/sr");
  cards = CardsOf("Genotypning CYP2D6", "en");
  EXPECT_EQ(cards[0].at("summary"), "Genotyping of CYP2D6 is on order already");
  // One that is new brings no card.
  EXPECT_TRUE(CardsOf("Genotypning DPYD").empty());
}

TEST_F(Orders, OfAnotherPanelAreNoRepetition) {
  Start({}, std::chrono::hours(8));
  Fill();
  EXPECT_EQ(CardsOf("Genotypning CYP2C19").size(), 1U);
  EXPECT_EQ(CardsOf("Genotypning CYP2C19").size(), 0U);
  EXPECT_EQ(CardsOf("Genotypning CYP2C19 och CYP2D6").size(), 1U);
}

TEST_F(Orders, OfATestForSomebodyUnknownAreNotMetWithSilence) {
  Json call = CallFor("nobody");
  Add(call, Test("sr", "nobody", "Genotypning CYP2C19"));
  EXPECT_EQ(Call("genflik-order-sign", call).status, 412);
  // An ordinary laboratory order needs nothing of ours.
  call = CallFor("nobody");
  Add(call, Test("sr", "nobody", "P-Natrium"));
  EXPECT_EQ(Call("genflik-order-sign", call).status, 200);
}

TEST_F(Orders, OfAConcentrationShowTheGenes) {
  for (const char* test : {"P-Escitalopram", "Sertralin, koncentration i plasma"}) {
    const Json cards = CardsOf(test);
    ASSERT_EQ(cards.size(), 1U) << test;
    EXPECT_THAT(cards[0].at("summary").get<std::string>(),
                HasSubstr("koncentration: CYP2C19 långsam metaboliserare"));
    EXPECT_EQ(cards[0].at("indicator"), "info");
  }
  EXPECT_THAT(CardsOf("S-Escitalopram", "en").at(0).at("summary").get<std::string>(),
              StartsWith("Escitalopram concentration: CYP2C19 poor metabolizer"));
  // Nothing is known of the gene of klozapin's: nothing to show.
  EXPECT_TRUE(CardsOf("P-Klozapin").empty());
}

TEST_F(Orders, OfOneCallAreJudgedTogether) {
  Json call = CallFor("elin");
  Add(call, Drug("rx1", "elin", "kodein"));
  Add(call, Drug("rx2", "elin", "paroxetin"));
  const Json together = Call("genflik-order-sign", call).cards();
  std::string codeine;
  for (const Json& card : together) {
    const std::string summary = card.at("summary");
    if (summary.starts_with("Kodein")) codeine = summary;
  }
  EXPECT_EQ(codeine, "Kodein: CYP2D6 långsam metaboliserare på grund av paroxetin – undvik");
  call = CallFor("elin");
  Add(call, Drug("rx1", "elin", "kodein"));
  const Json alone = Call("genflik-order-sign", call).cards();
  ASSERT_EQ(alone.size(), 1U);
  EXPECT_THAT(alone[0].at("summary").get<std::string>(), HasSubstr("ultrasnabb"));
}

TEST_F(Orders, MayBeEmptyOrBeingWritten) {
  Json call = CallFor("david", "order-select");
  EXPECT_EQ(Call("genflik-order-select", call).status, 200);
  // No drug chosen yet, an unknown member, and a Bundle without its type.
  Json order = Order("MedicationRequest", "rx", "david");
  order["unknownMember"] = true;
  Add(call, order);
  call["context"]["selections"] = Json::array({"MedicationRequest/rx"});
  call["context"]["unknown"] = Json{{"a", 1}};
  call["unknown"] = "x";
  const Answered answer = Call("genflik-order-select", call);
  EXPECT_EQ(answer.status, 200) << fhir::PrintJson(answer.body);
  EXPECT_TRUE(answer.cards().empty());
}

TEST_F(Orders, NameProductsOrTheirIngredients) {
  const auto summary = [this](const std::string& rxnorm) -> std::string {
    Json call = CallFor("david");
    Json order = Order("MedicationRequest", "rx", "david");
    Json coding{{"system", "http://www.nlm.nih.gov/research/umls/rxnorm"}, {"code", rxnorm}};
    order["medicationCodeableConcept"] = Json::object();
    order["medicationCodeableConcept"]["coding"] = Json::array({coding});
    Add(call, std::move(order));
    const Json cards = Call("genflik-order-sign", call).cards();
    return cards.empty() ? "" : cards[0].at("summary").get<std::string>();
  };
  // The ingredient, and clopidogrel 75 mg tablets.
  EXPECT_THAT(summary("32968"), StartsWith("Klopidogrel"));
  EXPECT_THAT(summary("309362"), StartsWith("Klopidogrel"));
  // What no map has is reported as unmapped.
  EXPECT_EQ(summary("99999999"), "");
  book_->Flush();
  const auto unmapped = store_->Read(
      [](const store::Reader& reader) { return reader.FindRecords({.kind = "unmapped"}); });
  ASSERT_EQ(unmapped.size(), 1U);
  EXPECT_THAT(unmapped[0].body, HasSubstr("99999999"));
}

TEST_F(Orders, AreReplayedWithWhatTheRegionHadSet) {
  Start({.policy = {.loudest = {{"citalopram", rules::AlertLevel::kInfo}}}});
  Fill();
  Json call = CallFor("david");
  Add(call, Drug("rx", "david", "citalopram"));
  const Json cards = Call("genflik-order-sign", call).cards();
  ASSERT_EQ(cards.size(), 1U);
  EXPECT_EQ(cards[0].at("indicator"), "info");
  book_->Flush();
  const auto records = store_->Read(
      [](const store::Reader& reader) { return reader.FindRecords({.kind = "evaluation"}); });
  ASSERT_EQ(records.size(), 1U);
  // Whatever is set today.
  const Replay replay = ReplayEvaluation(records[0], *RepositoryKnowledge(), {});
  EXPECT_TRUE(replay.same) << replay.cards_then << "\n" << replay.cards_now;
}

TEST_F(Orders, ThatAreTreatmentSinceLongAreEasedOnlyWhenTheyWarnOfTooMuch) {
  const auto sign = [this](const std::string& drug, const std::string& reason) {
    Json had = Drug("old-" + drug, "david", drug);
    had["status"] = "active";
    had["authoredOn"] = "2023-01-10";
    had["dosageInstruction"] = ParseText(
        R"([{"timing":{"repeat":{"frequency":1,"period":1,"periodUnit":"d"}},"doseAndRate":[{"doseQuantity":{"value":40,"unit":"mg","system":"http://unitsofmeasure.org","code":"mg"}}]}])");
    Put(had);
    Json order = had;
    order["id"] = "new-" + drug;
    order["status"] = "draft";
    if (!reason.empty()) order["reasonCode"] = Json::array({Json{{"text", reason}}});
    Json call = CallFor("david");
    Add(call, order);
    return Call("genflik-order-sign", call).cards();
  };
  const Json escitalopram = sign("escitalopram", "");
  ASSERT_EQ(escitalopram.size(), 1U);
  EXPECT_EQ(escitalopram[0].at("indicator"), "info");
  EXPECT_EQ(escitalopram[0].at("summary"),
            "Escitalopram: CYP2C19 långsam metaboliserare – samma dos sedan 2023-01-10; fortsätt "
            "om den fungerar");
  // Over the limit for the QT time it is over the limit, however long it has been taken.
  const Json citalopram = sign("citalopram", "");
  ASSERT_EQ(citalopram.size(), 1U);
  EXPECT_EQ(citalopram[0].at("indicator"), "warning");
  EXPECT_THAT(citalopram[0].at("summary").get<std::string>(),
              HasSubstr("annars högst 20 mg per dygn; ordinerat 40 mg"));
  EXPECT_THAT(citalopram[0].at("detail").get<std::string>(),
              HasSubstr("ändå över riktlinjens gräns"));
  // A drug that does not work is tolerated well.
  const Json clopidogrel = sign("klopidogrel", "hjärninfarkt");
  ASSERT_EQ(clopidogrel.size(), 1U);
  EXPECT_EQ(clopidogrel[0].at("indicator"), "warning");
  EXPECT_THAT(clopidogrel[0].at("detail").get<std::string>(),
              HasSubstr("säger inte att det har haft effekt"));
  EXPECT_THAT(clopidogrel[0].at("summary").get<std::string>(), HasSubstr("undvik"));
}

}  // namespace
}  // namespace genflik::cds
