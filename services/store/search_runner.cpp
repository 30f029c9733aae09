#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/definitions.h"
#include "fhir/search_query.h"
#include "services/core/error.h"
#include "services/store/index_tables.h"
#include "services/store/search_cursor.h"
#include "services/store/search_sql.h"
#include "services/store/sql_reader.h"

namespace genflik::store {
namespace {

using core::Error;
using core::ErrorCode;
using fhir::Modifier;
using fhir::SearchQuery;
using fhir::SearchTerm;

constexpr size_t kDefaultCount = 50;
constexpr size_t kLargestPage = 1000;
constexpr size_t kMostIncluded = 1000;
constexpr std::int64_t kMostCounted = 10000;

struct Hit {
  std::int64_t rid = 0;
  std::vector<std::string> keys = {};
};

std::vector<std::string> TypesOf(const SearchQuery& query, const StoreOptions& options) {
  if (!query.type.empty()) return {query.type};
  if (!query.types.empty() || query.terms.empty()) return query.types;
  return options.definitions->ResourceTypes();
}

// The codes of a stored value set as alternatives of a token search.
std::vector<fhir::SearchValue> ReadValueSet(SqlConnection& connection, const StoreOptions& options,
                                            const std::string& url) {
  // The URI may be relative to this server (http://hl7.org/fhir/R4/search.html#token).
  const std::string own = options.base.empty() ? std::string() : options.base + "/";
  std::string_view local = url;
  if (!own.empty() && local.starts_with(own)) local.remove_prefix(own.size());
  constexpr std::string_view kType = "ValueSet/";
  const auto sets = RunMatching(
      connection, options, "ValueSet",
      local.starts_with(kType) ? "_id=" + std::string(local.substr(kType.size())) : "url=" + url);
  if (sets.empty()) {
    throw Error(ErrorCode::kMalformed, "the value set " + url + " is not stored here");
  }
  const fhir::Json body = sets.front().Body();
  std::vector<fhir::SearchValue> values;
  const auto add = [&values](std::string_view system, std::string_view code) {
    fhir::SearchValue value;
    value.token.system = std::string(system);
    if (!code.empty()) value.token.code = std::string(code);
    values.push_back(std::move(value));
  };
  if (const fhir::Json* expansion = fhir::Find(body, "expansion")) {
    for (const fhir::Json& code : fhir::FindArray(*expansion, "contains")) {
      add(fhir::FindText(code, "system"), fhir::FindText(code, "code"));
    }
  } else if (const fhir::Json* compose = fhir::Find(body, "compose")) {
    if (!fhir::FindArray(*compose, "exclude").empty()) {
      throw Error(ErrorCode::kUnsupported, "the value set " + url + " excludes codes: expand it");
    }
    for (const fhir::Json& include : fhir::FindArray(*compose, "include")) {
      if (fhir::Find(include, "filter") != nullptr || fhir::Find(include, "valueSet") != nullptr) {
        throw Error(ErrorCode::kUnsupported, "the value set " + url + " is no list: expand it");
      }
      const auto& concepts = fhir::FindArray(include, "concept");
      if (concepts.empty()) add(fhir::FindText(include, "system"), "");
      for (const fhir::Json& concept_code : concepts) {
        add(fhir::FindText(include, "system"), fhir::FindText(concept_code, "code"));
      }
    }
  }
  return values;
}

// Replaces :in and :not-in by the codes of the value sets.
void ResolveValueSets(SqlConnection& connection, const StoreOptions& options,
                      std::vector<SearchTerm>& terms) {
  for (SearchTerm& term : terms) {
    ResolveValueSets(connection, options, term.inner);
    if (term.modifier == Modifier::kOfType) {
      throw Error(ErrorCode::kMalformed, "the modifier :of-type is not supported");
    }
    if (term.modifier != Modifier::kIn && term.modifier != Modifier::kNotIn) continue;
    std::vector<fhir::SearchValue> values;
    for (const fhir::SearchValue& value : term.values) {
      std::ranges::move(ReadValueSet(connection, options, value.text), std::back_inserter(values));
    }
    if (values.empty()) {
      throw Error(ErrorCode::kUnsupported,
                  "the value set of '" + term.parameter + "' has no codes");
    }
    term.values = std::move(values);
    term.modifier = term.modifier == Modifier::kIn ? Modifier::kNone : Modifier::kNot;
  }
}

class SearchRun {
 public:
  SearchRun(SqlConnection& connection, const StoreOptions& options, const SearchQuery& query)
      : connection_(connection),
        options_(options),
        query_(query),
        count_(std::min(query.count.value_or(kDefaultCount), kLargestPage)) {
    if (!query.page.empty()) {
      back_ = query.page.front() == fhir::kPageBefore;
      cursor_ = ReadCursor(std::string_view(query.page).substr(back_ ? 1 : 0), query);
    } else {
      connection_.Query(
          "SELECT COALESCE((SELECT MAX(rid) FROM resource), 0), "
          "COALESCE((SELECT MAX(seq) FROM version), 0)",
          {}, [this](const SqlRow& row) {
            cursor_.last_rid = row.Int(0);
            cursor_.last_seq = row.Int(1);
          });
    }
  }

