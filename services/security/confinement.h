#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "fhir/definitions.h"
#include "fhir/search_query.h"
#include "services/security/access.h"
#include "services/store/store.h"

// The questions that the guard asks of a grant, one resource or search at a time.

namespace genflik::security {

/// True when a resource is wholly about this patient: it is the patient, or it refers to that one
/// and to no other. A resource of a type that is about nobody (a laboratory, a drug) is everybody's
/// when it mentions no patient at all. Stricter than the compartment of the standard, in which a
/// resource about B that A has performed is A's as well.
[[nodiscard]] bool IsWithin(const store::StoredResource& resource, std::string_view patient);

/// True when the caller may see this version under the grant. For a deletion the version before it
/// is judged.
[[nodiscard]] bool MaySee(const store::Reader& reader, const fhir::Definitions& definitions,
                          const Grant& grant, const Access& access,
                          const store::StoredResource& resource);

/// The search narrowed to what the grant covers. Throws Error(kForbidden) where it cannot be
/// narrowed for sure.
[[nodiscard]] fhir::SearchQuery Narrow(const fhir::SearchQuery& query,
                                       const fhir::Definitions& definitions, const Grant& grant,
                                       const Access& access);

}  // namespace genflik::security
