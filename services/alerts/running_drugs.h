#pragma once

#include <string_view>
#include <vector>

#include "services/alerts/order_check.h"

// Drugs that the patient takes already, judged again because of what is being ordered: an inhibitor
// beside them may make them dangerous or useless. Pure.

namespace genflik::alerts {

/// As many different running drugs are judged again; a list longer than this is none of a patient.
inline constexpr size_t kMostRunningDrugs = 300;

struct RunningInput {
  const rules::KnowledgeBase& knowledge;
  const PolicyOptions& policy;
  /// A FHIR date.
  std::string_view today;
  /// With the orders below among the active drugs.
  const PatientFacts& facts;
  const DrugReadings& readings;
  /// What is being ordered.
  const std::vector<const fhir::Json*>& orders;
  /// Resources of what the patient takes; others among them are passed over.
  std::vector<const fhir::Json*> taken = {};
};

struct RunningAdvice {
  const fhir::Json* resource = nullptr;
  CheckedOrder checked = {};
  Advice advice = {};
  /// The orders that bring it about, as they came; never empty.
  std::vector<mapping::DrugOrder> because = {};
};

struct RunningFindings {
  std::vector<RunningAdvice> advice = {};
  /// There were more than kMostRunningDrugs, and the rest was not judged.
  bool cut = false;
};

/// The advice, from warnings on, that is louder with the orders than without them. A drug that is
/// itself ordered anew is left out.
[[nodiscard]] RunningFindings FindLouder(const RunningInput& input);

}  // namespace genflik::alerts
