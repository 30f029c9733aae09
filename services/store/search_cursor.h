#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/search_query.h"

namespace genflik::store {

/// Where a page of a search begins: after the resource `rid` with these sort keys.
struct SearchCursor {
  /// The newest resource that existed when the first page was made; later ones are not shown.
  std::int64_t last_rid = 0;
  /// The newest version that existed then: a sort by time is by the times of then.
  std::int64_t last_seq = 0;
  std::int64_t rid = 0;
  /// Sort keys as text, in the order of `_sort`.
  std::vector<std::string> keys = {};
  /// What was counted for the first page; absent when nothing was.
  std::optional<std::int64_t> total = {};

  bool operator==(const SearchCursor&) const = default;
};

/// Text that is safe in a URL and bound to the query, its page and count left aside.
std::string PrintCursor(const SearchCursor& cursor, const fhir::SearchQuery& query);
/// Throws Error(kMalformed) for a text that PrintCursor has not made for this query.
SearchCursor ReadCursor(std::string_view text, const fhir::SearchQuery& query);

}  // namespace genflik::store
