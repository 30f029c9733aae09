#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>

#include "services/cds/evaluation_record.h"
#include "tests/services/cds/cds_fixture.h"
#include "tests/support/places.h"

namespace genflik::cds {
namespace {

using fhir::Json;
using testing::HasSubstr;

const std::filesystem::path kReference =
    tests::SourceDir() + "/../shared/reference/cds-hooks/examples";

class Hooks : public CdsTest {
 protected:
  // A request of the sample data with another order in it.
  static Json Request(const std::string& patient, const std::string& drug,
                      const std::string& user = "Practitioner/a") {
    Json request = Sample("order-sign-capecitabine.json");
    request["context"]["patientId"] = patient;
    request["context"]["userId"] = user;
    Json& order = request["context"]["draftOrders"]["entry"][0]["resource"];
    order["subject"]["reference"] = "Patient/" + patient;
    order["medicationCodeableConcept"] = Json{{"text", drug}};
    return request;
  }
  std::vector<store::Record> Records(const std::string& kind) {
    book_->Flush();
    return store_->Read(
        [&](const store::Reader& reader) { return reader.FindRecords({.kind = kind}); });
  }
};

// The whole answer, without what changes with each version of the knowledge.
std::string Stable(const Answered& answer) {
  std::string text = std::to_string(answer.status) + '\n';
  if (answer.status != 200) return text;
  std::string body = fhir::PrintJson(answer.body, true);
  const std::string& version = RepositoryKnowledge()->version();
  for (size_t at = body.find(version); at != std::string::npos; at = body.find(version, at)) {
    body.replace(at, version.size(), "VERSION");
  }
  return text + body;
}

TEST_F(Hooks, AnswersEveryReferenceRequestAsExpected) {
  if (!std::filesystem::exists(kReference))
    GTEST_SKIP() << "no reference requests beside the checkout";
  const std::filesystem::path expectations = tests::TestData() + "/cds/expected";
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kReference)) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(".request.json")) continue;
    ++count;
    Start({});
    const std::string text = ReadText(entry.path());
    const bool feedback = name.find("feedback") != std::string::npos;
    const Answered answer =
        feedback
            ? Send("POST", "/cds-services/genflik-order-sign/feedback", text)
            : Call("genflik-" + ParseText(text).at("hook").get<std::string>(), ParseText(text));
    const auto file = expectations / (name.substr(0, name.size() - 13) + ".expected.txt");
    // How expectations are renewed after a change of texts; a person reads the difference.
    if (std::getenv("GENFLIK_RENEW_EXPECTATIONS") != nullptr) {
      std::filesystem::create_directories(expectations);
      std::ofstream(file) << Stable(answer);
    }
    EXPECT_EQ(Stable(answer), ReadText(file)) << name;
  }
  EXPECT_GE(count, 14U);
}

TEST_F(Hooks, RefusesEveryInvalidReferenceRequest) {
  if (!std::filesystem::exists(kReference))
    GTEST_SKIP() << "no reference requests beside the checkout";
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kReference / "invalid")) {
    const std::string name = entry.path().filename().string();
    if (name.find(".request.") == std::string::npos) continue;
    ++count;
    const std::string text = ReadText(entry.path());
    std::string path = "/cds-services/genflik-order-sign";
    if (text.find("\"order-select\"") != std::string::npos)
      path = "/cds-services/genflik-order-select";
    if (name.find("feedback") != std::string::npos) path += "/feedback";
    const int status = Send("POST", path, text).status;
    if (name.starts_with("prefetch-for-another")) {
      EXPECT_EQ(status, 412) << name;
    } else if (!name.starts_with("context-null")) {
      EXPECT_EQ(status, 400) << name;
    }
  }
  EXPECT_GE(count, 18U);
}

TEST_F(Hooks, DiscoversSixServicesWithPrefetch) {
  const Answered answer = Send("GET", "/cds-services", "");
  ASSERT_EQ(answer.body.at("services").size(), 6U);
  for (const Json& service : answer.body.at("services")) {
    EXPECT_EQ(service.at("prefetch").at("patient"), "Patient/{{context.patientId}}");
    EXPECT_FALSE(service.at("description").get<std::string>().empty());
  }
}

