#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/definitions.h"
#include "fhir/issue.h"
#include "fhir/search_parameters.h"

// A search as a value: http://hl7.org/fhir/R4/search.html. How entries (search_index.h) are matched
// is said at each value; the store turns that into SQL.

namespace genflik::fhir {

/// What follows a parameter's name after a colon.
enum class Modifier {
  kNone,
  kExact,
  kContains,
  /// Resources without a match, those without the element included.
  kNot,
  /// Values hold "true" or "false": has the resource no (or any) entry of this parameter?
  kMissing,
  /// Token is one of the codes of the value set whose URL is the value's text.
  kIn,
  kNotIn,
  /// Token's text or display (TokenEntry::text) starts with, or has a word that starts with, the
  /// value's normalised text.
  kText,
  /// Reference.identifier is the value's token.
  kIdentifier,
  /// The reference's type is given by the modifier (`subject:Patient`); folded into
  /// ReferenceValue::type.
  kType,
  kAbove,
  kBelow,
  /// Never in a query that was read: it becomes a condition on the parameter's entries of type
  /// (kOfTypeSuffix).
  kOfType,
};

/// How an ordered value is compared (http://hl7.org/fhir/R4/search.html#prefix).
enum class Prefix { kEq, kNe, kGt, kLt, kGe, kLe, kSa, kEb, kAp };

/// `code` (any system), `system|code`, `|code` (no system), `system|` (any code of the system).
struct TokenValue {
  /// Absent: any system. Empty: the entry has no system.
  std::optional<std::string> system = {};
  /// Absent: any code of the system.
  std::optional<std::string> code = {};

  bool operator==(const TokenValue&) const = default;
};

/// A reference searched for. An entry matches when every part that is not empty is equal.
struct ReferenceValue {
  /// Empty when the value was a bare id and the parameter has several targets.
  std::string type = {};
  std::string id = {};
  /// Absolute URL or canonical or urn:uuid that is not of this server; then type and id are empty.
  std::string url = {};

  bool operator==(const ReferenceValue&) const = default;
};

/// A span [low, high) in milliseconds since 1970 UTC; for the comparisons see DateEntry.
struct DateValue {
  std::int64_t low = 0;
  std::int64_t high = 0;

  bool operator==(const DateValue&) const = default;
};

/// A number with the span [low, high) that its written precision implies ("5.40": 5.395 to 5.405).
struct NumberValue {
  double value = 0;
  double low = 0;
  double high = 0;

  bool operator==(const NumberValue&) const = default;
};

/// `[prefix]number|system|code`. Compare with QuantityEntry::number when `canonical_unit` is empty,
/// else with QuantityEntry::canonical_number.
struct QuantityValue {
  NumberValue number = {};
  /// Absent: any system. Empty: none.
  std::optional<std::string> system = {};
  /// Code or unit as written; empty: any.
  std::string code = {};
  /// UCUM base unit of the same kind ("g" for mg), with `number` converted to it.
  std::string canonical_unit = {};
  NumberValue canonical_number = {};

  bool operator==(const QuantityValue&) const = default;
};

/// One alternative (the parts between commas). Only the member for the parameter's type is filled.
struct SearchValue {
  Prefix prefix = Prefix::kEq;
  /// The value without escapes and prefix. String: normalised (NormaliseText) unless :exact; uri:
  /// as is; :missing: "true" or "false"; :in: the value set's URL; :text: normalised.
  std::string text = {};
  TokenValue token = {};
  ReferenceValue reference = {};
  DateValue date = {};
  QuantityValue quantity = {};
  NumberValue number = {};
  /// Composite: one value for each of the parameter's components; all must match in one group.
  std::vector<SearchValue> components = {};

