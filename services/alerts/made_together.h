#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "services/alerts/order_check.h"

// Stored orders of one drug that are one prescription in several parts. Pure.

namespace genflik::alerts {

/// An order as it is stored.
struct StoredOrder {
  fhir::Json body = {};
  /// Read from `body`; its Medication must outlive the judgement.
  mapping::DrugOrder order = {};
  /// Instant at which the order was first stored; empty for one that is not stored.
  std::string first_stored = {};
};

/// True where of two orders only one holds: one replaces the other or is based on it
/// (`priorPrescription`, `basedOn`, by address or identifier), or both bear the same identifier, as
/// a corrected copy does. That the later of two was meant to correct the earlier FHIR does not tell
/// otherwise.
[[nodiscard]] bool AreOnePrescription(const fhir::Json& one, const fhir::Json& other);

/// True where it is plain that two MedicationRequests hold at the same time: same status, intent
/// and patient, not one prescription, and they share the groupIdentifier, or were written on one
/// day and first stored in one transaction, or are drafts of one day with different dosages.
[[nodiscard]] bool AreMadeTogether(const StoredOrder& one, const StoredOrder& other);

/// Adds to `facts` the orders of `all` that are made together with `order`, so that their doses are
/// added up (DoseTogether). `all` must outlive `facts`.
void AddMadeTogether(const rules::KnowledgeBase& knowledge, const StoredOrder& order,
                     const std::vector<StoredOrder>& all, PatientFacts& facts);

}  // namespace genflik::alerts
