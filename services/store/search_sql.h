#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/search_query.h"
#include "services/store/sql_text.h"

// SearchQuery -> SQL on the index tables. Every statement starts from one index range (the driver:
// the condition that is likely to leave the fewest resources) and checks the other conditions
// by look-ups in further indexes; bodies are never read.

namespace genflik::store {

/// One ORDER BY key: an expression over `m.rid` that is never NULL.
struct SortExpression {
  std::string sql = {};
  bool descending = false;
  /// The key is text; else a number.
  bool is_text = false;
};

/// Builds statements of one query into one SqlText.
class SearchSql {
 public:
  using Types = std::vector<std::string>;

  /// `types`: the resource types searched; not empty unless the query has no terms. All must
  /// outlive this.
  SearchSql(const fhir::SearchQuery& query, Types types, SqlText& sql);

  /// A SELECT of one column, rid, with each resource that matches and has a rid up to `last_rid`
  /// once; with `after_rid` only those beyond it.
  std::string Matches(std::int64_t last_rid, std::int64_t after_rid);
  /// The keys of `_sort`; a time of change is that of the version current at `last_seq`.
  std::vector<SortExpression> SortKeys(std::int64_t last_seq);

 private:
  std::string Condition(const fhir::SearchTerm& term, const std::string& rid, const Types& types);
  std::string ParameterCondition(const fhir::SearchTerm& term, const std::string& rid,
                                 const Types& types);
  std::string CompositeCondition(const fhir::SearchTerm& term, const std::string& rid,
                                 const Types& types);
  std::string ChainCondition(const fhir::SearchTerm& term, const std::string& rid,
                             const Types& types);
  std::string HasCondition(const fhir::SearchTerm& term, const std::string& rid);

  // A SELECT of a column rid that yields at least all resources the term allows, or nothing when
  // the term names no index range.
  std::string Driver(const fhir::SearchTerm& term, const Types& types);
  std::string CompositeDriver(const fhir::SearchTerm& term, const Types& types);
  std::string ChainDriver(const fhir::SearchTerm& term, const Types& types);
  std::string HasDriver(const fhir::SearchTerm& term, const Types& types);
  std::string AnyDriver(const fhir::SearchTerm& term, const Types& types);
  std::string TypeDriver();
  SortExpression SortBy(const fhir::SortKey& key, std::int64_t last_seq);

  // The conditions on a row `alias` of an index table: its parameter and one of the values.
  std::string Alternatives(const fhir::SearchTerm& term, const std::string& alias,
                           const Types& types);
  std::string Match(const fhir::SearchTerm& term, const fhir::SearchValue& value,
                    const std::string& alias, const Types& types);
  std::string OwnColumn(const fhir::SearchTerm& term, const std::string& alias);
  std::string Parameter(const std::string& alias, const std::string& name, const Types& types);
  std::string TypeIs(const std::string& alias, const Types& types);

  // A name for a table that no other of the statement has: conditions stand inside each other.
  std::string Alias();

  const fhir::SearchQuery& query_;
  Types types_;
  SqlText& sql_;
  int aliases_ = 0;
};

}  // namespace genflik::store
