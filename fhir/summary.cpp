#include "fhir/summary.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/systems.h"
#include "fhir/type_table.h"

namespace genflik::fhir {
namespace {

constexpr std::string_view kSubsetted = "SUBSETTED";

Json Reduced(const Json& object, const TypeTable& table);

Json ReducedValue(const Json& value, const ElementRule& rule) {
  if (rule.table == nullptr) return value;
  if (!value.is_array()) return Reduced(value, *rule.table);
  Json list = Json::array();
  for (const Json& item : value) list.push_back(Reduced(item, *rule.table));
  return list;
}

const ElementRule* RuleOf(const TypeTable& table, std::string_view name) {
  return table.FindElement(name.starts_with('_') ? name.substr(1) : name);
}

// The elements that a summary shows, at every depth; what is mandatory stays, or the rest would be
// invalid.
Json Reduced(const Json& object, const TypeTable& table) {
  if (!object.is_object()) return object;
  Json reduced = Json::object();
  for (const auto& [name, value] : object.items()) {
    const ElementRule* rule = RuleOf(table, name);
    const bool keep = name == "resourceType" || name == "id" || name == "url" ||
                      (rule != nullptr && (rule->summary || rule->required || rule->modifier));
    if (!keep) continue;
    reduced[name] = rule == nullptr || name.starts_with('_') ? value : ReducedValue(value, *rule);
  }
  return reduced.empty() ? object : reduced;
}

bool Always(const ElementRule* rule, std::string_view name) {
  return name == "resourceType" || name == "id" || name == "meta" ||
         (rule != nullptr && rule->required);
}

// "Patient.name" and "name" both name the element.
bool IsListed(const std::vector<std::string>& elements, std::string_view type,
              const ElementRule& rule) {
  return std::ranges::any_of(elements, [&](std::string_view element) {
    if (element.starts_with(type) && element.substr(type.size()).starts_with('.')) {
      element.remove_prefix(type.size() + 1);
    }
    element = element.substr(0, element.find('.'));
    return element == rule.base || element == rule.name;
  });
}

template <typename Keep>
Json Filtered(const Json& resource, const TypeTable& table, const Keep& keep) {
  Json reduced = Json::object();
  for (const auto& [name, value] : resource.items()) {
    const ElementRule* rule = RuleOf(table, name);
    if (Always(rule, name) || (rule != nullptr && keep(*rule))) reduced[name] = value;
  }
  return reduced;
}

void AddTag(Json& resource) {
  if (IsSubsetted(resource)) return;
  resource["meta"]["tag"].push_back(
      {{"system", systems::kV3ObservationValue}, {"code", kSubsetted}});
}

}  // namespace

bool IsSubsetted(const Json& resource) {
  const Json* meta = Find(resource, "meta");
  if (meta == nullptr) return false;
  return std::ranges::any_of(FindArray(*meta, "tag"), [](const Json& tag) {
    return FindText(tag, "code") == kSubsetted &&
           FindText(tag, "system") == systems::kV3ObservationValue;
  });
}

Json Summarise(const Definitions& definitions, const Json& resource, SummaryMode mode,
               const std::vector<std::string>& elements) {
  const std::string_view type = FindText(resource, "resourceType");
  const TypeTable* table = definitions.FindType(type);
  const bool whole = mode == SummaryMode::kFalse || mode == SummaryMode::kCount;
  if (table == nullptr || (elements.empty() && whole)) return resource;
  Json reduced;
  if (!elements.empty()) {
    // A modifier left out could turn the meaning of what is shown.
    reduced = Filtered(resource, *table, [&](const ElementRule& rule) {
      return rule.modifier || IsListed(elements, type, rule);
    });
  } else if (mode == SummaryMode::kText) {
    reduced =
        Filtered(resource, *table, [](const ElementRule& rule) { return rule.name == "text"; });
  } else if (mode == SummaryMode::kData) {
    reduced =
        Filtered(resource, *table, [](const ElementRule& rule) { return rule.name != "text"; });
  } else {
    reduced = Reduced(resource, *table);
  }
  AddTag(reduced);
  return reduced;
}

}  // namespace genflik::fhir
