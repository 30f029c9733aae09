#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/json.h"
#include "services/core/clock.h"
#include "services/store/store.h"

// The permanent record of one patient as FHIR: a List that is "the tab", a Composition for
// $document (http://hl7.org/fhir/R4/composition-operation-document.html), and one file that carries
// the record from one Genflik into another.

namespace genflik::lab {

/// The List ("List/tab-ID") and the Composition ("Composition/record-ID") of a patient's record, in
/// this order. Throws Error(kNotFound) when there is no such patient.
[[nodiscard]] std::vector<fhir::Json> BuildRecordResources(const store::Reader& reader,
                                                           std::string_view patient,
                                                           core::Instant now);

/// The record as a document Bundle: Composition, List, Patient, results with their reports,
/// specimens and Provenance, and what changes their meaning (Procedure, Flag). Withdrawn results
/// are in it as such.
[[nodiscard]] fhir::Json BuildRecordDocument(const store::Reader& reader, std::string_view patient,
                                             core::Instant now);

/// Takes such a document in, in one transaction: resources keep their ids and the sender's
/// Provenance, and one of ours says when they came. A patient who is known by identifier keeps the
/// local id. Returns the logical id of the patient. Throws Error(kInvalid) for what is no such
/// document and Error(kConflict) when one of its ids is taken by something else, or when the
/// patient's identifiers lead to several patients.
std::string TakeRecordDocument(store::Writer& writer, const fhir::Json& document,
                               core::Instant now);

}  // namespace genflik::lab
