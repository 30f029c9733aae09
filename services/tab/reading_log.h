#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fhir/json.h"
#include "services/store/store.h"

// A genotype stays; what it is taken to mean changes with the knowledge. When a record is shown,
// the readings that were shown are written down once, so that a later change can be told.

namespace genflik::tab {

/// The readings in a record (docs/record-json.md) as a record of kind "reading" of this patient.
[[nodiscard]] store::Record ReadingRecord(const fhir::Json& record, const std::string& patient);

/// Whether `now` says something about a gene that `before` does not.
[[nodiscard]] bool SaysMore(const store::Record& before, const store::Record& now);

/// Notes the readings of a record when they differ from those noted last. What cannot be written is
/// logged and does not keep the record from being shown.
void NoteReadings(store::Store& store, const fhir::Json& record, const std::string& patient);

/// One gene that came to be read otherwise although its genotype stayed the same.
struct ReadingChange {
  std::string gene = {};
  std::string diplotype = {};
  /// When the new reading was first shown.
  std::string date = {};
  /// Phenotypes in the guideline's term, with the activity score where there is one.
  std::string before = {};
  std::string after = {};
  std::string knowledge_before = {};
  std::string knowledge_after = {};

  bool operator==(const ReadingChange&) const = default;
};

/// The changes in records of kind "reading", oldest first. Pure.
[[nodiscard]] std::vector<ReadingChange> ReadingChanges(const std::vector<store::Record>& records);

}  // namespace genflik::tab
