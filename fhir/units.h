#pragma once

#include <optional>
#include <string>
#include <string_view>

// UCUM units (http://unitsofmeasure.org) that occur in doses and laboratory results, brought to one
// base unit of each kind so that quantities can be compared.

namespace genflik::fhir {

/// A unit as a multiple of a base unit: mg is {"g", 0.001}.
struct BaseUnit {
  std::string unit = {};
  double factor = 1;
};

/// The base unit of a UCUM code, of a quotient of two ("mg/dL") included; nothing when the code is
/// not one of those known.
[[nodiscard]] std::optional<BaseUnit> FindBaseUnit(std::string_view ucum_code);

}  // namespace genflik::fhir
