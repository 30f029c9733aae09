#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "services/lab/decision_record.h"
#include "services/store/store.h"

// A result, or new knowledge, that speaks against a drug the patient has already: kept open
// (records of kind "late") until a clinician acknowledges it, and escalated while nobody does.

namespace genflik::lab {

/// An observer that runs `recheck` and keeps what it finds about orders that ran before the results
/// in this transaction came. An entry whose order no longer runs is settled.
[[nodiscard]] store::WriteObserver WithLateResults(store::WriteObserver recheck);

/// Rechecks the running orders of every patient, for new knowledge: what it now says about them is
/// kept like a late result. One transaction a patient. Returns how many entries were opened.
size_t RecheckRunningOrders(store::Store& store, const store::WriteObserver& recheck);

/// An entry as JSON: id, status, at, patient, issue, order, cause, summary, severity, escalations
/// and, when it is closed, acknowledged.
[[nodiscard]] fhir::Json RenderLateResult(const store::Record& record);

/// Closes an entry: the clinician has seen it. Who and why stand in the DetectedIssue as
/// mitigation, and its Tasks are completed. Throws Error(kNotFound), or Error(kConflict) when it is
/// closed.
void AcknowledgeLateResult(store::Writer& writer, std::string_view id, const Decision& decision);

struct EscalationOptions {
  /// How long an entry may stay unseen, and between reminders after that.
  std::chrono::minutes after = std::chrono::hours(24);
  /// The unit that the Task is for.
  std::string unit = {};
};

/// Makes a Task for every open entry that has waited too long since it came or since its last Task.
/// Returns how many. To be called now and again.
size_t EscalateLateResults(store::Store& store, const EscalationOptions& options,
                           core::Instant now);

}  // namespace genflik::lab
