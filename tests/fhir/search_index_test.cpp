#include "fhir/search_index.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "fhir/units.h"
#include "tests/support/fhir_tests/fhir_support.h"

namespace genflik::fhir {
namespace {

using testing::FromText;
using testing::TheDefinitions;
using ::testing::UnorderedElementsAre;

template <typename Entry>
std::vector<Entry> Of(std::string_view parameter, const std::vector<IndexEntry>& entries) {
  std::vector<Entry> found;
  for (const IndexEntry& entry : entries) {
    if (entry.parameter == parameter) found.push_back(std::get<Entry>(entry.value));
  }
  return found;
}

std::vector<IndexEntry> Index(std::string_view text) {
  return IndexResource(TheDefinitions(), FromText(text), "http://localhost/fhir/");
}

constexpr std::string_view kGenotype = R"({
  "resourceType": "Observation", "id": "o1",
  "meta": {"lastUpdated": "1970-01-01T00:00:00.000Z", "profile": ["http://example.org/genotype"],
           "tag": [{"system": "http://example.org/tags", "code": "t"}]},
  "status": "final",
  "code": {"coding": [{"system": "http://loinc.org", "code": "84413-4", "display": "Genotype"}]},
  "subject": {"reference": "http://localhost/fhir/Patient/p1",
              "identifier": {"system": "urn:oid:1.2.752.129.2.1.3.1", "value": "19121212-1212"}},
  "specimen": {"reference": "#s"},
  "contained": [{"resourceType": "Specimen", "id": "s"}],
  "derivedFrom": [{"reference": "http://other/fhir/Observation/9"}, {"reference": "Observation/8"}],
  "effectivePeriod": {"start": "1970-01-02"},
  "valueCodeableConcept": {"text": "CYP2C19 *2/*17"},
  "component": [
    {"code": {"coding": [{"system": "http://loinc.org", "code": "48018-6"}]},
     "valueCodeableConcept": {"coding": [{"system": "http://www.genenames.org", "code": "HGNC:2621"}]}},
    {"code": {"coding": [{"system": "http://loinc.org", "code": "82121-5"}]},
     "valueQuantity": {"value": 5.0, "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"}}]
})";

TEST(SearchIndex, FindsTokensWithTheirSystems) {
  const auto entries = Index(kGenotype);
  EXPECT_THAT(Of<TokenEntry>("code", entries),
              UnorderedElementsAre(TokenEntry{"http://loinc.org", "84413-4", "genotype"}));
  EXPECT_THAT(
      Of<TokenEntry>("status", entries),
      UnorderedElementsAre(TokenEntry{"http://hl7.org/fhir/observation-status", "final", ""}));
  EXPECT_THAT(Of<TokenEntry>("_id", entries), UnorderedElementsAre(TokenEntry{"", "o1", ""}));
  EXPECT_THAT(Of<TokenEntry>("_tag", entries),
              UnorderedElementsAre(TokenEntry{"http://example.org/tags", "t", ""}));
  EXPECT_THAT(Of<TokenEntry>("value-concept", entries),
              UnorderedElementsAre(TokenEntry{"", "", "cyp2c19 *2/*17"}));
}

TEST(SearchIndex, FindsTextOfConceptsAsStrings) {
  EXPECT_THAT(Of<StringEntry>("value-string", Index(kGenotype)),
              UnorderedElementsAre(StringEntry{"cyp2c19 *2/*17", "CYP2C19 *2/*17"}));
}

TEST(SearchIndex, FindsReferencesLocalAndForeign) {
  const auto entries = Index(kGenotype);
  const ReferenceEntry patient{
      "Patient", "p1", "", "http://electronichealth.se/identifier/personnummer", "191212121212"};
  EXPECT_THAT(Of<ReferenceEntry>("subject", entries), UnorderedElementsAre(patient));
  EXPECT_THAT(Of<ReferenceEntry>("patient", entries), UnorderedElementsAre(patient));
  EXPECT_THAT(Of<ReferenceEntry>("derived-from", entries),
              UnorderedElementsAre(
                  ReferenceEntry{"Observation", "", "http://other/fhir/Observation/9", "", ""},
                  ReferenceEntry{"Observation", "8", "", "", ""}));
  EXPECT_TRUE(Of<ReferenceEntry>("specimen", entries).empty());
}

TEST(SearchIndex, LeavesOutPatientsThatAreNone) {
  const auto entries = Index(
      R"({"resourceType":"Observation","status":"final","code":{"text":"a"},
          "subject":{"reference":"Group/1"}})");
  EXPECT_TRUE(Of<ReferenceEntry>("patient", entries).empty());
  EXPECT_EQ(Of<ReferenceEntry>("subject", entries).size(), 1U);
}

TEST(SearchIndex, FindsDatesWithOpenEnds) {
  const auto entries = Index(kGenotype);
  EXPECT_THAT(Of<DateEntry>("date", entries),
              UnorderedElementsAre(DateEntry{86'400'000, kOpenHigh}));
  EXPECT_THAT(Of<DateEntry>("_lastUpdated", entries), UnorderedElementsAre(DateEntry{0, 1}));
}

TEST(SearchIndex, ConvertsQuantities) {
  const auto found = Of<QuantityEntry>("component-value-quantity", Index(kGenotype));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_DOUBLE_EQ(found[0].number, 5);
  EXPECT_EQ(found[0].canonical_unit, "g");
  EXPECT_DOUBLE_EQ(found[0].canonical_number, 0.005);
}

