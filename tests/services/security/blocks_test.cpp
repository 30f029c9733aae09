#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "services/cds/evaluation_record.h"
#include "services/core/current_knowledge.h"
#include "services/store/store.h"
#include "tests/support/places.h"
#include "tests/support/services_tests/gated_service.h"
#include "tests/support/services_tests/rest_client.h"

// A patient blocks results of one care provider (Swedish: spärr): who works there sees them, others
// do not, by no way; decision support still warns without telling of what; and who must can break
// the glass, which everybody can read afterwards.

namespace genflik::security {
namespace {

using fhir::Json;
using testing::At;
using testing::BodyOf;
using testing::GatedService;

constexpr std::string_view kDiplotype = "*2/*2";

Json Organization(const std::string& id, const std::string& part_of = {}) {
  Json organization{
      {"resourceType", "Organization"},
      {"id", id},
      {"identifier", Json::array({{{"system", "urn:oid:1.2.752.29.4.19"}, {"value", "SE-" + id}}})},
      {"name", id}};
  if (!part_of.empty()) organization["partOf"] = {{"reference", "Organization/" + part_of}};
  return organization;
}

Json Coded(const std::string& system, const std::string& code) {
  return {{"coding", Json::array({{{"system", system}, {"code", code}}})}};
}

class Block : public ::testing::Test {
 protected:
  Block() {
    service.parts->store->Write([](store::Writer& writer) {
      writer.Put(Organization("provider-a"));
      writer.Put(Organization("unit-a1", "provider-a"));
      writer.Put(Organization("unit-a2", "provider-a"));
      writer.Put(Organization("provider-b"));
      writer.Put(Organization("provider-c"));
      writer.Put(Result("cyp", "unit-a1"));
      writer.Put({{"resourceType", "DiagnosticReport"},
                  {"id", "report"},
                  {"status", "final"},
                  {"code", {{"text", "CYP2C19 *2/*2"}}},
                  {"subject", {{"reference", "Patient/pat-b"}}},
                  {"performer", Json::array({{{"reference", "Organization/provider-c"}}})},
                  {"result", Json::array({{{"reference", "Observation/cyp"}}})}});
    });
  }

  // CYP2C19 *2/*2 of patient b.
  static Json Result(const std::string& id, const std::string& owner) {
    std::ifstream file(tests::SourceDir() + "/sample-data/fhir/22-lab-david-cyp2c19-poor.json");
    std::ostringstream text;
    text << file.rdbuf();
    fhir::IssueLog log;
    const auto bundle = fhir::ParseJson(text.str(), log);
    Json result;
    for (const Json& entry : fhir::FindArray(*bundle, "entry")) {
      if (fhir::FindText(entry.at("resource"), "resourceType") == "Observation") {
        result = entry.at("resource");
      }
    }
    EXPECT_TRUE(result.is_object());
    result.erase("specimen");
    result["id"] = id;
    result["subject"] = {{"reference", "Patient/pat-b"}};
    result["performer"] = Json::array({{{"reference", "Organization/" + owner}}});
    return result;
  }

  static Json Consent(const std::string& owner, const std::string& type = "deny") {
    Json consent{
        {"resourceType", "Consent"},
        {"id", "block"},
        {"status", "active"},
        {"scope", Coded("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy")},
        {"category", Json::array({Coded("http://loinc.org", "59284-0")})},
        {"patient", {{"reference", "Patient/pat-b"}}},
        {"provision", {{"type", type}}}};
    if (!owner.empty()) {
      consent["organization"] = Json::array({{{"reference", "Organization/" + owner}}});
    }
    return consent;
  }

  void Put(const Json& resource) {
    service.parts->store->Write([&](store::Writer& writer) { writer.Put(resource); });
  }

  // A prescriber who acts for this care provider or unit.
  std::string Prescriber(const std::string& unit, const std::string& role = "lakare") const {
    Json claims = GatedService::Claims("user/*.cruds");
    claims["roles"] = Json::array({role});
    if (!unit.empty()) claims["careUnit"] = unit;
    return service.key.Sign(claims);
  }

