#include "services/store/search_sql.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "services/store/index_tables.h"
#include "services/store/search_values.h"

namespace genflik::store {
namespace {

using fhir::Modifier;
using fhir::SearchTerm;
using fhir::SearchType;
using fhir::SearchValue;

std::string TableOf(SearchType type, Modifier modifier) {
  if (modifier == Modifier::kIdentifier) return "index_token";
  switch (type) {
    case SearchType::kString:
      return "index_string";
    case SearchType::kReference:
      return "index_reference";
    case SearchType::kDate:
      return "index_date";
    case SearchType::kQuantity:
    case SearchType::kNumber:
      return "index_quantity";
    default:
      return "index_token";
  }
}

bool IsNegative(Modifier modifier) {
  return modifier == Modifier::kNot || modifier == Modifier::kNotIn;
}

bool IsOwnColumn(const SearchTerm& term) {
  return term.parameter == "_id" || term.parameter == "_lastUpdated";
}

// How many resources a driver is likely to leave: the lower the fewer. Only the speed depends on
// this, never the answer.
int Rank(const SearchTerm& term) {
  constexpr int kNone = std::numeric_limits<int>::max();
  switch (term.kind) {
    case SearchTerm::Kind::kChain:
    case SearchTerm::Kind::kHas: {
      int best = kNone;
      for (const SearchTerm& inner : term.inner) best = std::min(best, Rank(inner));
      return best == kNone ? kNone : best + 1;
    }
    case SearchTerm::Kind::kAny:
      return 2;
    case SearchTerm::Kind::kParameter:
      break;
  }
  if (IsNegative(term.modifier) || term.modifier == Modifier::kMissing) return kNone;
  if (term.parameter == "_id") return 0;
  if (term.modifier == Modifier::kIdentifier || term.parameter == "identifier") return 1;
  switch (term.type) {
    case SearchType::kUri:
    case SearchType::kReference:
      return 2;
    case SearchType::kComposite:
      return 4;
    case SearchType::kString:
      return term.modifier == Modifier::kContains ? 8 : 3;
    case SearchType::kToken: {
      // A code alone tells more than what nearly all resources share.
      const bool vague = term.parameter == "status" || term.parameter == "category" ||
                         term.parameter == "active" || term.parameter == "_tag" ||
                         term.parameter == "_profile" || term.parameter == "_security";
      const bool whole_system = !term.values.empty() && !term.values.front().token.code;
      return term.modifier == Modifier::kText || whole_system ? 8 : (vague ? 6 : 5);
    }
    default:
      return 7;
  }
}

std::string Join(const std::vector<std::string>& parts, std::string_view between) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += between;
    text += part;
  }
  return text;
}

// The reference `f` points to the resource `t`.
std::string Points(const std::string& f, const std::string& t) {
  return " AND " + t + ".type = " + f + ".type AND " + t + ".id = " + f + ".target";
}

// The column that a sort by this key compares.
std::string_view SortColumn(const fhir::SortKey& key) {
  switch (key.type) {
    case SearchType::kString:
      return "value";
    case SearchType::kReference:
      return "target";
    case SearchType::kDate:
      return key.descending ? "high" : "low";
    case SearchType::kNumber:
    case SearchType::kQuantity:
      return "number";
    default:
      return "code";
  }
}

// The types for which a term of kAny is to be compared; `searched` for any other term.
SearchSql::Types Limited(const SearchTerm& term, const SearchSql::Types& searched) {
  if (term.kind != SearchTerm::Kind::kParameter || term.types.empty()) return searched;
  if (searched.empty()) return term.types;
  SearchSql::Types both;
  for (const std::string& type : term.types) {
    if (std::ranges::find(searched, type) != searched.end()) both.push_back(type);
  }
  return both;
}

// A term over one part of a composite, as if it were a parameter of its own.
SearchTerm PartOf(const SearchTerm& term, const SearchValue& value, size_t part) {
  SearchTerm result;
  result.parameter = PartName(term.parameter, part);
  result.type = term.component_types.at(part);
  result.values = {value.components.at(part)};
  return result;
}

}  // namespace

SearchSql::SearchSql(const fhir::SearchQuery& query, Types types, SqlText& sql)
    : query_(query), types_(std::move(types)), sql_(sql) {}

