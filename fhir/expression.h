#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/definitions.h"
#include "fhir/json.h"

// The part of FHIRPath (http://hl7.org/fhirpath/N1) that R4's search parameters and invariants are
// written in.

namespace genflik::fhir {

struct ElementRule;
struct ValueSetTable;

/// One element of a resource as FHIRPath sees it, or a value that was computed.
struct Node {
  /// The JSON value; null when a primitive has extensions only.
  const Json* value = nullptr;
  /// What `_name` holds for a primitive; mostly null.
  const Json* extras = nullptr;
  /// Elements of a complex type; null for primitives.
  const TypeTable* table = nullptr;
  /// FHIR type, such as "Quantity"; empty when not known (a reference that names no type).
  std::string_view type = {};
  /// Value set that a code is bound to; null when there is none.
  const ValueSetTable* binding = nullptr;
};
using Nodes = std::vector<Node>;

/// What an evaluation needs to know of its surroundings.
class Evaluation {
 public:
  /// `resource` is %resource, `container` the resource that `resource` is contained in, or itself.
  Evaluation(const Definitions& definitions, const Json& resource, const Json& container)
      : definitions_(definitions), resource_(resource), container_(container) {}

  const Definitions& definitions() const { return definitions_; }
  const Json& container() const { return container_; }
  /// %resource as a node.
  Node Resource() const;
  /// Keeps a computed value as long as this evaluation lives.
  Node Keep(Json value, std::string_view type);

 private:
  const Definitions& definitions_;
  const Json& resource_;
  const Json& container_;
  std::deque<Json> kept_;
};

/// A node for a resource; its table is null when its type has no definition.
[[nodiscard]] Node NodeOf(const Definitions& definitions, const Json& resource);

/// The children of a node under a FHIRPath name ("value" finds valueQuantity).
void Children(const Definitions& definitions, const Node& node, std::string_view name,
              Nodes& found);

/// A FHIRPath expression ready to be evaluated. Immutable.
class Expression {
 public:
  struct Step;

  /// Reads an expression; nothing, with the reason in `problem`, when it uses what is not known.
  static std::shared_ptr<const Expression> Read(std::string_view text, std::string& problem);
  explicit Expression(std::unique_ptr<const Step> root);
  ~Expression();
  Expression(const Expression&) = delete;
  Expression& operator=(const Expression&) = delete;

  [[nodiscard]] Nodes Evaluate(Evaluation& evaluation, const Node& focus) const;
  /// The result as a condition; nothing when it is empty.
  [[nodiscard]] std::optional<bool> Holds(Evaluation& evaluation, const Node& focus) const;

 private:
  std::unique_ptr<const Step> root_;
};

/// True when a FHIR type is `type` or is derived from it ("SimpleQuantity" of "Quantity").
[[nodiscard]] bool IsOfType(const Definitions& definitions, std::string_view actual,
                            std::string_view type);

}  // namespace genflik::fhir
