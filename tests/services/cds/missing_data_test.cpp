#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "tests/services/cds/missing_data_fixture.h"

// What the record system did not give is said, or refused; it never ends in an empty answer.

namespace genflik::cds {
namespace {

using fhir::Json;
using testing::HasSubstr;
using testing::Not;

// Terbinafine has no rule of its own, but stops CYP2D6.
TEST_F(MissingDataTest, AnInhibitorIsJudgedByWhatItStandsBeside) {
  const Json inhibitor = Drug("D01BA02");
  EXPECT_EQ(Told(Sign({inhibitor}, Whole({Cyp2d6()}))), "0 cards");
  Json without = Whole({Cyp2d6()});
  without.erase("medications");
  EXPECT_THAT(Told(Sign({inhibitor}, without)), HasSubstr(kIncomplete));
  Json failed = Whole({Cyp2d6()});
  failed["medications"] = Failure();
  EXPECT_THAT(Told(Sign({inhibitor}, failed)), HasSubstr(kIncomplete));
  Json other_gene = Whole({Genotype("CYP2C19", "HGNC:2621", "*1/*1")});
  other_gene.erase("medications");
  EXPECT_EQ(Told(Sign({inhibitor}, other_gene)), "0 cards");
}

TEST_F(MissingDataTest, AListOfMedicinesThatIsNotThereIsTold) {
  EXPECT_EQ(Told(Sign({Drug(kCodeine)}, Whole({Cyp2d6()}))), "0 cards");
  Json prefetch = Whole({Cyp2d6()});
  prefetch.erase("medications");
  EXPECT_THAT(Told(Sign({Drug(kCodeine)}, prefetch)), HasSubstr(kIncomplete));
  EXPECT_THAT(Detail(), HasSubstr("no list of medicines"));
  // No medicine changes what TPMT and NUDT15 mean, and nothing is known of paracetamol.
  Json thiopurine = Whole({Genotype("TPMT", "HGNC:12014", "*1/*1", "t"),
                           Genotype("NUDT15", "HGNC:23063", "*1/*1", "n")});
  thiopurine.erase("medications");
  EXPECT_EQ(Told(Sign({Drug("L04AX01")}, thiopurine)), "0 cards");
  EXPECT_EQ(Told(Sign({Drug("N02BE01")}, prefetch)), "0 cards");
}

TEST_F(MissingDataTest, AnOrderThatWasHalfCheckedIsNotMarkedAsFreeOfAdvice) {
  Start({.system_actions = true});
  const auto mark = [&](const Json& prefetch) {
    (void)Told(Sign({Drug(kCodeine)}, prefetch));
    return answer_.body.at("systemActions")[0]
        .at("resource")
        .at("extension")[0]
        .at("valueString")
        .get<std::string>();
  };
  EXPECT_THAT(mark(Whole({Cyp2d6()})), HasSubstr("no-advice; "));
  Json prefetch = Whole({Cyp2d6()});
  prefetch.erase("medications");
  EXPECT_THAT(mark(prefetch), HasSubstr("incomplete; "));
}

TEST_F(MissingDataTest, GenfliksOwnListOfMedicinesCounts) {
  Json patient = Patient();
  patient["birthDate"] = "1970-01-01";
  Put(patient);
  Put(Cyp2d6());
  Json call = Sign({Drug(kCodeine)}, Json::object());
  EXPECT_THAT(Told(call), HasSubstr(kIncomplete));
  // A client that sends no prefetch at all leaves the list to Genflik.
  Json bare = call;
  bare.erase("prefetch");
  EXPECT_EQ(Told(bare), "0 cards");
  Put(Drug("N02BE01", "had", "completed"));
  EXPECT_EQ(Told(call), "0 cards");
  Put(Drug("N06AB05", "has", "active"));
  EXPECT_THAT(Told(call), HasSubstr("CYP2D6"));
}

TEST_F(MissingDataTest, AMedicineOfTheListThatNobodyCanReadIsTold) {
  Json unread = Drug(kCodeine, "had", "active");
  unread.erase("medicationCodeableConcept");
  unread["medicationReference"] = Json{{"reference", "Medication/gone"}};
  Json prefetch = Whole({Cyp2d6()});
  prefetch["medications"] = Bundle({unread});
  EXPECT_THAT(Told(Sign({Drug(kCodeine)}, prefetch)), HasSubstr(kIncomplete));
  EXPECT_THAT(Detail(), HasSubstr("1 of the patient's medicines could not be read"));
  Json local = Drug("X1", "had", "active");
  local["medicationCodeableConcept"]["coding"][0]["system"] = "urn:local";
  prefetch["medications"] = Bundle({local});
  EXPECT_THAT(Told(Sign({Drug(kCodeine)}, prefetch)), HasSubstr(kIncomplete));
  local["medicationCodeableConcept"]["text"] = "Alvedon";
  prefetch["medications"] = Bundle({local});
  EXPECT_EQ(Told(Sign({Drug(kCodeine)}, prefetch)), "0 cards");
}

TEST_F(MissingDataTest, WhatIsNoListOrALeftOutOneIsNotTakenForNothing) {
  Json counted = Bundle({});
  counted["total"] = 2;
  for (const Json& genotypes : {counted, Patient()}) {
    Json prefetch = Whole({});
    prefetch["genotypes"] = genotypes;
    EXPECT_EQ(Told(Sign({Drug(kClopidogrel)}, prefetch)), "412") << genotypes;
  }
  Json single = Whole({});
  single["genotypes"] = Genotype("CYP2C19", "HGNC:2621", "*1/*1");
  EXPECT_THAT(Told(Sign({Drug(kClopidogrel)}, single)), HasSubstr(kIncomplete));
  for (const Json& medications : {counted, Drug("N02BE01", "had", "active")}) {
    Json prefetch = Whole({Cyp2d6()});
    prefetch["medications"] = medications;
    EXPECT_THAT(Told(Sign({Drug(kCodeine)}, prefetch)), HasSubstr(kIncomplete)) << medications;
  }
}

TEST_F(MissingDataTest, APatientWhoWasNotNamedIsTold) {
  Json prefetch = Whole({});
  EXPECT_EQ(Told(Sign({Drug(kClopidogrel)}, prefetch)), "0 cards");
  for (const Json& patient : {Json(), Failure()}) {
    prefetch["patient"] = patient;
    EXPECT_THAT(Told(Sign({Drug(kClopidogrel)}, prefetch)), HasSubstr(kIncomplete));
  }
  prefetch.erase("patient");
  EXPECT_THAT(Told(Sign({Drug(kClopidogrel)}, prefetch)), HasSubstr(kIncomplete));
  EXPECT_THAT(Detail(), HasSubstr("did not tell who the patient is"));
}

TEST_F(MissingDataTest, APatientWithoutAReadableIdentifierIsTold) {
  Json prefetch = Whole({});
  const std::string_view personal = "http://electronichealth.se/identifier/personnummer";
  for (const auto& [system, value] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"", "199002222397"}, {personal, "199002222398"}, {personal, ""}}) {
    prefetch["patient"]["identifier"] = Json::array({Json{{"system", system}, {"value", value}}});
    EXPECT_THAT(Told(Sign({Drug(kClopidogrel)}, prefetch)), HasSubstr(kIncomplete)) << value;
    EXPECT_THAT(Detail(), HasSubstr("did not tell who the patient is")) << value;
  }
  // What was sent is judged, and nobody says that there is no more.
  prefetch["genotypes"] = Bundle({Genotype("CYP2C19", "HGNC:2621", "*2/*2")});
  EXPECT_THAT(Told(Sign({Drug(kClopidogrel)}, prefetch)), HasSubstr("CYP2C19"));
  EXPECT_THAT(Detail(), HasSubstr("did not tell who the patient is"));
  EXPECT_THAT(Detail(), Not(HasSubstr("is not known to Genflik")));
}