std::string SearchSql::Matches(std::int64_t last_rid, std::int64_t after_rid) {
  const SearchTerm* driving = nullptr;
  for (const SearchTerm& term : query_.terms) {
    if (Rank(term) == std::numeric_limits<int>::max()) continue;
    if (driving == nullptr || Rank(term) < Rank(*driving)) driving = &term;
  }
  std::string text = "SELECT DISTINCT d.rid AS rid FROM (";
  text += driving == nullptr ? TypeDriver() : Driver(*driving, types_);
  text += ") d WHERE d.rid <= " + sql_.Bind(last_rid);
  if (after_rid > 0) text += " AND d.rid > " + sql_.Bind(after_rid);
  for (const SearchTerm& term : query_.terms) {
    if (&term != driving) text += " AND " + Condition(term, "d.rid", types_);
  }
  return text;
}

std::string SearchSql::TypeDriver() {
  return "SELECT r.rid FROM resource r WHERE r.deleted = 0" + TypeIs("r", types_);
}

std::string SearchSql::TypeIs(const std::string& alias, const Types& types) {
  if (types.empty()) return {};
  std::vector<std::string> names;
  for (const std::string& type : types) names.push_back(sql_.BindText(type));
  return " AND " + alias + ".type" +
         (names.size() == 1 ? " = " + names.front() : " IN (" + Join(names, ", ") + ")");
}

std::string SearchSql::Parameter(const std::string& alias, const std::string& name,
                                 const Types& types) {
  std::vector<std::string> numbers;
  for (const std::string& type : types) numbers.push_back(sql_.Bind(ParameterNumber(type, name)));
  return alias + ".param" +
         (numbers.size() == 1 ? " = " + numbers.front() : " IN (" + Join(numbers, ", ") + ")");
}

std::string SearchSql::Match(const SearchTerm& term, const SearchValue& value,
                             const std::string& alias, const Types& types) {
  std::string name = term.parameter;
  std::string match;
  if (term.modifier == Modifier::kIdentifier) {
    name = IdentifierName(name);
    match = MatchToken(sql_, alias, value.token);
  } else {
    switch (term.type) {
      case SearchType::kString:
        match = MatchString(sql_, alias, value.text, term.modifier);
        break;
      case SearchType::kReference:
        match = MatchReference(sql_, alias, value.reference);
        break;
      case SearchType::kDate:
        match = MatchDate(sql_, alias + ".low", alias + ".high", value.prefix, value.date);
        break;
      case SearchType::kNumber:
        match = MatchNumber(sql_, alias, value.prefix, value.number);
        break;
      case SearchType::kQuantity:
        if (IsCanonical(value.quantity)) name = CanonicalName(name);
        match = MatchQuantity(sql_, alias, value.prefix, value.quantity);
        break;
      case SearchType::kUri:
        match = MatchUri(sql_, alias, value.text, term.modifier);
        break;
      default:
        match = term.modifier == Modifier::kText ? MatchTokenText(sql_, alias, value.text)
                                                 : MatchToken(sql_, alias, value.token);
    }
  }
  return "(" + Parameter(alias, name, types) + " AND " + match + ")";
}

std::string SearchSql::Alternatives(const SearchTerm& term, const std::string& alias,
                                    const Types& types) {
  std::vector<std::string> alternatives;
  for (const SearchValue& value : term.values) {
    alternatives.push_back(Match(term, value, alias, types));
  }
  return alternatives.size() == 1 ? alternatives.front() : "(" + Join(alternatives, " OR ") + ")";
}

std::string SearchSql::OwnColumn(const SearchTerm& term, const std::string& alias) {
  const bool is_id = term.parameter == "_id";
  std::vector<std::string> alternatives;
  for (const SearchValue& value : term.values) {
    if (is_id) {
      alternatives.push_back(sql_.BindText(value.token.code.value_or("")));
    } else {
      alternatives.push_back(
          "(" + MatchInstant(sql_, alias + ".last_updated", value.prefix, value.date) + ")");
    }
  }
  if (is_id) return alias + ".id IN (" + Join(alternatives, ", ") + ")";
  return "(" + Join(alternatives, " OR ") + ")";
}

std::string SearchSql::Condition(const SearchTerm& term, const std::string& rid,
                                 const Types& searched) {
  const Types types = Limited(term, searched);
  switch (term.kind) {
    case SearchTerm::Kind::kParameter:
      if (types.empty() && !term.types.empty()) return "1 = 0";
      return term.type == SearchType::kComposite ? CompositeCondition(term, rid, types)
                                                 : ParameterCondition(term, rid, types);
    case SearchTerm::Kind::kChain:
      return ChainCondition(term, rid, types);
    case SearchTerm::Kind::kHas:
      return HasCondition(term, rid);
    case SearchTerm::Kind::kAny: {
      std::vector<std::string> parts;
      for (const SearchTerm& inner : term.inner) parts.push_back(Condition(inner, rid, types));
      return parts.empty() ? "1 = 0" : "(" + Join(parts, " OR ") + ")";
    }
  }
  return "1 = 0";
}

