#include "tests/support/services_tests/definitions.h"

#include <filesystem>
#include <stdexcept>

#include "tests/support/places.h"

namespace genflik::testing {

std::shared_ptr<const fhir::Definitions> TestDefinitions() {
  static const std::shared_ptr<const fhir::Definitions> definitions = [] {
    fhir::IssueLog problems;
    auto loaded = fhir::LoadDefinitions(
        std::filesystem::path(tests::SourceDir()) / "fhir" / "definitions", problems);
    if (!loaded) throw std::runtime_error("the definition files cannot be read");
    return loaded;
  }();
  return definitions;
}

}  // namespace genflik::testing
