#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "tests/services/cds/missing_data_fixture.h"

// What a record system hands over and what it is asked for: whose it is, whether it is all, and
// what is asked again.

namespace genflik::cds {
namespace {

using fhir::Json;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kServer = "https://ehr.example.org/fhir";
constexpr const char* kPersonnummer = "http://electronichealth.se/identifier/personnummer";
constexpr const char* kNumber = "195009072553";
constexpr const char* kOtherNumber = "196101182803";

class RecordSystemAnswers : public MissingDataTest {
 protected:
  RecordSystemAnswers() {
    fetch_ = [this](const EhrAccess&, const std::vector<std::string>& queries, Deadline) {
      std::vector<std::optional<Json>> answers;
      for (const auto& query : queries) {
        asked_.push_back(query);
        const std::string place = query.starts_with("http") ? query.substr(query.rfind('/') + 1)
                                                            : query.substr(0, query.find('?'));
        const auto found = given_.find(place);
        answers.push_back(found == given_.end() ? std::nullopt : std::optional(found->second));
      }
      return answers;
    };
    Start({});
  }

  static Json Identifier(const std::string& value, const std::string& system = kPersonnummer) {
    return Json{{"system", system}, {"value", value}};
  }
  static Json Named() {
    Json patient = Patient();
    patient["identifier"] = Json::array({Identifier(kNumber)});
    return patient;
  }
  // A resource whose subject is told by identifier alone.
  static Json Of(Json resource, Json identifier) {
    resource["subject"] = Json::object();
    resource["subject"]["identifier"] = std::move(identifier);
    return resource;
  }
  static Json About(Json resource, const std::string& subject) {
    resource["subject"] = Json{{"reference", subject}};
    return resource;
  }
  static Json Cyp2c19(const std::string& value) {
    return Genotype("CYP2C19", "HGNC:2621", value, "c" + value.substr(1, 1));
  }
  static Json WithNext(Json bundle, const std::string& page) {
    bundle["link"] =
        Json::array({Json{{"relation", "next"}, {"url", std::string(kServer) + "/" + page}}});
    return bundle;
  }
  static Json Reachable(Json call) {
    call["fhirServer"] = kServer;
    return call;
  }
  static Json Outcome(const std::string& severity) {
    Json outcome = Failure();
    outcome["issue"][0]["severity"] = severity;
    return outcome;
  }
  static Json Taking(const std::string& atc, double milligrams) {
    Json order = Drug(atc);
    order["dosageInstruction"] = ParseText(
        R"([{"timing":{"repeat":{"frequency":1,"period":1,"periodUnit":"d"}},"doseAndRate":[)"
        R"({"doseQuantity":{"system":"http://unitsofmeasure.org","code":"mg","unit":"mg"}}]}])");
    order["dosageInstruction"][0]["doseAndRate"][0]["doseQuantity"]["value"] = milligrams;
    return order;
  }
  static Json Weight(double kilograms) {
    Json weight = ParseText(
        R"({"resourceType":"Observation","id":"w","status":"final","effectiveDateTime":)"
        R"("2026-03-01","subject":{"reference":"Patient/ehr"},"code":{"coding":[{"system":)"
        R"("http://loinc.org","code":"29463-7"}]},"valueQuantity":{"system":)"
        R"("http://unitsofmeasure.org","code":"kg","unit":"kg"}})");
    weight["valueQuantity"]["value"] = kilograms;
    return weight;
  }
  bool Asked(const std::string& part) const {
    for (const auto& query : asked_) {
      if (query.find(part) != std::string::npos) return true;
    }
    return false;
  }

  std::map<std::string, Json> given_;
  std::vector<std::string> asked_;
};

TEST_F(RecordSystemAnswers, AnIdentifierOfSomebodyElseIsSomebodyElse) {
  const Json order = Drug(kClopidogrel);
  Json prefetch = Whole({Of(Cyp2c19("*2/*2"), Identifier(kOtherNumber))});
  prefetch["patient"] = Named();
  EXPECT_EQ(Told(Sign({order}, prefetch)), "412");
  for (const Json& own : {Identifier(kNumber), Identifier("500907-2553"),
                          Identifier(kNumber, "urn:oid:1.2.752.129.2.1.3.1")}) {
    prefetch["genotypes"] = Bundle({Of(Cyp2c19("*2/*2"), own)});
    EXPECT_THAT(Told(Sign({order}, prefetch)), HasSubstr("CYP2C19")) << own;
  }
  // Beside the patient's own it is left out, and that something was is told.
  prefetch["genotypes"] =
      Bundle({Cyp2c19("*1/*1"), Of(Cyp2c19("*2/*2"), Identifier(kOtherNumber))});
  EXPECT_THAT(Told(Sign({order}, prefetch)), HasSubstr(kIncomplete));
}

TEST_F(RecordSystemAnswers, AnIdentifierThatCannotBeComparedIsNobodys) {
  const Json order = Drug(kClopidogrel);
  Json prefetch = Whole({Of(Cyp2c19("*2/*2"), Identifier("17", "urn:local"))});
  prefetch["patient"] = Named();
  EXPECT_EQ(Told(Sign({order}, prefetch)), "412");
  prefetch["genotypes"] = Bundle({Of(Cyp2c19("*2/*2"), Identifier(kNumber))});
  prefetch.erase("patient");
  EXPECT_EQ(Told(Sign({order}, prefetch)), "412");
}

TEST_F(RecordSystemAnswers, AFetchedPatientIsComparedWithToo) {
  given_["Patient/ehr"] = Named();
  Json prefetch = Whole({Of(Cyp2c19("*2/*2"), Identifier(kNumber))});
  prefetch.erase("patient");
  given_["Observation"] = prefetch["genotypes"];
  const Json call = Reachable(Sign({Drug(kClopidogrel)}, prefetch));
  EXPECT_THAT(Told(call), HasSubstr("CYP2C19"));
  EXPECT_TRUE(ReplayEvaluation(Evaluations().at(0), *RepositoryKnowledge(), {}).same);
  given_["Observation"] = Bundle({Of(Cyp2c19("*2/*2"), Identifier(kOtherNumber))});
  EXPECT_EQ(Told(call), "412");
}

// A relative who looks at the record is a user; other keys were not asked for.
TEST_F(RecordSystemAnswers, APatientUnderAnotherKeyIsNotThePatient) {
  Json prefetch = Whole({Cyp2c19("*2/*2")});
  prefetch["user"] = Named();
  prefetch["user"]["id"] = "relative";
  EXPECT_THAT(Told(Sign({Drug(kClopidogrel)}, prefetch)), HasSubstr("CYP2C19"));
  // Who the patient is it does not tell.
  prefetch["genotypes"] = Bundle({Of(Cyp2c19("*2/*2"), Identifier(kNumber))});
  EXPECT_EQ(Told(Sign({Drug(kClopidogrel)}, prefetch)), "412");
}

TEST_F(RecordSystemAnswers, ADispatchedOrderIsReadWhateverVersionIsNamed) {
  given_["Observation"] = Bundle({Cyp2c19("*2/*2")});
  given_["MedicationRequest/rx"] = Drug(kClopidogrel, "rx", "active");
  Json call = Reachable(Sign({}, Json::object()));
  call["hook"] = "order-dispatch";
  call["context"] = Json{{"patientId", "ehr"}, {"performer", "Organization/o"}};
  for (const char* reference : {"MedicationRequest/rx", "MedicationRequest/rx/_history/2"}) {
    call["context"]["dispatchedOrders"] = Json::array({reference});
    EXPECT_THAT(Told(call), HasSubstr("CYP2C19")) << reference;
  }
}

// However many orders there are, they are judged within the time limit.
TEST_F(RecordSystemAnswers, IsWaitedForTheShorterTheMoreOrdersThereAre) {
  std::chrono::steady_clock::duration left{};
  fetch_ = [&](const EhrAccess&, const std::vector<std::string>& queries, Deadline deadline) {
    left = std::max(left, deadline - std::chrono::steady_clock::now());
    return std::vector<std::optional<Json>>(queries.size());
  };
  CdsOptions options;
  options.time_limit = std::chrono::seconds(100);
  Start(options);
  Json call = Reachable(Sign({}, Json::object()));
  for (int i = 0; i < 100; ++i) {
    Json entry = Json::object();
    entry["resource"] = Drug(kClopidogrel, "rx" + std::to_string(i));
    call["context"]["draftOrders"]["entry"].push_back(std::move(entry));
  }
  EXPECT_EQ(Told(call), "412");
  EXPECT_GT(left, std::chrono::seconds(0));
  EXPECT_LE(left, std::chrono::seconds(70));
}

TEST_F(RecordSystemAnswers, AnOrderIsForThePatientOrRefused) {
  Json prefetch = Whole({Cyp2c19("*2/*2")});
  prefetch["patient"] = Named();
  const Json own = Of(Drug(kClopidogrel), Identifier(kNumber));
  EXPECT_THAT(Told(Sign({own}, prefetch)), HasSubstr("CYP2C19"));
  EXPECT_EQ(Told(Sign({Of(Drug(kClopidogrel), Identifier(kOtherNumber))}, prefetch)), "400");
  EXPECT_EQ(Told(Sign({Of(Drug(kClopidogrel), Identifier("17", "urn:local"))}, prefetch)), "400");
  Json dispensed = Of(Drug("N06AB05", "d"), Identifier(kOtherNumber));
  dispensed["resourceType"] = "MedicationDispense";
  EXPECT_EQ(Told(Sign({own, dispensed}, prefetch)), "400");
  prefetch["patient"] = Patient();
  EXPECT_EQ(Told(Sign({own}, prefetch)), "400");
}

TEST_F(RecordSystemAnswers, GroupsAndDevicesAreNoPatients) {
  for (const char* subject :
       {"Group/ehr", "Device/ehr", "https://ehr.example.org/fhir/Group/ehr"}) {
    EXPECT_EQ(Told(Sign({Drug(kClopidogrel)}, Whole({About(Cyp2c19("*2/*2"), subject)}))), "412");
    EXPECT_EQ(Told(Sign({About(Drug(kClopidogrel), subject)}, Whole({Cyp2c19("*2/*2")}))), "400");
  }
  for (const char* subject :
       {"Patient/ehr/_history/2", "https://ehr.example.org/fhir/Patient/ehr"}) {
    EXPECT_THAT(Told(Sign({Drug(kClopidogrel)}, Whole({About(Cyp2c19("*2/*2"), subject)}))),
                HasSubstr("CYP2C19"));
  }
}

TEST_F(RecordSystemAnswers, EachSearchNeedsItsOwnPages) {
  Json prefetch = Whole({});
  prefetch["genotypes"] = WithNext(Bundle({Cyp2c19("*1/*1")}), "results2");
  prefetch["medications"] = WithNext(Bundle({}), "drugs2");
  const auto sign = [&](const char* drug) { return Told(Reachable(Sign({Drug(drug)}, prefetch))); };
  given_["drugs2"] = Bundle({});
  EXPECT_THAT(sign(kCapecitabine), HasSubstr("DPYD results could not be looked for"));
  EXPECT_FALSE(answer_.cards()[0].at("suggestions")[0].value("isRecommended", false));
  EXPECT_THAT(sign(kClopidogrel), HasSubstr(kIncomplete));
  EXPECT_THAT(Told(Reachable(View(prefetch))), HasSubstr("the data are incomplete"));
  given_ = {{"results2", Bundle({})}};
  EXPECT_THAT(sign(kClopidogrel), HasSubstr(kIncomplete));
  EXPECT_THAT(Detail(), HasSubstr("list of medicines could not be read"));
  EXPECT_THAT(Detail(), Not(HasSubstr("genetic reports")));
  given_["drugs2"] = Bundle({});
  EXPECT_EQ(sign(kClopidogrel), "0 cards");
  given_["results2"] = Patient();
  EXPECT_THAT(sign(kClopidogrel), HasSubstr(kIncomplete));
}

TEST_F(RecordSystemAnswers, AFaultBesideMatchesIsTold) {
  for (const char* severity : {"error", "fatal"}) {
    const Json prefetch = Whole({Cyp2c19("*1/*1"), Outcome(severity)});
    EXPECT_THAT(Told(Sign({Drug(kClopidogrel)}, prefetch)), HasSubstr(kIncomplete));
    EXPECT_THAT(Detail(), HasSubstr("could not be read as a whole"));
  }
  for (const char* severity : {"warning", "information"}) {
    EXPECT_EQ(Told(Sign({Drug(kClopidogrel)}, Whole({Cyp2c19("*1/*1"), Outcome(severity)}))),
              "0 cards");
    EXPECT_EQ(Told(Sign({Drug(kClopidogrel)}, Whole({Outcome(severity)}))), "0 cards");
  }
  // A page with a fault spoils its search, whatever follows it.
  Json prefetch = Whole({});
  prefetch["genotypes"] = WithNext(Bundle({Cyp2c19("*1/*1"), Outcome("error")}), "results2");
  given_["results2"] = Bundle({Cyp2d6()});
  EXPECT_THAT(Told(Reachable(Sign({Drug(kClopidogrel)}, prefetch))), HasSubstr(kIncomplete));
}

TEST_F(RecordSystemAnswers, EntriesThatCannotBeReadAreNotNothing) {
  for (const char* entries :
       {R"([null])", R"(["x"])", R"([{"fullUrl":"https://ehr.example.org/fhir/Observation/1"}])",
        R"([{"resource":{}}])", R"({"resource":{}})"}) {
    Json prefetch = Whole({});
    prefetch["genotypes"]["entry"] = ParseText(entries);
    EXPECT_EQ(Told(Sign({Drug(kClopidogrel)}, prefetch)), "412") << entries;
    Json beside = Whole({Cyp2c19("*1/*1")});
    if (!ParseText(entries).is_array()) continue;
    beside["genotypes"]["entry"].push_back(ParseText(entries)[0]);
    EXPECT_THAT(Told(Sign({Drug(kClopidogrel)}, beside)), HasSubstr(kIncomplete)) << entries;
  }
  // What a search includes beside its matches is not counted among them.
  Json prefetch = Whole({Cyp2c19("*1/*1"), Outcome("warning")});
  prefetch["genotypes"]["total"] = 2;
  EXPECT_THAT(Told(Sign({Drug(kClopidogrel)}, prefetch)), HasSubstr(kIncomplete));
}

TEST_F(RecordSystemAnswers, SizeIsReadWhateverWayTheDrugIsNamed) {
  Json patient = Patient();
  patient["birthDate"] = "1990-01-01";
  Put(patient);
  Put(Genotype("TPMT", "HGNC:12014", "*1/*3A", "t"));
  Put(Genotype("NUDT15", "HGNC:23063", "*1/*1", "n"));
  Put(Weight(38));
  const auto sign = [&](const Json& medication, const char* member) {
    Json order = Taking("L04AX01", 75);
    order.erase("medicationCodeableConcept");
    order[member] = medication;
    if (std::string(member) == "medicationReference")
      order["contained"] =
          ParseText(R"([{"resourceType":"Medication","id":"m","code":{"coding":[{"system":)"
                    R"("http://www.whocc.no/atc","code":"L04AX01"}]}}])");
    Json call = Sign({order}, Json::object());
    call.erase("prefetch");
    return Told(call);
  };
  const char* kCoded = "medicationCodeableConcept";
  const std::string warned = sign(Taking("L04AX01", 75).at(kCoded), kCoded);
  EXPECT_THAT(warned, HasSubstr("TPMT"));
  const Json rxnorm = ParseText(
      R"({"coding":[{"system":"http://www.nlm.nih.gov/research/umls/rxnorm","code":"1256"}]})");
  EXPECT_EQ(sign(rxnorm, kCoded), warned);
  EXPECT_EQ(sign(Json{{"text", "azatioprin"}}, kCoded), warned);
  EXPECT_EQ(sign(Json{{"reference", "#m"}}, "medicationReference"), warned);
}

TEST_F(RecordSystemAnswers, SizeIsReadWhereTheStartIsByWeight) {
  Json patient = Patient();
  patient["birthDate"] = "2016-01-01";
  Put(patient);
  Put(Cyp2d6("*4/*4"));
  Put(Weight(35));
  Json call = Sign({Taking("N06BA09", 40)}, Json::object());
  call.erase("prefetch");
  EXPECT_THAT(Told(call), HasSubstr("at most 17.5 mg a day; ordered 40 mg"));
}

TEST_F(RecordSystemAnswers, SizeIsAskedForOnceTheDrugIsKnown) {
  Json order = Taking("L04AX01", 75);
  order.erase("medicationCodeableConcept");
  order["medicationReference"] = Json{{"reference", "Medication/m1"}};
  given_["Medication/m1"] =
      ParseText(R"({"resourceType":"Medication","id":"m1","code":{"text":"azatioprin"}})");
  given_["Observation"] = Bundle({Weight(38)});
  Json patient = Patient();
  patient["birthDate"] = "1990-01-01";
  Json prefetch = Whole({Genotype("TPMT", "HGNC:12014", "*1/*3A", "t"),
                         Genotype("NUDT15", "HGNC:23063", "*1/*1", "n")});
  prefetch["patient"] = patient;
  EXPECT_THAT(Told(Reachable(Sign({order}, prefetch))), HasSubstr("TPMT"));
  EXPECT_EQ(asked_.size(), 2U);
  for (const char* code : {"29463-7", "3141-9", "8302-2", "3140-1", "8277-6"})
    EXPECT_TRUE(Asked("http://loinc.org%7C" + std::string(code))) << code;
  EXPECT_TRUE(ReplayEvaluation(Evaluations().at(0), *RepositoryKnowledge(), {}).same);
}

TEST_F(RecordSystemAnswers, WhatIsPrefetchedUnderAnotherKeyIsAskedForAllTheSame) {
  Json prefetch = Whole({Genotype("TPMT", "HGNC:12014", "*1/*1", "t"),
                         Genotype("NUDT15", "HGNC:23063", "*1/*1", "n")});
  (void)Told(Reachable(Sign({Taking("L04AX01", 75)}, prefetch)));
  EXPECT_TRUE(Asked("29463-7"));
  prefetch["size"] = Bundle({});
  asked_.clear();
  (void)Told(Reachable(Sign({Taking("L04AX01", 75)}, prefetch)));
  EXPECT_TRUE(asked_.empty());
  prefetch.erase("size");
  prefetch.erase("tests");
  prefetch["orders"] = Bundle({Test("79719-1", "another")});
  (void)Told(Reachable(Sign({Test("79714-2")}, prefetch)));
  EXPECT_EQ(asked_, (std::vector<std::string>{"ServiceRequest?patient=ehr&status=active"}));
}

TEST_F(RecordSystemAnswers, DiscoveryAsksForEverySizeThatIsRead) {
  const Json services = Send("GET", "/cds-services", "").body.at("services");
  size_t asking = 0;
  for (const Json& service : services) {
    const std::string size = service.at("prefetch").value("size", "");
    if (size.empty()) continue;
    ++asking;
    EXPECT_EQ(size,
              "Observation?patient={{context.patientId}}&code=http://loinc.org|29463-7,"
              "http://loinc.org|8302-2,http://loinc.org|3140-1,http://loinc.org|3141-9,"
              "http://loinc.org|8277-6&_sort=date");
  }
  EXPECT_GT(asking, 0U);
}

}  // namespace
}  // namespace genflik::cds
