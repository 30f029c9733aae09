#include "services/lab/patients.h"

#include <algorithm>
#include <set>

#include "services/core/error.h"
#include "services/lab/patient_moves.h"

namespace genflik::lab {
namespace {

/// A value in a FHIR search, where "," "|" and "$" have meanings of their own.
std::string Escaped(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == ',' || c == '|' || c == '$' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace

std::vector<std::string> FindPatients(const store::Reader& reader,
                                      const mapping::PatientIdentifier& identifier) {
  std::vector<std::string> ids;
  std::string query = "identifier=";
  query += Escaped(identifier.system);
  query += '|';
  query += Escaped(identifier.value);
  for (const store::StoredResource& patient : reader.FindMatching("Patient", query)) {
    ids.push_back(patient.id);
  }
  return ids;
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
