#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "fhir/definitions.h"
#include "fhir/json.h"

// What is stored beside a resource so that searches are answered without reading bodies.

namespace genflik::fhir {

/// A code, identifier, boolean or contact.
struct TokenEntry {
  /// Empty: none. Aliases of an identifier system come out as the canonical one.
  std::string system = {};
  /// Identifier values come out normalised (twelve digits for a personnummer). May be empty when
  /// there is only text.
  std::string code = {};
  /// Text of the concept and display of the coding, normalised by NormaliseText; for :text.
  /// Identifiers: empty.
  std::string text = {};

  bool operator==(const TokenEntry&) const = default;
};

/// One text; a name or an address yields one entry for each of its parts.
/// Default match: `normalised` starts with the value. :contains anywhere in it. :exact: `exact`.
struct StringEntry {
  std::string normalised = {};
  std::string exact = {};

  bool operator==(const StringEntry&) const = default;
};

/// A reference. Relative ones have type and id; others the url.
struct ReferenceEntry {
  std::string type = {};
  std::string id = {};
  std::string url = {};
  /// Reference.identifier, normalised; empty when absent.
  std::string identifier_system = {};
  std::string identifier_value = {};

  bool operator==(const ReferenceEntry&) const = default;
};

/// A span [low, high) in milliseconds since 1970 UTC; open ends are kOpenLow and kOpenHigh.
/// With the value's span [vl, vh): eq low>=vl && high<=vh; ne the opposite; gt high>vh; lt low<vl;
/// ge high>vh or eq; le low<vl or eq; sa low>=vh; eb high<=vl; ap the spans overlap
/// (ReadSearchQuery has widened the value already).
struct DateEntry {
  std::int64_t low = 0;
  std::int64_t high = 0;

  bool operator==(const DateEntry&) const = default;
};
inline constexpr std::int64_t kOpenLow = INT64_MIN / 2;
inline constexpr std::int64_t kOpenHigh = INT64_MAX / 2;

/// A number. With NumberValue v: eq v.low<=number<v.high; ne the opposite; gt number>v.value; lt
/// number<v.value; ge >=; le <=; sa as gt; eb as lt; ap as eq on the widened span.
struct NumberEntry {
  double number = 0;

  bool operator==(const NumberEntry&) const = default;
};

/// A quantity, compared as a NumberEntry. A Range or SampledData yields its two ends.
struct QuantityEntry {
  double number = 0;
  std::string system = {};
  std::string code = {};
  /// The printed unit; a search by unit without system matches code or unit.
  std::string unit = {};
  /// UCUM base unit of the same kind and the number in it; empty when the unit is not UCUM or not
  /// one of those converted.
  std::string canonical_unit = {};
  double canonical_number = 0;

  bool operator==(const QuantityEntry&) const = default;
};

struct UriEntry {
  std::string uri = {};

  bool operator==(const UriEntry&) const = default;
};

/// An identifier with a type is also indexed under its parameter's name with this suffix, as the
/// type's system and "code|value".
inline constexpr std::string_view kOfTypeSuffix = ":of-type";

/// One thing that a search parameter finds in a resource.
struct IndexEntry {
  std::string parameter = {};
  /// Composite parameters only: which component (0, 1...), else -1; components with equal `group`
  /// come from the same element and must match together.
  int part = -1;
  int group = 0;
  std::variant<TokenEntry, StringEntry, ReferenceEntry, DateEntry, NumberEntry, QuantityEntry,
               UriEntry>
      value = {};

  bool operator==(const IndexEntry&) const = default;
};

/// Every entry of `resource`, which must be valid. `base` is this server's base URL: references
/// that start with it are indexed as local ones. Equal entries are given once.
[[nodiscard]] std::vector<IndexEntry> IndexResource(const Definitions& definitions,
                                                    const Json& resource,
                                                    std::string_view base = {});

/// Lower case with accents folded and white space collapsed: how strings are compared in searches.
/// Covers the letters of the Latin, Greek and Cyrillic alphabets; others stay as they are.
[[nodiscard]] std::string NormaliseText(std::string_view text);

}  // namespace genflik::fhir
