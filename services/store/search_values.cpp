#include "services/store/search_values.h"

#include <string_view>
#include <utility>

#include "services/store/index_tables.h"

namespace genflik::store {
namespace {

using fhir::Modifier;
using fhir::Prefix;

// Greater than all text that starts with the same characters.
constexpr std::string_view kLastCharacter = "\xF4\x8F\xBF\xBF";

std::string Key(SqlText& sql, std::string_view text) {
  return sql.BindText(std::string(CutKey(text)));
}

std::string StartsWith(SqlText& sql, const std::string& column, std::string_view start) {
  std::string key(CutKey(start));
  std::string text = column + " >= " + sql.BindText(key);
  return text + " AND " + column + " < " + sql.BindText(key.append(kLastCharacter));
}

std::string Like(SqlText& sql, const std::string& column, std::string_view before,
                 std::string_view text) {
  std::string pattern(before);
  for (const char c : CutKey(text)) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return column + " LIKE " + sql.BindText(pattern + "%") + " ESCAPE '\\'";
}

}  // namespace

std::string MatchToken(SqlText& sql, const std::string& alias, const fhir::TokenValue& value) {
  std::string text = "1 = 1";
  if (value.code) text += " AND " + alias + ".code = " + Key(sql, *value.code);
  if (value.system) text += " AND " + alias + ".system = " + Key(sql, *value.system);
  return text;
}

std::string MatchTokenText(SqlText& sql, const std::string& alias, const std::string& text) {
  return "(" + Like(sql, alias + ".text", "", text) + " OR " +
         Like(sql, alias + ".text", "% ", text) + ")";
}

std::string MatchString(SqlText& sql, const std::string& alias, const std::string& text,
                        Modifier modifier) {
  if (modifier == Modifier::kContains) return Like(sql, alias + ".value", "%", text);
  if (modifier == Modifier::kExact) {
    // The range of the normalised text leads there by the index.
    return StartsWith(sql, alias + ".value", fhir::NormaliseText(text)) + " AND " + alias +
           ".exact = " + Key(sql, text);
  }
  return StartsWith(sql, alias + ".value", text);
}

std::string MatchReference(SqlText& sql, const std::string& alias,
                           const fhir::ReferenceValue& value) {
  std::string text = alias + ".target = " + Key(sql, value.url.empty() ? value.id : value.url);
  if (!value.type.empty()) text += " AND " + alias + ".type = " + sql.BindText(value.type);
  return text;
}

std::string MatchUri(SqlText& sql, const std::string& alias, const std::string& uri,
                     Modifier modifier) {
  const std::string column = alias + ".code";
  if (modifier == Modifier::kBelow) {
    return "(" + column + " = " + Key(sql, uri) + " OR (" + StartsWith(sql, column, uri + "/") +
           "))";
  }
  if (modifier == Modifier::kAbove) {
    std::string text = column + " IN (" + Key(sql, uri);
    for (size_t at = uri.rfind('/'); at != std::string::npos && at > 0;
         at = uri.rfind('/', at - 1)) {
      text += ", " + Key(sql, std::string_view(uri).substr(0, at));
    }
    return text + ")";
  }
  return column + " = " + Key(sql, uri);
}

std::string MatchDate(SqlText& sql, const std::string& low, const std::string& high, Prefix prefix,
                      const fhir::DateValue& value) {
  const auto bind = [&sql](std::int64_t time) { return sql.Bind(time); };
  const auto equal = [&] {
    return low + " >= " + bind(value.low) + " AND " + high + " <= " + bind(value.high);
  };
  switch (prefix) {
    case Prefix::kEq:
      return equal();
    case Prefix::kNe:
      return "NOT (" + equal() + ")";
    case Prefix::kGt:
      return high + " > " + bind(value.high);
    case Prefix::kLt:
      return low + " < " + bind(value.low);
    case Prefix::kGe:
      return "(" + high + " > " + bind(value.high) + " OR (" + equal() + "))";
    case Prefix::kLe:
      return "(" + low + " < " + bind(value.low) + " OR (" + equal() + "))";
    case Prefix::kSa:
      return low + " >= " + bind(value.high);
    case Prefix::kEb:
      return high + " <= " + bind(value.low);
    case Prefix::kAp:
      return low + " < " + bind(value.high) + " AND " + high + " > " + bind(value.low);
  }
  return "1 = 0";
}

std::string MatchInstant(SqlText& sql, const std::string& column, Prefix prefix,
                         const fhir::DateValue& value) {
  const auto from = [&](std::int64_t time) { return column + " >= " + sql.Bind(time); };
  const auto before = [&](std::int64_t time) { return column + " < " + sql.Bind(time); };
  switch (prefix) {
    case Prefix::kEq:
    case Prefix::kAp:
      return from(value.low) + " AND " + before(value.high);
    case Prefix::kNe:
      return "NOT (" + from(value.low) + " AND " + before(value.high) + ")";
    case Prefix::kGt:
    case Prefix::kSa:
      return from(value.high);
    case Prefix::kLt:
    case Prefix::kEb:
      return before(value.low);
    case Prefix::kGe:
      return from(value.low);
    case Prefix::kLe:
      return before(value.high);
  }
  return "1 = 0";
}

std::string MatchNumber(SqlText& sql, const std::string& alias, Prefix prefix,
                        const fhir::NumberValue& value) {
  const std::string column = alias + ".number";
  const auto within = [&] {
    return column + " >= " + sql.Bind(value.low) + " AND " + column + " < " + sql.Bind(value.high);
  };
  switch (prefix) {
    case Prefix::kEq:
    case Prefix::kAp:
      return within();
    case Prefix::kNe:
      return "NOT (" + within() + ")";
    case Prefix::kGt:
    case Prefix::kSa:
      return column + " > " + sql.Bind(value.value);
    case Prefix::kLt:
    case Prefix::kEb:
      return column + " < " + sql.Bind(value.value);
    case Prefix::kGe:
      return column + " >= " + sql.Bind(value.value);
    case Prefix::kLe:
      return column + " <= " + sql.Bind(value.value);
  }
  return "1 = 0";
}

bool IsCanonical(const fhir::QuantityValue& value) { return !value.canonical_unit.empty(); }

std::string MatchQuantity(SqlText& sql, const std::string& alias, Prefix prefix,
                          const fhir::QuantityValue& value) {
  if (IsCanonical(value)) {
    return MatchNumber(sql, alias, prefix, value.canonical_number) + " AND " + alias +
           ".code = " + Key(sql, value.canonical_unit);
  }
  std::string text = MatchNumber(sql, alias, prefix, value.number);
  if (value.system) text += " AND " + alias + ".system = " + Key(sql, *value.system);
  if (!value.code.empty()) {
    text += " AND (" + alias + ".code = " + Key(sql, value.code);
    // A unit that is searched without a system may be the printed one.
    if (!value.system) text += " OR " + alias + ".unit = " + Key(sql, value.code);
    text += ")";
  }
  return text;
}

}  // namespace genflik::store