TEST_F(MissingDataTest, AConcentrationNeedsResultsLikeAGenotyping) {
  EXPECT_EQ(Told(Sign({Test("NPU02923")}, Json::object())), "412");
  EXPECT_EQ(Told(Sign({Test("79714-2")}, Json::object())), "412");
  EXPECT_EQ(Told(Sign({Test("NPU03429")}, Json::object())), "0 cards");
}

TEST_F(MissingDataTest, A412IsAnEvaluationThatCanBeReplayed) {
  EXPECT_EQ(Told(Sign({Drug(kClopidogrel)}, Json::object())), "412");
  const auto records = Evaluations();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].status, "refused");
  EXPECT_TRUE(ReplayEvaluation(records[0], *RepositoryKnowledge(), {}).same);
  // The same call with what was missing is an evaluation of its own.
  EXPECT_EQ(Told(Sign({Drug(kClopidogrel)}, Whole({}))), "0 cards");
  EXPECT_EQ(Evaluations().size(), 2U);
}

TEST_F(MissingDataTest, AWarningThatIsNotRepeatedIsNotNoAdvice) {
  Start({}, std::chrono::hours(8));
  Json prefetch = Whole({Genotype("CYP2C19", "HGNC:2621", "*2/*2")});
  prefetch["medications"] = Failure();
  Json call = Sign({Drug("N06AB04")}, prefetch);
  EXPECT_THAT(Told(call), HasSubstr("CYP2C19"));
  call["hookInstance"] = "5d1c7a52-3c1e-4b9a-8f5e-000000000012";
  EXPECT_EQ(Told(call), "0 cards");
}