TEST_F(Hooks, RefusesWhatItCannotKnowRatherThanStaySilent) {
  EXPECT_EQ(Call("genflik-order-sign", Request("nobody", "kapecitabin")).status, 412);
  // A drug without any genetic rule needs nothing.
  EXPECT_EQ(Call("genflik-order-sign", Request("nobody", "paracetamol")).status, 200);
  EXPECT_EQ(Send("POST", "/cds-services/unknown", "{}").status, 404);
  EXPECT_EQ(Send("GET", "/cds-services/genflik-order-sign", "").status, 405);
}

TEST_F(Hooks, ReadsWhatCanMeanOneThingOnly) {
  PutBundle("10-patients.json");
  PutBundle("22-lab-david-cyp2c19-poor.json");
  const auto indicator = [&](const Json& request) {
    const Answered answer = Call("genflik-" + request.at("hook").get<std::string>(), request);
    EXPECT_EQ(answer.status, 200) << fhir::PrintJson(answer.body);
    return answer.cards().size() == 1 ? answer.cards()[0].at("indicator").get<std::string>()
                                      : std::to_string(answer.cards().size()) + " cards";
  };
  Json plain = Request("david", "klopidogrel");
  plain["context"]["draftOrders"].erase("type");
  plain["context"]["draftOrders"].erase("resourceType");
  EXPECT_EQ(indicator(plain), "critical");
  Json listed = Request("david", "klopidogrel");
  Json& entry = listed["context"]["draftOrders"]["entry"][0];
  entry = Json(entry.at("resource"));
  EXPECT_EQ(indicator(listed), "critical");
  Json reference = Request("david", "klopidogrel");
  reference["context"]["patientId"] = "Patient/david";
  EXPECT_EQ(indicator(reference), "critical");
  Json unknown = Request("david", "klopidogrel");
  unknown["context"]["draftOrders"]["entry"][0]["resource"]["status"] = "unknown";
  EXPECT_EQ(indicator(unknown), "critical");
}

TEST_F(Hooks, FindsWhatIsSelectedByItsFullUrl) {
  PutBundle("10-patients.json");
  PutBundle("22-lab-david-cyp2c19-poor.json");
  const std::string url = "urn:uuid:9f3b0b6e-0000-4000-8000-000000000001";
  Json request = Request("david", "klopidogrel");
  request["hook"] = "order-select";
  request["context"]["draftOrders"]["entry"][0]["fullUrl"] = url;
  for (const std::string& wanted :
       {url, std::string("https://ehr.example.org/fhir/MedicationRequest/utkast-kapecitabin")}) {
    request["context"]["selections"] = Json::array({wanted});
    const Answered answer = Call("genflik-order-select", request);
    ASSERT_EQ(answer.cards().size(), 1U) << wanted << fhir::PrintJson(answer.body);
    EXPECT_EQ(answer.cards()[0].at("indicator"), "critical");
  }
  request["context"]["selections"] = Json::array({"MedicationRequest/another"});
  EXPECT_EQ(Call("genflik-order-select", request).status, 400);
}

TEST_F(Hooks, FindsADrugByTheFullUrlOfItsEntry) {
  PutBundle("10-patients.json");
  PutBundle("22-lab-david-cyp2c19-poor.json");
  const std::string url = "urn:uuid:11111111-2222-4333-8444-555555555555";
  Json request = Request("david", "klopidogrel");
  Json& entries = request["context"]["draftOrders"]["entry"];
  Json& order = entries[0]["resource"];
  order.erase("medicationCodeableConcept");
  order["medicationReference"] = Json{{"reference", url}};
  const Answered without = Call("genflik-order-sign", request);
  ASSERT_EQ(without.cards().size(), 1U);
  EXPECT_THAT(without.cards()[0].at("summary").get<std::string>(), HasSubstr("INTE kontrollerad"));
  entries.push_back(Json{
      {"fullUrl", url},
      {"resource", Json{{"resourceType", "Medication"}, {"code", Json{{"text", "klopidogrel"}}}}}});
  const Answered with = Call("genflik-order-sign", request);
  ASSERT_EQ(with.cards().size(), 1U);
  EXPECT_EQ(with.cards()[0].at("indicator"), "critical");
}