  bool operator==(const SearchValue&) const = default;
};

/// One condition; all conditions of a query must hold.
struct SearchTerm {
  enum class Kind {
    /// An entry of `parameter` matches one of `values`.
    kParameter,
    /// A resource of `types[i]` that the reference `parameter` points to fulfils `inner[i]`, for
    /// any i.
    kChain,
    /// A resource of `types[0]` whose reference `parameter` points here fulfils `inner[0]`.
    kHas,
    /// The resource is in the compartment `parameter` ("Patient") of id `values[0].text`: any of
    /// the
    /// parameters of `inner`, all of kind kParameter, matches.
    kAny,
  };
  Kind kind = Kind::kParameter;
  /// Name of the parameter, such as "code".
  std::string parameter = {};
  SearchType type = SearchType::kToken;
  /// Types of a composite's components.
  std::vector<SearchType> component_types = {};
  Modifier modifier = Modifier::kNone;
  /// Alternatives; at least one for kParameter.
  std::vector<SearchValue> values = {};
  /// For kParameter within kAny: only resources of these types; empty: of all that are searched.
  std::vector<std::string> types = {};
  std::vector<SearchTerm> inner = {};

  bool operator==(const SearchTerm&) const = default;
};

/// `_include=Type:parameter[:Target]` and `_revinclude`.
struct Include {
  /// The type that holds the reference; "*" for any.
  std::string type = {};
  /// Its reference parameter; "*" for all.
  std::string parameter = {};
  /// Empty: any target.
  std::string target = {};
  bool iterate = false;
  bool reverse = false;

  bool operator==(const Include&) const = default;
};

struct SortKey {
  std::string parameter = {};
  SearchType type = SearchType::kToken;
  bool descending = false;

  bool operator==(const SortKey&) const = default;
};

enum class TotalMode { kDefault, kNone, kEstimate, kAccurate };
/// http://hl7.org/fhir/R4/search.html#summary
enum class SummaryMode { kFalse, kTrue, kText, kData, kCount };

/// See SearchQuery::page; it stands in front of the cursor of a history too.
inline constexpr char kPageBefore = '<';

/// A whole search of one resource type.
struct SearchQuery {
  /// Empty: a search over all types by parameters common to all.
  std::string type = {};
  /// Types that a search over all types is limited to (`_type`); empty: all.
  std::vector<std::string> types = {};
  std::vector<SearchTerm> terms = {};
  std::vector<Include> includes = {};
  std::vector<SortKey> sort = {};
  std::optional<size_t> count = {};
  TotalMode total = TotalMode::kDefault;
  SummaryMode summary = SummaryMode::kFalse;
  std::vector<std::string> elements = {};
  /// Opaque text of the page to show (`_page`), made and read by the store; empty: the first. With
  /// kPageBefore in front of it nothing is shown: the store tells as the next page where the one
  /// before begins (empty: it is the first).
  std::string page = {};
  /// Parameters that were understood, for the self link.
  std::vector<std::pair<std::string, std::string>> used = {};
  /// Names of parameters that are not known: refused under `Prefer: handling=strict`, else left
  /// out.
  std::vector<std::string> unknown = {};

  bool operator==(const SearchQuery&) const = default;
};

/// Name and value of one query parameter, percent-decoded.
using QueryPairs = std::vector<std::pair<std::string, std::string>>;

/// Reads a search of `type` (empty: of all types). `log` receives an error for what is known but
/// wrong (an unsupported modifier, a date that is none): the search must then be refused, since a
/// condition that is left out would answer with others' data. `base` is this server's base URL:
/// references that start with it are taken as local.
[[nodiscard]] SearchQuery ReadSearchQuery(const Definitions& definitions, std::string_view type,
                                          const QueryPairs& pairs, IssueLog& log,
                                          std::string_view base = {});

/// The term "is in the compartment `name` of `id`" for resources of `type` (empty: of every type);
/// nothing when resources of that type never are in it.
[[nodiscard]] std::optional<SearchTerm> CompartmentTerm(const Definitions& definitions,
                                                        std::string_view type,
                                                        std::string_view compartment,
                                                        std::string_view id);

}  // namespace genflik::fhir