// It was said of a whole picture, and now a part of that is missing.
TEST_F(MissingDataTest, AWarningIsRepeatedWhenItNoLongerRestsOnAll) {
  Start({}, std::chrono::hours(8));
  Json prefetch = Whole({Genotype("CYP2C19", "HGNC:2621", "*2/*2")});
  Json call = Sign({Drug("N06AB04")}, prefetch);
  EXPECT_THAT(Told(call), HasSubstr("CYP2C19"));
  call["hookInstance"] = "5d1c7a52-3c1e-4b9a-8f5e-000000000013";
  EXPECT_EQ(Told(call), "0 cards");
  call["hookInstance"] = "5d1c7a52-3c1e-4b9a-8f5e-000000000014";
  call["prefetch"]["medications"] = Failure();
  EXPECT_THAT(Told(call), HasSubstr("CYP2C19"));
  EXPECT_THAT(Detail(), HasSubstr("list of medicines could not be read"));
}

TEST_F(MissingDataTest, APatientViewSaysWhatCouldNotBeRead) {
  const char* unchecked = "It could not be checked whether the patient has";
  EXPECT_THAT(Told(View(Json::object())), HasSubstr(unchecked));
  Json prefetch = Whole({});
  prefetch["genotypes"] = Failure();
  EXPECT_THAT(Told(View(prefetch)), HasSubstr(unchecked));
  EXPECT_THAT(Detail(), HasSubstr("genetic reports could not be read"));
  prefetch = Whole({Cyp2d6()});
  EXPECT_EQ(Told(View(prefetch)), "Permanent genetic results: 1 gene");
  prefetch["medications"] = Failure();
  EXPECT_EQ(Told(View(prefetch)), "Permanent genetic results: 1 gene; the data are incomplete");
  EXPECT_THAT(Detail(), HasSubstr("list of medicines could not be read"));
}

TEST_F(MissingDataTest, APatientViewSaysThatNothingIsKnown) {
  const char* unknown = "No permanent genetic results are known";
  Json prefetch = Whole({});
  prefetch["medications"] = Bundle({Drug(kClopidogrel, "had", "active")});
  EXPECT_THAT(Told(View(prefetch)), HasSubstr(unknown));
  EXPECT_THAT(Detail(), HasSubstr("has no genetic results either"));
  prefetch["genotypes"] = Json();
  EXPECT_THAT(Told(View(prefetch)), HasSubstr(unknown));
}

