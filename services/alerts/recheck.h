#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rules/knowledge_base.h"
#include "services/alerts/advice_text.h"
#include "services/alerts/alert_policy.h"
#include "services/alerts/order_check.h"
#include "services/core/clock.h"
#include "services/store/store.h"

// Plain FHIR gets the same alerts as CDS Hooks: an order or a result that is stored leaves a
// DetectedIssue beside every order it concerns, in the same transaction.

namespace genflik::alerts {

using KnowledgeSource = std::function<std::shared_ptr<const rules::KnowledgeBase>()>;

struct RecheckOptions {
  PolicyOptions policy = {};
  Language language = Language::kSwedish;
};

/// True for the types of resources that say that a drug runs: MedicationRequest,
/// MedicationStatement, MedicationDispense, MedicationAdministration.
[[nodiscard]] bool IsDrugType(std::string_view type);
/// Such resources, orders first, that are in a status in which the drug runs or is about to.
/// `criteria` narrows them ("patient=Patient/1&") or is empty.
[[nodiscard]] std::vector<store::StoredResource> FindRunningDrugs(const store::Reader& reader,
                                                                  const std::string& criteria);

/// Facts about a stored patient: results, age, size and what is taken.
[[nodiscard]] PatientFacts ReadPatientFacts(const store::Reader& reader,
                                            const rules::KnowledgeBase& knowledge,
                                            const std::string& patient_id, std::string_view today);

/// Sees orders and results as they are written and keeps the DetectedIssues of the patient's orders
/// up to date. For Store::AddWriteObserver; what is handed in must outlive the store.
[[nodiscard]] store::WriteObserver MakeRecheckObserver(KnowledgeSource knowledge,
                                                       const core::Clock& clock,
                                                       RecheckOptions options);

/// Judges one order against what is stored of its patient, without storing anything: the
/// DetectedIssues that storing it would leave, on itself and on the drugs that it changes.
[[nodiscard]] std::vector<fhir::Json> EvaluateOrder(const store::Reader& reader,
                                                    const rules::KnowledgeBase& knowledge,
                                                    const fhir::Json& order, core::Instant now,
                                                    const RecheckOptions& options);

}  // namespace genflik::alerts
