#pragma once

#include <set>
#include <string>
#include <vector>

#include "fhir/json.h"
#include "services/core/clock.h"
#include "services/security/access.h"
#include "services/store/store.h"

// Where each result comes from (http://hl7.org/fhir/R4/provenance.html), whatever door it came by.

namespace genflik::security {

/// One thing that a transaction has done.
struct Change {
  /// C, U or D, as in the audit log.
  char action = 'U';
  store::StoredResource resource = {};
  /// Logical ids of the patients that it is about, before or after.
  std::set<std::string> patients = {};
};

/// A Provenance for what `caller` has made or changed of results (DiagnosticReport,
/// MolecularSequence, and Observation other than vital signs) in one transaction: one for each
/// patient and kind of change. None for what another Provenance in `changes` tells of already.
[[nodiscard]] std::vector<fhir::Json> MissingProvenance(const store::Reader& reader,
                                                        const Caller& caller,
                                                        const std::vector<Change>& changes,
                                                        core::Instant now);

}  // namespace genflik::security