TEST_F(MissingDataTest, AResultThatCouldNotBeLookedForIsNotCalledAbsent) {
  Json prefetch = Whole({});
  EXPECT_THAT(Told(Sign({Drug(kCapecitabine)}, prefetch)), HasSubstr("has not been tested"));
  EXPECT_TRUE(answer_.cards()[0].at("suggestions")[0].value("isRecommended", false));
  prefetch["patient"] = Failure();
  EXPECT_THAT(Told(Sign({Drug(kCapecitabine)}, prefetch)),
              HasSubstr("DPYD results could not be looked for"));
  EXPECT_THAT(Detail(), Not(HasSubstr("not known to Genflik")));
  EXPECT_THAT(Detail(), Not(HasSubstr("has not been")));
  EXPECT_FALSE(answer_.cards()[0].at("suggestions")[0].value("isRecommended", false));
}

TEST_F(MissingDataTest, ATestThatIsAdvisedIsLookedForAmongThoseOnOrder) {
  std::vector<std::string> asked;
  fetch_ = [&](const EhrAccess&, const std::vector<std::string>& queries, Deadline) {
    std::vector<std::optional<Json>> answers;
    for (const auto& query : queries) {
      asked.push_back(query);
      Json way = Test("79719-1", "way");
      way["status"] = "active";
      answers.emplace_back(Bundle({way}));
    }
    return answers;
  };
  Start({});
  Json prefetch = Whole({});
  prefetch.erase("tests");
  Json call = Sign({Drug(kCapecitabine)}, prefetch);
  call["fhirServer"] = "https://ehr.example.org/fhir";
  EXPECT_THAT(Told(call), HasSubstr("has not been tested"));
  EXPECT_THAT(Detail(), HasSubstr("on order already"));
  EXPECT_EQ(asked, (std::vector<std::string>{"ServiceRequest?patient=ehr&status=active"}));
  EXPECT_TRUE(ReplayEvaluation(Evaluations().at(0), *RepositoryKnowledge(), {}).same);
}

// A proposal or a plan is no order: nobody has asked the laboratory.
TEST_F(MissingDataTest, ATestThatIsOnlyProposedIsNotOnOrder) {
  Json way = Test("79719-1", "way");
  way["status"] = "active";
  const Json order = Test("79719-1");
  for (const auto& [intent, on_order] : std::vector<std::pair<std::string, bool>>{
           {"proposal", false}, {"plan", false}, {"option", false}, {"reflex-order", true}}) {
    way["intent"] = intent;
    Json prefetch = Whole({});
    prefetch["tests"] = Bundle({way});
    (void)Told(Sign({Drug(kCapecitabine)}, prefetch));
    EXPECT_EQ(Detail().find("on order already") != std::string::npos, on_order) << intent;
    EXPECT_EQ(Told(Sign({order}, prefetch)) != "0 cards", on_order) << intent;
  }
}

TEST_F(MissingDataTest, AResultThatIsPreliminaryIsCalledSo) {
  Json genotype = Genotype("CYP2C19", "HGNC:2621", "*2/*2");
  EXPECT_THAT(Told(Sign({Drug(kClopidogrel)}, Whole({genotype}))), HasSubstr("CYP2C19"));
  EXPECT_THAT(Detail(), Not(HasSubstr("preliminary")));
  genotype["status"] = "preliminary";
  EXPECT_THAT(Told(Sign({Drug(kClopidogrel)}, Whole({genotype}))), HasSubstr("CYP2C19"));
  EXPECT_THAT(Detail(), HasSubstr("preliminary"));
  Json test = Test("");
  test["code"] = Json{{"text", "CYP2C19"}};
  EXPECT_THAT(Told(Sign({test}, Whole({genotype}))), HasSubstr("CYP2C19"));
  EXPECT_THAT(Detail(), HasSubstr("preliminary"));
}

