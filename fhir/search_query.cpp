#include "fhir/search_query.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <utility>

#include "fhir/search_index.h"
#include "fhir/search_value.h"

namespace genflik::fhir {
namespace {

constexpr size_t kMaxTerms = 100;
constexpr size_t kMaxValues = 1000;
constexpr int kMaxDepth = 6;

// What the HTTP side understands; it narrows nothing.
constexpr std::array<std::string_view, 3> kForOthers = {"_format", "_pretty", "_containedType"};
// Known to the standard; left out they would widen the answer, so they are refused.
constexpr std::array<std::string_view, 4> kNotOffered = {"_filter", "_query", "_text", "_content"};
constexpr std::string_view kAnyType = "Resource";

std::optional<Modifier> ReadModifier(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, Modifier>, 11> kNames = {
      {{"exact", Modifier::kExact},
       {"contains", Modifier::kContains},
       {"not", Modifier::kNot},
       {"missing", Modifier::kMissing},
       {"in", Modifier::kIn},
       {"not-in", Modifier::kNotIn},
       {"text", Modifier::kText},
       {"identifier", Modifier::kIdentifier},
       {"above", Modifier::kAbove},
       {"below", Modifier::kBelow},
       {"of-type", Modifier::kOfType}}};
  for (const auto& [text, modifier] : kNames) {
    if (text == name) return modifier;
  }
  return std::nullopt;
}

// Codes are compared without a terminology, so :above and :below are for uris alone.
bool Fits(Modifier modifier, SearchType type) {
  switch (modifier) {
    case Modifier::kNone:
    case Modifier::kMissing:
      return true;
    case Modifier::kExact:
    case Modifier::kContains:
      return type == SearchType::kString;
    case Modifier::kNot:
    case Modifier::kIn:
    case Modifier::kNotIn:
    case Modifier::kText:
    case Modifier::kOfType:
      return type == SearchType::kToken;
    case Modifier::kIdentifier:
    case Modifier::kType:
      return type == SearchType::kReference;
    case Modifier::kAbove:
    case Modifier::kBelow:
      return type == SearchType::kUri;
  }
  return false;
}

// A parameter's name taken apart: "subject:Patient.name:exact".
struct Name {
  std::string_view parameter;
  std::string_view modifier;
  /// What follows the first full stop.
  std::string_view chain;
};

Name SplitName(std::string_view text) {
  Name name;
  const size_t dot = text.find('.');
  std::string_view head = text.substr(0, dot);
  if (dot != std::string_view::npos) name.chain = text.substr(dot + 1);
  const size_t colon = head.find(':');
  name.parameter = head.substr(0, colon);
  if (colon != std::string_view::npos) name.modifier = head.substr(colon + 1);
  return name;
}

template <size_t size>
bool Contains(const std::array<std::string_view, size>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

enum class Outcome { kRead, kUnknown, kRefused };

class QueryReader {
 public:
  QueryReader(const Definitions& definitions, std::string_view base, IssueLog& log)
      : definitions_(definitions), base_(base), log_(log) {
    while (base_.ends_with('/')) base_.remove_suffix(1);
  }

  SearchQuery Read(std::string_view type, const QueryPairs& pairs) {
    query_.type = type;
    // What the types have in common decides which parameters there are.
    for (const auto& [name, value] : pairs) {
      if (name == "_type" && type.empty() && !value.empty()) static_cast<void>(ReadTypes(value));
    }
    for (const auto& [name, value] : pairs) {
      if (name.empty()) continue;
      // http://hl7.org/fhir/R4/search.html#errors: a parameter without a value is no condition.
      Outcome outcome = value.empty() ? Outcome::kUnknown : ReadControl(name, value);
      if (value.empty()) {
        query_.unknown.push_back(name);
        continue;
      }
      if (outcome == Outcome::kUnknown) outcome = ReadTermPair(name, value);
      if (outcome == Outcome::kUnknown) {
        query_.unknown.push_back(name);
      } else if (outcome == Outcome::kRead && name != "_page" && !Contains(kForOthers, name)) {
        query_.used.emplace_back(name, value);
      }
    }
    if (query_.terms.size() > kMaxTerms) {
      log_.Error(IssueType::kTooCostly,
                 "more than " + std::to_string(kMaxTerms) + " conditions in one search");
    }
    return std::move(query_);
  }

 private:
  Outcome Refuse(IssueType type, std::string_view name, std::string_view reason) {
    std::string text("the search parameter '");
    log_.Error(type, text.append(name).append("': ").append(reason));
    return Outcome::kRefused;
  }

  Outcome ReadTermPair(const std::string& name, const std::string& value) {
    SearchTerm term;
    const Outcome outcome =
        ReadTerm(TypeThatKnows(SplitName(name).parameter), name, value, term, 0);
    if (outcome == Outcome::kRead) query_.terms.push_back(std::move(term));
    return outcome;
  }

  // The type by whose definitions a parameter is read: that of the search; of a search over several
  // types any of them, where all have the parameter in the same form.
  std::string_view TypeThatKnows(std::string_view parameter) const {
    if (!query_.type.empty()) return query_.type;
    if (query_.types.empty()) return kAnyType;
    const SearchParameter* first =
        definitions_.FindSearchParameter(query_.types.front(), parameter);
    if (first == nullptr) return kAnyType;
    const bool common = std::ranges::all_of(query_.types, [&](const std::string& type) {
      const SearchParameter* other = definitions_.FindSearchParameter(type, parameter);
      return other != nullptr && other->type == first->type &&
             std::ranges::equal(
                 other->components, first->components, {},
                 [](const auto& component) { return component.type; },
                 [](const auto& component) { return component.type; });
    });
    return common ? std::string_view(query_.types.front()) : kAnyType;
  }

  // `_list=42`: what the List/42 holds, which is what its items refer to.
  Outcome ReadList(std::string_view name, std::string_view value, SearchTerm& term, int depth) {
    const SearchParameter* item = definitions_.FindSearchParameter("List", "item");
    if (item == nullptr || value.starts_with('$')) {
      return Refuse(IssueType::kNotSupported, name, "only the ids of stored lists are supported");
    }
    term.kind = SearchTerm::Kind::kHas;
    term.parameter = item->name;
    term.type = SearchType::kReference;
    term.types = {"List"};
    SearchTerm inner;
    const Outcome outcome = ReadTerm("List", "_id", value, inner, depth + 1);
    term.inner.push_back(std::move(inner));
    return outcome;
  }

  Outcome ReadTerm(std::string_view type, std::string_view name, std::string_view value,
                   SearchTerm& term, int depth) {
    if (depth > kMaxDepth) return Refuse(IssueType::kTooCostly, name, "chained too deeply");
    if (name.starts_with("_has:")) return ReadHas(type, name, value, term, depth);
    if (name == "_list") return ReadList(name, value, term, depth);
    const Name parts = SplitName(name);
    if (Contains(kNotOffered, parts.parameter)) {
      return Refuse(IssueType::kNotSupported, name, "is not supported");
    }
    const SearchParameter* parameter = definitions_.FindSearchParameter(type, parts.parameter);
    if (parameter == nullptr || parameter->type == SearchType::kSpecial) return Outcome::kUnknown;
    term.parameter = parameter->name;
    term.type = parameter->type;
    for (const auto& component : parameter->components) {
      term.component_types.push_back(component.type);
    }
    if (!parts.chain.empty()) return ReadChain(*parameter, parts, name, value, term, depth);
    return ReadParameter(*parameter, parts, name, value, term);
  }

  Outcome ReadHas(std::string_view type, std::string_view name, std::string_view value,
                  SearchTerm& term, int depth) {
    std::string_view rest = name.substr(std::string_view("_has:").size());
    const size_t first = rest.find(':');
    const size_t second = first == std::string_view::npos ? first : rest.find(':', first + 1);
    if (second == std::string_view::npos) {
      return Refuse(IssueType::kInvalid, name, "must have the form _has:Type:reference:parameter");
    }
    const std::string_view source = rest.substr(0, first);
    const std::string_view link = rest.substr(first + 1, second - first - 1);
    if (!definitions_.IsResource(source)) {
      return Refuse(IssueType::kInvalid, name, "the resource type is not served");
    }
    const SearchParameter* reference = definitions_.FindSearchParameter(source, link);
    if (reference == nullptr || reference->type != SearchType::kReference) {
      return Refuse(IssueType::kInvalid, name, "is no reference parameter of that type");
    }
    if (!reference->targets.empty() && type != kAnyType &&
        std::ranges::find(reference->targets, type) == reference->targets.end()) {
      return Refuse(IssueType::kInvalid, name, "does not point to the type searched for");
    }
    term.kind = SearchTerm::Kind::kHas;
    term.parameter = reference->name;
    term.type = SearchType::kReference;
    term.types = {std::string(source)};
    SearchTerm inner;
    const Outcome outcome = ReadTerm(source, rest.substr(second + 1), value, inner, depth + 1);
    if (outcome == Outcome::kUnknown) {
      return Refuse(IssueType::kInvalid, name, "the parameter at the end is not known");
    }
    term.inner.push_back(std::move(inner));
    return outcome;
  }

  Outcome ReadChain(const SearchParameter& parameter, const Name& parts, std::string_view name,
                    std::string_view value, SearchTerm& term, int depth) {
    if (parameter.type != SearchType::kReference) {
      return Refuse(IssueType::kInvalid, name, "only references can be chained");
    }
    std::vector<std::string> targets = parameter.targets;
    if (!parts.modifier.empty()) {
      targets = {std::string(parts.modifier)};
      if (!definitions_.IsResource(parts.modifier)) {
        return Refuse(IssueType::kInvalid, name, "the resource type is not served");
      }
    } else if (parameter.name == "patient") {
      targets = {"Patient"};
    } else if (targets.empty()) {
      targets = definitions_.ResourceTypes();
    }
    term.kind = SearchTerm::Kind::kChain;
    for (const auto& target : targets) {
      if (!definitions_.IsResource(target)) continue;
      SearchTerm inner;
      const Outcome outcome = ReadTerm(target, parts.chain, value, inner, depth + 1);
      if (outcome == Outcome::kRefused) return outcome;
      if (outcome == Outcome::kUnknown) continue;
      term.types.push_back(target);
      term.inner.push_back(std::move(inner));
    }
    return term.inner.empty() ? Outcome::kUnknown : Outcome::kRead;
  }

  Outcome ReadParameter(const SearchParameter& parameter, const Name& parts, std::string_view name,
                        std::string_view value, SearchTerm& term) {
    ValueContext context{parameter.type, Modifier::kNone, parameter.targets, &parameter, base_};
    if (parameter.name == "patient") context.targets = {"Patient"};
    if (!parts.modifier.empty()) {
      const auto modifier = ReadModifier(parts.modifier);
      if (modifier) {
        context.modifier = *modifier;
      } else if (definitions_.IsKnownType(parts.modifier)) {
        context.modifier = Modifier::kType;
        context.targets = {std::string(parts.modifier)};
      } else {
        return Refuse(IssueType::kNotSupported, name, "the modifier is not known");
      }
      if (!Fits(context.modifier, parameter.type)) {
        return Refuse(IssueType::kNotSupported, name,
                      "the modifier is not supported for parameters of type " +
                          std::string(CodeOf(parameter.type)));
      }
    }
    if (context.modifier == Modifier::kOfType) {
      term.parameter += kOfTypeSuffix;
    } else {
      term.modifier = context.modifier;
    }
    const auto alternatives = SplitEscaped(value, ',');
    if (alternatives.size() > kMaxValues) {
      return Refuse(IssueType::kTooCostly, name, "has too many values");
    }
    for (const auto& alternative : alternatives) {
      std::string fault;
      auto read = ReadSearchValue(context, alternative, fault);
      if (read.empty()) return Refuse(IssueType::kValue, name, fault);
      for (auto& one : read) term.values.push_back(std::move(one));
    }
    return Outcome::kRead;
  }

  // Parameters that shape the answer instead of choosing resources.
  Outcome ReadControl(const std::string& name, const std::string& value) {
    if (Contains(kForOthers, name)) return Outcome::kRead;
    if (name == "_sort") return ReadSort(value);
    if (name == "_count") return ReadCount(value);
    if (name == "_total") return ReadTotal(value);
    if (name == "_summary") return ReadSummary(value);
    if (name == "_elements") {
      for (auto& element : SplitEscaped(value, ',')) {
        if (!element.empty()) query_.elements.push_back(std::move(element));
      }
      return Outcome::kRead;
    }
    if (name == "_page") {
      query_.page = value;
      return Outcome::kRead;
    }
    // Read before all others.
    if (name == "_type" && query_.type.empty()) return Outcome::kRead;
    if (name.starts_with("_include") || name.starts_with("_revinclude")) {
      return ReadInclude(name, value);
    }
    return Outcome::kUnknown;
  }

  Outcome ReadTypes(const std::string& value) {
    for (auto& type : SplitEscaped(value, ',')) {
      if (!definitions_.IsResource(type)) {
        return Refuse(IssueType::kInvalid, "_type", "'" + type + "' is not served");
      }
      query_.types.push_back(std::move(type));
    }
    return Outcome::kRead;
  }

  Outcome ReadSort(const std::string& value) {
    for (const auto& part : SplitEscaped(value, ',')) {
      SortKey key;
      key.descending = part.starts_with('-');
      key.parameter = part.substr(key.descending ? 1 : 0);
      const SearchParameter* parameter =
          definitions_.FindSearchParameter(TypeThatKnows(key.parameter), key.parameter);
      if (parameter == nullptr || parameter->type == SearchType::kSpecial ||
          parameter->type == SearchType::kComposite) {
        return Refuse(IssueType::kInvalid, "_sort", "'" + part + "' cannot be sorted by");
      }
      key.type = parameter->type;
      query_.sort.push_back(std::move(key));
    }
    return Outcome::kRead;
  }

  Outcome ReadCount(const std::string& value) {
    size_t count = 0;
    const char* end = value.data() + value.size();
    const auto [stop, fault] = std::from_chars(value.data(), end, count);
    if (value.empty() || fault != std::errc() || stop != end) {
      return Refuse(IssueType::kValue, "_count", "must be a whole number");
    }
    query_.count = count;
    if (count == 0) query_.summary = SummaryMode::kCount;
    return Outcome::kRead;
  }

  Outcome ReadTotal(const std::string& value) {
    if (value == "none") {
      query_.total = TotalMode::kNone;
    } else if (value == "estimate") {
      query_.total = TotalMode::kEstimate;
    } else if (value == "accurate") {
      query_.total = TotalMode::kAccurate;
    } else {
      return Refuse(IssueType::kValue, "_total", "must be none, estimate or accurate");
    }
    return Outcome::kRead;
  }

  Outcome ReadSummary(const std::string& value) {
    static constexpr std::array<std::pair<std::string_view, SummaryMode>, 5> kModes = {
        {{"true", SummaryMode::kTrue},
         {"false", SummaryMode::kFalse},
         {"text", SummaryMode::kText},
         {"data", SummaryMode::kData},
         {"count", SummaryMode::kCount}}};
    for (const auto& [text, mode] : kModes) {
      if (text != value) continue;
      query_.summary = mode;
      return Outcome::kRead;
    }
    return Refuse(IssueType::kValue, "_summary", "must be true, false, text, data or count");
  }

  Outcome ReadInclude(const std::string& name, const std::string& value) {
    const size_t colon = name.find(':');
    const std::string stem = name.substr(0, colon);
    const std::string modifier = colon == std::string::npos ? "" : name.substr(colon + 1);
    if (stem != "_include" && stem != "_revinclude") return Outcome::kUnknown;
    Include include;
    include.reverse = stem == "_revinclude";
    include.iterate = modifier == "iterate" || modifier == "recurse";
    if (!modifier.empty() && !include.iterate) {
      return Refuse(IssueType::kNotSupported, name, "the modifier is not known");
    }
    const auto parts = SplitEscaped(value, ':');
    include.type = parts[0];
    include.parameter = parts.size() > 1 ? parts[1] : "*";
    if (parts.size() > 2) include.target = parts[2];
    if (parts.size() == 1 && include.type != "*") {
      return Refuse(IssueType::kValue, name, "must have the form Type:parameter");
    }
    if (include.type != "*" && !definitions_.IsResource(include.type)) {
      return Refuse(IssueType::kInvalid, name, "the resource type is not served");
    }
    if (include.type != "*" && include.parameter != "*") {
      const auto* reference = definitions_.FindSearchParameter(include.type, include.parameter);
      if (reference == nullptr || reference->type != SearchType::kReference) {
        return Refuse(IssueType::kInvalid, name, "'" + value + "' is no reference parameter");
      }
    }
    query_.includes.push_back(std::move(include));
    return Outcome::kRead;
  }

  const Definitions& definitions_;
  std::string_view base_;
  IssueLog& log_;
  SearchQuery query_;
};

}  // namespace

SearchQuery ReadSearchQuery(const Definitions& definitions, std::string_view type,
                            const QueryPairs& pairs, IssueLog& log, std::string_view base) {
  return QueryReader(definitions, base, log).Read(type, pairs);
}

namespace {

// A condition of a compartment; `types` limits it, empty does not.
SearchTerm CompartmentCondition(std::string_view parameter, const SearchValue& value,
                                std::vector<std::string> types) {
  SearchTerm term;
  const bool is_owner = parameter == "_id";
  term.parameter = parameter;
  term.type = is_owner ? SearchType::kToken : SearchType::kReference;
  term.types = std::move(types);
  term.values = {value};
  if (is_owner) term.values[0].token.code = value.text;
  return term;
}

}  // namespace

std::optional<SearchTerm> CompartmentTerm(const Definitions& definitions, std::string_view type,
                                          std::string_view compartment, std::string_view id) {
  SearchTerm term;
  term.kind = SearchTerm::Kind::kAny;
  term.parameter = compartment;
  term.type = SearchType::kReference;
  SearchValue value;
  value.text = id;
  value.reference = {std::string(compartment), std::string(id), {}};
  term.values = {value};
  if (!type.empty()) {
    // The owner of a compartment is in it.
    if (type == compartment) term.inner.push_back(CompartmentCondition("_id", value, {}));
    if (const auto* names = definitions.CompartmentParameters(compartment, type)) {
      for (const auto& name : *names) term.inner.push_back(CompartmentCondition(name, value, {}));
    }
  } else {
    // Of all types at once: each parameter for the types that are in the compartment by it.
    std::map<std::string, std::vector<std::string>> types;
    for (const std::string& each : definitions.ResourceTypes()) {
      const auto* names = definitions.CompartmentParameters(compartment, each);
      if (names == nullptr) continue;
      for (const auto& name : *names) types[name].push_back(each);
    }
    if (types.empty()) return std::nullopt;
    term.inner.push_back(CompartmentCondition("_id", value, {std::string(compartment)}));
    for (auto& [name, of_types] : types) {
      term.inner.push_back(CompartmentCondition(name, value, std::move(of_types)));
    }
  }
  return term.inner.empty() ? std::nullopt : std::optional(std::move(term));
}

}  // namespace genflik::fhir