TEST(SearchIndex, KeepsPartsOfACompositeTogether) {
  std::vector<IndexEntry> found;
  for (const IndexEntry& entry : Index(kGenotype)) {
    if (entry.parameter == "component-code-value-concept") found.push_back(entry);
  }
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].part, 0);
  EXPECT_EQ(found[1].part, 1);
  EXPECT_EQ(found[0].group, found[1].group);
  EXPECT_NE(found[2].group, found[0].group);
  EXPECT_EQ(std::get<TokenEntry>(found[1].value).code, "HGNC:2621");
}

TEST(SearchIndex, FindsPartsOfNamesAndAddresses) {
  const auto entries = Index(
      R"({"resourceType":"Patient","active":true,"name":[{"family":"Öberg","given":["Åsa","Eva"]}],
          "address":[{"line":["Gatan 1"],"city":"Malmö"}],"birthDate":"1950",
          "telecom":[{"system":"phone","value":"018-1"},{"system":"email","value":"a@b.se"}],
          "identifier":[{"system":"urn:oid:1.2.752.129.2.1.3.1","value":"19121212-1212"}],
          "deceasedDateTime":"2020","link":[{"other":{"reference":"Patient/2"},"type":"seealso"}]})");
  EXPECT_THAT(Of<StringEntry>("name", entries),
              UnorderedElementsAre(StringEntry{"oberg", "Öberg"}, StringEntry{"asa", "Åsa"},
                                   StringEntry{"eva", "Eva"}));
  EXPECT_THAT(Of<StringEntry>("address-city", entries),
              UnorderedElementsAre(StringEntry{"malmo", "Malmö"}));
  EXPECT_THAT(Of<TokenEntry>("phone", entries), UnorderedElementsAre(TokenEntry{"", "018-1", ""}));
  EXPECT_THAT(Of<TokenEntry>("identifier", entries),
              UnorderedElementsAre(TokenEntry{"http://electronichealth.se/identifier/personnummer",
                                              "191212121212", ""}));
  EXPECT_THAT(Of<TokenEntry>("deceased", entries),
              UnorderedElementsAre(TokenEntry{"", "true", ""}));
  EXPECT_THAT(Of<TokenEntry>("active", entries), UnorderedElementsAre(TokenEntry{"", "true", ""}));
  EXPECT_EQ(Of<DateEntry>("death-date", entries).size(), 1U);
}

TEST(SearchIndex, FindsIdentifiersByTheirType) {
  const auto entries = Index(
      R"({"resourceType":"Patient","identifier":[{"system":"http://h/mr","value":"446053",
          "type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}]}}]})");
  EXPECT_THAT(Of<TokenEntry>("identifier", entries),
              UnorderedElementsAre(TokenEntry{"http://h/mr", "446053", ""}));
  EXPECT_THAT(Of<TokenEntry>("identifier:of-type", entries),
              UnorderedElementsAre(
                  TokenEntry{"http://terminology.hl7.org/CodeSystem/v2-0203", "MR|446053", ""}));
}

TEST(SearchIndex, FindsProfilesWithAndWithoutVersion) {
  const auto entries =
      Index(R"({"resourceType":"Patient","meta":{"profile":["http://example.org/p|1.0"]}})");
  EXPECT_THAT(
      Of<UriEntry>("_profile", entries),
      UnorderedElementsAre(UriEntry{"http://example.org/p|1.0"}, UriEntry{"http://example.org/p"}));
}

TEST(SearchIndex, FindsMedicationInBothForms) {
  const auto coded = Index(
      R"({"resourceType":"MedicationRequest","status":"active","intent":"order",
          "medicationCodeableConcept":{"coding":[{"system":"http://www.whocc.no/atc","code":"R05DA04"}]},
          "subject":{"reference":"Patient/1"}})");
  EXPECT_EQ(Of<TokenEntry>("code", coded).size(), 1U);
  const auto linked = Index(
      R"({"resourceType":"MedicationRequest","status":"active","intent":"order",
          "medicationReference":{"reference":"Medication/7"},"subject":{"reference":"Patient/1"}})");
  EXPECT_EQ(Of<ReferenceEntry>("medication", linked).size(), 1U);
}

TEST(SearchIndex, FoldsLetters) {
  EXPECT_EQ(NormaliseText("  ÅÄÖ åäö  Éé Ü\tß Æø Œ Łódź "), "aao aao ee u ss aeo oe lodz");
  EXPECT_EQ(NormaliseText("e\u0301"), "e");
  EXPECT_EQ(NormaliseText("Nguyễn"), "nguyen");
  EXPECT_EQ(NormaliseText("Ελλάς"), NormaliseText("ΕΛΛΑΣ"));
  EXPECT_EQ(NormaliseText("Пётр"), "петр");
  EXPECT_EQ(NormaliseText("漢字"), "漢字");
  EXPECT_EQ(NormaliseText(""), "");
}

TEST(Units, ComparesOnlyWhatIsOfOneKind) {
  EXPECT_EQ(FindBaseUnit("mg")->unit, FindBaseUnit("ug")->unit);
  EXPECT_NE(FindBaseUnit("mg")->unit, FindBaseUnit("mL")->unit);
  EXPECT_EQ(FindBaseUnit("mg/dL")->unit, "g/L");
  EXPECT_DOUBLE_EQ(FindBaseUnit("mg/dL")->factor, 0.01);
  EXPECT_FALSE(FindBaseUnit("tablet"));
  EXPECT_FALSE(FindBaseUnit("mg/tablet"));
}

}  // namespace
}  // namespace genflik::fhir
