#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json.h"

// Readers and writers for the datatypes that Genflik works with:
// http://hl7.org/fhir/R4/datatypes.html. Readers take what is there and leave the rest empty;
// whether the data are valid is the validator's question.

namespace genflik::fhir {

struct Coding {
  std::string system = {};
  std::string code = {};
  std::string display = {};

  bool operator==(const Coding&) const = default;
};

struct CodeableConcept {
  std::vector<Coding> codings = {};
  std::string text = {};

  /// The first coding of a system; nothing when there is none.
  const Coding* FindSystem(std::string_view system) const;
  /// True when one coding has this system and code.
  bool Has(std::string_view system, std::string_view code) const;
  /// Text, else the first display, else the first code.
  std::string_view Label() const;

  bool operator==(const CodeableConcept&) const = default;
};

struct Identifier {
  std::string system = {};
  std::string value = {};
  std::string use = {};
  CodeableConcept type = {};

  bool operator==(const Identifier&) const = default;
};

struct Reference {
  /// As written: "Patient/1", an absolute URL, "urn:uuid:..." or "#contained".
  std::string reference = {};
  /// From `reference` when it ends in Type/id, else Reference.type.
  std::string type = {};
  /// From `reference` when it ends in Type/id.
  std::string id = {};
  Identifier identifier = {};
  std::string display = {};

  bool operator==(const Reference&) const = default;
};

struct Quantity {
  /// Absent when the quantity has no value.
  std::optional<double> value = {};
  std::string comparator = {};
  std::string unit = {};
  std::string system = {};
  std::string code = {};

  bool operator==(const Quantity&) const = default;
};

struct HumanName {
  std::string use = {};
  std::string text = {};
  std::string family = {};
  std::vector<std::string> given = {};

  /// Text, else given names and family name.
  std::string Full() const;

  bool operator==(const HumanName&) const = default;
};

[[nodiscard]] Coding ReadCoding(const Json& value);
[[nodiscard]] CodeableConcept ReadCodeableConcept(const Json& value);
[[nodiscard]] Identifier ReadIdentifier(const Json& value);
[[nodiscard]] Reference ReadReference(const Json& value);
[[nodiscard]] Quantity ReadQuantity(const Json& value);
[[nodiscard]] HumanName ReadHumanName(const Json& value);
/// The members of an array, each read; empty when `value` is null or no array.
[[nodiscard]] std::vector<Coding> ReadCodings(const Json& array);
[[nodiscard]] std::vector<Identifier> ReadIdentifiers(const Json& array);

[[nodiscard]] Json Render(const Coding& value);
[[nodiscard]] Json Render(const CodeableConcept& value);
[[nodiscard]] Json Render(const Identifier& value);
[[nodiscard]] Json Render(const Reference& value);

/// A reference text in its parts. "http://host/fhir/Patient/1/_history/2" has base
/// "http://host/fhir", type "Patient", id "1" and version "2".
struct ReferenceParts {
  std::string base = {};
  std::string type = {};
  std::string id = {};
  std::string version = {};

  bool operator==(const ReferenceParts&) const = default;
};
/// Nothing when the text does not end in Type/id (urn:uuid, "#p", a canonical URL).
[[nodiscard]] std::optional<ReferenceParts> SplitReference(std::string_view reference);

}  // namespace genflik::fhir
