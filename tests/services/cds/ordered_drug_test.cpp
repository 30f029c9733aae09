#include <string>

#include <gmock/gmock.h>

#include "tests/services/cds/missing_data_fixture.h"

// The drug of an order is found in whatever way the order tells it; what cannot be read is said.

namespace genflik::cds {
namespace {

using fhir::Json;
using testing::HasSubstr;

constexpr const char* kNotChecked = "NOT checked";

class OrderedDrug : public MissingDataTest {
 protected:
  static Json Known() { return Whole({Genotype("CYP2C19", "HGNC:2621", "*2/*2")}); }
  // An order of what `told` says of its drug.
  static Json Order(const std::string& told) {
    Json order = Drug("");
    order.erase("medicationCodeableConcept");
    order.update(ParseText(told));
    return order;
  }
};

TEST_F(OrderedDrug, IsReadFromIngredientsThatAreResourcesOfTheirOwn) {
  const std::string substance =
      R"({"resourceType":"Substance","id":"s","code":{"text":"clopidogrel"}})";
  const auto order = [](const std::string& contained, const std::string& ingredient) {
    return Order(R"({"medicationReference":{"reference":"#m"},"contained":[)" + contained +
                 R"({"resourceType":"Medication","id":"m","code":{"text":"Beredning 12"},)"
                 R"("ingredient":[{"itemReference":)" +
                 ingredient + "}]}]}");
  };
  EXPECT_THAT(Told(Sign({order(substance + ",", R"({"reference":"#s"})")}, Known())),
              HasSubstr("CYP2C19"));
  EXPECT_THAT(Told(Sign({order("", R"({"display":"clopidogrel"})")}, Known())),
              HasSubstr("CYP2C19"));
  EXPECT_THAT(Told(Sign({order("", R"({"identifier":{"value":"1"}})")}, Known())),
              HasSubstr(kNotChecked));
  Json prefetch = Known();
  const Json elsewhere = order("", R"({"reference":"Substance/s"})");
  EXPECT_THAT(Told(Sign({elsewhere}, prefetch)), HasSubstr(kNotChecked));
  EXPECT_THAT(Detail(), HasSubstr("Substance/s"));
  prefetch["substances"] = Bundle({ParseText(substance)});
  EXPECT_THAT(Told(Sign({elsewhere}, prefetch)), HasSubstr("CYP2C19"));
}

TEST_F(OrderedDrug, OfTheListWithAnIngredientThatCannotBeReadIsTold) {
  Json prefetch = Whole({Cyp2d6()});
  Json taken = Order(
      R"({"medicationReference":{"reference":"#m"},"contained":[{"resourceType":"Medication",)"
      R"("id":"m","code":{"text":"Beredning 12"},"ingredient":[{"itemReference":)"
      R"({"reference":"Substance/s"}}]}]})");
  taken["status"] = "active";
  prefetch["medications"] = Bundle({taken});
  EXPECT_THAT(Told(Sign({Drug(kCodeine)}, prefetch)), HasSubstr(kIncomplete));
}

TEST_F(OrderedDrug, IsReadFromItsReferenceBesideWordsToo) {
  EXPECT_THAT(Told(Sign({Order(R"({"medicationCodeableConcept":{"text":"se preparat"},)"
                               R"("medicationReference":{"reference":"#m"},"contained":[)"
                               R"({"resourceType":"Medication","id":"m","code":)"
                               R"({"text":"clopidogrel"}}]})")},
                        Known())),
              HasSubstr("CYP2C19"));
}

// What orders were called in older FHIR, or a slip of the pen, is no order without advice.
TEST_F(OrderedDrug, OfATypeThatIsNotReadIsRefused) {
  for (const char* type : {"MedicationOrder", "medicationrequest"}) {
    Json order = Drug(kClopidogrel);
    order["resourceType"] = type;
    EXPECT_EQ(Told(Sign({order}, Known())), "400") << type;
  }
  EXPECT_EQ(Told(Sign({ParseText(R"({"resourceType":"NutritionOrder","id":"n"})")}, Known())),
            "0 cards");
}

TEST_F(OrderedDrug, IsNotNamedByACodeThatSaysThatItIsNotKnown) {
  for (const char* system : {"http://terminology.hl7.org/CodeSystem/data-absent-reason",
                             "http://terminology.hl7.org/CodeSystem/v3-NullFlavor"}) {
    Json order = Order(R"({"medicationCodeableConcept":{"coding":[{"code":"unknown"}]}})");
    order["medicationCodeableConcept"]["coding"][0]["system"] = system;
    EXPECT_THAT(Told(Sign({order}, Known())), HasSubstr(kNotChecked)) << system;
  }
}

}  // namespace
}  // namespace genflik::cds
