#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/issue.h"
#include "services/store/store.h"

// What came in and could not be used as a result waits in a visible queue (records of kind
// "unmapped") until a person resolves it; nothing is dropped and nothing is guessed.

namespace genflik::lab {

/// One thing that waits.
struct Unmapped {
  /// Where it came from: "fhir", "hl7v2", "table", "import".
  std::string form = {};
  /// The resource it stands in ("Observation/1"), or the id of the message or row.
  std::string source = {};
  /// Logical id of the patient; empty when not known.
  std::string patient = {};
  /// What is wrong, for people.
  std::vector<std::string> reasons = {};
  /// The original as it came, for replay; empty when the source is a stored resource.
  std::string original = {};
  /// Name of the laboratory configuration that was used; may be empty.
  std::string configuration = {};
};

/// The record of an entry, with status "open". `key` makes it unique, so that the same input is
/// queued once.
[[nodiscard]] store::Record ToRecord(const Unmapped& entry, std::string key);
[[nodiscard]] Unmapped FromRecord(const store::Record& record);

/// Queues genetic resources that cannot be used as results, in the transaction that stores them;
/// a later version that can be used closes the entry. For Store::AddWriteObserver.
void ObserveResults(store::Writer& writer, const std::vector<store::StoredResource>& written);

}  // namespace genflik::lab
