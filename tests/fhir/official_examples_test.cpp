#include <map>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "fhir/validator.h"
#include "tests/support/fhir_tests/fhir_support.h"

// Walks material that is not part of the repository; where it is absent the tests say so.

namespace genflik::fhir {
namespace {

using testing::Findings;
using testing::FromFile;
using testing::JsonFiles;
using testing::ReferenceFolder;
using testing::TheDefinitions;

// Files that are rightly refused, with the rule that refuses them.
const std::map<std::string, std::string> kFlawed = {
    {"SearchParameter-valueset-extensions-ValueSet-workflow.json", "'base' is missing"},
    {"MedicationRequest-medrx0301.json", "points to Practitioner"},
    {"StructureDefinition-FiveWs.json", "sdf-4"},
    // Refers to DiagnosticRequest, a type that R4 no longer has.
    {"diagnosticreport-cgexample.json", "'DiagnosticRequest/request' is no reference"},
};

void ExpectValid(const std::filesystem::path& folder, size_t at_least) {
  const auto files = JsonFiles(folder);
  size_t checked = 0;
  for (const auto& file : files) {
    const Json resource = FromFile(file);
    if (!TheDefinitions().IsResource(FindText(resource, "resourceType"))) continue;
    ++checked;
    IssueLog log;
    ValidateResource(TheDefinitions(), resource, log);
    const auto flaw = kFlawed.find(file.filename().string());
    if (flaw != kFlawed.end()) {
      bool found = false;
      for (const auto& finding : Findings(log)) {
        found = found || finding.find(flaw->second) != std::string::npos;
      }
      EXPECT_TRUE(found) << file;
      continue;
    }
    if (!log.HasErrors()) continue;
    for (const auto& finding : Findings(log)) ADD_FAILURE() << file.filename() << ": " << finding;
  }
  EXPECT_GE(checked, at_least);
}

TEST(OfficialExamples, AreValid) {
  const auto folder = ReferenceFolder() / "fhir/r4-examples";
  if (!exists(folder)) GTEST_SKIP() << "no reference material beside the checkout";
  ExpectValid(folder, 300);
}

TEST(GenomicsReportingExamples, AreValid) {
  const auto folder = ReferenceFolder() / "fhir/genomics-reporting";
  if (!exists(folder)) GTEST_SKIP() << "no reference material beside the checkout";
  ExpectValid(folder, 150);
}

TEST(SwedishExamples, AreValid) {
  const auto folder = ReferenceFolder() / "fhir/sweden";
  if (!exists(folder)) GTEST_SKIP() << "no reference material beside the checkout";
  ExpectValid(folder, 10);
}

}  // namespace
}  // namespace genflik::fhir
