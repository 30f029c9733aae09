#include "services/lab/lab_configuration_schema.h"

#include <fstream>
#include <memory>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "services/core/error.h"
#include "services/core/paths.h"

namespace genflik::lab {
namespace {

using nlohmann::json;

// valijson names a place as "<root>", "[codes]", "[0]".
std::string PointerOf(const std::vector<std::string>& context) {
  std::string pointer;
  for (const std::string& part : context) {
    if (part.size() < 2 || part.front() != '[') continue;
    pointer += "/";
    for (const char c : part.substr(1, part.size() - 2)) {
      pointer += c == '~' ? std::string("~0") : c == '/' ? std::string("~1") : std::string(1, c);
    }
  }
  return pointer;
}

// valijson repeats a fault at every level above it.
bool IsEcho(std::string_view description) {
  return description.starts_with("Failed to validate item") ||
         description.starts_with("Failed to validate against schema associated with property") ||
         description.starts_with("Failed to validate against additional properties schema");
}

const valijson::Schema& TheSchema() {
  static const auto schema = [] {
    const auto file = core::ShareDirectory() / "labs" / "schema" / "laboratory.schema.json";
    std::ifstream stream(file);
    auto read = std::make_unique<valijson::Schema>();
    try {
      const json document = json::parse(stream);
      valijson::SchemaParser parser;
      parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(document), *read);
    } catch (const std::exception& error) {
      throw core::Error(core::ErrorCode::kInternal, file.string() + ": " + error.what());
    }
    return read;
  }();
  return *schema;
}

}  // namespace

std::vector<SchemaFault> CheckLabConfiguration(const fhir::Json& document) {
  const json plain = json::parse(document.dump());
  valijson::Validator validator;
  valijson::ValidationResults results;
  const valijson::adapters::NlohmannJsonAdapter adapter(plain);
  std::vector<SchemaFault> faults;
  if (validator.validate(TheSchema(), adapter, &results)) return faults;
  for (const valijson::ValidationResults::Error& error : results) {
    if (IsEcho(error.description)) continue;
    faults.push_back({PointerOf(error.context), error.description});
  }
  if (faults.empty()) faults.push_back({"", "does not obey the schema"});
  return faults;
}

}  // namespace genflik::lab
