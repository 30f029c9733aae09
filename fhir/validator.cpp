#include "fhir/validator.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "fhir/datatypes.h"
#include "fhir/expression.h"
#include "fhir/type_table.h"

namespace genflik::fhir {
namespace {

constexpr std::string_view kAnyType = "Resource";

std::string Quoted(std::string_view text) {
  std::string quoted(1, '\'');
  return quoted.append(text).append(1, '\'');
}

std::string Joined(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += names[i];
  }
  return text;
}

// Walks one resource with everything that is contained in it.
class Walk {
 public:
  Walk(const Definitions& definitions, const Json& root, IssueLog& log)
      : definitions_(definitions), root_(root), log_(log), evaluation_(definitions, root, root) {}

  void CheckRoot() {
    if (!root_.is_object()) {
      log_.Error(IssueType::kStructure, "a resource must be a JSON object");
      return;
    }
    const std::string_view type = FindText(root_, "resourceType");
    if (type.empty()) {
      log_.Error(IssueType::kStructure, "resourceType is missing");
      return;
    }
    // Inside a bundle the path goes on from the entry.
    if (!log_.path().empty()) return CheckResource(root_, evaluation_);
    const IssueLog::Scope scope(log_, type);
    CheckResource(root_, evaluation_);
  }

 private:
  void CheckResource(const Json& resource, Evaluation& evaluation) {
    const std::string_view type = FindText(resource, "resourceType");
    if (!definitions_.IsResource(type)) {
      CheckForeign(resource, type);
      return;
    }
    const TypeTable& table = *definitions_.FindType(type);
    CheckObject(resource, table, evaluation);
    CheckConstraints(table.constraints, {&resource, nullptr, &table, table.type, nullptr},
                     evaluation);
    if (&resource != &root_) return;
    CheckContainedUse();
    for (const Profile& profile : table.profiles) CheckProfile(profile, resource, table);
  }

  // A resource type of R4 without definition file (a contained Substance, say) is kept as it is.
  void CheckForeign(const Json& resource, std::string_view type) {
    if (!definitions_.IsKnownType(type)) {
      log_.Error(IssueType::kStructure, Quoted(type) + " is no resource type");
      return;
    }
    if (&resource == &root_ && log_.path() == type) {
      log_.Error(IssueType::kNotSupported, "the resource type " + Quoted(type) + " is not served");
      return;
    }
    CheckForeignValue(resource);
  }

  void CheckForeignValue(const Json& value) {
    if (value.is_structured() && value.empty()) {
      log_.Error(IssueType::kStructure, "must not be empty");
    }
    if (const auto text = FindText(value, "reference"); text.starts_with('#')) {
      local_references_.push_back(text);
    }
    if (value.is_object()) {
      for (const auto& [name, member] : value.items()) {
        const IssueLog::Scope scope(log_, name);
        CheckForeignValue(member);
      }
    } else if (value.is_array()) {
      for (size_t i = 0; i < value.size(); ++i) {
        const IssueLog::Scope scope(log_, i);
        CheckForeignValue(value[i]);
      }
    }
  }

  void CheckObject(const Json& object, const TypeTable& table, Evaluation& evaluation) {
    size_t content = 0;
    seen_choices_.emplace_back();
    for (auto member = object.begin(); member != object.end(); ++member) {
      const std::string& name = member.key();
      if (name != "id") ++content;
      if (table.resource && name == "resourceType") continue;
      const bool extras = name.starts_with('_');
      const ElementRule* rule =
          table.FindElement(extras ? std::string_view(name).substr(1) : std::string_view(name));
      if (rule == nullptr || (extras && rule->primitive == Primitive::kNone)) {
        const IssueLog::Scope scope(log_, name);
        log_.Error(IssueType::kStructure, "unknown element " + Quoted(name));
        continue;
      }
      const IssueLog::Scope scope(log_, rule->base);
      if (rule->choice) CheckChoice(*rule);
      if (extras) {
        CheckExtras(*member, *rule, Find(object, rule->name), evaluation);
      } else {
        CheckElement(*member, *rule, object, evaluation);
      }
    }
    seen_choices_.pop_back();
    if (content == 0) log_.Error(IssueType::kStructure, "must not be empty");
    CheckRequired(object, table);
    if (table.name == "Extension") CheckExtension(object);
    if (table.name == "Reference") CheckReference(object);
  }

