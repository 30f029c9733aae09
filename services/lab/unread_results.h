#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fhir/json.h"
#include "services/core/clock.h"
#include "services/store/store.h"

// Genetic results that would be stored without a word and belong to no record: of whom they are is
// told by an identifier alone, or by nothing; what they test only the laboratory knows; they are
// free text.

namespace genflik::lab {

/// Gives a result whose subject is told by identifier ("subject.identifier", a contained Patient, a
/// conditional reference) the one stored patient who has it, as a new version. Nothing when the
/// result has a patient, or none can be told.
[[nodiscard]] std::optional<store::StoredResource> GiveSubject(store::Writer& writer,
                                                               const store::StoredResource& stored,
                                                               core::Instant now);

/// An observer that gives subjects and shows `next` the versions that have them.
[[nodiscard]] store::WriteObserver WithSubjects(const core::Clock& clock,
                                                store::WriteObserver next);

/// Why a stored resource with a genetic result is no result in anybody's record, besides what the
/// reader of results says itself; empty when it is one, or holds none.
[[nodiscard]] std::vector<std::string> WhyUnread(const fhir::Json& resource);

}  // namespace genflik::lab