TEST_F(Hooks, OverlooksNoOrderInSilence) {
  PutBundle("10-patients.json");
  const auto with_entry = [&](const Json& entry) {
    Json request = Request("david", "klopidogrel");
    request["context"]["draftOrders"]["entry"] = Json::array({entry});
    return request;
  };
  EXPECT_EQ(Call("genflik-order-sign", with_entry(Json::object())).status, 400);
  EXPECT_EQ(Call("genflik-order-sign", with_entry(Json(nullptr))).status, 400);
  EXPECT_EQ(Call("genflik-order-sign", with_entry(Json{{"resource", Json{{"id", "a"}}}})).status,
            400);
  Json dispatch = Request("david", "klopidogrel");
  dispatch["hook"] = "order-dispatch";
  dispatch["context"] = Json{{"patientId", "david"}, {"dispatchedOrders", Json::array({1})}};
  EXPECT_EQ(Call("genflik-order-dispatch", dispatch).status, 400);
}

TEST_F(Hooks, SaysThatASignedOrderNamesNoDrug) {
  PutBundle("10-patients.json");
  Json request = Request("david", "klopidogrel");
  Json& order = request["context"]["draftOrders"]["entry"][0]["resource"];
  order["medicationCodeableConcept"] = Json::object();
  const Answered signed_answer = Call("genflik-order-sign", request);
  ASSERT_EQ(signed_answer.cards().size(), 1U);
  EXPECT_THAT(signed_answer.cards()[0].at("summary").get<std::string>(),
              HasSubstr("INTE kontrollerad"));
  // While it is being chosen the drug may be missing.
  request["hook"] = "order-select";
  request["context"]["selections"] = Json::array({"MedicationRequest/utkast-kapecitabin"});
  EXPECT_EQ(Call("genflik-order-select", request).cards().size(), 0U);
}

TEST_F(Hooks, NotesACodeOfASystemThatIsNotKnown) {
  PutBundle("10-patients.json");
  Json request = Request("david", "klopidogrel");
  Json& order = request["context"]["draftOrders"]["entry"][0]["resource"];
  order["medicationCodeableConcept"] = Json{
      {"coding",
       Json::array({Json{{"system", "urn:oid:1.2.752.129.2.1.5.1"}, {"code", "20990101000001"}}})}};
  EXPECT_EQ(Call("genflik-order-sign", request).cards().size(), 0U);
  EXPECT_EQ(Records("unmapped").size(), 1U);
}

TEST_F(Hooks, KnowsADrugByItsNameBehindTheFormAndByEditionsOfCodeSystems) {
  PutBundle("10-patients.json");
  PutBundle("22-lab-david-cyp2c19-poor.json");
  const auto cards = [&](const Json& medication) {
    Json request = Request("david", "klopidogrel");
    request["context"]["draftOrders"]["entry"][0]["resource"]["medicationCodeableConcept"] =
        medication;
    return Call("genflik-order-sign", request).cards().size();
  };
  const auto coded = [](const std::string& system, const std::string& code) {
    return Json{{"coding", Json::array({Json{{"system", system}, {"code", code}}})}};
  };
  EXPECT_EQ(cards(Json{{"text", "Tabl. Clopidogrel 75 mg"}}), 1U);
  EXPECT_EQ(cards(coded("http://fhir.de/CodeSystem/bfarm/atc", "B01AC04")), 1U);
  EXPECT_EQ(cards(coded("http://www.whocc.no/atc/", " B01AC04 ")), 1U);
  EXPECT_EQ(cards(coded("http://snomed.info/sct/45991000052106", "386952008")), 1U);
  // A group of drugs is no drug.
  EXPECT_EQ(cards(coded("http://www.whocc.no/atc", "B01AC")), 0U);
}

