#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fhir/json.h"
#include "rules/drug_query.h"
#include "rules/gene_result.h"
#include "rules/knowledge_base.h"
#include "services/alerts/alert_policy.h"

namespace genflik::tab {

/// A drug that the patient takes now.
struct RunningDrug {
  /// "MedicationRequest/5".
  std::string reference = {};
  rules::DrugQuery query = {};
  /// When it was ordered or begun, as FHIR has it; may be empty.
  std::string since = {};
  /// Instant at which Genflik first knew of the order.
  std::string known_from = {};
  /// Instant at which the order was last changed; may be empty.
  std::string written = {};
  /// Population codes that the order's reason speaks for.
  std::vector<std::string> indications = {};
  /// The ordered dose, by name of the drug file.
  std::map<std::string, alerts::OrderedDose> doses = {};
};

/// What advice on drugs is worked out from.
struct AdviceInput {
  /// Logical id.
  std::string patient = {};
  std::vector<rules::GeneResult> results = {};
  std::vector<RunningDrug> running = {};
  std::optional<double> age_years = {};
  std::optional<double> weight_kg = {};
  /// Leaves out drugs that the patient does not take.
  bool only_running = false;
  /// Which guideline leads and how loud rules may be: the same as for cards at the order.
  alerts::PolicyOptions policy = {};
};

/// What every drug of the knowledge means for the patient (docs/record-json.md). Pure. A drug is
/// green only when every gene that its guidelines use is known and one of them says that nothing is
/// to be changed.
[[nodiscard]] fhir::Json BuildDrugAdvice(const rules::KnowledgeBase& knowledge,
                                         const AdviceInput& input);

}  // namespace genflik::tab
