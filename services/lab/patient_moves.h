#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/lab/decision_record.h"
#include "services/store/store.h"

// Results that change their patient: two records of one person that are merged
// (http://hl7.org/fhir/R4/patient.html#merging), and a report that was stored with the wrong
// person. Both patients' histories show it (records of kind "move").

namespace genflik::lab {

/// Follows Patient.link "replaced-by" to the record in use; `id` itself when there is none. Throws
/// Error(kConflict) when the links go in a circle.
[[nodiscard]] std::string FollowMerges(const store::Reader& reader, std::string id);

/// Gives a DiagnosticReport with its results and specimen, or one Observation, of `patient` to the
/// patient `to` ("Patient/id"). Returns what was moved. Throws Error(kNotFound) when there is no
/// such patient or result, Error(kInvalid) when the result is not the patient's or no result.
std::vector<std::string> MoveResult(store::Writer& writer, const std::string& patient,
                                    const std::string& result, const std::string& to,
                                    const Decision& decision);

/// When a Patient with a link "replaced-by" is stored, everything of the replaced record goes to
/// the one that replaces it, which gets the link "replaces". Returns what was stored.
std::vector<store::StoredResource> FollowPatientLinks(
    store::Writer& writer, const std::vector<store::StoredResource>& written);

/// An observer that shows `next` what was written together with what merging moved.
[[nodiscard]] store::WriteObserver WithPatientMerges(store::WriteObserver next);

}  // namespace genflik::lab
