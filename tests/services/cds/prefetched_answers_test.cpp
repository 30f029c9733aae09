#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "tests/services/cds/cds_fixture.h"

// Answers that a record system hands over in its own words, of a patient whom Genflik has no
// results of.

namespace genflik::cds {
namespace {

using fhir::Json;
using testing::HasSubstr;
using testing::Not;

/// One answer of the laboratory.
struct Given {
  std::string gene = {};
  std::string text = {};
  /// LOINC code of the Observation: a genotype unless told otherwise.
  std::string code = "84413-4";
  std::string status = "final";
};

class PrefetchedAnswers : public CdsTest {
 protected:
  static Json Entry(Json resource) {
    Json entry = Json::object();
    entry["resource"] = std::move(resource);
    return entry;
  }

  Json ObservationOf(const Given& given, size_t number) {
    Json observation = ParseText(
        R"({"resourceType":"Observation","status":"final","subject":{"reference":"Patient/p"},)"
        R"("effectiveDateTime":"2025-03-01","code":{"coding":[{"system":"http://loinc.org"}]},)"
        R"("component":[{"code":{"coding":[{"system":"http://loinc.org","code":"48018-6"}]},)"
        R"("valueCodeableConcept":{"coding":[{"system":"http://www.genenames.org"}]}}]})");
    observation["id"] = "g" + std::to_string(number);
    observation["code"]["coding"][0]["code"] = given.code;
    observation["status"] = given.status;
    if (given.gene.empty()) {
      observation.erase("component");
    } else {
      observation["component"][0]["valueCodeableConcept"]["coding"][0]["display"] = given.gene;
    }
    observation["valueCodeableConcept"] = Json{{"text", given.text}};
    if (empty_gene_) observation["component"][0].erase("valueCodeableConcept");
    if (somatic_) {
      observation["component"].push_back(ParseText(
          R"({"code":{"coding":[{"system":"http://loinc.org","code":"48002-0"}]},)"
          R"("valueCodeableConcept":{"coding":[{"system":"http://loinc.org","code":"LA6684-0"}]}})"));
    }
    return observation;
  }

  Json Cards(const std::string& drug, const std::vector<Given>& answers) {
    Json request =
        ParseText(R"({"hook":"order-sign","hookInstance":"0b8f2c1e-6a0b-4a7e-9b36-2f6f1f2c9a01",)"
                  R"("context":{"userId":"Practitioner/a","patientId":"p","draftOrders":)"
                  R"({"resourceType":"Bundle","entry":[]}},"prefetch":{"patient":)"
                  R"({"resourceType":"Patient","id":"p","birthDate":"1970-05-05"},"genotypes":)"
                  R"({"resourceType":"Bundle","type":"searchset","entry":[]},"medications":)"
                  R"({"resourceType":"Bundle","type":"searchset","entry":[]}}})");
    Json order = ParseText(
        R"({"resourceType":"MedicationRequest","id":"rx","status":"draft","intent":"order",)"
        R"("subject":{"reference":"Patient/p"}})");
    order["medicationCodeableConcept"] = Json{{"text", drug}};
    request["context"]["draftOrders"]["entry"].push_back(Entry(std::move(order)));
    Json& entries = request["prefetch"]["genotypes"]["entry"];
    for (const Given& given : answers)
      entries.push_back(Entry(ObservationOf(given, entries.size())));
    const Answered answer = Call("genflik-order-sign", request);
    EXPECT_EQ(answer.status, 200) << fhir::PrintJson(answer.body);
    return answer.cards();
  }

  std::string First(const std::string& drug, const std::vector<Given>& answers) {
    const Json cards = Cards(drug, answers);
    return cards.empty() ? "" : cards[0].at("summary").get<std::string>();
  }

  /// The gene component has no value.
  bool empty_gene_ = false;
  bool somatic_ = false;
};

TEST_F(PrefetchedAnswers, OneVariantInBasesIsRead) {
  const std::string half = "DPYD intermediär metaboliserare – börja med 50 % av normal dos";
  for (const char* text : {"rs3918290 C/T", "rs3918290 G/A", "rs3918290 GA", "rs3918290: CT"})
    EXPECT_THAT(First("kapecitabin", {{"DPYD", text}}), HasSubstr(half)) << text;
  for (const char* text : {"rs4149056 C/C", "rs4149056 CC", "rs4149056 G/G"}) {
    EXPECT_THAT(First("simvastatin", {{"SLCO1B1", text}}), HasSubstr("kraftigt nedsatt funktion"))
        << text;
  }
  EXPECT_THAT(First("klopidogrel", {{"CYP2C19", "rs4244285 A/A"}}),
              HasSubstr("CYP2C19 långsam metaboliserare"));
  EXPECT_THAT(First("klopidogrel", {{"CYP2C19", "rs4244285 T/T"}}),
              HasSubstr("CYP2C19 långsam metaboliserare"));
}

TEST_F(PrefetchedAnswers, VariantsOfOneAnalysisAreReadTogether) {
  const std::vector<Given> both = {{"CYP2C19", "rs4244285 G/A"}, {"CYP2C19", "rs4986893 G/A"}};
  EXPECT_THAT(First("klopidogrel", both), HasSubstr("CYP2C19 långsam metaboliserare"));
}

TEST_F(PrefetchedAnswers, WhatWasEnteredInErrorIsNotReadWithTheRest) {
  const std::vector<Given> both = {{"CYP2C19", "rs4244285 G/A"},
                                   {"CYP2C19", "rs4986893 G/A", "84413-4", "entered-in-error"}};
  EXPECT_THAT(First("klopidogrel", both), HasSubstr("CYP2C19 intermediär metaboliserare"));
  const std::vector<Given> reversed = {both[1], both[0]};
  EXPECT_THAT(First("klopidogrel", reversed), HasSubstr("CYP2C19 intermediär metaboliserare"));
  EXPECT_THAT(First("kapecitabin", {{"DPYD", "rs3918290 C/T", "84413-4", "entered-in-error"}}),
              HasSubstr("DPYD är inte testad"));
}

TEST_F(PrefetchedAnswers, AGenotypeThatDoesNotHoldHidesNoPositions) {
  const Given positions{"CYP2C19", "rs4244285 A/A"};
  for (const char* status : {"entered-in-error", "preliminary"}) {
    const Given genotype{"CYP2C19", "*1/*1", "84413-4", status};
    for (const auto& answers : {std::vector{genotype, positions}, std::vector{positions, genotype}})
      EXPECT_THAT(First("klopidogrel", answers), HasSubstr("CYP2C19 långsam metaboliserare"))
          << status;
  }
}

TEST_F(PrefetchedAnswers, PositionsThatContradictTheirGenotypeAreAConflict) {
  const Json cards = Cards("klopidogrel", {{"CYP2C19", "*1/*1"}, {"CYP2C19", "rs4244285 A/A"}});
  ASSERT_EQ(cards.size(), 1U);
  EXPECT_THAT(cards[0].at("summary").get<std::string>(),
              HasSubstr("CYP2C19 långsam metaboliserare"));
  // Positions that the genotype explains are details, also where alleles share them.
  EXPECT_TRUE(Cards("klopidogrel", {{"CYP2C19", "*1/*17"}, {"CYP2C19", "rs12248560 C/T"}}).empty());
  const Json agreeing = Cards("azatioprin", {{"TPMT", "*1/*3A"},
                                             {"NUDT15", "*1/*1"},
                                             {"TPMT", "rs1800460 C/T"},
                                             {"TPMT", "rs1142345 T/C"}});
  ASSERT_EQ(agreeing.size(), 1U);
  EXPECT_THAT(agreeing[0].at("summary").get<std::string>(),
              HasSubstr("TPMT intermediär metaboliserare"));
}

TEST_F(PrefetchedAnswers, AnRsNumberTellsTheGene) {
  EXPECT_THAT(First("kapecitabin", {{"", "rs3918290 C/T"}}),
              HasSubstr("DPYD intermediär metaboliserare"));
  EXPECT_THAT(First("kapecitabin", {{"CYP2C19", "rs3918290 C/T"}}),
              HasSubstr("DPYD är inte testad"));
}

TEST_F(PrefetchedAnswers, DetailsOfAReportedGenotypeAddNothing) {
  const std::vector<Given> normal = {{"CYP2C19", "*1/*1"}, {"CYP2C19", "rs4244285 G/G"}};
  EXPECT_TRUE(Cards("klopidogrel", normal).empty());
}

TEST_F(PrefetchedAnswers, WhatCannotBeReadIsNotCalledUntested) {
  for (const char* text : {"GA", "rs99999999 A/G", "rs3918290 C/A"}) {
    const Json cards = Cards("kapecitabin", {{"DPYD", text}});
    ASSERT_EQ(cards.size(), 1U) << text;
    EXPECT_THAT(cards[0].at("summary").get<std::string>(), HasSubstr("går inte att tolka")) << text;
    const std::string detail = cards[0].at("detail");
    EXPECT_THAT(detail, HasSubstr(text));
    EXPECT_THAT(detail, Not(HasSubstr("inte analyserad")));
  }
}

// Not a word of it can be used: neither known nor untested.
TEST_F(PrefetchedAnswers, AnAnswerThatCannotBeUsedIsTold) {
  const std::string incomplete = "Kontrollen mot gener är ofullständig";
  for (const Given& given : std::vector<Given>{{"CYP2C19", "*2/*2", "84413-4", "unknown"},
                                               {"CYP2C19", "*2/*2", "84413-4", ""},
                                               {"CYP2D6", "CYP2C19 *2/*2"},
                                               {"", "*2/*2"}}) {
    EXPECT_THAT(First("klopidogrel", {given}), HasSubstr(incomplete)) << given.text << given.status;
    EXPECT_THAT(First("kapecitabin", {given}), Not(HasSubstr("är inte testad"))) << given.text;
  }
  // What was cancelled says nothing.
  EXPECT_EQ(First("klopidogrel", {{"CYP2C19", "*2/*2", "84413-4", "cancelled"}}), "");
}

TEST_F(PrefetchedAnswers, WhatWasFoundInATumourIsNoMatter) {
  somatic_ = true;
  EXPECT_EQ(First("klopidogrel", {{"CYP2C19", "*2/*2"}}), "");
}

TEST_F(PrefetchedAnswers, AGeneComponentWithoutAnAnswerLeavesItToTheAnswer) {
  empty_gene_ = true;
  EXPECT_THAT(First("klopidogrel", {{"CYP2C19", "CYP2C19 *2/*2"}}),
              HasSubstr("CYP2C19 långsam metaboliserare"));
}

TEST_F(PrefetchedAnswers, OneNormalPositionIsNeverNormal) {
  const Json cards = Cards("kapecitabin", {{"DPYD", "rs3918290 C/C"}});
  ASSERT_EQ(cards.size(), 1U);
  EXPECT_THAT(cards[0].at("summary").get<std::string>(), HasSubstr("går inte att tolka"));
}

TEST_F(PrefetchedAnswers, PhenotypesStandWhereAGenotypeIsExpected) {
  for (const char* text :
       {"Deficient", "G6PD deficient", "G6PD-brist", "III/Deficient", "Deficient with CNSHA"}) {
    EXPECT_THAT(First("rasburikas", {{"G6PD", text}}), HasSubstr("undvik")) << text;
    EXPECT_THAT(First("rasburikas", {{"G6PD", text, "53040-2"}}), HasSubstr("undvik")) << text;
  }
  EXPECT_THAT(First("rasburikas", {{"G6PD", "Variable"}}),
              HasSubstr(": varierande G6PD-aktivitet – mät enzymaktiviteten före start"));
  EXPECT_THAT(First("sevofluran", {{"RYR1", "Malignant Hyperthermia Susceptibility"}}),
              HasSubstr("RYR1 känslig för malign hypertermi"));
  EXPECT_THAT(
      First("gentamicin", {{"MT-RNR1", "increased risk of aminoglycoside-induced hearing loss"}}),
      HasSubstr("MT-RNR1: ökad risk för hörselskada"));
}

}  // namespace
}  // namespace genflik::cds
