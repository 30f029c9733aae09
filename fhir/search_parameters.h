#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

// Search parameters of R4: http://hl7.org/fhir/R4/search.html
// They stand in the definition files; none is written by hand in C++.

namespace genflik::fhir {

class Expression;

/// The kinds of search parameters (http://hl7.org/fhir/R4/valueset-search-param-type.html).
enum class SearchType {
  kToken,
  kString,
  kReference,
  kDate,
  kQuantity,
  kNumber,
  kUri,
  kComposite,
  /// Known by name only; nothing is indexed and a search by it is refused (_filter, _text).
  kSpecial,
};
/// The FHIR code of a kind, such as "token".
std::string_view CodeOf(SearchType type);

/// One part of a composite parameter; its expression is seen from the composite's element.
struct SearchComponent {
  SearchType type = SearchType::kToken;
  /// Types a reference component may point to.
  std::vector<std::string> targets = {};
  std::shared_ptr<const Expression> expression = {};
};

/// One search parameter of one resource type.
struct SearchParameter {
  /// Name in a query, such as "component-code-value-concept".
  std::string name = {};
  SearchType type = SearchType::kToken;
  /// FHIRPath as the standard gives it; empty for special parameters.
  std::string expression_text = {};
  std::shared_ptr<const Expression> expression = {};
  /// Resource types that a reference may point to.
  std::vector<std::string> targets = {};
  /// The two or more parts of a composite.
  std::vector<SearchComponent> components = {};
  /// Canonical URL of its definition.
  std::string url = {};
};

}  // namespace genflik::fhir
