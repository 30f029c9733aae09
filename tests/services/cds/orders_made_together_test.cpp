#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/services/cds/cds_fixture.h"

// One drug in several stored orders: their doses are added up where it is plain that the orders
// hold at the same time, and only there.

namespace genflik::cds {
namespace {

using fhir::Json;
using testing::HasSubstr;
using testing::Not;

// David should have at most 20 mg of citalopram a day.
class StoredOrders : public CdsTest {
 protected:
  StoredOrders() {
    PutBundle("10-patients.json");
    PutBundle("22-lab-david-cyp2c19-poor.json");
  }

  static Json Citalopram(const std::string& id, int milligrams,
                         const std::string& status = "active") {
    Json order = ParseText(
        R"({"resourceType":"MedicationRequest","intent":"order","authoredOn":"2026-03-02",)"
        R"("subject":{"reference":"Patient/david"},)"
        R"("medicationCodeableConcept":{"text":"citalopram"},"dosageInstruction":[{"timing":)"
        R"({"repeat":{"frequency":1,"period":1,"periodUnit":"d"}},"doseAndRate":[{"doseQuantity":)"
        R"({"unit":"mg","system":"http://unitsofmeasure.org","code":"mg"}}]}]})");
    order["id"] = id;
    order["status"] = status;
    order["dosageInstruction"][0]["doseAndRate"][0]["doseQuantity"]["value"] = milligrams;
    return order;
  }

  void PutTogether(const std::vector<Json>& orders) {
    store_->Write([&](store::Writer& writer) {
      for (const Json& order : orders) writer.Put(order);
    });
  }
  void PutApart(const std::vector<Json>& orders) {
    for (const Json& order : orders) {
      Put(order);
      clock_.Set(clock_.Now() + std::chrono::minutes(1));
    }
  }

  // What stands about an order; empty when nothing does.
  std::string About(const std::string& id) const {
    return store_->Read([&](const store::Reader& reader) {
      std::string text;
      for (const auto& stored :
           reader.FindMatching("DetectedIssue", "implicated=MedicationRequest/" + id)) {
        const Json issue = stored.Body();
        if (fhir::FindText(issue, "status") != "cancelled") text += issue.at("detail");
      }
      return text;
    });
  }
};

constexpr const char* kSum = "ordinerat 30 mg";

TEST_F(StoredOrders, OfOneTransactionAreAddedUp) {
  PutTogether({Citalopram("morning", 20), Citalopram("evening", 10)});
  EXPECT_THAT(About("morning"), HasSubstr(kSum));
  EXPECT_THAT(About("evening"), HasSubstr(kSum));
  // Whatever is written afterwards.
  clock_.Set(clock_.Now() + std::chrono::minutes(1));
  Put(Citalopram("morning", 15));
  EXPECT_THAT(About("evening"), HasSubstr("ordinerat 25 mg"));
  Json stopped = Citalopram("morning", 15);
  stopped["status"] = "stopped";
  Put(stopped);
  EXPECT_THAT(About("evening"), Not(HasSubstr("ordinerat 25 mg")));
}

TEST_F(StoredOrders, OfOneGroupAreAddedUp) {
  Json morning = Citalopram("morning", 20);
  Json evening = Citalopram("evening", 10);
  for (Json* order : {&morning, &evening})
    (*order)["groupIdentifier"] = Json{{"system", "https://ehr.example.org/group"}, {"value", "1"}};
  evening["authoredOn"] = "2026-03-03";
  PutApart({morning, evening});
  EXPECT_THAT(About("morning"), HasSubstr(kSum));
}

TEST_F(StoredOrders, DraftsOfOneDayAreAddedUp) {
  PutApart({Citalopram("morning", 20, "draft"), Citalopram("evening", 10, "draft")});
  EXPECT_THAT(About("morning"), HasSubstr(kSum));
  EXPECT_THAT(About("evening"), HasSubstr(kSum));
}

TEST_F(StoredOrders, AreNotAddedUpWhereItIsNotPlain) {
  const auto none = [&](Json one, Json other) {
    PutApart({one, other});
    EXPECT_THAT(About("one"), Not(HasSubstr("ordinerat 30 mg"))) << other;
    EXPECT_THAT(About("other"), Not(HasSubstr("ordinerat 30 mg"))) << one;
  };
  // Of two that run, the newer may be in the place of the older.
  none(Citalopram("one", 20), Citalopram("other", 10));
  none(Citalopram("one", 20), Citalopram("other", 10, "draft"));
  Json later = Citalopram("other", 10, "draft");
  later["authoredOn"] = "2026-03-01";
  none(Citalopram("one", 20, "draft"), later);
  Json replaces = Citalopram("other", 10, "draft");
  replaces["priorPrescription"] = Json{{"reference", "MedicationRequest/one"}};
  none(Citalopram("one", 20, "draft"), replaces);
  Json plan = Citalopram("one", 20, "draft");
  plan["intent"] = "plan";
  none(plan, Citalopram("other", 10, "draft"));
  // The same draft may have been sent twice.
  none(Citalopram("one", 15, "draft"), Citalopram("other", 15, "draft"));
}

TEST_F(StoredOrders, SayThatTheSumSupposesThatAllAreTaken) {
  PutApart({Citalopram("morning", 20, "draft"), Citalopram("evening", 10, "draft")});
  EXPECT_THAT(About("morning"), HasSubstr("förutsätter att alla ska tas"));
}

TEST_F(StoredOrders, ACorrectedCopyIsNotAddedToWhatItCorrects) {
  const Json number{{"system", "https://ehr.example.org/rx"}, {"value", "17"}};
  const auto with = [](Json order, const char* name, Json value) {
    order[name] = std::move(value);
    return order;
  };
  const auto none = [&](const Json& one, const Json& other) {
    PutApart({one, other});
    EXPECT_THAT(About("one"), Not(HasSubstr(kSum))) << other;
    EXPECT_THAT(About("other"), Not(HasSubstr(kSum))) << one;
  };
  const Json one = Citalopram("one", 20, "draft");
  const Json other = Citalopram("other", 10, "draft");
  // The same prescription by its number, whatever group it is in.
  const Json group{{"system", "https://ehr.example.org/group"}, {"value", "2"}};
  none(with(with(one, "identifier", Json::array({number})), "groupIdentifier", group),
       with(with(other, "identifier", Json::array({number})), "groupIdentifier", group));
  // Replaced by its number, and by a third that stands between.
  none(with(one, "identifier", Json::array({number})),
       with(other, "priorPrescription", Json{{"identifier", number}}));
  Put(with(Citalopram("between", 15, "draft"), "priorPrescription",
           Json{{"reference", "MedicationRequest/one"}}));
  none(one, with(other, "priorPrescription", Json{{"reference", "MedicationRequest/between"}}));
}

TEST_F(StoredOrders, OfDifferentNumbersAreAddedUp) {
  Json morning = Citalopram("morning", 20, "draft");
  Json evening = Citalopram("evening", 10, "draft");
  morning["identifier"] = ParseText(R"([{"system": "https://ehr.example.org/rx", "value": "1"}])");
  evening["identifier"] = ParseText(R"([{"system": "https://ehr.example.org/rx", "value": "2"}])");
  PutApart({morning, evening});
  EXPECT_THAT(About("morning"), HasSubstr(kSum));
}

TEST_F(StoredOrders, OfOneTransactionButOfDifferentDaysAreNotAddedUp) {
  Json older = Citalopram("older", 20);
  older["authoredOn"] = "2025-01-10";
  PutTogether({older, Citalopram("newer", 10)});
  EXPECT_THAT(About("older"), Not(HasSubstr(kSum)));
}

TEST_F(StoredOrders, AnOrderThatIsAskedAboutIsAddedToTheDraftOfTheDay) {
  Put(Citalopram("morning", 20, "draft"));
  Json evening = Citalopram("evening", 10, "draft");
  evening.erase("id");
  const Answered answer =
      Send("POST", "/fhir/MedicationRequest/$evaluate-order", fhir::PrintJson(evening));
  EXPECT_THAT(fhir::PrintJson(answer.body), HasSubstr(kSum));
}

}  // namespace
}  // namespace genflik::cds
