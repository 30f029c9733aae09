#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "services/core/clock.h"
#include "services/core/ids.h"
#include "services/lab/lab_configuration.h"
#include "services/lab/lab_report.h"
#include "services/store/store.h"

// The funnel behind every door that is not FHIR itself: what a reader made of a message or a table
// becomes resources in one transaction.

namespace genflik::lab {

/// What became of one report.
struct StoredReport {
  /// "DiagnosticReport/…".
  std::string reference = {};
  /// Logical id of the patient.
  std::string patient = {};
  bool new_patient = false;
  /// An older version than the one that is stored: nothing was written.
  bool stale = false;
  size_t results = 0;
};

/// Writes a report: finds or creates the patient, and replaces what an earlier version of the same
/// report (sender and number) said, result by result. Ids follow from sender, number and key, so
/// that the same report stored twice makes nothing new. Throws Error(kConflict) when the
/// identifiers lead to several patients, or to another one than the earlier version's.
[[nodiscard]] StoredReport StoreReport(store::Writer& writer, const LabReport& report,
                                       core::Instant now);

/// The logical id that a report or one of its results (by its key; empty for the report) gets, so
/// that resources can refer to each other before they are stored.
[[nodiscard]] std::string StoredId(const LabReport& report, std::string_view key);

/// Takes HL7 v2 messages.
class Hl7Intake {
 public:
  /// All must outlive the intake. `configurations` gives those in use.
  Hl7Intake(store::Store& store, const LabConfigurations& configurations, const core::Clock& clock,
            core::Ids& ids)
      : store_(store), configurations_(configurations), clock_(clock), ids_(ids) {}

  /// Stores one message (or each of a batch) and returns the acknowledgement, without framing. AA
  /// means that it is on disk. A message that was taken before (MSH-3, MSH-4, MSH-10) is answered
  /// again and not stored twice. What cannot be used is queued with the original and gets AE; AR is
  /// for what is refused as a whole, and for trouble of our own, after which the sender may try
  /// again. Safe from any number of threads; never throws.
  [[nodiscard]] std::string Handle(std::string_view bytes);

  /// Takes the message of a queue entry again, after somebody has changed the configuration.
  /// Returns the reasons why it still cannot be used; empty when it is stored.
  [[nodiscard]] std::vector<std::string> Replay(std::string_view original);

 private:
  std::string HandleOne(std::string_view bytes);

  store::Store& store_;
  const LabConfigurations& configurations_;
  const core::Clock& clock_;
  core::Ids& ids_;
};

}  // namespace genflik::lab
