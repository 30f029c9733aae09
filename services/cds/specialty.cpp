#include "services/cds/specialty.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "rules/notation.h"

namespace genflik::cds {
namespace {

using fhir::Json;

// Codes and names of what a Practitioner or PractitionerRole is specialised in.
void AddSpecialties(const Json& concept_json, std::vector<std::string>& names) {
  names.push_back(rules::LowerAscii(fhir::FindText(concept_json, "text")));
  for (const Json& coding : fhir::FindArray(concept_json, "coding")) {
    names.push_back(rules::LowerAscii(fhir::FindText(coding, "code")));
    names.push_back(rules::LowerAscii(fhir::FindText(coding, "display")));
  }
}

// Whether this is the clinician whom the hook names: a Practitioner or PractitionerRole itself, or
// a role of theirs.
bool IsUser(const Json& resource, std::string_view user) {
  if (user.empty()) return false;
  const std::string own = std::string(fhir::FindText(resource, "resourceType")) + '/' +
                          std::string(fhir::FindText(resource, "id"));
  if (own == user) return true;
  const Json* practitioner = fhir::Find(resource, "practitioner");
  if (practitioner == nullptr) return false;
  const std::string_view of = fhir::FindText(*practitioner, "reference");
  return of == user || of.ends_with('/' + std::string(user));
}

}  // namespace

alerts::PolicyOptions PolicyFor(const DecisionInput& input) {
  alerts::PolicyOptions policy = input.options.policy;
  if (input.options.specialties.empty()) return policy;
  std::vector<std::string> names;
  for (const Json* resource : input.request.prefetched) {
    const std::string_view type = fhir::FindText(*resource, "resourceType");
    if (!IsUser(*resource, input.request.user)) continue;
    if (type == "PractitionerRole") {
      for (const Json& one : fhir::FindArray(*resource, "specialty")) AddSpecialties(one, names);
    } else if (type == "Practitioner") {
      for (const Json& one : fhir::FindArray(*resource, "qualification")) {
        if (const Json* code = fhir::Find(one, "code")) AddSpecialties(*code, names);
      }
    }
  }
  for (const auto& name : names) {
    const auto found = input.options.specialties.find(name);
    if (found == input.options.specialties.end()) continue;
    for (const auto& [key, level] : found->second) policy.loudest.insert_or_assign(key, level);
  }
  return policy;
}

}  // namespace genflik::cds