  http::Response Get(const std::string& url, const std::string& token,
                     const http::Headers& headers = {}) {
    return service.Call("GET", url, token, {}, "application/fhir+json", headers);
  }

  bool Sees(const std::string& unit) {
    const bool seen = Get("/fhir/Observation/cyp", Prescriber(unit)).status == 200;
    const bool in_record =
        Get("/record/pat-b", Prescriber(unit)).body.find(kDiplotype) != std::string::npos;
    EXPECT_EQ(seen, in_record) << unit;
    return seen;
  }

  static std::string Order() {
    return R"({"hookInstance":"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea","hook":"order-sign",)"
           R"("context":{"userId":"Practitioner/x","patientId":"pat-b","draftOrders":{)"
           R"("resourceType":"Bundle","type":"collection","entry":[{"resource":{)"
           R"("resourceType":"MedicationRequest","id":"m1","status":"draft","intent":"order",)"
           R"("subject":{"reference":"Patient/pat-b"},"medicationCodeableConcept":{"coding":[)"
           R"({"system":"http://www.whocc.no/atc","code":"B01AC04"}]},"dosageInstruction":[{)"
           R"("text":"75 mg dagligen"}]}}]}}})";
  }

  http::Response Sign(const std::string& token) {
    return service.Call("POST", "/cds-services/genflik-order-sign", token, Order(),
                        "application/json");
  }

  static const http::Headers& Glass() {
    static const http::Headers headers = {
        {"X-Purpose-Of-Use", "BTG"},
        {"X-Break-Glass-Reason", "Medvetsl%C3%B6s, misst%C3%A4nkt stroke"}};
    return headers;
  }