TEST_F(Hooks, SaysThatThePatientCouldNotBeIdentified) {
  PutBundle("10-patients.json");
  Json request = Request("ehr-7", "klopidogrel");
  request["prefetch"] =
      Json{{"patient",
            Json{{"resourceType", "OperationOutcome"},
                 {"issue", Json::array({Json{{"severity", "error"}, {"code", "exception"}}})}}},
           {"genotypes", Json{{"resourceType", "Bundle"}, {"type", "searchset"}}}};
  const Answered answer = Call("genflik-order-sign", request);
  ASSERT_EQ(answer.cards().size(), 1U);
  EXPECT_EQ(answer.cards()[0].at("indicator"), "info");
  EXPECT_THAT(answer.cards()[0].at("detail").get<std::string>(), HasSubstr("identitet"));
}

TEST_F(Hooks, NotesDrugsThatTheKnowledgeLacks) {
  PutBundle("10-patients.json");
  EXPECT_TRUE(Call("genflik-order-sign", Request("anna", "nepremycin")).cards().empty());
  const auto records = Records("unmapped");
  ASSERT_EQ(records.size(), 1U);
  EXPECT_THAT(records[0].body, HasSubstr("nepremycin"));
}

TEST_F(Hooks, DoesNotRepeatAWarningToTheSameClinician) {
  Start({}, std::chrono::hours(8));
  PutBundle("10-patients.json");
  Json request = Sample("order-sign-capecitabine-not-tested.json");
  ASSERT_EQ(Call("genflik-order-sign", request).cards().size(), 1U);
  // A retry of the same call gets the same answer.
  EXPECT_EQ(Call("genflik-order-sign", request).cards().size(), 1U);
  request["hookInstance"] = "11111111-1111-4111-8111-111111111111";
  EXPECT_EQ(Call("genflik-order-sign", request).cards().size(), 0U);
  EXPECT_EQ(Call("genflik-order-sign", request, "en").cards().size(), 1U);
  request["hookInstance"] = "22222222-1111-4111-8111-111111111111";
  request["context"]["userId"] = "Practitioner/another";
  EXPECT_EQ(Call("genflik-order-sign", request).cards().size(), 1U);
  request["hookInstance"] = "33333333-1111-4111-8111-111111111111";
  clock_.Set(clock_.Now() + std::chrono::hours(9));
  EXPECT_EQ(Call("genflik-order-sign", request).cards().size(), 1U);
}

TEST_F(Hooks, AlwaysRepeatsWhatIsCritical) {
  Start({}, std::chrono::hours(8));
  PutBundle("10-patients.json");
  PutBundle("20-lab-anna-dpyd-intermediate.json");
  Json request = Sample("order-sign-capecitabine.json");
  ASSERT_EQ(Call("genflik-order-sign", request).cards().size(), 1U);
  request["hookInstance"] = "11111111-1111-4111-8111-111111111111";
  EXPECT_EQ(Call("genflik-order-sign", request).cards().size(), 1U);
}

TEST_F(Hooks, RecordsAndSaysNothingInShadowMode) {
  Start({.shadow = true});
  PutBundle("10-patients.json");
  PutBundle("20-lab-anna-dpyd-intermediate.json");
  EXPECT_TRUE(Call("genflik-order-sign", Sample("order-sign-capecitabine.json")).cards().empty());
  const auto alerts = Records("alert");
  ASSERT_EQ(alerts.size(), 1U);
  EXPECT_EQ(alerts[0].status, "shadow");
}

