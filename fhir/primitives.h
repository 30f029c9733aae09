#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "fhir/json.h"

// Primitive types of http://hl7.org/fhir/R4/datatypes.html#primitive. Written out by hand instead
// of as regular expressions, since std::regex is slow and overflows the stack on long texts.

namespace genflik::fhir {

enum class Primitive : std::uint8_t {
  kNone,
  kBase64Binary,
  kBoolean,
  kCanonical,
  kCode,
  kDate,
  kDateTime,
  kDecimal,
  kId,
  kInstant,
  kInteger,
  kMarkdown,
  kOid,
  kPositiveInt,
  kString,
  kTime,
  kUnsignedInt,
  kUri,
  kUrl,
  kUuid,
  kXhtml,
};

/// The primitive of a FHIR type name; kNone for any other name.
[[nodiscard]] Primitive PrimitiveOf(std::string_view type);

/// What is wrong with a primitive value, as a sentence; empty when nothing is.
[[nodiscard]] std::string CheckPrimitive(Primitive type, const Json& value);

/// True for a resource type's or element's form of id.
[[nodiscard]] bool IsIdText(std::string_view text);

}  // namespace genflik::fhir
