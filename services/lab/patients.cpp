#include "services/lab/patients.h"

#include <algorithm>
#include <set>

#include "services/core/error.h"
#include "services/lab/patient_moves.h"

namespace genflik::lab {
std::vector<std::string> FindPatients(const store::Reader& reader,
                                      const mapping::PatientIdentifier& identifier) {
  return reader.Identified("Patient", identifier.system, identifier.value);
}

std::string FindPatient(const store::Reader& reader,
                        const std::vector<mapping::PatientIdentifier>& identifiers) {
  std::set<std::string> ids;
  for (const mapping::PatientIdentifier& identifier : identifiers) {
    for (const std::string& id : FindPatients(reader, identifier)) {
      ids.insert(FollowMerges(reader, id));
    }
  }
  if (ids.size() > 1) {
    throw core::Error(core::ErrorCode::kConflict,
                      "the identifiers lead to more than one stored patient");
  }
  return ids.empty() ? "" : *ids.begin();
}

}  // namespace genflik::lab
