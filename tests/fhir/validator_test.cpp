#include "fhir/validator.h"

#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/fhir_tests/fhir_support.h"
#include "tests/support/places.h"

namespace genflik::fhir {
namespace {

using testing::Findings;
using testing::FromFile;
using testing::FromText;
using testing::JsonFiles;
using testing::TheDefinitions;

const std::filesystem::path kData = std::filesystem::path(tests::TestData()) / "fhir";

std::string Listed(const IssueLog& log) {
  std::string text;
  for (const auto& finding : Findings(log)) text += "\n  " + finding;
  return text;
}

TEST(Validator, FindsEveryFaultAtItsPlace) {
  size_t checked = 0;
  for (const auto& file : JsonFiles(kData / "broken")) {
    if (file.stem().extension() == ".issues") continue;
    ++checked;
    auto issues_file = file;
    issues_file.replace_extension(".issues.json");
    const Json expected = FromFile(issues_file);
    IssueLog log;
    ValidateResource(TheDefinitions(), FromFile(file), log);
    EXPECT_TRUE(log.HasErrors()) << file.filename();
    ASSERT_EQ(log.issues().size(), expected.size()) << file.filename() << Listed(log);
    for (size_t i = 0; i < expected.size(); ++i) {
      const Issue& issue = log.issues()[i];
      EXPECT_EQ(issue.path, FindText(expected[i], "path")) << file.filename() << Listed(log);
      EXPECT_EQ(CodeOf(issue.type), FindText(expected[i], "code")) << file.filename();
      EXPECT_THAT(issue.text, ::testing::HasSubstr(std::string(FindText(expected[i], "text"))))
          << file.filename();
    }
  }
  EXPECT_GE(checked, 90U);
}

TEST(Validator, AcceptsWhatTheStandardAllows) {
  size_t checked = 0;
  for (const auto& file : JsonFiles(kData / "valid")) {
    ++checked;
    IssueLog log;
    ValidateResource(TheDefinitions(), FromFile(file), log);
    EXPECT_FALSE(log.HasErrors()) << file.filename() << Listed(log);
  }
  EXPECT_GE(checked, 10U);
}

TEST(Validator, RefusesAnotherTypeThanAsked) {
  IssueLog log;
  ValidateResource(TheDefinitions(), FromText(R"({"resourceType":"Patient"})"), "Observation", log);
  ASSERT_EQ(log.issues().size(), 1U);
  EXPECT_EQ(log.issues()[0].type, IssueType::kInvalid);
}

TEST(Validator, KeepsControlCharactersOut) {
  IssueLog log;
  ValidateResource(TheDefinitions(),
                   FromText(R"({"resourceType":"Patient","name":[{"family":"a\u0000b"}]})"), log);
  EXPECT_TRUE(log.HasErrors());
}

constexpr std::string_view kGenotypeWithoutValue =
    R"({"resourceType":"Observation","status":"final",
  "meta":{"profile":["http://hl7.org/fhir/uv/genomics-reporting/StructureDefinition/genotype|3.0.0"]},
  "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]},
              {"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0074","code":"GE"}]}],
  "code":{"coding":[{"system":"http://loinc.org","code":"84413-4"}]}})";

TEST(Validator, HoldsAResourceToTheProfileItNames) {
  IssueLog log;
  ValidateResource(TheDefinitions(), FromText(kGenotypeWithoutValue), log);
  ASSERT_EQ(log.issues().size(), 1U) << Listed(log);
  EXPECT_EQ(log.issues()[0].path, "Observation.value");
  EXPECT_TRUE(log.HasErrors());
}

TEST(Validator, WarnsByCodeWhenNoProfileIsNamed) {
  Json resource = FromText(kGenotypeWithoutValue);
  resource.erase("meta");
  IssueLog log;
  ValidateResource(TheDefinitions(), resource, log);
  ASSERT_EQ(log.issues().size(), 1U) << Listed(log);
  EXPECT_EQ(log.issues()[0].severity, Severity::kWarning);
  EXPECT_FALSE(log.HasErrors());
}

TEST(Validator, KnowsIds) {
  EXPECT_TRUE(IsId("a-1.B"));
  EXPECT_FALSE(IsId(""));
  EXPECT_FALSE(IsId("a/b"));
  EXPECT_FALSE(IsId(std::string(65, 'a')));
}

}  // namespace
}  // namespace genflik::fhir