TEST_F(Hooks, LinksFeedbackToTheAlert) {
  PutBundle("10-patients.json");
  PutBundle("20-lab-anna-dpyd-intermediate.json");
  const Json cards = Call("genflik-order-sign", Sample("order-sign-capecitabine.json")).cards();
  ASSERT_EQ(cards.size(), 1U);
  const std::string feedback =
      R"({"feedback":[{"card":")" + cards[0].at("uuid").get<std::string>() +
      R"(","outcome":"overridden","overrideReason":{"reason":{"code":"no-alternative"}},)"
      R"("outcomeTimestamp":"2026-03-02T09:05:31Z"}]})";
  EXPECT_EQ(Send("POST", "/cds-services/genflik-order-sign/feedback", feedback).status, 200);
  EXPECT_EQ(Send("POST", "/cds-services/genflik-order-sign/feedback", feedback).status, 200);
  EXPECT_EQ(Records("feedback").size(), 1U);
  EXPECT_EQ(Records("alert").at(0).status, "overridden");
  const Json statistics = Send("GET", "/alerts/statistics", "").body;
  EXPECT_EQ(statistics.at("byDrug").at("capecitabine").at("overridden"), 1);
  EXPECT_EQ(statistics.at("byReason").at("no-alternative"), 1);
}

TEST_F(Hooks, FeedbackMitigatesTheDetectedIssueOfTheOrder) {
  PutBundle("10-patients.json");
  PutBundle("20-lab-anna-dpyd-intermediate.json");
  Json request = Sample("order-sign-capecitabine.json");
  Json& order = request["context"]["draftOrders"]["entry"][0]["resource"];
  order["status"] = "active";
  Put(order);
  const Json cards = Call("genflik-order-sign", request).cards();
  ASSERT_EQ(cards.size(), 1U);
  const std::string feedback =
      R"({"feedback":[{"card":")" + cards[0].at("uuid").get<std::string>() +
      R"(","outcome":"overridden","overrideReason":{"reason":{"code":"benefit-outweighs"},)"
      R"("userComment":"ges på IVA"},"outcomeTimestamp":"2026-03-02T09:05:31Z"}]})";
  EXPECT_EQ(Send("POST", "/cds-services/genflik-order-sign/feedback", feedback).status, 200);
  const auto issues = store_->Read([](const store::Reader& reader) {
    return reader.FindMatching("DetectedIssue", "implicated=MedicationRequest/utkast-kapecitabin");
  });
  ASSERT_EQ(issues.size(), 1U);
  const Json mitigation = issues[0].Body().at("mitigation").at(0);
  EXPECT_EQ(mitigation.at("action").at("text"), "ges på IVA");
  EXPECT_EQ(mitigation.at("date"), "2026-03-02T09:05:31Z");
}

TEST_F(Hooks, ReplaysWhatItDecided) {
  PutBundle("10-patients.json");
  PutBundle("20-lab-anna-dpyd-intermediate.json");
  (void)Call("genflik-order-sign", Sample("order-sign-capecitabine.json"));
  const auto records = Records("evaluation");
  ASSERT_EQ(records.size(), 1U);
  const Replay replay = ReplayEvaluation(records[0], *RepositoryKnowledge(), {});
  EXPECT_TRUE(replay.same) << replay.cards_then << "\n" << replay.cards_now;
  EXPECT_THAT(replay.cards_now, HasSubstr("DPYD"));
}

TEST_F(Hooks, KeepsNoAccessToken) {
  PutBundle("10-patients.json");
  Json request = Sample("order-sign-capecitabine-normal.json");
  request["fhirServer"] = "https://ehr.example.org/fhir";
  request["fhirAuthorization"] = ParseText(
      R"({"access_token":"geheim","token_type":"Bearer","expires_in":300,"scope":"user/Observation.rs","subject":"s"})");
  (void)Call("genflik-order-sign", request);
  for (const auto& record : Records("evaluation"))
    EXPECT_EQ(record.body.find("geheim"), std::string::npos);
}