  void CheckChoice(const ElementRule& rule) {
    auto& seen = seen_choices_.back();
    for (const ElementRule* other : seen) {
      if (other->base == rule.base && other->name != rule.name) {
        log_.Error(IssueType::kStructure,
                   "only one of " + other->name + " and " + rule.name + " may be present");
      }
    }
    if (std::ranges::find(seen, &rule) == seen.end()) seen.push_back(&rule);
  }

  void CheckRequired(const Json& object, const TypeTable& table) {
    for (const auto& group : table.required) {
      if (std::ranges::any_of(group, [&](const auto& name) { return object.contains(name); })) {
        continue;
      }
      const ElementRule* rule = table.FindElement(group.front());
      const std::string base = rule == nullptr ? group.front() : rule->base;
      const IssueLog::Scope scope(log_, base);
      log_.Error(IssueType::kRequired, "the element " + Quoted(base) + " is missing");
    }
  }

  void CheckElement(const Json& value, const ElementRule& rule, const Json& parent,
                    Evaluation& evaluation) {
    if (rule.array != value.is_array()) {
      log_.Error(IssueType::kStructure,
                 rule.array ? "must be a JSON array" : "must be a single value, not an array");
      return;
    }
    if (!rule.array) {
      CheckItem(value, rule, nullptr, evaluation);
      return;
    }
    if (value.empty()) log_.Error(IssueType::kStructure, "must not be an empty array");
    const Json* extras =
        rule.primitive == Primitive::kNone ? nullptr : Find(parent, "_" + rule.name);
    for (size_t i = 0; i < value.size(); ++i) {
      const IssueLog::Scope scope(log_, i);
      const bool extended =
          extras != nullptr && extras->is_array() && i < extras->size() && !(*extras)[i].is_null();
      if (value[i].is_null() && extended) continue;
      CheckItem(value[i], rule, extended ? &(*extras)[i] : nullptr, evaluation);
    }
  }

  void CheckItem(const Json& value, const ElementRule& rule, const Json* extras,
                 Evaluation& evaluation) {
    if (value.is_null()) {
      log_.Error(IssueType::kStructure, "must not be null");
      return;
    }
    if (rule.primitive != Primitive::kNone) {
      CheckPrimitiveItem(value, rule);
    } else if (!value.is_object()) {
      log_.Error(IssueType::kStructure, "must be a JSON object");
      return;
    } else if (rule.IsResource()) {
      CheckInner(value, rule);
      return;
    } else {
      CheckObject(value, *rule.table, evaluation);
      CheckConstraints(rule.table->constraints, {&value, nullptr, rule.table, rule.type, nullptr},
                       evaluation);
      if (!rule.targets.empty()) CheckTarget(value, rule);
      if (rule.binding != nullptr) CheckConcept(value, *rule.binding);
    }
    CheckConstraints(rule.constraints, {&value, extras, rule.table, rule.type, rule.binding},
                     evaluation);
  }

  void CheckPrimitiveItem(const Json& value, const ElementRule& rule) {
    if (std::string fault = CheckPrimitive(rule.primitive, value); !fault.empty()) {
      log_.Error(IssueType::kValue, std::move(fault));
      return;
    }
    if (!value.is_string()) return;
    const auto& text = value.get_ref<const std::string&>();
    if (rule.binding != nullptr && !rule.binding->HasCode(text)) {
      log_.Error(IssueType::kCodeInvalid,
                 "the code " + Quoted(text) + " is not in the value set " + rule.binding->url);
    }
    const bool link = rule.primitive == Primitive::kUri || rule.primitive == Primitive::kUrl ||
                      rule.primitive == Primitive::kCanonical;
    if (link && text.starts_with('#')) local_references_.push_back(text);
  }

