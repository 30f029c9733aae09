#include "fhir/definitions.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/expression.h"
#include "fhir/json.h"
#include "fhir/type_table.h"

namespace genflik::fhir {
namespace {

constexpr std::string_view kDefinitions = "#/definitions/";

std::string_view LastPart(std::string_view reference) {
  return reference.substr(reference.find_last_of('/') + 1);
}

std::vector<std::string> TextsOf(const Json& array) {
  std::vector<std::string> texts;
  for (const Json& item : array) {
    if (item.is_string()) texts.push_back(item.get<std::string>());
  }
  return texts;
}

// Sorted, so that problems come in one order everywhere.
std::vector<std::filesystem::path> FilesOf(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> files;
  std::error_code fault;
  for (const auto& entry : std::filesystem::directory_iterator(directory, fault)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

bool Flag(const Json& schema, std::string_view name) {
  const Json* value = Find(schema, name);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

}  // namespace

bool ValueSetTable::HasCoding(std::string_view system, std::string_view code) const {
  const auto found = systems.find(code);
  return found != systems.end() && std::ranges::find(found->second, system) != found->second.end();
}

std::string_view ValueSetTable::SystemOf(std::string_view code) const {
  const auto found = systems.find(code);
  return found == systems.end() || found->second.empty() ? std::string_view()
                                                         : found->second.front();
}

struct Definitions::Parts {
  std::map<std::string, std::unique_ptr<TypeTable>, std::less<>> tables;
  TextMap<const TypeTable*> types;
  std::map<std::string, std::unique_ptr<ValueSetTable>, std::less<>> value_sets;
  std::vector<std::unique_ptr<Invariant>> invariants;
  std::vector<std::string> resource_types;
  /// By type; those of Resource under "Resource".
  std::map<std::string, std::vector<std::unique_ptr<SearchParameter>>, std::less<>> own_parameters;
  TextMap<std::vector<const SearchParameter*>> parameters;
};

/// Turns the definition files into tables; a name used in one file may stand in a later one, so
/// references are joined when all are read.
class DefinitionReader {
 public:
  DefinitionReader(Definitions& result, IssueLog& log) : parts_(*result.parts_), log_(log) {}

  void ReadFile(const std::filesystem::path& path) {
    const IssueLog::Scope scope(log_, path.filename().string());
    const auto schema = ReadJsonFile(path);
    if (!schema) return;
    const std::string name = path.stem().string();
    if (name == "primitives") return;
    if (name == "valuesets") {
      ReadValueSets(*schema);
    } else if (FindText(*schema, "title") != name) {
      log_.Error(IssueType::kInvalid, "the title must be the name of the file");
    } else {
      ReadType(name, *schema);
    }
  }

  // Types must have been read.
  void ReadProfile(const std::filesystem::path& path) {
    const IssueLog::Scope scope(log_, path.filename().string());
    const auto json = ReadJsonFile(path);
    if (!json) return;
    const auto table = parts_.tables.find(FindText(*json, "type"));
    if (table == parts_.tables.end()) {
      log_.Error(IssueType::kInvalid, "the type of the profile is not there");
      return;
    }
    Profile profile;
    profile.urls = TextsOf(FindArray(*json, "urls"));
    if (const auto applies = FindText(*json, "applies"); !applies.empty()) {
      profile.applies = ReadExpression(applies);
    }
    for (const Json& rule : FindArray(*json, "rules")) {
      profile.rules.push_back({MakeInvariant(std::string(FindText(rule, "key")), rule),
                               std::string(FindText(rule, "path"))});
    }
    table->second->profiles.push_back(std::move(profile));
  }

  void Join() {
    JoinElements();
    for (const auto& [name, table] : parts_.types) CheckBase(*table);
    if (log_.HasErrors()) return;
    for (const auto& [name, table] : parts_.tables) InheritConstraints(*table);
    for (const auto& [type, parameters] : parts_.own_parameters) JoinParameters(type);
    std::ranges::sort(parts_.resource_types);
  }

 private:
  struct Pending {
    TypeTable* table;
    size_t element;
    std::string type;
    std::string value_set;
  };

  std::optional<Json> ReadJsonFile(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) {
      log_.Error(IssueType::kException, "cannot be read");
      return std::nullopt;
    }
    IssueLog found;
    auto json = ParseJson(text.str(), found);
    for (const Issue& issue : found.issues())
      log_.Error(issue.type, issue.path + ": " + issue.text);
    return json;
  }

  void ReadValueSets(const Json& schema) {
    for (const auto& [name, set] : schema["definitions"].items()) {
      auto table = std::make_unique<ValueSetTable>();
      table->url = FindText(set, "x-url");
      const std::string system(FindText(set, "x-system"));
      for (const auto& code : TextsOf(FindArray(set, "enum"))) {
        auto& systems = table->systems[code];
        if (!system.empty()) systems.push_back(system);
      }
      if (const Json* systems = Find(set, "x-systems"); systems != nullptr) {
        for (const auto& [one, codes] : systems->items()) {
          for (const auto& code : TextsOf(codes)) table->systems[code].push_back(one);
        }
      }
      parts_.value_sets[name] = std::move(table);
    }
  }

  void ReadType(const std::string& name, const Json& schema) {
    invariants_.clear();
    if (const Json* rules = Find(schema, "x-invariants"); rules != nullptr) {
      for (const auto& [key, rule] : rules->items()) ReadInvariant(key, rule);
    }
    TypeTable& table = AddTable(name, name, schema);
    table.base = FindText(schema, "x-base");
    table.resource = FindText(schema, "x-kind") == "resource";
    table.abstract = Flag(schema, "x-abstract");
    if (const Json* compartments = Find(schema, "x-compartments"); compartments != nullptr) {
      for (const auto& [compartment, names] : compartments->items()) {
        table.compartments[compartment] = TextsOf(names);
      }
    }
    if (const Json* inner = Find(schema, "definitions"); inner != nullptr) {
      for (const auto& [path, part] : inner->items()) {
        AddTable(name + '.' + path, "BackboneElement", part);
      }
    }
    parts_.types[name] = &table;
    if (table.resource && !table.abstract) parts_.resource_types.push_back(name);
    parts_.own_parameters[name];
    for (const Json& parameter : FindArray(schema, "x-search")) ReadParameter(name, parameter);
  }

  Invariant MakeInvariant(const std::string& key, const Json& rule) {
    return {key, FindText(rule, "severity") == "error", std::string(FindText(rule, "text")),
            ReadExpression(FindText(rule, "expression"))};
  }

  void ReadInvariant(const std::string& key, const Json& rule) {
    auto invariant = std::make_unique<Invariant>(MakeInvariant(key, rule));
    invariants_[key] = invariant.get();
    parts_.invariants.push_back(std::move(invariant));
  }

  std::shared_ptr<const Expression> ReadExpression(std::string_view text) {
    std::string problem;
    auto expression = Expression::Read(text, problem);
    if (!expression) {
      log_.Error(IssueType::kInvalid,
                 "the expression " + std::string(text) + " cannot be read: " + problem);
    }
    return expression;
  }

  std::vector<const Invariant*> Constraints(const Json& schema) {
    std::vector<const Invariant*> found;
    for (const auto& key : TextsOf(FindArray(schema, "x-constraints"))) {
      const auto invariant = invariants_.find(key);
      if (invariant == invariants_.end()) {
        log_.Error(IssueType::kInvalid, "the rule " + key + " is used and not given");
      } else {
        found.push_back(invariant->second);
      }
    }
    return found;
  }

  TypeTable& AddTable(const std::string& name, std::string_view type, const Json& schema) {
    auto owned = std::make_unique<TypeTable>();
    TypeTable& table = *owned;
    parts_.tables[name] = std::move(owned);
    table.name = name;
    table.type = type;
    table.constraints = Constraints(schema);
    if (const Json* properties = Find(schema, "properties"); properties != nullptr) {
      for (const auto& [property, rule] : properties->items()) {
        if (property != "resourceType" && !property.starts_with('_')) {
          AddElement(table, property, rule);
        }
      }
    }
    for (const auto& required : TextsOf(FindArray(schema, "required"))) {
      if (required != "resourceType") table.required.push_back({required});
    }
    for (const Json& condition : FindArray(schema, "allOf")) {
      std::vector<std::string> group;
      for (const Json& choice : FindArray(condition, "anyOf")) {
        for (auto& text : TextsOf(FindArray(choice, "required"))) group.push_back(std::move(text));
      }
      if (!group.empty()) table.required.push_back(std::move(group));
    }
    for (const auto& group : table.required) {
      for (const auto& required : group) {
        const auto found = table.by_name.find(required);
        if (found != table.by_name.end()) table.elements[found->second].required = true;
      }
    }
    return table;
  }

  void AddElement(TypeTable& table, const std::string& name, const Json& schema) {
    ElementRule rule;
    rule.name = name;
    rule.base = name;
    if (const auto choice = FindText(schema, "x-choice"); !choice.empty()) {
      rule.base = choice;
      rule.choice = true;
      table.choices[rule.base].push_back(table.elements.size());
    }
    rule.array = FindText(schema, "type") == "array";
    rule.summary = Flag(schema, "x-summary");
    rule.modifier = Flag(schema, "x-modifier");
    rule.targets = TextsOf(FindArray(schema, "x-targets"));
    rule.constraints = Constraints(schema);
    Pending pending{&table, table.elements.size(), {}, std::string(FindText(schema, "x-binding"))};
    ReadItem(rule.array ? schema["items"] : schema, pending);
    if (pending.type.empty()) log_.Error(IssueType::kInvalid, "no $ref for " + name);
    pending_.push_back(std::move(pending));
    table.by_name[name] = table.elements.size();
    table.elements.push_back(std::move(rule));
  }

  // The $ref to the type, and for a code the one to its value set.
  void ReadItem(const Json& schema, Pending& pending) {
    for (const auto* combination : {"anyOf", "allOf"}) {
      for (const Json& part : FindArray(schema, combination)) ReadItem(part, pending);
    }
    const std::string_view reference = FindText(schema, "$ref");
    if (reference.empty()) return;
    if (reference.starts_with("valuesets.json")) {
      pending.value_set = LastPart(reference);
    } else if (reference.starts_with(kDefinitions)) {
      const std::string& owner = pending.table->name;
      pending.type = owner.substr(0, owner.find('.')) + '.' +
                     std::string(reference.substr(kDefinitions.size()));
    } else {
      const std::string_view file = LastPart(reference);
      pending.type = file.substr(0, file.find(".json"));
    }
  }

  void CheckBase(const TypeTable& table) {
    if (table.base.empty() || parts_.types.contains(table.base)) return;
    log_.Error(IssueType::kInvalid,
               table.name + " rests on " + table.base + ", which is not there");
  }

  void JoinElements() {
    for (const Pending& pending : pending_) {
      ElementRule& rule = pending.table->elements[pending.element];
      rule.type = pending.type;
      rule.primitive = PrimitiveOf(pending.type);
      const auto table = parts_.tables.find(pending.type);
      if (table != parts_.tables.end() && pending.type != "Resource") {
        rule.table = table->second.get();
        rule.type = table->second->type;
      } else if (rule.primitive == Primitive::kNone && pending.type != "Resource") {
        log_.Error(IssueType::kInvalid, pending.table->name + '.' + rule.name + " has the type " +
                                            pending.type + ", which is not there");
      }
      if (pending.value_set.empty()) continue;
      const auto set = parts_.value_sets.find(pending.value_set);
      if (set == parts_.value_sets.end()) {
        log_.Error(IssueType::kInvalid, "the value set " + pending.value_set + " is not there");
      } else {
        rule.binding = set->second.get();
      }
    }
    pending_.clear();
  }

  void InheritConstraints(TypeTable& table) {
    for (auto base = parts_.types.find(table.base); base != parts_.types.end();
         base = parts_.types.find(base->second->base)) {
      const auto& inherited = base->second->constraints;
      // Bases are abstract or own their rules alone, so none is taken over twice.
      if (base->second->abstract || base->second->name == "Quantity") {
        table.constraints.insert(table.constraints.end(), inherited.begin(), inherited.end());
      }
    }
  }

  void ReadParameter(const std::string& type, const Json& schema) {
    auto parameter = std::make_unique<SearchParameter>();
    parameter->name = FindText(schema, "name");
    const IssueLog::Scope scope(log_, parameter->name);
    parameter->url = FindText(schema, "url");
    parameter->type = ReadSearchType(FindText(schema, "type"));
    parameter->targets = TextsOf(FindArray(schema, "targets"));
    parameter->expression_text = FindText(schema, "expression");
    if (parameter->expression_text.empty()) {
      parameter->type = SearchType::kSpecial;
    } else {
      parameter->expression = ReadExpression(parameter->expression_text);
    }
    for (const Json& part : FindArray(schema, "components")) {
      SearchComponent component;
      component.type = ReadSearchType(FindText(part, "type"));
      component.targets = TextsOf(FindArray(part, "targets"));
      component.expression = ReadExpression(FindText(part, "expression"));
      parameter->components.push_back(std::move(component));
    }
    parts_.own_parameters[type].push_back(std::move(parameter));
  }

  SearchType ReadSearchType(std::string_view code) {
    for (int i = 0; i <= static_cast<int>(SearchType::kSpecial); ++i) {
      const auto type = static_cast<SearchType>(i);
      if (CodeOf(type) == code) return type;
    }
    log_.Error(IssueType::kInvalid, "the search type " + std::string(code) + " is not known");
    return SearchType::kSpecial;
  }

  void JoinParameters(const std::string& type) {
    auto& all = parts_.parameters[type];
    for (const auto& own : parts_.own_parameters[type]) all.push_back(own.get());
    auto base = parts_.types[type]->base;
    while (!base.empty()) {
      for (const auto& inherited : parts_.own_parameters[base]) all.push_back(inherited.get());
      base = parts_.types[base]->base;
    }
    std::ranges::sort(all, {}, &SearchParameter::name);
  }

  Definitions::Parts& parts_;
  IssueLog& log_;
  std::map<std::string, const Invariant*, std::less<>> invariants_;
  std::vector<Pending> pending_;
};

Definitions::Definitions() : parts_(std::make_unique<Parts>()) {}
Definitions::~Definitions() = default;

bool Definitions::IsResource(std::string_view type) const {
  const TypeTable* table = FindType(type);
  return table != nullptr && table->resource && !table->abstract;
}

const std::vector<std::string>& Definitions::ResourceTypes() const {
  return parts_->resource_types;
}

const SearchParameter* Definitions::FindSearchParameter(std::string_view type,
                                                        std::string_view name) const {
  const auto& all = SearchParametersOf(type);
  const auto found = std::ranges::lower_bound(all, name, {}, [](const SearchParameter* parameter) {
    return std::string_view(parameter->name);
  });
  return found != all.end() && (*found)->name == name ? *found : nullptr;
}

const std::vector<const SearchParameter*>& Definitions::SearchParametersOf(
    std::string_view type) const {
  static const std::vector<const SearchParameter*> none;
  const auto found = parts_->parameters.find(type);
  return found == parts_->parameters.end() ? none : found->second;
}

const std::vector<std::string>* Definitions::CompartmentParameters(std::string_view compartment,
                                                                   std::string_view type) const {
  const TypeTable* table = FindType(type);
  if (table == nullptr) return nullptr;
  const auto found = table->compartments.find(compartment);
  return found == table->compartments.end() ? nullptr : &found->second;
}

const TypeTable* Definitions::FindType(std::string_view type) const {
  const auto found = parts_->types.find(type);
  return found == parts_->types.end() ? nullptr : found->second;
}

bool Definitions::IsKnownType(std::string_view type) const {
  const auto found = parts_->value_sets.find("resource-types");
  return IsResource(type) || (found != parts_->value_sets.end() && found->second->HasCode(type));
}

std::shared_ptr<const Definitions> LoadDefinitions(const std::filesystem::path& directory,
                                                   IssueLog& problems) {
  const auto files = FilesOf(directory);
  if (files.empty()) {
    problems.AddAt(directory.string(), Severity::kError, IssueType::kNotFound,
                   "no FHIR definition files");
    return nullptr;
  }
  auto definitions = std::make_shared<Definitions>();
  IssueLog log;
  DefinitionReader reader(*definitions, log);
  for (const auto& file : files) reader.ReadFile(file);
  for (const auto& file : FilesOf(directory / "profiles")) reader.ReadProfile(file);
  if (!log.HasErrors()) reader.Join();
  for (const Issue& issue : log.issues()) {
    problems.AddAt(issue.path, issue.severity, issue.type, issue.text);
  }
  return log.HasErrors() ? nullptr : definitions;
}

std::string_view CodeOf(SearchType type) {
  static constexpr std::array<std::string_view, 9> kCodes = {
      "token", "string", "reference", "date", "quantity", "number", "uri", "composite", "special"};
  return kCodes.at(static_cast<size_t>(type));
}

}  // namespace genflik::fhir