TEST_F(Hooks, FetchesWhatPrefetchLacks) {
  fetch_ = [](const EhrAccess& access, const std::vector<std::string>& queries, Deadline) {
    EXPECT_EQ(access.server, "https://ehr.example.org/fhir");
    std::vector<std::optional<Json>> answers(queries.size());
    for (size_t i = 0; i < queries.size(); ++i) {
      if (queries[i].starts_with("Observation"))
        answers[i] = ParseText(R"({"resourceType":"Bundle","type":"searchset","total":0})");
    }
    return answers;
  };
  Start({});
  Json request = Request("ny", "kapecitabin");
  request["fhirServer"] = "https://ehr.example.org/fhir";
  const Answered answer = Call("genflik-order-sign", request);
  EXPECT_EQ(answer.status, 200);
  ASSERT_EQ(answer.cards().size(), 1U);
  EXPECT_THAT(answer.cards()[0].at("detail").get<std::string>(),
              HasSubstr("lämnade inte patientens identitet"));
}

TEST_F(Hooks, EvaluatesAPlainOrderWithoutStoringIt) {
  PutBundle("10-patients.json");
  PutBundle("20-lab-anna-dpyd-intermediate.json");
  const Json order = Sample("order-sign-capecitabine.json")
                         .at("context")
                         .at("draftOrders")
                         .at("entry")
                         .at(0)
                         .at("resource");
  const Answered answer =
      Send("POST", "/fhir/MedicationRequest/$evaluate-order", fhir::PrintJson(order));
  EXPECT_EQ(answer.body.at("resourceType"), "GuidanceResponse");
  EXPECT_EQ(answer.body.at("contained").at(0).at("severity"), "high");
  EXPECT_EQ(Send("POST", "/fhir/MedicationRequest/$evaluate-order", R"({"resourceType":"Patient"})")
                .status,
            422);
}

TEST_F(Hooks, ShowsAResultThatExistsWhenItIsOrderedAgain) {
  PutBundle("10-patients.json");
  PutBundle("22-lab-david-cyp2c19-poor.json");
  Json request = Request("david", "x");
  request["context"]["draftOrders"]["entry"][0]["resource"] = ParseText(
      R"({"resourceType":"ServiceRequest","id":"sr","status":"draft","intent":"order","subject":{"reference":"Patient/david"},)"
      R"("code":{"coding":[{"system":"http://npu-terminology.org","code":"NPU19309"}],"text":"CYP2C19-genotyp"}})");
  const Json cards = Call("genflik-order-sign", request).cards();
  ASSERT_EQ(cards.size(), 1U);
  EXPECT_THAT(cards[0].at("summary").get<std::string>(), HasSubstr("CYP2C19 är redan genotypad"));
  EXPECT_EQ(cards[0].at("suggestions").at(0).at("actions").at(0).at("resourceId"),
            "ServiceRequest/sr");
}

// A patient whose blood, or liver, is another person's since May 2024.
Json Transplantation(const std::string& patient, const std::string& snomed) {
  return ParseText(R"({"resourceType":"Procedure","id":"tx","status":"completed","code":{"coding":)"
                   R"([{"system":"http://snomed.info/sct","code":")" +
                   snomed + R"("}]},"subject":{"reference":"Patient/)" + patient +
                   R"("},"performedDateTime":"2024-05-02"})");
}

TEST_F(Hooks, DoesNotUseAStemCellDonorsGenotype) {
  PutBundle("10-patients.json");
  PutBundle("21-lab-bertil-dpyd-normal.json");
  PutBundle("22-lab-david-cyp2c19-poor.json");
  // Bertil's blood of 2025 shows the donor's DPYD: he counts as not tested.
  Put(Transplantation("bertil", "58390007"));
  Json cards = Call("genflik-order-sign", Request("bertil", "kapecitabin")).cards();
  ASSERT_EQ(cards.size(), 1U);
  EXPECT_EQ(cards[0].at("indicator"), "warning");
  EXPECT_THAT(cards[0].at("summary").get<std::string>(), HasSubstr("testa om före start"));
  EXPECT_THAT(cards[0].at("detail").get<std::string>(), HasSubstr("givarens gener"));
  // Nothing in David's result may lead to a card or to silence either.
  Put(Transplantation("david", "58390007"));
  cards = Call("genflik-order-sign", Request("david", "klopidogrel")).cards();
  ASSERT_EQ(cards.size(), 1U);
  EXPECT_EQ(cards[0].at("indicator"), "info");
  EXPECT_THAT(cards[0].at("summary").get<std::string>(), HasSubstr("transplanterad"));
  EXPECT_EQ(cards[0].at("summary").get<std::string>().find("undvik"), std::string::npos);
}