  // The resource of a bundle entry or parameter stands for itself; a contained one belongs here.
  void CheckInner(const Json& value, const ElementRule& rule) {
    if (rule.name != "contained") {
      Walk(definitions_, value, log_).CheckRoot();
      return;
    }
    Evaluation evaluation(definitions_, value, root_);
    if (FindText(value, "resourceType").empty()) {
      log_.Error(IssueType::kStructure, "resourceType is missing");
      return;
    }
    const size_t before = local_references_.size();
    CheckResource(value, evaluation);
    const bool to_container =
        std::find(local_references_.begin() + static_cast<std::ptrdiff_t>(before),
                  local_references_.end(), "#") != local_references_.end();
    contained_.push_back({log_.path(), FindText(value, "id"), to_container});
  }

  void CheckExtras(const Json& value, const ElementRule& rule, const Json* sibling,
                   Evaluation& evaluation) {
    const TypeTable& element = *definitions_.FindType("Element");
    if (rule.array != value.is_array()) {
      log_.Error(IssueType::kStructure,
                 "the form of _" + rule.name + " must be that of the element");
      return;
    }
    if (!rule.array) {
      if (!value.is_object()) {
        log_.Error(IssueType::kStructure, "_" + rule.name + " must be a JSON object");
        return;
      }
      CheckExtrasItem(value, element, sibling == nullptr, evaluation);
      return;
    }
    if (value.empty()) log_.Error(IssueType::kStructure, "must not be an empty array");
    for (size_t i = 0; i < value.size(); ++i) {
      const IssueLog::Scope scope(log_, i);
      const bool alone = sibling == nullptr || !sibling->is_array() || i >= sibling->size() ||
                         (*sibling)[i].is_null();
      if (value[i].is_object()) {
        CheckExtrasItem(value[i], element, alone, evaluation);
      } else if (!value[i].is_null() || alone) {
        log_.Error(IssueType::kStructure, "needs a value or extensions");
      }
    }
  }

  void CheckExtrasItem(const Json& value, const TypeTable& element, bool alone,
                       Evaluation& evaluation) {
    if (!alone && value.size() == 1 && value.contains("id")) {
      return;  // An id beside a value is content enough.
    }
    CheckObject(value, element, evaluation);
  }

  void CheckExtension(const Json& extension) {
    const bool nested = extension.contains("extension");
    bool value = false;
    for (auto member = extension.begin(); member != extension.end(); ++member) {
      const std::string_view name = member.key();
      value = value || name.starts_with("value") || name.starts_with("_value");
    }
    if (nested == value) {
      log_.Error(IssueType::kInvariant,
                 "an extension has either a value or extensions of its own (ext-1)");
    }
  }

  void CheckReference(const Json& value) {
    const std::string_view text = FindText(value, "reference");
    if (text.empty()) return;
    if (text.starts_with('#')) {
      local_references_.push_back(text);
      if (text.size() > 1 && FindContained(text.substr(1)) == nullptr) {
        log_.Error(IssueType::kInvariant,
                   "no contained resource has the id " + Quoted(text.substr(1)) + " (ref-1)");
      }
      return;
    }
    const bool absolute = text.find(':') < text.find_first_of("/?");
    if (absolute) return;
    const size_t query = text.find('?');
    const auto parts = SplitReference(text);
    const std::string type = query != std::string_view::npos ? std::string(text.substr(0, query))
                             : parts                         ? parts->type
                                                             : std::string();
    if (!definitions_.IsKnownType(type)) {
      log_.Error(IssueType::kValue, Quoted(text) + " is no reference of the form Type/id");
    }
  }

  const Json* FindContained(std::string_view id) const {
    for (const Json& item : FindArray(root_, "contained")) {
      if (FindText(item, "id") == id) return &item;
    }
    return nullptr;
  }

  void CheckTarget(const Json& value, const ElementRule& rule) {
    const std::string_view text = FindText(value, "reference");
    std::string type(FindText(value, "type"));
    if (text.starts_with('#')) {
      const Json* target = FindContained(text.substr(1));
      if (target != nullptr) type = FindText(*target, "resourceType");
    } else if (const auto parts = SplitReference(text)) {
      type = parts->type;
    } else if (const size_t query = text.find('?'); query != std::string_view::npos) {
      type = text.substr(0, query);
    }
    // An absolute URL may end like a reference and be none.
    if (type.empty() || !definitions_.IsKnownType(type)) return;
    if (std::ranges::find(rule.targets, type) != rule.targets.end() || type == kAnyType) return;
    log_.Error(IssueType::kValue, "points to " + type + "; allowed are " + Joined(rule.targets));
  }

