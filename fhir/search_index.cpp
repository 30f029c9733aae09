#include "fhir/search_index.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/datatypes.h"
#include "fhir/datetime.h"
#include "fhir/expression.h"
#include "fhir/identifiers.h"
#include "fhir/systems.h"
#include "fhir/type_table.h"
#include "fhir/units.h"

namespace genflik::fhir {
namespace {

// Turns the elements that a parameter finds into its entries.
class Indexer {
 public:
  Indexer(std::string_view base, std::vector<IndexEntry>& entries)
      : base_(base), entries_(entries) {}

  void Start(const std::string& parameter, int part, int group) {
    parameter_ = &parameter;
    part_ = part;
    group_ = group;
    first_ = entries_.size();
  }

  void Add(SearchType type, const Node& node) {
    if (!HasContent(node)) return;
    switch (type) {
      case SearchType::kToken:
        return AddToken(node);
      case SearchType::kString:
        return AddString(node);
      case SearchType::kReference:
        return AddReference(node);
      case SearchType::kDate:
        return AddDate(node);
      case SearchType::kNumber:
        if (const auto number = NumberOf(*node.value)) Put(NumberEntry{*number});
        return;
      case SearchType::kQuantity:
        return AddQuantity(node);
      case SearchType::kUri:
        return AddUri(node);
      default:
        return;
    }
  }

 private:
  static bool HasContent(const Node& node) {
    return node.value != nullptr && !node.value->is_null();
  }

  template <typename Entry>
  void Put(Entry entry) {
    IndexEntry whole{*parameter_, part_, group_, std::move(entry)};
    // A parameter may find one thing twice (a code in two elements).
    const auto start = entries_.begin() + static_cast<std::ptrdiff_t>(first_);
    if (std::find(start, entries_.end(), whole) == entries_.end()) {
      entries_.push_back(std::move(whole));
    }
  }

  void PutCoding(const Json& coding, std::string_view text) {
    const std::string_view display = FindText(coding, "display");
    // A text search finds the words of either, so both stand in one entry.
    std::string words(text);
    if (!display.empty() && display != text) {
      if (!words.empty()) words += ' ';
      words += display;
    }
    TokenEntry entry{NormaliseSystem(FindText(coding, "system")),
                     std::string(FindText(coding, "code")), NormaliseText(words)};
    if (!entry.code.empty() || !entry.text.empty()) Put(std::move(entry));
  }

  // A canonical that names a version is found with and without it.
  void AddUri(const Node& node) {
    if (!node.value->is_string()) return;
    const auto& text = node.value->get_ref<const std::string&>();
    const size_t bar = node.type == "canonical" ? text.find('|') : std::string::npos;
    Put(UriEntry{text});
    if (bar != std::string::npos) Put(UriEntry{text.substr(0, bar)});
  }

  void AddToken(const Node& node) {
    const Json& value = *node.value;
    if (value.is_boolean()) {
      Put(TokenEntry{{}, value.get<bool>() ? "true" : "false", {}});
    } else if (value.is_string()) {
      const auto& code = value.get_ref<const std::string&>();
      const std::string_view system =
          node.binding == nullptr ? std::string_view() : node.binding->SystemOf(code);
      Put(TokenEntry{std::string(system), code, {}});
    } else if (IsNumber(value)) {
      Put(TokenEntry{{}, NumberText(value), {}});
    } else if (node.type == "CodeableConcept") {
      const std::string_view text = FindText(value, "text");
      for (const Json& coding : FindArray(value, "coding")) PutCoding(coding, text);
      if (FindArray(value, "coding").empty() && !text.empty()) {
        Put(TokenEntry{{}, {}, NormaliseText(text)});
      }
    } else if (node.type == "Identifier") {
      AddIdentifier(value);
    } else if (node.type == "ContactPoint") {
      if (const auto number = FindText(value, "value"); !number.empty()) {
        Put(TokenEntry{{}, std::string(number), {}});
      }
    } else {
      PutCoding(value, {});
    }
  }

  void AddIdentifier(const Json& value) {
    auto key = NormaliseIdentifier(FindText(value, "system"), FindText(value, "value"));
    if (key.value.empty()) return;
    if (const Json* type = Find(value, "type"); type != nullptr) {
      const std::string name = *parameter_ + std::string(kOfTypeSuffix);
      const std::string* whole = std::exchange(parameter_, &name);
      for (const Json& coding : FindArray(*type, "coding")) {
        std::string code(FindText(coding, "code"));
        Put(TokenEntry{NormaliseSystem(FindText(coding, "system")),
                       code.append(1, '|').append(key.value),
                       {}});
      }
      parameter_ = whole;
    }
    Put(TokenEntry{std::move(key.system), std::move(key.value), {}});
  }

  void PutString(std::string_view text) {
    if (text.empty()) return;
    Put(StringEntry{NormaliseText(text), std::string(text)});
  }

  void AddString(const Node& node) {
    const Json& value = *node.value;
    if (value.is_string()) {
      PutString(value.get_ref<const std::string&>());
    } else if (node.type == "HumanName") {
      AddParts(value, {"text", "family", "given", "prefix", "suffix"});
    } else if (node.type == "Address") {
      AddParts(value, {"text", "line", "city", "district", "state", "postalCode", "country"});
    } else {
      AddParts(value, {"text", "display", "value", "code"});
    }
  }

  void AddParts(const Json& value, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) {
      const Json* part = Find(value, name);
      if (part == nullptr) continue;
      if (part->is_string()) PutString(part->get_ref<const std::string&>());
      if (!part->is_array()) continue;
      for (const Json& item : *part) {
        if (item.is_string()) PutString(item.get_ref<const std::string&>());
      }
    }
  }

