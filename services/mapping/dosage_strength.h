#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json.h"
#include "services/mapping/dosage_units.h"

// How much of a substance a product holds (http://hl7.org/fhir/R4/medication.html).

namespace genflik::mapping {

/// `amount` (mg or IU) of one ingredient in `per` of the product: 500 mg in 1 tablet, 4 mg in 5 mL,
/// 25 µg released in an hour.
struct Strength {
  double amount = 0;
  UnitKind kind = UnitKind::kMass;
  double per = 1;
  Unit per_unit = {};
};

/// One ingredient of a product; the strength is absent when the product does not tell it.
struct Ingredient {
  std::string name = {};
  std::optional<Strength> strength = {};
};

/// What of a product matters for a dose.
struct Product {
  /// False when nothing was told about the product.
  bool known = false;
  /// Plain words of form and name ("depottablett", "fentanyl depotplåster 25 ug/tim").
  std::string form = {};
  std::string name = {};
  std::vector<Ingredient> ingredients = {};
  /// Set when several ingredients are named and none of them is the asked one.
  bool ingredient_unclear = false;
  /// Index of the ingredient that counts.
  size_t counted = 0;

  /// The strength that counts, or nothing.
  const std::optional<Strength>& strength() const;
};

/// Reads a Medication. `substances` are the names of the substance that counts, in any language,
/// best first; salts and Swedish spellings are matched.
[[nodiscard]] Product ReadProduct(const fhir::Json* medication,
                                  const std::vector<std::string>& substances);

/// True when the two words name one substance ("kodein", "codeine", "kodeinfosfathemihydrat").
[[nodiscard]] bool SameSubstance(std::string_view a, std::string_view b);

/// True for a patch, by its form or name.
[[nodiscard]] bool IsPatch(const Product& product);
/// True when form or name say that the product acts where it is put (ointment, eye drops).
[[nodiscard]] bool IsLocalForm(const Product& product);

}  // namespace genflik::mapping
