#pragma once

#include <string_view>

#include "services/core/error.h"
#include "services/http/exchange.h"

namespace genflik::http {

/// The HTTP status of an error; the only such table.
int StatusOf(core::ErrorCode code);

/// An error as a FHIR OperationOutcome with the status that belongs to it:
/// http://hl7.org/fhir/R4/http.html#ops
Response ErrorResponse(const core::Error& error);

}  // namespace genflik::http
