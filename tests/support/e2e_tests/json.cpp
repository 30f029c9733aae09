#include "tests/support/e2e_tests/json.h"

#include <stdexcept>

#include <nlohmann/json.hpp>

namespace genflik::e2e {

fhir::Json Parse(std::string_view text) {
  fhir::IssueLog log;
  auto value = fhir::ParseJson(text, log);
  if (!value) throw std::runtime_error("not JSON: " + std::string(text.substr(0, 400)));
  return std::move(*value);
}

std::string TextAt(const fhir::Json& value, const std::string& pointer) {
  const fhir::Json::json_pointer place(pointer);
  if (!value.contains(place)) return {};
  const fhir::Json& found = value.at(place);
  return found.is_string() ? found.get<std::string>() : fhir::PrintJson(found);
}

}  // namespace genflik::e2e
