#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "fhir/expression.h"

// Inside of Expression: the parsed tree, shared by its reader and its functions.

namespace genflik::fhir {

struct Expression::Step {
  enum class Kind {
    kThis,
    kLiteral,
    /// %resource, %rootResource, %context, %ucum
    kVariable,
    /// `name` of the source, or a type name at the start of a path.
    kMember,
    kFunction,
    kIndex,
    kOperator,
  };
  Step() = default;
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;

  Kind kind = Kind::kThis;
  /// Name of the member, function, operator or variable; type name for is and as.
  std::string name = {};
  Json literal = nullptr;
  /// What the step is applied to; null: the focus.
  std::unique_ptr<Step> source = {};
  /// Operands, arguments or the index.
  std::vector<std::unique_ptr<Step>> arguments = {};
};

/// Evaluates one step with `focus` as $this.
Nodes Evaluate(const Expression::Step& step, Evaluation& evaluation, const Node& focus);
/// Calls a function on `input`.
Nodes CallFunction(const Expression::Step& step, const Nodes& input, Evaluation& evaluation,
                   const Node& focus);
/// True when a function of this name is known.
bool IsFunction(std::string_view name);
/// A collection as a condition; nothing when it is empty.
std::optional<bool> AsCondition(const Nodes& nodes);
/// Equality of two values as `=` has it.
bool EqualNodes(const Node& a, const Node& b);
/// True when the node has a value (not extensions alone).
inline bool HasValue(const Node& node) { return node.value != nullptr && !node.value->is_null(); }
Node BooleanNode(bool value);

}  // namespace genflik::fhir