TEST_F(Hooks, SaysThatATransplantedLiverHasOtherGenes) {
  PutBundle("10-patients.json");
  PutBundle("22-lab-david-cyp2c19-poor.json");
  Put(Transplantation("david", "18027006"));
  Json cards = Call("genflik-order-sign", Request("david", "klopidogrel")).cards();
  ASSERT_EQ(cards.size(), 1U);
  EXPECT_EQ(cards[0].at("indicator"), "critical");
  EXPECT_THAT(cards[0].at("detail").get<std::string>(), HasSubstr("transplanterad lever"));
  // The same for those who write plain FHIR, and when the patient is opened.
  Json order = ParseText(
      R"({"resourceType":"MedicationRequest","id":"rx","status":"active","intent":"order","subject":{"reference":"Patient/david"},"medicationCodeableConcept":{"text":"klopidogrel"}})");
  Put(order);
  const auto issues = store_->Read([](const store::Reader& reader) {
    return reader.FindMatching("DetectedIssue", "implicated=MedicationRequest/rx");
  });
  ASSERT_EQ(issues.size(), 1U);
  EXPECT_THAT(issues[0].text, HasSubstr("transplanterad lever"));
  Json view = Sample("patient-view.json");
  view["context"]["patientId"] = "david";
  cards = Call("genflik-patient-view", view).cards();
  ASSERT_EQ(cards.size(), 1U);
  EXPECT_THAT(cards[0].at("detail").get<std::string>(), HasSubstr("transplanterade levern"));
}

TEST_F(Hooks, RechecksOrdersWhenATransplantationIsRecorded) {
  PutBundle("10-patients.json");
  PutBundle("21-lab-bertil-dpyd-normal.json");
  Put(ParseText(
      R"({"resourceType":"MedicationRequest","id":"rx","status":"active","intent":"order","subject":{"reference":"Patient/bertil"},"medicationCodeableConcept":{"text":"kapecitabin"}})"));
  const auto count = [&] {
    return store_
        ->Read([](const store::Reader& reader) {
          return reader.FindMatching("DetectedIssue", "implicated=MedicationRequest/rx");
        })
        .size();
  };
  EXPECT_EQ(count(), 0U);
  Put(Transplantation("bertil", "58390007"));
  EXPECT_EQ(count(), 1U);
}

TEST_F(Hooks, ReplaysATransplantedPatient) {
  PutBundle("10-patients.json");
  PutBundle("22-lab-david-cyp2c19-poor.json");
  Put(Transplantation("david", "58390007"));
  (void)Call("genflik-order-sign", Request("david", "klopidogrel"));
  const Replay replay = ReplayEvaluation(Records("evaluation").at(0), *RepositoryKnowledge(), {});
  EXPECT_TRUE(replay.same) << replay.cards_then << "\n" << replay.cards_now;
}

TEST_F(Hooks, MarksJudgedOrdersWhereThatIsAgreed) {
  Start({.system_actions = true});
  PutBundle("10-patients.json");
  PutBundle("20-lab-anna-dpyd-intermediate.json");
  const Answered answer = Call("genflik-order-sign", Sample("order-sign-capecitabine.json"));
  const Json& actions = answer.body.at("systemActions");
  ASSERT_EQ(actions.size(), 1U);
  EXPECT_EQ(actions[0].at("type"), "update");
  Json marked = actions[0].at("resource");
  EXPECT_THAT(marked.at("extension").at(0).at("valueString").get<std::string>(),
              testing::StartsWith("critical; Genflik "));
  marked.erase("extension");
  // Nothing else of the order is changed, least of all its dose.
  EXPECT_EQ(fhir::PrintJson(marked), fhir::PrintJson(Sample("order-sign-capecitabine.json")
                                                         .at("context")
                                                         .at("draftOrders")
                                                         .at("entry")
                                                         .at(0)
                                                         .at("resource")));
  Start({});
  PutBundle("10-patients.json");
  EXPECT_FALSE(Call("genflik-order-sign", Sample("order-sign-capecitabine.json"))
                   .body.contains("systemActions"));
}

