#include "fhir/expression.h"

#include <algorithm>
#include <cctype>
#include <compare>
#include <utility>

#include "fhir/datetime.h"
#include "fhir/expression_step.h"
#include "fhir/systems.h"
#include "fhir/type_table.h"

namespace genflik::fhir {
namespace {

using Step = Expression::Step;

// Derived primitives and the type they come from (http://hl7.org/fhir/R4/datatypes.html).
std::string_view BaseOfPrimitive(std::string_view type) {
  if (type == "url" || type == "canonical" || type == "oid" || type == "uuid") return "uri";
  if (type == "code" || type == "id" || type == "markdown") return "string";
  if (type == "positiveInt" || type == "unsignedInt") return "integer";
  return {};
}

void AddItem(const Definitions& definitions, const ElementRule& rule, const Json* item,
             const Json* extra, Nodes& found) {
  if (item != nullptr && item->is_null()) item = nullptr;
  if (extra != nullptr && extra->is_null()) extra = nullptr;
  if (item == nullptr && extra == nullptr) return;
  if (rule.IsResource()) {
    if (item != nullptr) found.push_back(NodeOf(definitions, *item));
  } else {
    found.push_back({item, extra, rule.table, rule.type, rule.binding});
  }
}

void AddChild(const Definitions& definitions, const Node& parent, const ElementRule& rule,
              Nodes& found) {
  const Json* value = Find(*parent.value, rule.name);
  const Json* extras =
      rule.primitive == Primitive::kNone ? nullptr : Find(*parent.value, "_" + rule.name);
  if (!rule.array) {
    AddItem(definitions, rule, value, extras, found);
    return;
  }
  const auto at = [](const Json* list, size_t i) -> const Json* {
    return list != nullptr && list->is_array() && i < list->size() ? &(*list)[i] : nullptr;
  };
  const size_t values = value != nullptr && value->is_array() ? value->size() : 0;
  const size_t more = extras != nullptr && extras->is_array() ? extras->size() : 0;
  for (size_t i = 0; i < std::max(values, more); ++i) {
    AddItem(definitions, rule, at(value, i), at(extras, i), found);
  }
}

std::optional<std::partial_ordering> CompareNodes(const Node& a, const Node& b) {
  if (!HasValue(a) || !HasValue(b)) return std::nullopt;
  const auto x = NumberOf(*a.value);
  const auto y = NumberOf(*b.value);
  if (x && y) return *x <=> *y;
  if (a.value->is_object() && b.value->is_object()) {
    const Json* p = Find(*a.value, "value");
    const Json* q = Find(*b.value, "value");
    if (p == nullptr || q == nullptr) return std::nullopt;
    for (const auto* name : {"system", "code", "unit"}) {
      if (FindText(*a.value, name) != FindText(*b.value, name)) return std::nullopt;
    }
    return CompareNodes({p, nullptr, nullptr, "decimal", nullptr},
                        {q, nullptr, nullptr, "decimal", nullptr});
  }
  if (!a.value->is_string() || !b.value->is_string()) return std::nullopt;
  const auto& left = a.value->get_ref<const std::string&>();
  const auto& right = b.value->get_ref<const std::string&>();
  const auto from = ReadDateTime(left);
  const auto to = ReadDateTime(right);
  if (from && to) return Compare(*from, *to);
  return left <=> right;
}

Nodes Truth(bool value) { return {BooleanNode(value)}; }

std::string TextOf(const Nodes& nodes) {
  if (nodes.empty() || !HasValue(nodes[0])) return {};
  const Json& value = *nodes[0].value;
  return value.is_string() ? value.get<std::string>() : PrintJson(value);
}

bool Includes(const Nodes& nodes, const Node& node) {
  return std::ranges::any_of(nodes, [&](const Node& other) { return EqualNodes(other, node); });
}

// and, or, xor, implies with an unknown side as FHIRPath has it.
Nodes Logic(const std::string& name, std::optional<bool> a, std::optional<bool> b) {
  if (name == "and") {
    if (a == false || b == false) return Truth(false);
    return a && b ? Truth(true) : Nodes{};
  }
  if (name == "or") {
    if (a == true || b == true) return Truth(true);
    return a && b ? Truth(false) : Nodes{};
  }
  if (name == "xor") return a && b ? Truth(*a != *b) : Nodes{};
  if (a == false || b == true) return Truth(true);
  return a && b ? Truth(false) : Nodes{};
}

Nodes Order(const std::string& name, const Nodes& a, const Nodes& b) {
  if (a.size() != 1 || b.size() != 1) return {};
  const auto order = CompareNodes(a[0], b[0]);
  if (!order || *order == std::partial_ordering::unordered) return {};
  if (name == "<") return Truth(std::is_lt(*order));
  if (name == "<=") return Truth(std::is_lteq(*order));
  if (name == ">") return Truth(std::is_gt(*order));
  return Truth(std::is_gteq(*order));
}

bool IsLogical(const std::string& name) {
  return name == "and" || name == "or" || name == "xor" || name == "implies";
}

Nodes Union(const Nodes& a, const Nodes& b) {
  Nodes all;
  for (const Nodes* side : {&a, &b}) {
    for (const Node& node : *side) {
      if (!Includes(all, node)) all.push_back(node);
    }
  }
  return all;
}

// Adds numbers and joins texts.
Nodes Add(const Nodes& a, const Nodes& b, Evaluation& evaluation) {
  const bool numbers = a.size() == 1 && b.size() == 1 && HasValue(a[0]) && HasValue(b[0]) &&
                       a[0].value->is_number_integer() && b[0].value->is_number_integer();
  if (!numbers) return {evaluation.Keep(TextOf(a) + TextOf(b), "string")};
  const auto sum = a[0].value->get<std::int64_t>() + b[0].value->get<std::int64_t>();
  return {evaluation.Keep(sum, "integer")};
}

Nodes Operate(const Step& step, Evaluation& evaluation, const Node& focus) {
  const std::string& name = step.name;
  const Nodes a = Evaluate(*step.arguments[0], evaluation, focus);
  if (IsLogical(name)) {
    const auto left = AsCondition(a);
    // The right side is not looked at where the left one decides.
    const bool decided = name == "or" ? left == true : name != "xor" && left == false;
    if (decided) return Truth(name != "and");
    return Logic(name, left, AsCondition(Evaluate(*step.arguments[1], evaluation, focus)));
  }
  const Nodes b = Evaluate(*step.arguments[1], evaluation, focus);
  if (name == "|") return Union(a, b);
  if (name == "&" || name == "+") return Add(a, b, evaluation);
  if (name == "in") return a.empty() ? Nodes{} : Truth(Includes(b, a[0]));
  if (name == "contains") return b.empty() ? Nodes{} : Truth(Includes(a, b[0]));
  if (a.empty() || b.empty()) return {};
  if (name == "=" || name == "!=" || name == "~") {
    const bool equal = a.size() == b.size() && std::ranges::equal(a, b, EqualNodes);
    return Truth(equal != (name == "!="));
  }
  return Order(name, a, b);
}

Nodes Variable(const Step& step, Evaluation& evaluation, const Node& focus) {
  if (step.name == "%resource") return {evaluation.Resource()};
  if (step.name == "%rootResource") {
    return {NodeOf(evaluation.definitions(), evaluation.container())};
  }
  if (step.name == "%ucum") return {evaluation.Keep(std::string(systems::kUcum), "string")};
  return {focus};
}

Nodes Member(const Step& step, Evaluation& evaluation, const Node& focus) {
  const Definitions& definitions = evaluation.definitions();
  Nodes found;
  if (step.source == nullptr) {
    // A type name starts a path at the focus itself.
    if (std::isupper(static_cast<unsigned char>(step.name[0])) != 0) {
      if (IsOfType(definitions, focus.type, step.name)) found.push_back(focus);
      return found;
    }
    Children(definitions, focus, step.name, found);
    return found;
  }
  for (const Node& node : Evaluate(*step.source, evaluation, focus)) {
    Children(definitions, node, step.name, found);
  }
  return found;
}

}  // namespace

Nodes Evaluate(const Step& step, Evaluation& evaluation, const Node& focus) {
  switch (step.kind) {
    case Step::Kind::kThis:
      return {focus};
    case Step::Kind::kLiteral:
      return {{&step.literal, nullptr, nullptr, step.literal.is_string() ? "string" : "integer"}};
    case Step::Kind::kVariable:
      return Variable(step, evaluation, focus);
    case Step::Kind::kMember:
      return Member(step, evaluation, focus);
    case Step::Kind::kFunction: {
      const Nodes input =
          step.source == nullptr ? Nodes{focus} : Evaluate(*step.source, evaluation, focus);
      return CallFunction(step, input, evaluation, focus);
    }
    case Step::Kind::kIndex: {
      const Nodes input = Evaluate(*step.source, evaluation, focus);
      const Nodes index = Evaluate(*step.arguments[0], evaluation, focus);
      if (index.size() != 1 || !HasValue(index[0]) || !index[0].value->is_number_integer())
        return {};
      const auto at = index[0].value->get<size_t>();
      return at < input.size() ? Nodes{input[at]} : Nodes{};
    }
    case Step::Kind::kOperator:
      return Operate(step, evaluation, focus);
  }
  return {};
}

Node BooleanNode(bool value) {
  static const Json yes = true;
  static const Json no = false;
  return {value ? &yes : &no, nullptr, nullptr, "boolean"};
}

std::optional<bool> AsCondition(const Nodes& nodes) {
  if (nodes.empty()) return std::nullopt;
  const Node& first = nodes[0];
  if (nodes.size() == 1 && HasValue(first) && first.value->is_boolean()) {
    return first.value->get<bool>();
  }
  return true;
}

bool EqualNodes(const Node& a, const Node& b) {
  if (!HasValue(a) || !HasValue(b)) return false;
  const auto x = NumberOf(*a.value);
  const auto y = NumberOf(*b.value);
  if (x && y) return *x == *y;
  return *a.value == *b.value;
}

bool IsOfType(const Definitions& definitions, std::string_view actual, std::string_view type) {
  if (actual == type) return true;
  for (const TypeTable* table = definitions.FindType(actual); table != nullptr;
       table = definitions.FindType(table->base)) {
    if (table->name == type || table->base == type) return true;
    if (table->base.empty()) break;
  }
  return !BaseOfPrimitive(actual).empty() && BaseOfPrimitive(actual) == type;
}

Node NodeOf(const Definitions& definitions, const Json& resource) {
  const auto type = FindText(resource, "resourceType");
  return {&resource, nullptr, definitions.FindType(type), type};
}

void Children(const Definitions& definitions, const Node& node, std::string_view name,
              Nodes& found) {
  if (node.table == nullptr || node.value == nullptr || !node.value->is_object()) {
    // A primitive has no children but its extensions.
    if (node.extras != nullptr && name == "extension") {
      const TypeTable* element = definitions.FindType("Element");
      if (element != nullptr) {
        Children(definitions, {node.extras, nullptr, element, "Element"}, name, found);
      }
    }
    return;
  }
  if (const ElementRule* rule = node.table->FindElement(name); rule != nullptr) {
    AddChild(definitions, node, *rule, found);
    return;
  }
  const auto choice = node.table->choices.find(name);
  if (choice == node.table->choices.end()) return;
  for (const size_t index : choice->second) {
    const size_t before = found.size();
    AddChild(definitions, node, node.table->elements[index], found);
    if (found.size() > before) return;
  }
}

Node Evaluation::Resource() const { return NodeOf(definitions_, resource_); }

Node Evaluation::Keep(Json value, std::string_view type) {
  kept_.push_back(std::move(value));
  return {&kept_.back(), nullptr, nullptr, type};
}

Expression::Expression(std::unique_ptr<const Step> root) : root_(std::move(root)) {}
Expression::~Expression() = default;

Nodes Expression::Evaluate(Evaluation& evaluation, const Node& focus) const {
  return fhir::Evaluate(*root_, evaluation, focus);
}

std::optional<bool> Expression::Holds(Evaluation& evaluation, const Node& focus) const {
  return AsCondition(Evaluate(evaluation, focus));
}

}  // namespace genflik::fhir
