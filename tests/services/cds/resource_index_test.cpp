#include "services/cds/resource_index.h"

#include <string>

#include <gtest/gtest.h>

#include "services/cds/supply.h"
#include "tests/services/cds/cds_fixture.h"

namespace genflik::cds {
namespace {

using fhir::Json;

class ResourceIndexTest : public testing::Test {
 protected:
  // A Medication m1 in a Bundle, under this address.
  static Json At(const std::string& url, const std::string& version = "1") {
    Json bundle = ParseText(
        R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Medication","id":"m1"}}]})");
    bundle["entry"][0]["resource"]["meta"] = Json{{"versionId", version}};
    if (!url.empty()) bundle["entry"][0]["fullUrl"] = url;
    return bundle;
  }
  bool Finds(const std::string& reference) {
    return ResourceIndex(request_).Find(reference) != nullptr;
  }
  void Add(const Json& bundle) { (void)AddSupply(bundle, request_); }

  HookRequest request_{.patient = "p"};
};

TEST_F(ResourceIndexTest, AnotherServersResourceIsAnother) {
  const Json bundle = At("https://ehr.example.org/fhir/Medication/m1");
  Add(bundle);
  EXPECT_TRUE(Finds("Medication/m1"));
  EXPECT_TRUE(Finds("https://ehr.example.org/fhir/Medication/m1"));
  EXPECT_TRUE(Finds("https://EHR.example.org/fhir/Medication/m1"));
  EXPECT_FALSE(Finds("https://drugs.other.example/fhir/Medication/m1"));
  EXPECT_FALSE(Finds("Medication/m2"));
  EXPECT_FALSE(Finds("urn:uuid:m1"));
  EXPECT_FALSE(Finds(""));
}

TEST_F(ResourceIndexTest, AVersionIsThatResource) {
  const Json bundle = At("https://ehr.example.org/fhir/Medication/m1");
  Add(bundle);
  EXPECT_TRUE(Finds("Medication/m1/_history/3"));
  EXPECT_TRUE(Finds("https://ehr.example.org/fhir/Medication/m1/_history/3"));
  EXPECT_FALSE(Finds("https://drugs.other.example/fhir/Medication/m1/_history/3"));
}

TEST_F(ResourceIndexTest, WithoutAnAddressTheServerOfTheCallDecides) {
  const Json bundle = At("");
  Add(bundle);
  EXPECT_TRUE(Finds("https://ehr.example.org/fhir/Medication/m1"));
  request_.ehr = EhrAccess{"https://ehr.example.org/fhir/", {}};
  EXPECT_TRUE(Finds("Medication/m1"));
  EXPECT_TRUE(Finds("https://ehr.example.org/fhir/Medication/m1"));
  EXPECT_FALSE(Finds("https://drugs.other.example/fhir/Medication/m1"));
  EXPECT_FALSE(Finds("https://ehr.example.org/fhir/old/Medication/m1"));
}

TEST_F(ResourceIndexTest, OfTwoServersTheOneOfTheCallIsMeant) {
  const Json other = At("https://drugs.other.example/fhir/Medication/m1", "other");
  const Json own = At("https://ehr.example.org/fhir/Medication/m1", "own");
  Add(other);
  Add(own);
  EXPECT_FALSE(Finds("Medication/m1"));
  EXPECT_TRUE(Finds("https://drugs.other.example/fhir/Medication/m1"));
  request_.ehr = EhrAccess{"https://ehr.example.org/fhir", {}};
  const Json* found = ResourceIndex(request_).Find("Medication/m1");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->at("meta").at("versionId"), "own");
}

TEST_F(ResourceIndexTest, AUuidIsItsOwnAddress) {
  const Json bundle = At("urn:uuid:5d1c7a52-3c1e-4b9a-8f5e-000000000010");
  Add(bundle);
  EXPECT_TRUE(Finds("urn:uuid:5d1c7a52-3c1e-4b9a-8f5e-000000000010"));
  EXPECT_TRUE(Finds("Medication/m1"));
  EXPECT_TRUE(Finds("https://ehr.example.org/fhir/Medication/m1"));
}

}  // namespace
}  // namespace genflik::cds
