#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "fhir/primitives.h"

// What a definition file says of a type, ready for walking a resource.

namespace genflik::fhir {

class Expression;
struct TypeTable;

/// Hash for maps of strings that are asked with views.
struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
template <typename Value>
using TextMap = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;
using TextSet = std::unordered_set<std::string, TextHash, std::equal_to<>>;

/// A rule beyond structure, as FHIRPath; an empty result counts as kept.
struct Invariant {
  std::string key = {};
  /// Findings are errors, else warnings.
  bool error = true;
  std::string text = {};
  std::shared_ptr<const Expression> expression = {};
};

/// Rules of a profile beyond those of its type.
struct Profile {
  /// Canonical URLs, without version, of the editions that these rules fit.
  std::vector<std::string> urls = {};
  /// Resources that are meant by it although they do not name it; null: none.
  std::shared_ptr<const Expression> applies = {};
  struct Rule {
    Invariant invariant = {};
    /// Element that a finding points to, such as "value"; empty: the resource.
    std::string path = {};
  };
  std::vector<Rule> rules = {};
};

/// The codes of a required binding.
struct ValueSetTable {
  std::string url = {};
  /// Each code with its systems; more than one where two systems share a code.
  TextMap<std::vector<std::string>> systems = {};

  bool HasCode(std::string_view code) const { return systems.contains(code); }
  bool HasCoding(std::string_view system, std::string_view code) const;
  /// The system that an element of type code implies; empty when the code is not in the set.
  std::string_view SystemOf(std::string_view code) const;
};

/// One property of a type, a choice element once for each of its types.
struct ElementRule {
  /// JSON name, such as "valueQuantity".
  std::string name = {};
  /// FHIRPath name: "value"; equal to `name` unless this is a choice.
  std::string base = {};
  /// FHIR type, such as "Quantity"; "BackboneElement" for a part of the type itself.
  std::string type = {};
  /// Elements of a complex type; null for primitives and for "Resource".
  const TypeTable* table = nullptr;
  Primitive primitive = Primitive::kNone;
  bool array = false;
  bool choice = false;
  bool summary = false;
  bool modifier = false;
  bool required = false;
  /// Resource types that a Reference may point to; empty: any.
  std::vector<std::string> targets = {};
  const ValueSetTable* binding = nullptr;
  std::vector<const Invariant*> constraints = {};

  bool IsResource() const { return table == nullptr && primitive == Primitive::kNone; }
};

/// One type, or one part of a type with elements of its own.
struct TypeTable {
  /// "Observation", "Observation.component", "Quantity".
  std::string name = {};
  /// FHIR type: `name` or "BackboneElement".
  std::string type = {};
  std::string base = {};
  bool resource = false;
  bool abstract = false;
  std::vector<ElementRule> elements = {};
  /// JSON name to index in `elements`.
  TextMap<size_t> by_name = {};
  /// FHIRPath name of a choice to the indexes of its forms.
  TextMap<std::vector<size_t>> choices = {};
  /// Groups of JSON names, of each of which one must be present; the first names the element.
  std::vector<std::vector<std::string>> required = {};
  std::vector<const Invariant*> constraints = {};
  std::map<std::string, std::vector<std::string>, std::less<>> compartments = {};
  std::vector<Profile> profiles = {};

  const ElementRule* FindElement(std::string_view json_name) const {
    const auto found = by_name.find(json_name);
    return found == by_name.end() ? nullptr : &elements[found->second];
  }
};

}  // namespace genflik::fhir
