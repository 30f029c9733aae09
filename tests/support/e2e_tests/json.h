#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "fhir/json.h"

namespace genflik::e2e {

/// Reads JSON, decimals kept; throws std::runtime_error with the text when it is none.
fhir::Json Parse(std::string_view text);
/// The text at a JSON pointer; empty when there is none.
std::string TextAt(const fhir::Json& value, const std::string& pointer);

}  // namespace genflik::e2e
