#include <fstream>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/e2e_tests/json.h"
#include "tests/support/e2e_tests/program.h"

// What goes in by PUT comes back equal, digit for digit.

namespace genflik::e2e {
namespace {

using fhir::Json;

Json Content(Json resource) {
  resource.erase("id");
  resource.erase("meta");
  return resource;
}

// Examples that break the standard themselves, and why they are refused.
bool IsFlawed(const std::string& name) {
  static const std::set<std::string> kFlawed = {
      // dispenseRequest.performer may only be an Organization.
      "MedicationRequest-medrx0301.json",
      // SearchParameter.base is mandatory.
      "SearchParameter-valueset-extensions-ValueSet-workflow.json",
      // A structure that is not abstract needs a baseDefinition (sdf-4).
      "StructureDefinition-FiveWs.json"};
  return kFlawed.contains(name);
}

void ExpectRoundTrip(const Service& service, Json resource, const std::string& name) {
  if (!resource.contains("id")) resource["id"] = "example";
  const std::string path = "/fhir/" + resource["resourceType"].get<std::string>() + "/" +
                           resource["id"].get<std::string>();
  const Answer put = service.Send("PUT", path, fhir::PrintJson(resource),
                                  {{"Content-Type", "application/fhir+json"}});
  if (resource["resourceType"] == "AuditEvent") {
    EXPECT_EQ(put.status, 405) << name;
    return;
  }
  if (IsFlawed(name)) {
    EXPECT_EQ(put.status, 422) << name;
    return;
  }
  ASSERT_TRUE(put.status == 200 || put.status == 201) << name << ": " << put.body;
  const Answer read = service.Send("GET", path, "", {{"Accept", "application/fhir+json"}});
  ASSERT_EQ(read.status, 200) << name;
  EXPECT_EQ(fhir::PrintJson(Content(Parse(read.body))), fhir::PrintJson(Content(resource))) << name;
}

TEST(RestExamples, KeepTheDigitsOfDecimals) {
  const TemporaryFolder folder;
  const Service service(folder.path());
  for (const std::string digits :
       {"1.50", "1.0", "1.00", "0.10", "1e2", "1E-7", "100000000000000000000.0", "-0.0", "7"}) {
    ExpectRoundTrip(service,
                    Parse(R"({"resourceType":"Observation","id":"d","status":"final",
                            "code":{"text":"x"},"valueQuantity":{"value":)" +
                          digits + "}}"),
                    digits);
  }
}

TEST(RestExamples, KeepExtensionsOnPrimitives) {
  const TemporaryFolder folder;
  const Service service(folder.path());
  ExpectRoundTrip(service, Parse(R"({"resourceType":"Patient","id":"p",
      "_birthDate":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason",
        "valueCode":"unknown"}]},
      "name":[{"family":"Åkesson","given":["Eva",null],
        "_given":[null,{"extension":[{"url":"urn:x","valueString":"y"}]}]}]})"),
                  "primitive extensions");
}

TEST(RestExamples, OfTheStandardComeBackEqual) {
  const std::filesystem::path root = ReferenceFolder() / "fhir" / "r4-examples";
  if (ReferenceFolder().empty() || !std::filesystem::exists(root)) {
    GTEST_SKIP() << "the official examples are not beside this checkout";
  }
  const TemporaryFolder folder;
  const Service service(folder.path());
  size_t count = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(root)) {
    if (file.path().extension() != ".json") continue;
    ExpectRoundTrip(service, Parse(ReadFile(file.path())), file.path().filename().string());
    ++count;
  }
  EXPECT_GT(count, 300U);
}

}  // namespace
}  // namespace genflik::e2e
