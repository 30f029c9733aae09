#pragma once

#include <string>
#include <string_view>

// Identifier systems have aliases (http URI, OID with and without urn:oid:), and values have
// spellings. Input, index and queries all pass here, so that they meet in one form.

namespace genflik::fhir {

/// System and value of an identifier in the form that Genflik matches by.
struct IdentifierKey {
  std::string system = {};
  std::string value = {};

  bool operator==(const IdentifierKey&) const = default;
};

/// The canonical URI of an identifier or code system; the system itself when it has no alias. A
/// bare OID comes out as urn:oid:.
[[nodiscard]] std::string NormaliseSystem(std::string_view system);

/// Canonical system and value. A personnummer or samordningsnummer comes out as twelve digits, with
/// the system that fits its kind; one that is not valid keeps its value without blanks.
[[nodiscard]] IdentifierKey NormaliseIdentifier(std::string_view system, std::string_view value);

}  // namespace genflik::fhir