  void CheckConcept(const Json& value, const ValueSetTable& binding) {
    const Json& codings = FindArray(value, "coding");
    const bool bound = std::ranges::any_of(codings, [&](const Json& coding) {
      return binding.HasCoding(FindText(coding, "system"), FindText(coding, "code"));
    });
    if (!bound) {
      log_.Error(IssueType::kCodeInvalid, "no coding is in the value set " + binding.url);
    }
  }

  void CheckConstraints(const std::vector<const Invariant*>& constraints, const Node& node,
                        Evaluation& evaluation) {
    for (const Invariant* rule : constraints) {
      if (rule->expression->Holds(evaluation, node).value_or(true)) continue;
      log_.Add(rule->error ? Severity::kError : Severity::kWarning, IssueType::kInvariant,
               rule->text + " (" + rule->key + ")");
    }
  }

  // What a resource says it obeys is an error when it does not; what it is only meant to be by its
  // code is a warning, since nobody promised it.
  void CheckProfile(const Profile& profile, const Json& resource, const TypeTable& table) {
    const Node node{&resource, nullptr, &table, table.type, nullptr};
    const bool claimed = Claims(profile, resource);
    if (!claimed && (profile.applies == nullptr ||
                     !profile.applies->Holds(evaluation_, node).value_or(false))) {
      return;
    }
    for (const auto& [rule, path] : profile.rules) {
      if (rule.expression->Holds(evaluation_, node).value_or(false)) continue;
      std::string place = log_.path();
      if (!path.empty()) place.append(1, '.').append(path);
      log_.AddAt(std::move(place), rule.error && claimed ? Severity::kError : Severity::kWarning,
                 IssueType::kInvariant, rule.text + " (" + rule.key + ")");
    }
  }

  static bool Claims(const Profile& profile, const Json& resource) {
    const Json* meta = Find(resource, "meta");
    if (meta == nullptr) return false;
    return std::ranges::any_of(FindArray(*meta, "profile"), [&](const Json& claim) {
      if (!claim.is_string()) return false;
      const std::string_view url = claim.get_ref<const std::string&>();
      return std::ranges::find(profile.urls, url.substr(0, url.find('|'))) != profile.urls.end();
    });
  }

  void CheckContainedUse() {
    for (const Contained& item : contained_) {
      const bool used = item.to_container ||
                        std::ranges::any_of(local_references_, [&](std::string_view reference) {
                          return reference.size() > 1 && reference.substr(1) == item.id;
                        });
      if (used) continue;
      log_.AddAt(item.path, Severity::kError, IssueType::kInvariant,
                 "a contained resource must be referred to from the resource (dom-3)");
    }
  }

  struct Contained {
    std::string path;
    std::string_view id;
    bool to_container;
  };

  const Definitions& definitions_;
  const Json& root_;
  IssueLog& log_;
  Evaluation evaluation_;
  std::vector<std::string_view> local_references_;
  std::vector<Contained> contained_;
  std::vector<std::vector<const ElementRule*>> seen_choices_;
};

}  // namespace

void ValidateResource(const Definitions& definitions, const Json& resource, IssueLog& log) {
  Walk(definitions, resource, log).CheckRoot();
}

void ValidateResource(const Definitions& definitions, const Json& resource, std::string_view type,
                      IssueLog& log) {
  const std::string_view actual = FindText(resource, "resourceType");
  if (!actual.empty() && actual != type) {
    log.Error(IssueType::kInvalid,
              "the resource is a " + std::string(actual) + ", not a " + std::string(type));
    return;
  }
  ValidateResource(definitions, resource, log);
}

bool IsId(std::string_view text) { return IsIdText(text); }

}  // namespace genflik::fhir