  SearchPage Run() {
    SearchPage page;
    if (back_) {
      // What stands in front of the page, backwards; one more begins the page before that.
      const std::vector<Hit> before = Find(Direction::kBack);
      if (before.size() > count_) page.next = CursorAfter(before.back(), cursor_.total);
      return page;
    }
    page.total = Count();
    const bool only_count = query_.summary == fhir::SummaryMode::kCount || count_ == 0;
    if (only_count) return page;
    std::vector<Hit> hits = Find(Direction::kOn);
    if (hits.size() > count_) {
      hits.resize(count_);
      page.next = CursorAfter(hits.back(), page.total);
    }
    for (const Hit& hit : hits) {
      auto resource = ReadRow(connection_, hit.rid);
      if (resource) page.matches.push_back(std::move(*resource));
    }
    AddIncluded(page);
    return page;
  }

 private:
  std::string Matches(SqlText& sql, std::int64_t after_rid) {
    return SearchSql(query_, TypesOf(query_, options_), sql).Matches(cursor_.last_rid, after_rid);
  }

  std::optional<std::int64_t> Count() {
    using fhir::TotalMode;
    const bool demanded = query_.summary == fhir::SummaryMode::kCount || count_ == 0 ||
                          query_.total == TotalMode::kAccurate;
    if (query_.total == TotalMode::kNone && !demanded) return std::nullopt;
    if (!query_.page.empty()) return cursor_.total;
    SqlText sql;
    sql << "SELECT COUNT(*) FROM (" << Matches(sql, 0);
    if (!demanded) sql << " LIMIT " << sql.Bind(kMostCounted + 1);
    sql << ") c";
    std::int64_t total = 0;
    connection_.Query(sql.text(), sql.values(),
                      [&total](const SqlRow& row) { total = row.Int(0); });
    if (!demanded && total > kMostCounted) return std::nullopt;
    return total;
  }

  enum class Direction { kOn, kBack };

  std::string CursorAfter(const Hit& hit, std::optional<std::int64_t> total) const {
    return PrintCursor({.last_rid = cursor_.last_rid,
                        .last_seq = cursor_.last_seq,
                        .rid = hit.rid,
                        .keys = hit.keys,
                        .total = total},
                       query_);
  }

  // The matches after the cursor, or back from it, and one more than fit on a page.
  std::vector<Hit> Find(Direction direction) {
    return query_.sort.empty() ? FindPlain(direction) : FindSorted(direction);
  }

  std::vector<Hit> FindPlain(Direction direction) {
    const bool on = direction == Direction::kOn;
    SqlText sql;
    sql << Matches(sql, on ? cursor_.rid : 0);
    if (!on) sql << " AND d.rid <= " << sql.Bind(cursor_.rid);
    sql << " ORDER BY rid" << (on ? "" : " DESC") << " LIMIT "
        << sql.Bind(static_cast<std::int64_t>(count_) + 1);
    std::vector<Hit> hits;
    connection_.Query(sql.text(), sql.values(),
                      [&hits](const SqlRow& row) { hits.push_back({.rid = row.Int(0)}); });
    return hits;
  }

