#include <string>

#include <gmock/gmock.h>

#include "tests/services/cds/cds_fixture.h"

// What clients must send, and what they are told when they do not.

namespace genflik::cds {
namespace {

using fhir::Json;
using testing::HasSubstr;

class Contract : public CdsTest {
 protected:
  static Json View() {
    return ParseText(
        R"({"hook":"patient-view","hookInstance":"5d1c7a52-3c1e-4b9a-8f5e-000000000011",)"
        R"("context":{"userId":"Practitioner/a","patientId":"ehr"}})");
  }
  int Feedback(const std::string& time) {
    return Send("POST", "/cds-services/genflik-order-sign/feedback",
                R"({"feedback":[{"card":"c","outcome":"overridden","outcomeTimestamp":")" + time +
                    R"("}]})")
        .status;
  }
  int Statistics(const std::string& from) {
    query_ = {{"from", from}};
    return Send("GET", "/alerts/statistics", "").status;
  }
  Answered Evaluate(const std::string& members) {
    return Send(
        "POST", "/fhir/MedicationRequest/$evaluate-order",
        R"({"resourceType":"MedicationRequest","status":"draft","intent":"order")" + members + "}");
  }
};

TEST_F(Contract, HookCallsAreJson) {
  for (const char* type :
       {"application/json", "application/fhir+json; charset=utf-8", "Application/JSON"}) {
    content_type_ = type;
    EXPECT_EQ(Call("genflik-patient-view", View()).status, 200) << type;
  }
  for (const char* type :
       {"", "text/plain", "application/x-www-form-urlencoded", "application/jsonx"}) {
    content_type_ = type;
    EXPECT_EQ(Call("genflik-patient-view", View()).status, 415) << type;
    EXPECT_EQ(Feedback("2026-03-02T09:05:31Z"), 415) << type;
    EXPECT_EQ(Evaluate("").status, 415) << type;
  }
}

TEST_F(Contract, TimesOfFeedbackAreTimes) {
  EXPECT_EQ(Feedback("2026-03-02T09:05:31Z"), 200);
  EXPECT_EQ(Feedback("2026-03-02T09:05:31.120+01:00"), 200);
  for (const char* time :
       {"yesterday", "2026-03-02", "2026-03-02T09:05:31", "2026-02-30T09:05:31Z"})
    EXPECT_EQ(Feedback(time), 400) << time;
}

TEST_F(Contract, StatisticsAreOfTheTimeAsked) {
  const auto alerts = [&](const std::string& from, const std::string& to) {
    query_ = {{"from", from}, {"to", to}};
    return Send("GET", "/alerts/statistics", "").body.at("alerts").get<int>();
  };
  EXPECT_EQ(Call("genflik-patient-view", View()).cards().size(), 1U);
  EXPECT_EQ(alerts("2026-03-02", "2026-03-02"), 1);
  EXPECT_EQ(alerts("2026", "2026-03"), 1);
  EXPECT_EQ(alerts("2026-03-03", "2027"), 0);
  EXPECT_EQ(alerts("2025", "2026-03-01"), 0);
  EXPECT_EQ(Statistics("garbage"), 400);
  EXPECT_EQ(Statistics("2026-02-30"), 400);
}

TEST_F(Contract, ADispatchNamesItsPerformer) {
  Json call =
      ParseText(R"({"hook":"order-dispatch","hookInstance":"5d1c7a52-3c1e-4b9a-8f5e-000000000012",)"
                R"("context":{"patientId":"ehr","dispatchedOrders":["ServiceRequest/1"]}})");
  EXPECT_EQ(Call("genflik-order-dispatch", call).status, 400);
  call["context"]["performer"] = "Organization/lab";
  EXPECT_EQ(Call("genflik-order-dispatch", call).status, 200);
}

TEST_F(Contract, TheEhrsTokenIsABearerToken) {
  Json call = View();
  call["fhirServer"] = "https://ehr.example.org/fhir";
  call["fhirAuthorization"] = ParseText(
      R"({"access_token":"x","token_type":"Bearer","expires_in":300,"scope":"s","subject":"g"})");
  EXPECT_EQ(Call("genflik-patient-view", call).status, 200);
  call["fhirAuthorization"]["token_type"] = "bearer";
  EXPECT_EQ(Call("genflik-patient-view", call).status, 200);
  call["fhirAuthorization"]["token_type"] = "MAC";
  EXPECT_EQ(Call("genflik-patient-view", call).status, 400);
}

TEST_F(Contract, DiscoveryAsksForWhateverIsRead) {
  const Answered answer = Send("GET", "/cds-services", "");
  const std::string asked = answer.body.at("services")[0].at("prefetch").at("genotypes");
  for (const char* code : {"http://loinc.org|84413-4", "http://loinc.org|79714-2", "NPU19309"})
    EXPECT_THAT(asked, HasSubstr(code));
}

TEST_F(Contract, OnlyTheUserTellsTheSpecialty) {
  PutBundle("10-patients.json");
  PutBundle("22-lab-david-cyp2c19-poor.json");
  const auto indicator = [&](const std::string& practitioner) {
    Start({.specialties = {{"psykiatri", {{"citalopram", rules::AlertLevel::kInfo}}}}});
    PutBundle("10-patients.json");
    PutBundle("22-lab-david-cyp2c19-poor.json");
    Json call = Sample("order-select-citalopram.json");
    call["context"]["userId"] = "Practitioner/a";
    call["prefetch"]["user"] =
        ParseText(R"({"resourceType":"PractitionerRole","id":"r","practitioner":{"reference":")" +
                  practitioner + R"("},"specialty":[{"text":"Psykiatri"}]})");
    const Answered answer = Call("genflik-order-select", call);
    return answer.cards().at(0).at("indicator").get<std::string>();
  };
  EXPECT_EQ(indicator("Practitioner/a"), "info");
  EXPECT_EQ(indicator("Practitioner/b"), "warning");
}

TEST_F(Contract, AnEvaluationOfAnOrderSaysWhatItLacks) {
  PutBundle("10-patients.json");
  PutBundle("20-lab-anna-dpyd-intermediate.json");
  const std::string drug = R"(,"medicationCodeableConcept":{"text":"kapecitabin"})";
  const auto of = [](const std::string& patient) {
    return R"(,"subject":{"reference":"Patient/)" + patient + R"("})";
  };
  EXPECT_EQ(Evaluate(drug).status, 422);
  const Answered found = Evaluate(drug + of("anna"));
  EXPECT_EQ(found.body.at("status"), "success");
  EXPECT_FALSE(found.body.contains("evaluationMessage"));
  EXPECT_EQ(found.body.at("outputParameters").at("reference"), "#output");
  EXPECT_EQ(found.body.at("contained")[1].at("parameter")[0].at("valueReference").at("reference"),
            "#" + found.body.at("contained")[0].at("id").get<std::string>());
  for (const std::string& lacking :
       {drug + of("nobody"), R"(,"medicationCodeableConcept":{"text":"xyzzin"})" + of("anna")}) {
    const Answered answer = Evaluate(lacking);
    EXPECT_EQ(answer.body.at("status"), "data-required") << lacking;
    const Json& outcome = answer.body.at("contained").back();
    EXPECT_EQ(outcome.at("resourceType"), "OperationOutcome");
    EXPECT_EQ(answer.body.at("evaluationMessage")[0].at("reference"), "#outcome");
  }
}

}  // namespace
}  // namespace genflik::cds