// A total that is no number tells of matches that nobody can count.
TEST_F(MissingDataTest, ATotalThatCannotBeReadIsNotNothing) {
  Json prefetch = Whole({});
  prefetch["genotypes"]["total"] = "3";
  EXPECT_EQ(Told(Sign({Drug(kClopidogrel)}, prefetch)), "412");
}

// One variant is less than what is asked about, and another allele is another test.
TEST_F(MissingDataTest, ATestOnOrderForLessDoesNotHoldTheAdvisedOneBack) {
  const auto detail = [&](const Json& code, const Json& drug) {
    Json way = Test("", "way");
    way["status"] = "active";
    way["code"] = code;
    Json prefetch = Whole({});
    prefetch["tests"] = Bundle({way});
    (void)Told(Sign({drug}, prefetch));
    return Detail();
  };
  const Json capecitabine = Drug(kCapecitabine);
  EXPECT_THAT(detail({{"text", "DPYD*2A"}}, capecitabine), Not(HasSubstr("on order already")));
  EXPECT_TRUE(answer_.cards()[0].contains("suggestions"));
  EXPECT_THAT(detail({{"text", "DPYD *2A, *13, c.2846A>T, HapB3"}}, capecitabine),
              HasSubstr("on order already"));
  const Json carbamazepine = Drug("N03AF01");
  EXPECT_THAT(detail({{"text", "HLA-B*58:01"}}, carbamazepine), Not(HasSubstr("on order already")));
  EXPECT_THAT(detail({{"text", "HLA-B*15:02"}}, carbamazepine), HasSubstr("on order already"));
}

TEST_F(MissingDataTest, TheReadyOrderOfATestIsWhole) {
  Json order = Drug(kCapecitabine);
  order["requester"] = Json{{"reference", "Practitioner/a"}};
  order["encounter"] = Json{{"reference", "Encounter/e"}};
  (void)Told(Sign({order}, Whole({})));
  const Json& made = answer_.cards()[0].at("suggestions")[0].at("actions")[0].at("resource");
  EXPECT_EQ(made.at("requester").at("reference"), "Practitioner/a");
  EXPECT_EQ(made.at("encounter").at("reference"), "Encounter/e");
  EXPECT_EQ(made.at("category")[0].at("coding")[0].at("code"), "108252007");
  EXPECT_EQ(made.at("code").at("coding")[0].at("code"), "79719-1");
}

TEST_F(MissingDataTest, ReportsThatContradictAreBothShownAndNothingIsToBeRemoved) {
  const Json call =
      Sign({Test("79714-2")}, Whole({Genotype("CYP2C19", "HGNC:2621", "*1/*1", "g1"),
                                     Genotype("CYP2C19", "HGNC:2621", "*2/*2", "g2")}));
  EXPECT_THAT(Told(call), HasSubstr("contradict"));
  EXPECT_THAT(Detail(), HasSubstr("`*1/*1`"));
  EXPECT_THAT(Detail(), HasSubstr("`*2/*2`"));
  EXPECT_FALSE(answer_.cards()[0].contains("suggestions"));
}

TEST_F(MissingDataTest, OfResultsWithUnknownCoverageRemovalIsNotRecommended) {
  const Json call = Sign({Test("79714-2")}, Whole({Genotype("CYP2C19", "HGNC:2621", "*1/*1")}));
  EXPECT_THAT(Told(call), HasSubstr("has been genotyped already"));
  EXPECT_FALSE(answer_.cards()[0].at("suggestions")[0].contains("isRecommended"));
}

TEST_F(MissingDataTest, OfTwoOrdersThatAreAlikeOneIsLeft) {
  EXPECT_THAT(Told(Sign({Test("79714-2", "a1"), Test("79714-2", "a2")}, Whole({}))),
              HasSubstr("is on order already"));
  const Json& suggestion = answer_.cards()[0].at("suggestions")[0];
  EXPECT_EQ(suggestion.at("actions")[0].at("resourceId"), "ServiceRequest/a2");
}

}  // namespace
}  // namespace genflik::cds
