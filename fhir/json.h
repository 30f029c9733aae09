#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "fhir/issue.h"

// FHIR JSON: http://hl7.org/fhir/R4/json.html
//
// A FHIR decimal keeps its digits (1.50 is not 1.5), and nlohmann's number types do not keep them.
// So a number that is no plain 64-bit integer is held as its text: a JSON value of kind "binary"
// with the subtype below. Use the functions of this file for numbers, and PrintJson, never dump().

namespace genflik::fhir {

/// A JSON value that keeps the order of its properties and the digits of its decimals.
using Json = nlohmann::ordered_json;

/// What a body from outside may hold.
struct JsonLimits {
  size_t max_bytes = size_t{16} * 1024 * 1024;
  size_t max_depth = 64;
};

/// Reads one JSON text. Refuses, with the place, in `log`: broken syntax, invalid UTF-8, two equal
/// keys in one object, more depth or bytes than `limits`, and text after the value. Returns nothing
/// then.
[[nodiscard]] std::optional<Json> ParseJson(std::string_view text, IssueLog& log,
                                            const JsonLimits& limits = {});

/// Writes `value` as JSON; decimals come out as they came in.
[[nodiscard]] std::string PrintJson(const Json& value, bool pretty = false);

/// A decimal with exactly these digits; `digits` must be a JSON number.
[[nodiscard]] Json Decimal(std::string_view digits);
/// True for integers, doubles and decimals held as text.
[[nodiscard]] bool IsNumber(const Json& value);
/// The number nearest to a JSON number; nothing when `value` is none.
[[nodiscard]] std::optional<double> NumberOf(const Json& value);
/// The digits of a JSON number as it was written; empty when `value` is none.
[[nodiscard]] std::string NumberText(const Json& value);

/// The member `name` of an object, or nothing when absent or when `value` is no object.
[[nodiscard]] const Json* Find(const Json& value, std::string_view name);
/// The member `name` as text; empty when absent or of another kind.
[[nodiscard]] std::string_view FindText(const Json& value, std::string_view name);
/// The member `name` when it is an array, else an empty array.
[[nodiscard]] const Json& FindArray(const Json& value, std::string_view name);

}  // namespace genflik::fhir
