#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/json.h"
#include "rules/gene_result.h"
#include "rules/knowledge_base.h"
#include "services/core/clock.h"
#include "services/store/store.h"

// The permanent record of one patient as one JSON (docs/record-json.md).

namespace genflik::lab {

/// Everything that the record is built from, read on one snapshot.
struct RecordInput {
  store::StoredResource patient = {};
  /// Current versions, withdrawn ones included.
  std::vector<rules::GeneResult> results = {};
  /// What earlier versions of the same resources said; their source names the version.
  std::vector<rules::GeneResult> earlier_versions = {};
  /// Procedures and Flags.
  std::vector<store::StoredResource> events = {};
  /// Active MedicationRequests and MedicationStatements.
  std::vector<store::StoredResource> drugs = {};
  /// Open records of kind "unmapped".
  std::vector<store::Record> unmapped = {};
  /// Records of kind "move": results that came from or went to another patient.
  std::vector<store::Record> moves = {};
};

/// Reads the input; throws Error(kNotFound) when there is no patient with this logical id.
[[nodiscard]] RecordInput ReadRecordInput(const store::Reader& reader, std::string_view patient_id);

/// Builds the record. Pure.
[[nodiscard]] fhir::Json BuildRecord(const rules::KnowledgeBase& knowledge,
                                     const RecordInput& input, core::Instant now);

}  // namespace genflik::lab
