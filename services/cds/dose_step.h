#pragma once

#include <optional>

#include "fhir/json.h"
#include "rules/drug.h"
#include "services/mapping/dosage_units.h"
#include "services/mapping/orders.h"

// Which amounts of a product can be given.

namespace genflik::cds {

/// What an advice makes of an ordered amount, as parts of it: the aim, and between which parts the
/// amount that can be given must lie.
struct DoseChange {
  double factor = 1;
  double least = 0;
  double most = 1;
};

/// The tablets or capsules of a product.
struct Pieces {
  /// How much is in one, in mg or IU; nothing when the product does not tell.
  std::optional<double> holds = {};
  mapping::UnitKind kind = mapping::UnitKind::kMass;
  /// False for capsules and for what acts slowly.
  bool halves = true;
};

/// What is known of the ordered product.
[[nodiscard]] Pieces PiecesOf(const fhir::Json& resource, const mapping::DrugOrder& order,
                              const rules::Drug& drug);

/// The changed amount of a FHIR Quantity, in its unit, rounded down to what can be given: to half
/// tablets, to whole numbers of 10 and more by weight or surface, otherwise to two digits or a
/// quarter of a hundred of them (37.5). Nothing when no such amount is within the change.
[[nodiscard]] std::optional<double> GivableAmount(const fhir::Json& quantity,
                                                  const DoseChange& change, const Pieces& pieces);

/// Rounded down to two digits, or to a quarter of a hundred of them: 41.8 to 41, 37.9 to 37.5.
[[nodiscard]] double RoundDown(double amount);

}  // namespace genflik::cds
