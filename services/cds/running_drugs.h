#pragma once

#include <string_view>
#include <vector>

#include "services/alerts/order_check.h"

// Drugs that the patient takes already, judged again because of what is being ordered: an inhibitor
// beside them may make them dangerous or useless.

namespace genflik::cds {

struct RunningInput {
  const rules::KnowledgeBase& knowledge;
  const alerts::PolicyOptions& policy;
  /// A FHIR date.
  std::string_view today;
  /// With the orders of the call among the active drugs.
  const alerts::PatientFacts& facts;
  mapping::ResourceLookup lookup;
  const std::vector<const fhir::Json*>& orders;
  /// Resources of what the patient takes; others among them are passed over.
  std::vector<const fhir::Json*> taken = {};
};

struct RunningAdvice {
  const fhir::Json* resource = nullptr;
  alerts::CheckedOrder checked = {};
  alerts::Advice advice = {};
};

/// The advice, from warnings on, that is louder with the orders of the call than without them. A
/// drug that is itself ordered anew is left out.
[[nodiscard]] std::vector<RunningAdvice> FindLouder(const RunningInput& input);

}  // namespace genflik::cds