  void AddReference(const Node& node) {
    const Json& value = *node.value;
    ReferenceEntry entry;
    std::string_view text;
    if (value.is_string()) {
      text = value.get_ref<const std::string&>();
    } else {
      text = FindText(value, "reference");
      if (const Json* identifier = Find(value, "identifier"); identifier != nullptr) {
        auto key =
            NormaliseIdentifier(FindText(*identifier, "system"), FindText(*identifier, "value"));
        entry.identifier_system = std::move(key.system);
        entry.identifier_value = std::move(key.value);
      }
    }
    // What is contained cannot be found from outside.
    if (text.starts_with('#')) text = {};
    const auto parts =
        value.is_string() && node.type != "uri" ? std::nullopt : SplitReference(text);
    if (parts && (parts->base.empty() || parts->base == base_)) {
      entry.type = parts->type;
      entry.id = parts->id;
    } else {
      entry.url = text;
      if (parts) entry.type = parts->type;
      if (entry.type.empty()) entry.type = FindText(value, "type");
    }
    if (entry.id.empty() && entry.url.empty() && entry.identifier_value.empty()) return;
    Put(std::move(entry));
  }

  static std::optional<TimeSpan> SpanOfText(std::string_view text) {
    const auto value = ReadDateTime(text);
    return value ? std::optional(SpanOf(*value)) : std::nullopt;
  }

  void PutPeriod(const Json& period) {
    const auto start = SpanOfText(FindText(period, "start"));
    const auto end = SpanOfText(FindText(period, "end"));
    if (!start && !end) return;
    Put(DateEntry{start ? start->low : kOpenLow, end ? end->high : kOpenHigh});
  }

  void AddDate(const Node& node) {
    const Json& value = *node.value;
    if (value.is_string()) {
      if (const auto span = SpanOfText(value.get_ref<const std::string&>())) {
        Put(DateEntry{span->low, span->high});
      }
    } else if (node.type == "Timing") {
      AddTiming(value);
    } else {
      PutPeriod(value);
    }
  }

  void AddTiming(const Json& timing) {
    DateEntry whole{kOpenHigh, kOpenLow};
    for (const Json& event : FindArray(timing, "event")) {
      const auto span =
          event.is_string() ? SpanOfText(event.get_ref<const std::string&>()) : std::nullopt;
      if (!span) continue;
      whole.low = std::min(whole.low, span->low);
      whole.high = std::max(whole.high, span->high);
    }
    if (whole.low < whole.high) Put(whole);
    const Json* repeat = Find(timing, "repeat");
    const Json* bounds = repeat == nullptr ? nullptr : Find(*repeat, "boundsPeriod");
    if (bounds != nullptr) PutPeriod(*bounds);
  }

  void AddQuantity(const Node& node) {
    const Json& value = *node.value;
    if (const Json* low = Find(value, "low"); low != nullptr) PutQuantity(*low);
    if (const Json* high = Find(value, "high"); high != nullptr) PutQuantity(*high);
    if (const Json* origin = Find(value, "origin"); origin != nullptr) PutQuantity(*origin);
    PutQuantity(value);
  }

  void PutQuantity(const Json& value) {
    const Json* number = Find(value, "value");
    const auto amount = number == nullptr ? std::nullopt : NumberOf(*number);
    if (!amount) return;
    QuantityEntry entry;
    entry.number = *amount;
    entry.system = NormaliseSystem(FindText(value, "system"));
    entry.code = FindText(value, "code");
    entry.unit = FindText(value, "unit");
    if (const auto currency = FindText(value, "currency"); !currency.empty()) {
      entry.system = "urn:iso:std:iso:4217";
      entry.code = currency;
    }
    if (entry.system == systems::kUcum) {
      if (auto base = FindBaseUnit(entry.code)) {
        entry.canonical_number = *amount * base->factor;
        entry.canonical_unit = std::move(base->unit);
      }
    }
    Put(std::move(entry));
  }

  std::string_view base_;
  std::vector<IndexEntry>& entries_;
  const std::string* parameter_ = nullptr;
  int part_ = -1;
  int group_ = 0;
  size_t first_ = 0;
};

void IndexComposite(const SearchParameter& parameter, const Nodes& elements, Evaluation& evaluation,
                    Indexer& indexer) {
  int group = 0;
  for (const Node& element : elements) {
    for (size_t part = 0; part < parameter.components.size(); ++part) {
      const SearchComponent& component = parameter.components[part];
      indexer.Start(parameter.name, static_cast<int>(part), group);
      for (const Node& node : component.expression->Evaluate(evaluation, element)) {
        indexer.Add(component.type, node);
      }
    }
    ++group;
  }
}

}  // namespace

std::vector<IndexEntry> IndexResource(const Definitions& definitions, const Json& resource,
                                      std::string_view base) {
  std::vector<IndexEntry> entries;
  while (base.ends_with('/')) base.remove_suffix(1);
  const Node root = NodeOf(definitions, resource);
  if (root.table == nullptr) return entries;
  Evaluation evaluation(definitions, resource, resource);
  Indexer indexer(base, entries);
  for (const SearchParameter* parameter : definitions.SearchParametersOf(root.type)) {
    if (parameter->expression == nullptr) continue;
    const Nodes found = parameter->expression->Evaluate(evaluation, root);
    if (parameter->type == SearchType::kComposite) {
      IndexComposite(*parameter, found, evaluation, indexer);
      continue;
    }
    indexer.Start(parameter->name, -1, 0);
    for (const Node& node : found) indexer.Add(parameter->type, node);
  }
  return entries;
}

}  // namespace genflik::fhir
