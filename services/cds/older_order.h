#pragma once

#include <string>
#include <vector>

#include "fhir/json.h"
#include "rules/drug.h"
#include "services/alerts/alert_policy.h"
#include "services/alerts/drug_readings.h"
#include "services/alerts/text_form.h"
#include "services/mapping/orders.h"

// Orders of a drug that ran before it was ordered again. Pure.

namespace genflik::cds {

/// Where older orders are looked for.
struct OlderOrders {
  const alerts::DrugReadings& readings;
  /// What the patient has, resources of other types included.
  std::vector<const fhir::Json*> had = {};
  /// References of the orders of the call: their doses are added up.
  std::vector<std::string> in_call = {};
  mapping::BodySize size = {};
};

/// True where an advice is about how much of a drug is given.
[[nodiscard]] bool LimitsDose(const alerts::Advice& advice);

/// Says which active orders of the drug stand beside `order` and that the doses were not added;
/// empty where there is none, where `order` tells which prescription it follows, and where the
/// dosages put one after the other. Plain text.
[[nodiscard]] std::string OlderOrdersText(const OlderOrders& where, const rules::Drug& drug,
                                          const fhir::Json& order, alerts::Language language);

}  // namespace genflik::cds