  std::vector<Hit> FindSorted(Direction direction) {
    const bool on = direction == Direction::kOn;
    SqlText sql;
    SearchSql search(query_, TypesOf(query_, options_), sql);
    const std::vector<SortExpression> keys = search.SortKeys(cursor_.last_seq);
    std::string select = "SELECT s.rid";
    std::string inner = "SELECT m.rid AS rid";
    std::string order = " ORDER BY ";
    for (size_t i = 0; i < keys.size(); ++i) {
      const std::string name = "k" + std::to_string(i);
      select += ", s." + name;
      inner += ", " + keys[i].sql + " AS " + name;
      order += "s." + name + (keys[i].descending == on ? " DESC, " : ", ");
    }
    sql << select << " FROM (" << inner << " FROM (" << search.Matches(cursor_.last_rid, 0)
        << ") m) s";
    if (!query_.page.empty()) sql << " WHERE " << (on ? "" : "NOT ") << After(keys, sql);
    sql << order << "s.rid" << (on ? "" : " DESC") << " LIMIT "
        << sql.Bind(static_cast<std::int64_t>(count_) + 1);
    std::vector<Hit> hits;
    connection_.Query(sql.text(), sql.values(), [&](const SqlRow& row) {
      Hit hit = {.rid = row.Int(0)};
      for (size_t i = 0; i < keys.size(); ++i) {
        hit.keys.emplace_back(row.Text(static_cast<int>(i) + 1));
      }
      hits.push_back(std::move(hit));
    });
    return hits;
  }

  // The condition that a row comes after the cursor in the order of the keys.
  std::string After(const std::vector<SortExpression>& keys, SqlText& sql) const {
    std::string text;
    std::string equal;
    for (size_t i = 0; i < keys.size(); ++i) {
      const std::string name = "s.k" + std::to_string(i);
      const std::string value =
          keys[i].is_text ? sql.BindText(cursor_.keys[i]) : BindNumber(cursor_.keys[i], sql);
      text += Cat({"(", equal, name, keys[i].descending ? " < " : " > ", value, ") OR "});
      equal += Cat({name, " = ", value, " AND "});
    }
    return "(" + text + "(" + equal + "s.rid > " + sql.Bind(cursor_.rid) + "))";
  }

  static std::string BindNumber(const std::string& text, SqlText& sql) {
    std::int64_t whole = 0;
    const char* end = text.data() + text.size();
    if (std::from_chars(text.data(), end, whole).ptr == end) return sql.Bind(whole);
    double number = 0;
    std::from_chars(text.data(), end, number);
    return sql.Bind(number);
  }

  void AddIncluded(SearchPage& page) {
    if (query_.includes.empty()) return;
    std::set<std::string> known;
    for (const StoredResource& match : page.matches) known.insert(match.Reference());
    std::vector<StoredResource> from = page.matches;
    // The first round starts from the matches; `iterate` goes on from what was included.
    for (bool first = true; !from.empty(); first = false) {
      std::vector<StoredResource> found;
      for (const fhir::Include& include : query_.includes) {
        if (!first && !include.iterate) continue;
        for (const StoredResource& resource : from) {
          if (include.reverse) {
            FindReferring(include, resource, found);
          } else {
            FindReferred(include, resource, found);
          }
        }
      }
      from.clear();
      for (StoredResource& resource : found) {
        if (page.included.size() >= kMostIncluded) {
          throw Error(ErrorCode::kTooLarge, "this search includes more than " +
                                                std::to_string(kMostIncluded) +
                                                " resources a page: ask for fewer matches");
        }
        if (!known.insert(resource.Reference()).second) continue;
        from.push_back(resource);
        page.included.push_back(std::move(resource));
      }
    }
  }

  std::vector<std::string> ReferenceParameters(const fhir::Include& include,
                                               const std::string& type) const {
    if (include.parameter != "*") return {include.parameter};
    std::vector<std::string> names;
    for (const fhir::SearchParameter* parameter : options_.definitions->SearchParametersOf(type)) {
      if (parameter->type == fhir::SearchType::kReference) names.push_back(parameter->name);
    }
    return names;
  }

