#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/search_query.h"

// The values of search parameters: http://hl7.org/fhir/R4/search.html#escaping and the sections on
// each type.

namespace genflik::fhir {

/// Splits at each `separator` without a backslash in front; escapes stay.
[[nodiscard]] std::vector<std::string> SplitEscaped(std::string_view text, char separator);

/// What a value is read against.
struct ValueContext {
  SearchType type = SearchType::kToken;
  Modifier modifier = Modifier::kNone;
  /// Types a reference may point to; one when the modifier names it.
  std::vector<std::string> targets = {};
  const SearchParameter* parameter = nullptr;
  /// This server's base URL without a slash at the end.
  std::string_view base = {};
};

/// Reads one alternative; the reason why not in `fault`. May yield two values where one text can be
/// meant in two ways.
[[nodiscard]] std::vector<SearchValue> ReadSearchValue(const ValueContext& context,
                                                       std::string_view text, std::string& fault);

}  // namespace genflik::fhir
