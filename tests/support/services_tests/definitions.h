#pragma once

#include <memory>

#include "fhir/definitions.h"

namespace genflik::testing {

/// The definition files of the source tree, read once for a test program.
std::shared_ptr<const fhir::Definitions> TestDefinitions();

}  // namespace genflik::testing
