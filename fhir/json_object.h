#pragma once

#include <cstddef>

#include "fhir/json.h"

namespace genflik::fhir {

/// An empty object with room for `members`. An object that outgrows its room copies all that it
/// holds, deeply, so objects that are built for every request say how large they become.
[[nodiscard]] Json ObjectFor(size_t members);

}  // namespace genflik::fhir
