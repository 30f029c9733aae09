#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace genflik::rules {

enum class DrugSystem { kAtc, kRxNorm, kSnomed };

struct DrugCode {
  DrugSystem system = DrugSystem::kAtc;
  std::string code = {};
  bool operator==(const DrugCode&) const = default;
};

/// A drug as an order names it: every code it carries, and its words.
struct DrugQuery {
  std::vector<DrugCode> codes = {};
  /// Names and brands in any language and case; several when the order gives several.
  std::vector<std::string> names = {};

  bool operator==(const DrugQuery&) const = default;
};

/// Reads what a person or a file calls a drug: an ATC code, an RxNorm number (up to 7 digits), a
/// SNOMED CT id (8 digits and more) or a name.
DrugQuery ReadDrugQuery(std::string_view text);

}  // namespace genflik::rules