std::string SearchSql::ParameterCondition(const SearchTerm& term, const std::string& rid,
                                          const Types& types) {
  const std::string a = Alias();
  const std::string negation = IsNegative(term.modifier) ? "NOT " : "";
  if (IsOwnColumn(term)) {
    if (term.modifier == Modifier::kMissing) {
      return term.values.front().text == "true" ? "1 = 0" : "1 = 1";
    }
    return negation + "EXISTS (SELECT 1 FROM resource " + a + " WHERE " + a + ".rid = " + rid +
           (term.types.empty() ? std::string() : TypeIs(a, types)) + " AND " + OwnColumn(term, a) +
           ")";
  }
  const std::string from = "EXISTS (SELECT 1 FROM " + TableOf(term.type, term.modifier) + " " + a +
                           " WHERE " + a + ".rid = " + rid + " AND ";
  if (term.modifier == Modifier::kMissing) {
    const bool missing = term.values.front().text == "true";
    return (missing ? "NOT " : "") + from + Parameter(a, term.parameter, types) + ")";
  }
  return negation + from + Alternatives(term, a, types) + ")";
}

std::string SearchSql::CompositeCondition(const SearchTerm& term, const std::string& rid,
                                          const Types& types) {
  const std::string first = Alias();
  if (term.modifier == Modifier::kMissing) {
    const bool missing = term.values.front().text == "true";
    return std::string(missing ? "NOT " : "") + "EXISTS (SELECT 1 FROM " +
           TableOf(term.component_types.front(), Modifier::kNone) + " " + first + " WHERE " +
           first + ".rid = " + rid + " AND " +
           Parameter(first, PartName(term.parameter, 0), types) + ")";
  }
  std::vector<std::string> alternatives;
  for (const SearchValue& value : term.values) {
    std::string text = "EXISTS (SELECT 1 FROM ";
    std::string where = Cat({" WHERE ", first, ".rid = ", rid});
    for (size_t part = 0; part < value.components.size(); ++part) {
      const std::string alias = part == 0 ? first : Alias();
      const SearchTerm inner = PartOf(term, value, part);
      if (part > 0) {
        text += " CROSS JOIN ";
        where += Cat({" AND ", alias, ".rid = ", first, ".rid AND ", alias, ".part_group = ", first,
                      ".part_group"});
      }
      text += Cat({TableOf(inner.type, Modifier::kNone), " ", alias});
      where += Cat({" AND ", Alternatives(inner, alias, types)});
    }
    alternatives.push_back(Cat({text, where, ")"}));
  }
  return "(" + Join(alternatives, " OR ") + ")";
}

std::string SearchSql::ChainCondition(const SearchTerm& term, const std::string& rid,
                                      const Types& types) {
  std::vector<std::string> alternatives;
  for (size_t i = 0; i < term.types.size(); ++i) {
    const Types target = {term.types[i]};
    const std::string f = Alias();
    const std::string t = Alias();
    alternatives.push_back(
        Cat({"EXISTS (SELECT 1 FROM index_reference ", f, " CROSS JOIN resource ", t, " WHERE ",
             Parameter(f, term.parameter, types), " AND ", f, ".rid = ", rid, Points(f, t),
             TypeIs(f, target), " AND ", t, ".deleted = 0 AND ",
             Condition(term.inner.at(i), t + ".rid", target), ")"}));
  }
  return alternatives.empty() ? "1 = 0" : "(" + Join(alternatives, " OR ") + ")";
}

std::string SearchSql::HasCondition(const SearchTerm& term, const std::string& rid) {
  const Types source = {term.types.at(0)};
  const std::string f = Alias();
  const std::string t = Alias();
  return "EXISTS (SELECT 1 FROM resource " + t + " CROSS JOIN index_reference " + f + " WHERE " +
         t + ".rid = " + rid + " AND " + Parameter(f, term.parameter, source) + Points(f, t) +
         " AND " + Condition(term.inner.at(0), f + ".rid", source) + ")";
}

std::string SearchSql::Driver(const SearchTerm& term, const Types& searched) {
  const Types types = Limited(term, searched);
  switch (term.kind) {
    case SearchTerm::Kind::kChain:
      return ChainDriver(term, types);
    case SearchTerm::Kind::kHas:
      return HasDriver(term, types);
    case SearchTerm::Kind::kAny:
      return AnyDriver(term, types);
    case SearchTerm::Kind::kParameter:
      break;
  }
  if (term.type == SearchType::kComposite) return CompositeDriver(term, types);
  const std::string a = Alias();
  if (IsOwnColumn(term)) {
    return "SELECT " + a + ".rid FROM resource " + a + " WHERE " + a + ".deleted = 0" +
           TypeIs(a, types) + " AND " + OwnColumn(term, a);
  }
  return "SELECT " + a + ".rid FROM " + TableOf(term.type, term.modifier) + " " + a + " WHERE " +
         Alternatives(term, a, types);
}

