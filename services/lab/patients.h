#pragma once

#include <string>
#include <vector>

#include "services/mapping/patients.h"
#include "services/store/store.h"

namespace genflik::lab {

/// The logical ids of the stored patients who have this identifier (usually none or one).
[[nodiscard]] std::vector<std::string> FindPatients(const store::Reader& reader,
                                                    const mapping::PatientIdentifier& identifier);

/// The logical id of the one patient whom all of `identifiers` that are known lead to; empty when
/// none is known. A record that was merged into another leads to that one. Throws Error(kConflict)
/// when they lead to several: results must then not be guessed to belong to one of them.
[[nodiscard]] std::string FindPatient(const store::Reader& reader,
                                      const std::vector<mapping::PatientIdentifier>& identifiers);

}  // namespace genflik::lab
