#include <algorithm>
#include <cctype>
#include <string>

#include <gmock/gmock.h>

#include "services/cds/cds_service.h"
#include "services/cds/evaluation_record.h"
#include "tests/services/cds/cds_fixture.h"

namespace genflik::cds {
namespace {

using fhir::Json;

class Feedback : public CdsTest {
 protected:
  int Answer(const std::string& outcome, const std::string& time) {
    Json item{{"card", card_}, {"outcome", outcome}, {"outcomeTimestamp", time}};
    item["acceptedSuggestions"] = Json::array({Json{{"id", "s"}}});
    Json body = Json::object();
    body["feedback"] = Json::array({item});
    return Send("POST", "/cds-services/genflik-order-sign/feedback", fhir::PrintJson(body)).status;
  }
  static constexpr const char* kCall = "5d1c7a52-3c1e-4b9a-8f5e-00000000abcd";
  static constexpr const char* kCallInCapitals = "5D1C7A52-3C1E-4B9A-8F5E-00000000ABCD";

  // A card about a stored order.
  void Warn() {
    PutBundle("10-patients.json");
    PutBundle("20-lab-anna-dpyd-intermediate.json");
    Json request = Sample("order-sign-capecitabine.json");
    request["hookInstance"] = kCall;
    Json& order = request["context"]["draftOrders"]["entry"][0]["resource"];
    order["status"] = "active";
    Put(order);
    card_ = Call("genflik-order-sign", request).cards().at(0).at("uuid");
  }
  std::string Outcome() {
    book_->Flush();
    return store_->Read([](const store::Reader& reader) {
      return reader.FindRecords({.kind = "alert"}).at(0).status;
    });
  }

  std::string card_ = "unknown";
};

TEST_F(Feedback, WhatWasDecidedLastHolds) {
  Warn();
  EXPECT_EQ(Answer("overridden", "2026-03-02T20:56:00Z"), 200);
  EXPECT_EQ(Answer("accepted", "2026-03-02T20:54:00Z"), 200);
  EXPECT_EQ(Outcome(), "overridden");
  // The same moment in another zone is not later.
  EXPECT_EQ(Answer("accepted", "2026-03-02T21:55:00+01:00"), 200);
  EXPECT_EQ(Outcome(), "overridden");
  EXPECT_EQ(Answer("accepted", "2026-03-02T20:57:00Z"), 200);
  EXPECT_EQ(Outcome(), "accepted");
  const auto issues = store_->Read([](const store::Reader& reader) {
    return reader.FindMatching("DetectedIssue", "implicated=MedicationRequest/utkast-kapecitabin");
  });
  ASSERT_EQ(issues.size(), 1U);
  const Json mitigations = issues[0].Body().at("mitigation");
  ASSERT_EQ(mitigations.size(), 4U);
  EXPECT_EQ(mitigations.at(0).at("date"), "2026-03-02T20:54:00Z");
  EXPECT_EQ(mitigations.at(3).at("date"), "2026-03-02T20:57:00Z");
}

TEST_F(Feedback, AReasonCountsAsLongAsItsAnswerHolds) {
  Warn();
  const auto override_because = [&](const std::string& reason, const std::string& time) {
    Json item{{"card", card_}, {"outcome", "overridden"}, {"outcomeTimestamp", time}};
    item["overrideReason"] = Json{{"reason", Json{{"code", reason}}}};
    Json body = Json::object();
    body["feedback"] = Json::array({item});
    return Send("POST", "/cds-services/genflik-order-sign/feedback", fhir::PrintJson(body)).status;
  };
  const auto reasons = [&] { return Send("GET", "/alerts/statistics", "").body.at("byReason"); };
  EXPECT_EQ(override_because("no-alternative", "2026-03-02T20:50:00Z"), 200);
  EXPECT_EQ(override_because("tolerated-before", "2026-03-02T20:52:00Z"), 200);
  EXPECT_EQ(override_because("result-doubted", "2026-03-02T20:51:00Z"), 200);
  EXPECT_EQ(reasons(), (Json{{"tolerated-before", 1}}));
  EXPECT_EQ(Answer("accepted", "2026-03-02T20:53:00Z"), 200);
  EXPECT_EQ(reasons(), Json::object());
}

TEST_F(Feedback, ACardIsFoundInEitherCase) {
  Warn();
  std::transform(card_.begin(), card_.end(), card_.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  EXPECT_EQ(Answer("accepted", "2026-03-02T20:50:00Z"), 200);
  EXPECT_EQ(Outcome(), "accepted");
}

// A client's way to say that there is none.
TEST_F(Feedback, AReasonThatIsNullIsNone) {
  const std::string body =
      R"({"feedback":[{"card":"c","outcome":"accepted","acceptedSuggestions":[{"id":"s"}],)"
      R"("overrideReason":null,"outcomeTimestamp":"2026-03-02T20:50:00Z"}]})";
  EXPECT_EQ(Send("POST", "/cds-services/genflik-order-sign/feedback", body).status, 200);
}

TEST_F(Feedback, NobodyAnswersInAdvance) {
  EXPECT_EQ(Answer("overridden", "2026-03-02T23:59:00Z"), 200);
  EXPECT_EQ(Answer("overridden", "2026-03-03T00:01:00Z"), 400);
  EXPECT_EQ(Answer("overridden", "2099-01-01T00:00:00Z"), 400);
}

TEST_F(Feedback, ACallIsFoundInEitherCase) {
  Warn();
  book_->Flush();
  const auto found = [&](const std::string& id) {
    return store_->Read(
        [&](const store::Reader& reader) { return FindEvaluation(reader, id).has_value(); });
  };
  EXPECT_TRUE(found(kCall));
  EXPECT_TRUE(found(kCallInCapitals));
  EXPECT_FALSE(found("5d1c7a52-3c1e-4b9a-8f5e-00000000ffff"));
  // The same call again, written otherwise, is the same call.
  Json request = Sample("order-sign-capecitabine.json");
  request["hookInstance"] = kCallInCapitals;
  EXPECT_EQ(Call("genflik-order-sign", request).cards().at(0).at("uuid"), card_);
}

TEST(PreferredLanguageTest, TagsAreTheSameInEitherCase) {
  using enum alerts::Language;
  for (const char* header : {"sv", "Sv-SE", "SV", "sV;q=0.9, EN;Q=0.8", "de, sv-FI;q=0.5"})
    EXPECT_EQ(PreferredLanguage(header, kEnglish), kSwedish) << header;
  for (const char* header : {"eN-gb", "sv;Q=0.1,En", "EN"})
    EXPECT_EQ(PreferredLanguage(header, kSwedish), kEnglish) << header;
  for (const char* header : {"", "de", "svx", "enm"})
    EXPECT_EQ(PreferredLanguage(header, kSwedish), kSwedish) << header;
}

}  // namespace
}  // namespace genflik::cds
