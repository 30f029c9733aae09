#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "services/core/clock.h"
#include "services/lab/decision_record.h"
#include "services/lab/intake.h"
#include "services/lab/lab_configuration.h"
#include "services/store/store.h"

// What people do with the queue of what could not be used; the same over HTTP and on the command
// line.

namespace genflik::lab {

/// What taking an entry again needs.
struct QueueContext {
  store::Store& store;
  Hl7Intake& intake;
  const LabConfigurations& laboratories;
  const core::Clock& clock;
  /// Judges stored variants anew, as when they were written (WithVariantResults).
  store::WriteObserver judge;
};

/// Which entries to list; empty fields do not restrict.
struct QueueFilter {
  /// "open", "resolved", "replayed", "replaced" or "all".
  std::string status = "open";
  /// Logical id or "Patient/id".
  std::string patient = {};
};

/// An entry as JSON: id, status, received, form, source, patient, reasons, original, configuration
/// and, when it is closed, resolution.
[[nodiscard]] fhir::Json RenderQueueEntry(const store::Record& record);
[[nodiscard]] std::vector<store::Record> ListQueue(const store::Reader& reader,
                                                   const QueueFilter& filter);
/// Throws Error(kNotFound).
[[nodiscard]] store::Record GetQueueEntry(const store::Reader& reader, std::string_view id);

/// Closes an entry without using it; who did it and why stays with it. Throws Error(kConflict) when
/// it is closed already.
void ResolveQueueEntry(const QueueContext& context, std::string_view id, const Decision& decision);

/// Takes the original again: an HL7 v2 message or a row of a table as it came, a resource as it is
/// stored. Returns the reasons why it still cannot be used; empty when it is stored and the entry
/// closed. Throws Error(kConflict) when it is closed already, Error(kUnsupported) when there is
/// nothing to take.
[[nodiscard]] std::vector<std::string> ReplayQueueEntry(const QueueContext& context,
                                                        std::string_view id);

}  // namespace genflik::lab
