#pragma once

#include <string>
#include <string_view>

#include "services/core/clock.h"
#include "services/store/store.h"

namespace genflik::tab {

/// The logical id that the segment of a path means: itself, or that of the patient with the
/// identifier "system|value". Throws core::Error: kInvalid for what cannot be an identifier,
/// kNotFound, and kConflict when the identifier leads to several patients.
[[nodiscard]] std::string PatientIdOf(const store::Reader& reader, std::string_view segment,
                                      core::Instant now);

}  // namespace genflik::tab