std::string SearchSql::CompositeDriver(const SearchTerm& term, const Types& types) {
  std::vector<std::string> alternatives;
  for (const SearchValue& value : term.values) {
    const SearchTerm first = PartOf(term, value, 0);
    SearchTerm only = term;
    only.values = {value};
    const std::string a = Alias();
    alternatives.push_back(
        Cat({"SELECT ", a, ".rid FROM ", TableOf(first.type, Modifier::kNone), " ", a, " WHERE ",
             Alternatives(first, a, types), " AND ", CompositeCondition(only, a + ".rid", types)}));
  }
  return Join(alternatives, " UNION ALL ");
}

std::string SearchSql::ChainDriver(const SearchTerm& term, const Types& types) {
  std::vector<std::string> alternatives;
  for (size_t i = 0; i < term.types.size(); ++i) {
    const Types target = {term.types[i]};
    const std::string n = Alias();
    const std::string t = Alias();
    const std::string f = Alias();
    alternatives.push_back(
        Cat({"SELECT ", f, ".rid FROM (", Driver(term.inner.at(i), target), ") ", n,
             " CROSS JOIN resource ", t, " CROSS JOIN index_reference ", f, " WHERE ", t,
             ".rid = ", n, ".rid AND ", Parameter(f, term.parameter, types), Points(f, t)}));
  }
  return Join(alternatives, " UNION ALL ");
}

std::string SearchSql::HasDriver(const SearchTerm& term, const Types& types) {
  const Types source = {term.types.at(0)};
  const std::string n = Alias();
  const std::string t = Alias();
  const std::string f = Alias();
  return "SELECT " + t + ".rid FROM (" + Driver(term.inner.at(0), source) + ") " + n +
         " CROSS JOIN index_reference " + f + " CROSS JOIN resource " + t + " WHERE " + f +
         ".rid = " + n + ".rid AND " + Parameter(f, term.parameter, source) + Points(f, t) +
         " AND " + t + ".deleted = 0" + TypeIs(t, types);
}

std::string SearchSql::AnyDriver(const SearchTerm& term, const Types& types) {
  std::vector<std::string> alternatives;
  for (const SearchTerm& inner : term.inner) {
    if (!inner.types.empty() && Limited(inner, types).empty()) continue;
    alternatives.push_back(Driver(inner, types));
  }
  if (alternatives.empty()) return "SELECT r.rid FROM resource r WHERE r.rid < 0";
  return Join(alternatives, " UNION ALL ");
}

std::string SearchSql::Alias() { return "x" + std::to_string(++aliases_); }

std::vector<SortExpression> SearchSql::SortKeys(std::int64_t last_seq) {
  std::vector<SortExpression> keys;
  for (const fhir::SortKey& key : query_.sort) keys.push_back(SortBy(key, last_seq));
  return keys;
}

SortExpression SearchSql::SortBy(const fhir::SortKey& key, std::int64_t last_seq) {
  if (key.parameter == "_id") {
    return {.sql = "(SELECT o.id FROM resource o WHERE o.rid = m.rid)",
            .descending = key.descending,
            .is_text = true};
  }
  if (key.parameter == "_lastUpdated") {
    // As it was when the first page was made: what is changed between two pages keeps its place.
    return {.sql = Cat({"(SELECT MAX(o.last_updated) FROM version o WHERE o.rid = m.rid"
                        " AND o.seq <= ",
                        sql_.Bind(last_seq), ")"}),
            .descending = key.descending,
            .is_text = false};
  }
  const bool is_number = key.type == SearchType::kDate || key.type == SearchType::kNumber ||
                         key.type == SearchType::kQuantity;
  const std::string value = Cat({key.descending ? "MAX(k." : "MIN(k.", SortColumn(key), ")"});
  // Resources without a value come last in either direction.
  std::string known;
  if (is_number) {
    known = Cat({"COALESCE(", value, key.descending ? ", -" : ", ", "9000000000000000000)"});
  } else {
    known = Cat({key.descending ? "COALESCE('1' || " : "COALESCE('0' || ", value,
                 key.descending ? ", '0')" : ", '1')"});
  }
  return {.sql = Cat({"(SELECT ", known, " FROM ", TableOf(key.type, Modifier::kNone),
                      " k WHERE k.rid = m.rid AND ", Parameter("k", key.parameter, types_), ")"}),
          .descending = key.descending,
          .is_text = !is_number};
}

}  // namespace genflik::store
