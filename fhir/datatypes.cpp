#include "fhir/datatypes.h"

#include <algorithm>
#include <cctype>

#include <nlohmann/json.hpp>

#include "fhir/primitives.h"

namespace genflik::fhir {
namespace {

std::string Text(const Json& value, std::string_view name) {
  return std::string(FindText(value, name));
}

void Set(Json& target, const char* name, const std::string& value) {
  if (!value.empty()) target[name] = value;
}

bool IsTypeName(std::string_view text) {
  return text.size() > 1 && std::isupper(static_cast<unsigned char>(text[0])) != 0 &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isalpha(c) != 0; });
}

// Takes the last part of a path off `text`; the whole when there is no slash.
std::string_view TakeLast(std::string_view& text) {
  const size_t slash = text.find_last_of('/');
  const std::string_view last = slash == std::string_view::npos ? text : text.substr(slash + 1);
  text = slash == std::string_view::npos ? std::string_view() : text.substr(0, slash);
  return last;
}

}  // namespace

const Coding* CodeableConcept::FindSystem(std::string_view system) const {
  const auto found = std::ranges::find(codings, system, &Coding::system);
  return found == codings.end() ? nullptr : &*found;
}

bool CodeableConcept::Has(std::string_view system, std::string_view code) const {
  return std::ranges::any_of(codings, [&](const Coding& coding) {
    return coding.system == system && coding.code == code;
  });
}

std::string_view CodeableConcept::Label() const {
  if (!text.empty()) return text;
  for (const Coding& coding : codings) {
    if (!coding.display.empty()) return coding.display;
  }
  return codings.empty() ? std::string_view() : codings.front().code;
}

std::string HumanName::Full() const {
  if (!text.empty()) return text;
  std::string full;
  for (const auto& part : given) full += part + ' ';
  full += family;
  if (family.empty() && !full.empty()) full.pop_back();
  return full;
}

Coding ReadCoding(const Json& value) {
  return {Text(value, "system"), Text(value, "code"), Text(value, "display")};
}

std::vector<Coding> ReadCodings(const Json& array) {
  std::vector<Coding> codings;
  if (!array.is_array()) return codings;
  for (const Json& item : array) codings.push_back(ReadCoding(item));
  return codings;
}

CodeableConcept ReadCodeableConcept(const Json& value) {
  return {ReadCodings(FindArray(value, "coding")), Text(value, "text")};
}

Identifier ReadIdentifier(const Json& value) {
  Identifier identifier{Text(value, "system"), Text(value, "value"), Text(value, "use"), {}};
  if (const Json* type = Find(value, "type"); type != nullptr) {
    identifier.type = ReadCodeableConcept(*type);
  }
  return identifier;
}

std::vector<Identifier> ReadIdentifiers(const Json& array) {
  std::vector<Identifier> identifiers;
  if (!array.is_array()) return identifiers;
  for (const Json& item : array) identifiers.push_back(ReadIdentifier(item));
  return identifiers;
}

Reference ReadReference(const Json& value) {
  Reference reference;
  reference.reference = Text(value, "reference");
  reference.type = Text(value, "type");
  reference.display = Text(value, "display");
  if (auto parts = SplitReference(reference.reference)) {
    reference.type = std::move(parts->type);
    reference.id = std::move(parts->id);
  }
  if (const Json* identifier = Find(value, "identifier"); identifier != nullptr) {
    reference.identifier = ReadIdentifier(*identifier);
  }
  return reference;
}

Quantity ReadQuantity(const Json& value) {
  Quantity quantity;
  if (const Json* number = Find(value, "value"); number != nullptr) {
    quantity.value = NumberOf(*number);
  }
  quantity.comparator = Text(value, "comparator");
  quantity.unit = Text(value, "unit");
  quantity.system = Text(value, "system");
  quantity.code = Text(value, "code");
  return quantity;
}

HumanName ReadHumanName(const Json& value) {
  HumanName name{Text(value, "use"), Text(value, "text"), Text(value, "family"), {}};
  for (const Json& given : FindArray(value, "given")) {
    if (given.is_string()) name.given.push_back(given.get<std::string>());
  }
  return name;
}

Json Render(const Coding& value) {
  Json json = Json::object();
  Set(json, "system", value.system);
  Set(json, "code", value.code);
  Set(json, "display", value.display);
  return json;
}

Json Render(const CodeableConcept& value) {
  Json json = Json::object();
  for (const Coding& coding : value.codings) json["coding"].push_back(Render(coding));
  Set(json, "text", value.text);
  return json;
}

Json Render(const Identifier& value) {
  Json json = Json::object();
  Set(json, "use", value.use);
  if (!value.type.codings.empty() || !value.type.text.empty()) json["type"] = Render(value.type);
  Set(json, "system", value.system);
  Set(json, "value", value.value);
  return json;
}

Json Render(const Reference& value) {
  Json json = Json::object();
  Set(json, "reference", value.reference);
  Set(json, "type", value.type);
  if (!value.identifier.value.empty()) json["identifier"] = Render(value.identifier);
  Set(json, "display", value.display);
  return json;
}

std::optional<ReferenceParts> SplitReference(std::string_view reference) {
  if (reference.starts_with('#') || reference.starts_with("urn:") ||
      reference.find_first_of("?|") != std::string_view::npos) {
    return std::nullopt;
  }
  ReferenceParts parts;
  parts.id = TakeLast(reference);
  std::string_view name = TakeLast(reference);
  if (name == "_history") {
    parts.version = std::move(parts.id);
    parts.id = TakeLast(reference);
    name = TakeLast(reference);
  }
  parts.type = name;
  parts.base = reference;
  if (!IsIdText(parts.id) || !IsTypeName(parts.type)) return std::nullopt;
  return parts;
}

}  // namespace genflik::fhir