TEST_F(Hooks, SpeaksAsLoudAsTheSpecialtyWants) {
  Start({.specialties = {{"onkologi", {{"capecitabine", rules::AlertLevel::kInfo}}}}});
  EXPECT_EQ(Send("GET", "/cds-services", "").body.at("services").at(1).at("prefetch").at("user"),
            "{{context.userId}}");
  PutBundle("10-patients.json");
  PutBundle("20-lab-anna-dpyd-intermediate.json");
  Json request = Sample("order-sign-capecitabine.json");
  EXPECT_EQ(Call("genflik-order-sign", request).cards().at(0).at("indicator"), "critical");
  request["hookInstance"] = "11111111-1111-4111-8111-111111111111";
  request["prefetch"]["user"] = ParseText(
      R"({"resourceType":"PractitionerRole","id":"r","specialty":[{"text":"Onkologi"}]})");
  request["prefetch"]["user"]["practitioner"]["reference"] = request["context"]["userId"];
  EXPECT_EQ(Call("genflik-order-sign", request).cards().at(0).at("indicator"), "info");
  request["hookInstance"] = "22222222-1111-4111-8111-111111111111";
  request["prefetch"]["user"]["specialty"][0]["text"] = "Kirurgi";
  EXPECT_EQ(Call("genflik-order-sign", request).cards().at(0).at("indicator"), "critical");
}

TEST_F(Hooks, SpeaksSofterOfWhatHasBeenTakenForLong) {
  PutBundle("10-patients.json");
  PutBundle("22-lab-david-cyp2c19-poor.json");
  Json request = Request("david", "citalopram");
  Json taken = request["context"]["draftOrders"]["entry"][0]["resource"];
  taken["id"] = "old";
  taken["status"] = "active";
  taken["authoredOn"] = "2023-01-10";
  Put(taken);
  std::string detail = Call("genflik-order-sign", request).cards().at(0).at("detail");
  EXPECT_THAT(detail, testing::StartsWith("**Känd behandling:** samma läkemedel och dos sedan "
                                          "2023-01-10"));
  Json& dosage = request["context"]["draftOrders"]["entry"][0]["resource"]["dosageInstruction"][0];
  dosage.erase("text");
  dosage["doseAndRate"][0]["doseQuantity"]["value"] = 2000;
  request["hookInstance"] = "11111111-1111-4111-8111-111111111111";
  detail = Call("genflik-order-sign", request).cards().at(0).at("detail");
  EXPECT_THAT(detail, testing::StartsWith("Patienten har haft läkemedlet sedan 2023-01-10, men i "
                                          "annan eller okänd dos."));
}

TEST_F(Hooks, NamesForWhomARuleIsInWords) {
  PutBundle("10-patients.json");
  PutBundle("22-lab-david-cyp2c19-poor.json");
  for (const char* language : {"sv", "en"}) {
    const std::string text =
        fhir::PrintJson(Call("genflik-order-sign", Request("david", "klopidogrel"), language).body);
    for (const char* code : {"CVI ACS", "non-ACS", "NVI", "naive"})
      EXPECT_EQ(text.find(code), std::string::npos) << code << text;
  }
}

TEST_F(Hooks, JudgesAHundredOrdersInOneCall) {
  PutBundle("10-patients.json");
  PutBundle("20-lab-anna-dpyd-intermediate.json");
  Json request = Sample("order-sign-capecitabine.json");
  Json& entries = request["context"]["draftOrders"]["entry"];
  for (int i = 0; i < 99; ++i) {
    Json entry = entries[0];
    entry["resource"]["id"] = "rx" + std::to_string(i);
    entries.push_back(entry);
  }
  EXPECT_EQ(Call("genflik-order-sign", request).cards().size(), 100U);
}

}  // namespace
}  // namespace genflik::cds
