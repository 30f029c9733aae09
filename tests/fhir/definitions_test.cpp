#include "fhir/definitions.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "fhir/expression.h"
#include "fhir/search_index.h"
#include "fhir/validator.h"
#include "tests/support/fhir_tests/fhir_support.h"
#include "tests/support/places.h"

namespace genflik::fhir {
namespace {

using testing::Findings;
using testing::FromText;
using ::testing::HasSubstr;
using testing::TheDefinitions;

// A copy of the definition files that a test may change.
class Copy {
 public:
  Copy() {
    path_ = std::filesystem::path(::testing::TempDir()) /
            ("definitions-" +
             std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    remove_all(path_);
    copy(std::filesystem::path(tests::SourceDir()) / "fhir/definitions", path_);
  }
  ~Copy() { remove_all(path_); }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;

  void Write(const std::string& name, std::string_view text) const {
    std::ofstream(path_ / name) << text;
  }
  std::shared_ptr<const Definitions> Load(IssueLog& log) const {
    return LoadDefinitions(path_, log);
  }

 private:
  std::filesystem::path path_;
};

TEST(Definitions, HoldTheTypesThatAreServed) {
  for (const auto* type : {"Patient",
                           "Practitioner",
                           "PractitionerRole",
                           "Organization",
                           "Observation",
                           "DiagnosticReport",
                           "Specimen",
                           "ServiceRequest",
                           "Medication",
                           "MedicationRequest",
                           "MedicationStatement",
                           "MedicationAdministration",
                           "MedicationDispense",
                           "DetectedIssue",
                           "GuidanceResponse",
                           "Task",
                           "Communication",
                           "Flag",
                           "Consent",
                           "Provenance",
                           "AuditEvent",
                           "DocumentReference",
                           "Binary",
                           "List",
                           "Composition",
                           "Encounter",
                           "Condition",
                           "Procedure",
                           "AllergyIntolerance",
                           "Group",
                           "Subscription",
                           "Parameters",
                           "Bundle",
                           "OperationOutcome",
                           "CapabilityStatement",
                           "OperationDefinition",
                           "SearchParameter",
                           "StructureDefinition",
                           "ValueSet",
                           "CodeSystem",
                           "Library",
                           "PlanDefinition",
                           "Basic"}) {
    EXPECT_TRUE(TheDefinitions().IsResource(type)) << type;
  }
  EXPECT_FALSE(TheDefinitions().IsResource("Quantity"));
  EXPECT_FALSE(TheDefinitions().IsResource("DomainResource"));
  EXPECT_FALSE(TheDefinitions().IsResource("Account"));
  EXPECT_TRUE(TheDefinitions().IsKnownType("Account"));
  EXPECT_FALSE(TheDefinitions().IsKnownType("Gene"));
}

TEST(Definitions, GiveEveryTypeTheCommonParameters) {
  for (const auto& type : TheDefinitions().ResourceTypes()) {
    for (const auto* name : {"_id", "_lastUpdated", "_tag", "_profile", "_security", "_source"}) {
      EXPECT_NE(TheDefinitions().FindSearchParameter(type, name), nullptr) << type << ' ' << name;
    }
    for (const SearchParameter* parameter : TheDefinitions().SearchParametersOf(type)) {
      EXPECT_TRUE(parameter->type == SearchType::kSpecial || parameter->expression != nullptr)
          << type << ' ' << parameter->name;
    }
  }
}

TEST(Definitions, OneMoreTypeCostsOneFile) {
  const Copy copy;
  copy.Write("Immunization.json", R"({
    "$schema": "http://json-schema.org/draft-07/schema#", "$id": "Immunization.json",
    "title": "Immunization", "x-kind": "resource", "x-base": "DomainResource",
    "type": "object", "additionalProperties": false,
    "required": ["resourceType", "vaccineCode", "patient"],
    "properties": {
      "resourceType": {"const": "Immunization"},
      "id": {"$ref": "primitives.json#/definitions/id"},
      "meta": {"$ref": "Meta.json"},
      "vaccineCode": {"$ref": "CodeableConcept.json"},
      "patient": {"$ref": "Reference.json", "x-targets": ["Patient"]},
      "doseNumberPositiveInt": {"$ref": "primitives.json#/definitions/positiveInt", "x-choice": "doseNumber"},
      "doseNumberString": {"$ref": "primitives.json#/definitions/string", "x-choice": "doseNumber"}
    },
    "x-search": [{"name": "vaccine-code", "type": "token", "expression": "Immunization.vaccineCode"}],
    "x-compartments": {"Patient": ["patient"]}
  })");
  IssueLog problems;
  const auto definitions = copy.Load(problems);
  ASSERT_TRUE(definitions);
  const Json resource =
      FromText(R"({"resourceType":"Immunization","patient":{"reference":"Group/1"},
    "vaccineCode":{"coding":[{"code":"x"}]},"doseNumberPositiveInt":0,"lot":"1"})");
  IssueLog log;
  ValidateResource(*definitions, resource, log);
  EXPECT_THAT(Findings(log), ::testing::ElementsAre(HasSubstr("Immunization.patient | value"),
                                                    HasSubstr("Immunization.doseNumber | value"),
                                                    HasSubstr("Immunization.lot | structure")));
  EXPECT_EQ(IndexResource(*definitions, resource).size(), 1U);
  EXPECT_NE(definitions->CompartmentParameters("Patient", "Immunization"), nullptr);
}

TEST(Definitions, RefuseABrokenFileWithItsName) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{", "not JSON"},
      {R"({"title":"Other"})", "the title must be the name of the file"},
      {R"({"title":"Broken","properties":{"a":{}}})", "no $ref for a"},
      {R"({"title":"Broken","x-constraints":["a-1"]})", "the rule a-1 is used and not given"},
      {R"({"title":"Broken","x-search":[{"name":"a","type":"token","expression":"a.b("}]})",
       "the function b() is not known"},
      {R"({"title":"Broken","x-search":[{"name":"a","type":"tok","expression":"a"}]})",
       "the search type tok is not known"},
  };
  for (const auto& [text, problem] : cases) {
    const Copy copy;
    copy.Write("Broken.json", text);
    IssueLog problems;
    EXPECT_FALSE(copy.Load(problems)) << text;
    EXPECT_THAT(Findings(problems), ::testing::Contains(HasSubstr(problem)));
    EXPECT_THAT(problems.issues().at(0).path, HasSubstr("Broken.json"));
  }
}

TEST(Definitions, RefuseTypesThatAreNotThere) {
  const Copy copy;
  copy.Write("Broken.json",
             R"({"title":"Broken","x-base":"Nothing","properties":{"a":{"$ref":"Gene.json"}}})");
  IssueLog problems;
  EXPECT_FALSE(copy.Load(problems));
  EXPECT_THAT(Findings(problems), ::testing::Contains(HasSubstr("type Gene, which is not there")));
}

TEST(Definitions, RefuseAFolderWithoutFiles) {
  IssueLog problems;
  EXPECT_FALSE(LoadDefinitions("/nonexistent", problems));
  EXPECT_TRUE(problems.HasErrors());
}

std::string Evaluated(std::string_view expression, const Json& resource) {
  std::string problem;
  const auto read = Expression::Read(expression, problem);
  if (!read) return "refused: " + problem;
  Evaluation evaluation(TheDefinitions(), resource, resource);
  std::string text;
  for (const Node& node : read->Evaluate(evaluation, NodeOf(TheDefinitions(), resource))) {
    if (!text.empty()) text += ' ';
    text += node.value == nullptr ? "-" : PrintJson(*node.value);
  }
  return text;
}

TEST(Expression, EvaluatesWhatTheStandardUses) {
  const Json patient = FromText(R"({"resourceType":"Patient","id":"1",
    "contained":[{"resourceType":"Organization","id":"o","name":"Lab"}],
    "name":[{"family":"Ek","given":["Eva","My"]},{"family":"Al"}],"deceasedBoolean":false,
    "managingOrganization":{"reference":"#o"},"multipleBirthInteger":2,
    "extension":[{"url":"http://example.org/x","valueString":"y"}],
    "generalPractitioner":[{"reference":"Practitioner/1"},{"reference":"Organization/2"}]})");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"Patient.name.given", R"("Eva" "My")"},
      {"name.family", R"("Ek" "Al")"},
      {"Observation.code", ""},
      {"Resource.id", R"("1")"},
      {"name[1].family", R"("Al")"},
      {"name.first().given.tail()", R"("My")"},
      {"name.where(family = 'Ek').given.count()", "2"},
      {"Patient.deceased", "false"},
      {"(Patient.deceased as dateTime)", ""},
      {"Patient.deceased.exists() and Patient.deceased != false", "false"},
      {"multipleBirth.ofType(integer)", "2"},
      {"multipleBirth is integer", "true"},
      {"extension('http://example.org/x').value", R"("y")"},
      {"generalPractitioner.where(resolve() is Practitioner).reference", R"("Practitioner/1")"},
      {"managingOrganization.resolve().name", R"("Lab")"},
      {"name.all(family.exists())", "true"},
      {"name.select(family & 'x')", R"("Ekx" "Alx")"},
      {"name.family | name.family", R"("Ek" "Al")"},
      {"name.family.combine(name.family).isDistinct()", "false"},
      {"'Ek' in name.family", "true"},
      {"name.family contains 'Xx'", "false"},
      {"name.count() + 1 > 2", "true"},
      {"photo.empty()", "true"},
      {"photo.exists() implies false", "true"},
      {"active and false", "false"},
      {"active or true", "true"},
      {"active = true", ""},
      {"true xor false", "true"},
      {"iif(name.exists(), 'a', 'b')", R"("a")"},
      {"'12'.toInteger() <= 12", "true"},
      {"multipleBirth.toString().contains('2')", "true"},
      {"name.family.first().startsWith('E')", "true"},
      {"name.unknown()", "refused: the function unknown() is not known"},
      {"name.(", "refused: a name is missing at '('"},
      {"name 'x'", "refused: unexpected 'x'"},
      {"'open", "refused: a quoted text is not closed"},
  };
  for (const auto& [expression, expected] : cases) {
    EXPECT_EQ(Evaluated(expression, patient), expected) << expression;
  }
}

}  // namespace
}  // namespace genflik::fhir