  void FindReferred(const fhir::Include& include, const StoredResource& resource,
                    std::vector<StoredResource>& found) {
    if (include.type != "*" && include.type != resource.type) return;
    for (const std::string& name : ReferenceParameters(include, resource.type)) {
      const std::array<SqlValue, 3> values = {std::string_view(resource.type),
                                              std::string_view(resource.id),
                                              ParameterNumber(resource.type, name)};
      std::vector<std::pair<std::string, std::string>> targets;
      connection_.Query(
          "SELECT f.type, f.target FROM resource r CROSS JOIN index_reference f "
          "WHERE r.type = $1 AND r.id = $2 AND f.rid = r.rid AND f.param = $3 AND f.type <> ''",
          values, [&targets](const SqlRow& row) {
            targets.emplace_back(std::string(row.Text(0)), std::string(row.Text(1)));
          });
      for (const auto& [type, id] : targets) {
        if (!include.target.empty() && include.target != type) continue;
        auto target = ReadLatest(connection_, type, id);
        if (target && !target->deleted) found.push_back(std::move(*target));
      }
    }
  }

  void FindReferring(const fhir::Include& include, const StoredResource& resource,
                     std::vector<StoredResource>& found) {
    if (!include.target.empty() && include.target != resource.type) return;
    const std::vector<std::string> sources = include.type == "*"
                                                 ? options_.definitions->ResourceTypes()
                                                 : std::vector<std::string>{include.type};
    for (const std::string& source : sources) {
      for (const std::string& name : ReferenceParameters(include, source)) {
        const std::array<SqlValue, 4> values = {
            ParameterNumber(source, name), std::string_view(resource.id),
            std::string_view(resource.type), static_cast<std::int64_t>(kMostIncluded) + 1};
        std::vector<std::int64_t> rids;
        connection_.Query(
            "SELECT f.rid FROM index_reference f WHERE f.param = $1 AND f.target = $2 "
            "AND f.type = $3 ORDER BY f.rid LIMIT $4",
            values, [&rids](const SqlRow& row) { rids.push_back(row.Int(0)); });
        for (const std::int64_t rid : rids) {
          auto referring = ReadRow(connection_, rid);
          if (referring) found.push_back(std::move(*referring));
        }
      }
    }
  }

  SqlConnection& connection_;
  const StoreOptions& options_;
  const SearchQuery& query_;
  size_t count_;
  bool back_ = false;
  SearchCursor cursor_;
};

fhir::QueryPairs SplitQuery(std::string_view query) {
  fhir::QueryPairs pairs;
  while (!query.empty()) {
    const size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    const size_t equals = pair.find('=');
    if (equals == std::string_view::npos) {
      throw Error(ErrorCode::kMalformed, "a search parameter has no value");
    }
    pairs.emplace_back(std::string(pair.substr(0, equals)), std::string(pair.substr(equals + 1)));
  }
  return pairs;
}

}  // namespace

SearchPage RunSearch(SqlConnection& connection, const StoreOptions& options,
                     const SearchQuery& query) {
  if (!options.definitions) {
    throw Error(ErrorCode::kInternal, "the store was opened without search parameters");
  }
  SearchQuery resolved = query;
  ResolveValueSets(connection, options, resolved.terms);
  return SearchRun(connection, options, resolved).Run();
}

std::vector<StoredResource> RunMatching(SqlConnection& connection, const StoreOptions& options,
                                        std::string_view type, std::string_view query) {
  if (!options.definitions) {
    throw Error(ErrorCode::kInternal, "the store was opened without search parameters");
  }
  fhir::IssueLog log;
  SearchQuery search =
      fhir::ReadSearchQuery(*options.definitions, type, SplitQuery(query), log, options.base);
  if (!log.HasErrors() && !search.unknown.empty()) {
    log.Error(fhir::IssueType::kNotSupported, "unknown search parameter " + search.unknown.front());
  }
  if (log.HasErrors()) throw Error(ErrorCode::kMalformed, log.issues());
  search.total = fhir::TotalMode::kNone;
  search.count = kLargestPage;
  std::vector<StoredResource> all;
  do {
    SearchPage page = RunSearch(connection, options, search);
    std::ranges::move(page.matches, std::back_inserter(all));
    search.page = page.next;
  } while (!search.page.empty());
  return all;
}

}  // namespace genflik::store
