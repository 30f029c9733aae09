#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "tests/support/fhir_tests/fhir_support.h"
#include "tests/support/places.h"

// The definition files read as plain JSON Schemas by a library that is not ours
// (docs/decisions/010-fhir-validation.md).

namespace genflik::fhir {
namespace {

using Plain = nlohmann::json;
using Adapter = valijson::adapters::NlohmannJsonAdapter;

const std::filesystem::path kDefinitions =
    std::filesystem::path(tests::SourceDir()) / "fhir/definitions";
const std::filesystem::path kData = std::filesystem::path(tests::TestData()) / "fhir";

Plain Load(const std::filesystem::path& path) { return Plain::parse(testing::ReadAll(path)); }

const valijson::Schema& SchemaOf(const std::string& type) {
  static std::map<std::string, std::unique_ptr<valijson::Schema>> schemas;
  auto& schema = schemas[type];
  if (schema) return *schema;
  schema = std::make_unique<valijson::Schema>();
  const Plain document = Load(kDefinitions / (type + ".json"));
  const std::function<const Plain*(const std::string&)> fetch = [](const std::string& uri) {
    return new Plain(Load(kDefinitions / std::filesystem::path(uri).filename()));
  };
  const std::function<void(const Plain*)> release = [](const Plain* fetched) { delete fetched; };
  valijson::SchemaParser().populateSchema(Adapter(document), *schema, fetch, release);
  return *schema;
}

bool Accepts(const Plain& resource) {
  valijson::Validator validator;
  return validator.validate(SchemaOf(resource["resourceType"].get<std::string>()),
                            Adapter(resource), nullptr);
}

TEST(Schemas, AcceptWhatTheValidatorAccepts) {
  for (const auto& file : testing::JsonFiles(kData / "valid")) {
    EXPECT_TRUE(Accepts(Load(file))) << file.filename();
  }
}

// Faults of structure that a schema can see: those in the resource itself, and of a kind that
// draft-07 has words for.
bool CanBeSeen(const std::string& name, const Plain& resource, const Plain& issues) {
  static const std::map<std::string, std::string> kBeyondSchemas = {
      {"two_values", "at most one form of a choice"},
      {"clinical_status_without_bound_coding", "pairs of system and code"},
      {"empty_object", "an object with nothing in it"},
      {"null_without_extension", "what stands beside a null"},
      {"type_not_served", "a type without schema"},
  };
  const std::string path = issues[0]["path"];
  const bool inner =
      path.find("resource") != std::string::npos || path.find("contained") != std::string::npos;
  const std::string code = issues[0]["code"];
  const bool structure = code == "structure" || code == "required" || code == "code-invalid";
  return resource.is_object() && resource.contains("resourceType") && structure && !inner &&
         exists(kDefinitions / (resource["resourceType"].get<std::string>() + ".json")) &&
         !kBeyondSchemas.contains(name);
}

TEST(Schemas, RefuseFaultsOfStructure) {
  size_t checked = 0;
  for (const auto& file : testing::JsonFiles(kData / "broken")) {
    if (file.stem().extension() == ".issues") continue;
    auto issues = file;
    issues.replace_extension(".issues.json");
    const Plain resource = Load(file);
    if (!CanBeSeen(file.stem().string(), resource, Load(issues))) continue;
    ++checked;
    EXPECT_FALSE(Accepts(resource)) << file.filename();
  }
  EXPECT_GE(checked, 20U);
}

}  // namespace
}  // namespace genflik::fhir