  GatedService service;
};

TEST_F(Block, WithoutAnyEverybodyWithTheRightSees) {
  for (const char* unit : {"unit-a1", "unit-a2", "provider-a", "provider-b", ""}) {
    EXPECT_TRUE(Sees(unit)) << unit;
  }
}

TEST_F(Block, OfACareProviderHidesFromOthers) {
  Put(Consent("provider-a"));
  EXPECT_TRUE(Sees("unit-a1"));
  EXPECT_TRUE(Sees("unit-a2"));
  EXPECT_TRUE(Sees("SE-provider-a"));
  EXPECT_FALSE(Sees("provider-b"));
  EXPECT_FALSE(Sees("SE-provider-b"));
  EXPECT_FALSE(Sees("unknown"));
  EXPECT_FALSE(Sees(""));
}

TEST_F(Block, OfAUnitHidesFromTheOtherUnits) {
  Put(Consent("unit-a1"));
  EXPECT_TRUE(Sees("unit-a1"));
  EXPECT_FALSE(Sees("unit-a2"));
  EXPECT_FALSE(Sees("provider-a"));
  EXPECT_FALSE(Sees("provider-b"));
}

TEST_F(Block, OfEverythingHidesFromAllButTheWriter) {
  Put(Consent(""));
  EXPECT_TRUE(Sees("unit-a1"));
  EXPECT_FALSE(Sees("provider-b"));
}

TEST_F(Block, CanBeLimitedToWhomItIsDenied) {
  Json consent = Consent("provider-a");
  Json actor{{"role", Coded("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "PRCP")},
             {"reference", {{"reference", "Organization/provider-b"}}}};
  consent["provision"]["actor"] = Json::array({std::move(actor)});
  Put(consent);
  EXPECT_FALSE(Sees("provider-b"));
  EXPECT_TRUE(Sees("provider-c"));
  EXPECT_FALSE(Sees(""));
}

TEST_F(Block, HoldsOnlyWhileItIsActiveAndWithinItsPeriod) {
  Json consent = Consent("provider-a");
  consent["provision"]["period"] = {{"end", "2020-01-01"}};
  Put(consent);
  EXPECT_TRUE(Sees("provider-b"));
  consent["provision"]["period"] = {{"start", "2020-01-01"}};
  Put(consent);
  EXPECT_FALSE(Sees("provider-b"));
  consent["status"] = "inactive";
  Put(consent);
  EXPECT_TRUE(Sees("provider-b"));
}

TEST_F(Block, NoWayLeadsToWhatIsBlocked) {
  Put(Consent("provider-a"));
  const std::string token = Prescriber("provider-b");
  for (const char* url : {"/fhir/Observation/cyp",
                          "/fhir/Observation/cyp/_history/1",
                          "/fhir/Observation/cyp/_history",
                          "/fhir/Observation?patient=pat-b",
                          "/fhir/Observation?_id=cyp",
                          "/fhir/Patient/pat-b/$everything",
                          "/fhir/Patient/pat-b/Observation",
                          "/fhir/Provenance?target=Observation/cyp",
                          "/fhir/Provenance?patient=pat-b&_include=Provenance:target",
                          "/fhir/Patient?_id=pat-b&_revinclude=Observation:patient",
                          "/fhir/DiagnosticReport?patient=pat-b&_include=*",
                          "/fhir/DiagnosticReport/report",
                          "/fhir/Observation/_history",
                          "/fhir/_history",
                          "/fhir/Observation/$lastn?patient=pat-b",
                          "/record/pat-b",
                          "/record/pat-b/drugs",
                          "/record/pat-b/timeline",
                          "/record/pat-b/fhir-document",
                          "/record/pat-b/card.svg"}) {
    const http::Response response = Get(url, token);
    EXPECT_LT(response.status, 500) << url;
    EXPECT_EQ(response.body.find(kDiplotype), std::string::npos) << url << response.body;
  }
  const auto batch =
      service.Call("POST", "/fhir", token,
                   R"({"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET",)"
                   R"("url":"Observation/cyp"}}]})");
  EXPECT_EQ(batch.body.find(kDiplotype), std::string::npos);
}

TEST_F(Block, NumbersTellNothingEither) {
  const auto total = [&](const std::string& url) {
    return At(BodyOf(Get(url, Prescriber("provider-b"))), "/total");
  };
  const std::string own = "/fhir/Observation?patient=pat-b";
  EXPECT_EQ(total(own + "&_summary=count"), "3");
  Put(Consent("provider-a"));
  // The other two are of a laboratory that is no part of the care provider.
  EXPECT_EQ(total(own + "&_summary=count"), "2");
  EXPECT_EQ(total(own), "2");
  EXPECT_EQ(total("/fhir/Observation?_id=cyp"), "0");
  EXPECT_EQ(total("/fhir/Patient?_has:Observation:patient:code=84413-4"), "0");
  EXPECT_EQ(total("/fhir/DiagnosticReport?result=cyp"), "0");
}

TEST_F(Block, TheRecordSaysThatThereIsMore) {
  Put(Consent("provider-a"));
  EXPECT_EQ(At(BodyOf(Get("/record/pat-b", Prescriber("provider-b"))), "/blocked"), "true");
  EXPECT_EQ(At(BodyOf(Get("/record/pat-b/drugs", Prescriber("provider-b"))), "/blocked"), "true");
  EXPECT_EQ(At(BodyOf(Get("/record/pat-b", Prescriber("unit-a1"))), "/blocked"), "");
}

TEST_F(Block, ThePatientStillSeesTheirOwn) {
  Put(Consent("provider-a"));
  Json claims = GatedService::Claims("patient/*.rs");
  claims["patient"] = "pat-b";
  claims["roles"] = Json::array({"patienten"});
  EXPECT_EQ(Get("/fhir/Observation/cyp", service.key.Sign(claims)).status, 200);
  // A program that somebody else has started with the rights to one patient does not.
  EXPECT_EQ(Get("/fhir/Observation/cyp", service.TokenOf("pat-b", "patient/*.rs")).status, 404);
}

TEST_F(Block, AnOrderIsWarnedOfWithoutContent) {
  const http::Response open = Sign(Prescriber("unit-a1"));
  ASSERT_EQ(open.status, 200) << open.body;
  EXPECT_NE(open.body.find("CYP2C19"), std::string::npos) << open.body;
  Put(Consent("provider-a"));
  const http::Response blocked = Sign(Prescriber("provider-b"));
  ASSERT_EQ(blocked.status, 200) << blocked.body;
  const Json cards = BodyOf(blocked);
  EXPECT_EQ(At(cards, "/cards/0/summary"),
            "Ett spärrat genetiskt resultat påverkar denna ordination");
  EXPECT_NE(At(cards, "/cards/0/indicator"), "info");
  EXPECT_EQ(blocked.body.find("CYP2C19"), std::string::npos) << blocked.body;
  EXPECT_EQ(blocked.body.find(kDiplotype), std::string::npos);
  EXPECT_NE(At(cards, "/cards/0/links/0/appContext").find("breakTheGlass"), std::string::npos);
  // Whose results they are sees the advice itself.
  EXPECT_NE(Sign(Prescriber("unit-a2")).body.find("CYP2C19"), std::string::npos);
}

// Years later it can still be told why that was said.
TEST_F(Block, AnEvaluationWithABlockIsReplayed) {
  Put(Consent("provider-a"));
  ASSERT_EQ(Sign(Prescriber("provider-b")).status, 200);
  service.parts->book->Flush();
  const auto records = service.parts->store->Read([](const store::Reader& reader) {
    return reader.FindRecords({.kind = "evaluation", .patient = "pat-b"});
  });
  ASSERT_EQ(records.size(), 1U);
  const cds::Replay replay =
      cds::ReplayEvaluation(records.front(), *service.parts->knowledge->Get(), {});
  EXPECT_TRUE(replay.same) << replay.cards_then << "\n" << replay.cards_now;
  EXPECT_NE(replay.cards_now.find("Ett spärrat genetiskt resultat"), std::string::npos);
  EXPECT_EQ(replay.cards_now.find("CYP2C19"), std::string::npos);
}

TEST_F(Block, AnOwnerIsNamedByReferenceOrIdentifierNotByName) {
  Put(Consent("provider-a"));
  Json result = Result("cyp", "unit-a1");
  result["performer"] =
      Json::parse(R"([{"identifier":{"system":"urn:oid:1.2.752.29.4.19","value":"SE-unit-a1"}}])");
  Put(result);
  EXPECT_TRUE(Sees("unit-a1"));
  EXPECT_FALSE(Sees("provider-b"));
  result["performer"] = Json::parse(
      R"([{"identifier":{"system":"urn:oid:1.2.752.29.4.19","value":"SE-provider-c"}}])");
  Put(result);
  EXPECT_TRUE(Sees("provider-b")) << "a result of a care provider whose data are not blocked";
  // Any two may have the same name: whose result it is cannot be told.
  result["performer"] = Json::parse(R"([{"display":"provider-c"}])");
  Put(result);
  EXPECT_FALSE(Sees("provider-b"));
  // No block concerns whoever acts for the care provider that is blocked to others.
  EXPECT_TRUE(Sees("unit-a1"));
}

TEST_F(Block, ADrugThatTheBlockedResultDoesNotTouchIsNotWarnedOf) {
  Put(Consent("provider-a"));
  std::string paracetamol = Order();
  paracetamol.replace(paracetamol.find("B01AC04"), 7, "N02BE01");
  const http::Response response =
      service.Call("POST", "/cds-services/genflik-order-sign", Prescriber("provider-b"),
                   paracetamol, "application/json");
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(response.body.find("spärrat"), std::string::npos) << response.body;
}

TEST_F(Block, BreakingTheGlassShowsAndIsFlagged) {
  Put(Consent("provider-a"));
  const http::Response opened = Get("/fhir/Observation/cyp", Prescriber("provider-b"), Glass());
  EXPECT_EQ(opened.status, 200);
  EXPECT_NE(Get("/record/pat-b", Prescriber("provider-b"), Glass()).body.find(kDiplotype),
            std::string::npos);
  const http::Response flagged =
      Get("/fhir/AuditEvent?patient=pat-b&_security=BTG", service.AdministratorToken());
  EXPECT_EQ(fhir::FindArray(BodyOf(flagged), "entry").size(), 2U);
  EXPECT_NE(flagged.body.find("Medvetslös, misstänkt stroke"), std::string::npos);
  EXPECT_NE(flagged.body.find(R"("code":"BTG")"), std::string::npos);
  // The next call without it sees nothing again.
  EXPECT_FALSE(Sees("provider-b"));
}

TEST_F(Block, OnlyThoseWhoTreatBreakTheGlassAndTheySayWhy) {
  Put(Consent("provider-a"));
  const auto status = [&](const std::string& token, http::Headers headers) {
    return Get("/fhir/Observation/cyp", token, headers).status;
  };
  const std::string prescriber = Prescriber("provider-b");
  EXPECT_EQ(status(prescriber, {{"X-Purpose-Of-Use", "BTG"}}), 400);
  EXPECT_EQ(status(prescriber, {{"X-Purpose-Of-Use", "BTG"}, {"X-Break-Glass-Reason", "   x  "}}),
            400);
  EXPECT_EQ(
      status(prescriber, {{"X-Purpose-Of-Use", "BTG"}, {"X-Break-Glass-Reason", "akut%0Afall"}}),
      400);
  // Bytes that are no text would make the log unreadable.
  EXPECT_EQ(
      status(prescriber, {{"X-Purpose-Of-Use", "BTG"}, {"X-Break-Glass-Reason", "akut fall%FF"}}),
      400);
  EXPECT_EQ(status(prescriber, {{"X-Break-Glass-Reason", "akut fall"}}), 404);
  EXPECT_EQ(status(Prescriber("provider-b", "lab"), Glass()), 403);
  EXPECT_EQ(status(Prescriber("provider-b", "admin"), Glass()), 403);
  EXPECT_EQ(status(service.Token("system/*.cruds"), Glass()), 403);
}

TEST_F(Block, APurposeMustBeKnownAndAgreedOn) {
  const auto status = [&](const std::string& purpose, const std::string& token) {
    return Get("/fhir/Observation/cyp", token, {{"X-Purpose-Of-Use", purpose}}).status;
  };
  const std::string token = Prescriber("unit-a1");
  EXPECT_EQ(status("TREAT", token), 200);
  EXPECT_EQ(status("ETREAT", token), 200);
  EXPECT_EQ(status("curiosity", token), 400);
  EXPECT_EQ(status("HRESCH", token), 403);
  EXPECT_EQ(status("HMARKT", token), 403);
  Json claims = GatedService::Claims("user/*.cruds");
  claims["purpose_of_use"] = "HRESCH";
  EXPECT_EQ(Get("/fhir/Observation/cyp", service.key.Sign(claims)).status, 403);
}

TEST_F(Block, ResearchSeesOnlyThoseWhoConsented) {
  // The second issuer of the tests is one of researchers.
  Json claims = GatedService::Claims("system/*.rs");
  claims["iss"] = "https://other.test";
  const std::string token = service.other_key.Sign(claims);
  const http::Headers research = {{"X-Purpose-Of-Use", "HRESCH"}};
  const auto seen = [&] {
    return fhir::FindArray(BodyOf(Get("/fhir/Observation", token, research)), "entry").size();
  };
  EXPECT_EQ(seen(), 0U);
  EXPECT_EQ(Get("/fhir/Patient/pat-b", token, research).status, 404);
  EXPECT_EQ(At(BodyOf(Get("/fhir/Patient?_summary=count", token, research)), "/total"), "0");
  Json consent = Consent("", "permit");
  Json purpose{{"system", "http://terminology.hl7.org/CodeSystem/v3-ActReason"},
               {"code", "HRESCH"}};
  consent["provision"]["purpose"] = Json::array({purpose});
  Put(consent);
  EXPECT_EQ(seen(), 3U);
  EXPECT_EQ(Get("/fhir/Observation/obs-a", token, research).status, 404);
  // A no weighs more than a yes.
  Json no = consent;
  no["id"] = "no";
  no["provision"]["type"] = "deny";
  Put(no);
  EXPECT_EQ(seen(), 0U);
  // A no to research is none to care.
  EXPECT_TRUE(Sees("provider-b"));
  // For its own purposes this client is not set up to treat.
  EXPECT_EQ(Get("/fhir/Observation", token).status, 403);
}

}  // namespace
}  // namespace genflik::security
