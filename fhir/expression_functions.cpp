#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <unordered_set>
#include <utility>

#include "fhir/datatypes.h"
#include "fhir/expression_step.h"
#include "fhir/type_table.h"

namespace genflik::fhir {
namespace {

using Step = Expression::Step;

struct Call {
  const Step& step;
  const Nodes& input;
  Evaluation& evaluation;
  const Node& focus;

  const Step* Argument(size_t index) const {
    return index < step.arguments.size() ? step.arguments[index].get() : nullptr;
  }
  Nodes Each(const Node& node) const { return Evaluate(*step.arguments[0], evaluation, node); }
  bool Accepts(const Node& node) const { return AsCondition(Each(node)).value_or(false); }
  std::string Text(const Nodes& nodes) const {
    if (nodes.empty() || !HasValue(nodes[0]) || !nodes[0].value->is_string()) return {};
    return nodes[0].value->get<std::string>();
  }
  std::string TextArgument() const { return Text(Evaluate(*Argument(0), evaluation, focus)); }
};

Nodes Truth(bool value) { return {BooleanNode(value)}; }

Nodes Where(const Call& call) {
  Nodes kept;
  for (const Node& node : call.input) {
    if (call.Accepts(node)) kept.push_back(node);
  }
  return kept;
}

Nodes Exists(const Call& call) {
  if (call.Argument(0) == nullptr) return Truth(!call.input.empty());
  return Truth(std::ranges::any_of(call.input, [&](const Node& n) { return call.Accepts(n); }));
}

Nodes All(const Call& call) {
  return Truth(std::ranges::all_of(call.input, [&](const Node& n) { return call.Accepts(n); }));
}

Nodes Empty(const Call& call) { return Truth(call.input.empty()); }

Nodes Not(const Call& call) {
  const auto condition = AsCondition(call.input);
  return condition ? Truth(!*condition) : Nodes{};
}

Nodes Select(const Call& call) {
  Nodes all;
  for (const Node& node : call.input) {
    for (const Node& found : call.Each(node)) all.push_back(found);
  }
  return all;
}

Nodes Count(const Call& call) {
  return {call.evaluation.Keep(static_cast<std::int64_t>(call.input.size()), "integer")};
}

Nodes First(const Call& call) { return call.input.empty() ? Nodes{} : Nodes{call.input[0]}; }

Nodes Tail(const Call& call) {
  return call.input.empty() ? Nodes{} : Nodes(call.input.begin() + 1, call.input.end());
}

// A reference that tells no type may point to any.
bool MayBe(const Call& call, const Node& node, std::string_view type) {
  return node.type.empty() || IsOfType(call.evaluation.definitions(), node.type, type);
}

Nodes Is(const Call& call) {
  if (call.input.empty()) return {};
  return Truth(MayBe(call, call.input[0], call.Argument(0)->name));
}

Nodes As(const Call& call) {
  Nodes kept;
  for (const Node& node : call.input) {
    if (MayBe(call, node, call.Argument(0)->name)) kept.push_back(node);
  }
  return kept;
}

Nodes HasValueOf(const Call& call) {
  return Truth(call.input.size() == 1 && HasValue(call.input[0]));
}

Nodes Extension(const Call& call) {
  const std::string url = call.TextArgument();
  Nodes found;
  Nodes extensions;
  for (const Node& node : call.input) {
    Children(call.evaluation.definitions(), node, "extension", extensions);
  }
  for (const Node& node : extensions) {
    if (FindText(*node.value, "url") == url) found.push_back(node);
  }
  return found;
}

// What a reference points to: a contained resource itself, of any other only the type.
Nodes Resolve(const Call& call) {
  Nodes found;
  for (const Node& node : call.input) {
    if (!HasValue(node)) continue;
    const Json& value = *node.value;
    const std::string_view text =
        value.is_string() ? value.get_ref<const std::string&>() : FindText(value, "reference");
    if (text.starts_with('#')) {
      for (const Json& item : FindArray(call.evaluation.container(), "contained")) {
        if (FindText(item, "id") == text.substr(1)) {
          found.push_back(NodeOf(call.evaluation.definitions(), item));
        }
      }
      continue;
    }
    const auto parts = SplitReference(text);
    const std::string type = parts ? parts->type : std::string(FindText(value, "type"));
    const Node kept = call.evaluation.Keep(type, "string");
    found.push_back({node.value, nullptr, nullptr, kept.value->get_ref<const std::string&>()});
  }
  return found;
}

Nodes IsDistinct(const Call& call) {
  std::unordered_set<std::string> seen;
  return Truth(std::ranges::all_of(call.input, [&](const Node& node) {
    return !HasValue(node) || seen.insert(PrintJson(*node.value)).second;
  }));
}

Nodes Combine(const Call& call) {
  Nodes all = call.input;
  for (const Node& node : Evaluate(*call.Argument(0), call.evaluation, call.focus)) {
    all.push_back(node);
  }
  return all;
}

Nodes Intersect(const Call& call) {
  const Nodes other = Evaluate(*call.Argument(0), call.evaluation, call.focus);
  Nodes both;
  for (const Node& node : call.input) {
    const auto same = [&](const Node& n) { return EqualNodes(n, node); };
    if (std::ranges::any_of(other, same)) both.push_back(node);
  }
  return both;
}

void AddDescendants(const Definitions& definitions, const Node& node, Nodes& found) {
  if (node.table == nullptr) return;
  Nodes children;
  for (const ElementRule& rule : node.table->elements) {
    Children(definitions, node, rule.name, children);
  }
  for (const Node& child : children) {
    found.push_back(child);
    AddDescendants(definitions, child, found);
  }
}

Nodes Descendants(const Call& call) {
  Nodes found;
  for (const Node& node : call.input) {
    AddDescendants(call.evaluation.definitions(), node, found);
  }
  return found;
}

Nodes Iif(const Call& call) {
  const bool yes =
      AsCondition(Evaluate(*call.Argument(0), call.evaluation, call.focus)).value_or(false);
  const Step* chosen = call.Argument(yes ? 1 : 2);
  return chosen == nullptr ? Nodes{} : Evaluate(*chosen, call.evaluation, call.focus);
}

Nodes ToInteger(const Call& call) {
  if (call.input.empty() || !HasValue(call.input[0])) return {};
  if (call.input[0].value->is_number_integer()) return {call.input[0]};
  const std::string text = call.Text(call.input);
  std::int64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || fault != std::errc() || end != text.data() + text.size()) return {};
  return {call.evaluation.Keep(number, "integer")};
}

Nodes ToText(const Call& call) {
  if (call.input.empty() || !HasValue(call.input[0])) return {};
  const Json& value = *call.input[0].value;
  if (IsNumber(value)) return {call.evaluation.Keep(NumberText(value), "string")};
  if (value.is_boolean()) {
    return {call.evaluation.Keep(value.get<bool>() ? "true" : "false", "string")};
  }
  return value.is_string() ? Nodes{call.input[0]} : Nodes{};
}

Nodes StartsWith(const Call& call) {
  if (call.input.empty()) return {};
  return Truth(call.Text(call.input).starts_with(call.TextArgument()));
}

Nodes Contains(const Call& call) {
  if (call.input.empty()) return {};
  return Truth(call.Text(call.input).find(call.TextArgument()) != std::string::npos);
}

Nodes Trace(const Call& call) { return call.input; }

using Function = Nodes (*)(const Call&);
constexpr std::array<std::pair<std::string_view, Function>, 25> kFunctions = {{
    {"where", Where},
    {"exists", Exists},
    {"all", All},
    {"empty", Empty},
    {"not", Not},
    {"select", Select},
    {"count", Count},
    {"first", First},
    {"tail", Tail},
    {"is", Is},
    {"as", As},
    {"ofType", As},
    {"hasValue", HasValueOf},
    {"extension", Extension},
    {"resolve", Resolve},
    {"isDistinct", IsDistinct},
    {"combine", Combine},
    {"intersect", Intersect},
    {"descendants", Descendants},
    {"iif", Iif},
    {"toInteger", ToInteger},
    {"toString", ToText},
    {"startsWith", StartsWith},
    {"contains", Contains},
    {"trace", Trace},

}};

}  // namespace

bool IsFunction(std::string_view name) {
  return std::ranges::any_of(kFunctions, [&](const auto& entry) { return entry.first == name; });
}

Nodes CallFunction(const Step& step, const Nodes& input, Evaluation& evaluation,
                   const Node& focus) {
  const Call call{step, input, evaluation, focus};
  for (const auto& [name, function] : kFunctions) {
    if (name == step.name) return function(call);
  }
  return {};
}

}  // namespace genflik::fhir
