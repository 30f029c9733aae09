#include "services/mapping/dosage_strength.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <nlohmann/json.hpp>

namespace genflik::mapping {
namespace {

using fhir::Json;

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

void ReplaceAll(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// Brings Swedish, English and Latin spellings of a substance to one form.
std::string SoundOf(std::string_view name) {
  std::string text = PlainText(name);
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 15> kSame{
      {{"å", "a"},
       {"ä", "a"},
       {"ö", "o"},
       {"é", "e"},
       {"ae", "e"},
       {"oe", "e"},
       {"ph", "f"},
       {"th", "t"},
       {"ch", "k"},
       {"ck", "k"},
       {"qu", "k"},
       {"y", "i"},
       {"x", "ks"},
       {"z", "s"},
       {"rh", "r"}}};
  for (const auto& [from, to] : kSame) ReplaceAll(text, from, to);
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != 'c') continue;
    const char next = i + 1 < text.size() ? text[i + 1] : 'a';
    text[i] = next == 'e' || next == 'i' ? 's' : 'k';
  }
  ReplaceAll(text, "kks", "ks");
  text.erase(std::unique(text.begin(), text.end()), text.end());
  return text;
}

// The stem without the endings that differ between languages and between acid and salt.
std::string StemOf(std::string_view word) {
  std::string stem = SoundOf(word);
  for (const std::string_view end : {"um", "e", "on", "in"}) {
    if (stem.size() > end.size() + 4 && stem.ends_with(end)) {
      stem.resize(stem.size() - end.size());
      break;
    }
  }
  return stem;
}

std::string_view ConceptText(const Json* concept_json) {
  if (concept_json == nullptr) return {};
  if (const auto text = fhir::FindText(*concept_json, "text"); !text.empty()) return text;
  for (const Json& coding : fhir::FindArray(*concept_json, "coding")) {
    if (const auto display = fhir::FindText(coding, "display"); !display.empty()) return display;
  }
  return {};
}

// "mg/mL" as the unit of a numerator: some systems put the whole strength there.
std::optional<Strength> WholeStrength(const Json& numerator) {
  const auto value = fhir::Find(numerator, "value");
  const auto number = value == nullptr ? std::nullopt : fhir::NumberOf(*value);
  std::string_view unit = fhir::FindText(numerator, "code");
  if (unit.empty()) unit = fhir::FindText(numerator, "unit");
  const size_t slash = unit.find('/');
  if (!number || slash == std::string_view::npos) return std::nullopt;
  const auto above = ReadUnitText(unit.substr(0, slash));
  const auto below = ReadUnitText(unit.substr(slash + 1));
  if (!above || !below || below->kind != UnitKind::kVolume) return std::nullopt;
  if (above->kind != UnitKind::kMass && above->kind != UnitKind::kInternational)
    return std::nullopt;
  return Strength{.amount = *number * above->factor,
                  .kind = above->kind,
                  .per = below->factor,
                  .per_unit = Unit{.kind = UnitKind::kVolume}};
}

std::optional<Strength> ReadStrength(const Json& ratio) {
  const Json* numerator = fhir::Find(ratio, "numerator");
  if (numerator == nullptr) return std::nullopt;
  if (auto whole = WholeStrength(*numerator)) return whole;
  const ReadQuantity above = ReadDoseQuantity(*numerator);
  if (!above.ok() || above.unit.per_kg || above.unit.per_m2) return std::nullopt;
  if (above.unit.kind != UnitKind::kMass && above.unit.kind != UnitKind::kInternational) {
    return std::nullopt;
  }
  Strength strength{.amount = above.value * above.unit.factor, .kind = above.unit.kind};
  strength.per_unit = Unit{.kind = UnitKind::kPiece};
  if (above.unit.per_days) {
    strength.per_unit = Unit{.kind = UnitKind::kTime};
    strength.per = *above.unit.per_days;
  }
  const Json* denominator = fhir::Find(ratio, "denominator");
  if (denominator == nullptr) return strength;
  const ReadQuantity below = ReadDoseQuantity(*denominator);
  if (below.no_unit) {
    if (below.value != 1) return std::nullopt;
    return strength;
  }
  if (!below.ok() || below.value <= 0) return std::nullopt;
  if (below.unit.kind == UnitKind::kCount) {
    strength.per = below.value;
    return strength;
  }
  strength.per = below.value * (below.unit.kind == UnitKind::kPiece ? 1 : below.unit.factor);
  strength.per_unit = below.unit;
  strength.per_unit.factor = 1;
  return strength;
}

std::string IngredientName(const Json& ingredient) {
  if (const auto text = ConceptText(fhir::Find(ingredient, "itemCodeableConcept")); !text.empty()) {
    return std::string(text);
  }
  const Json* reference = fhir::Find(ingredient, "itemReference");
  return reference == nullptr ? std::string() : std::string(fhir::FindText(*reference, "display"));
}

// A number with a unit in a product's name; `rest` moves behind it.
std::optional<std::pair<double, Unit>> NextAmount(std::string_view text, size_t& at) {
  while (at < text.size()) {
    if (text[at] < '0' || text[at] > '9') {
      ++at;
      continue;
    }
    std::string number;
    while (at < text.size() &&
           ((text[at] >= '0' && text[at] <= '9') || text[at] == '.' || text[at] == ',')) {
      number += text[at] == ',' ? '.' : text[at];
      ++at;
    }
    while (at < text.size() && text[at] == ' ') ++at;
    size_t end = at;
    while (end < text.size() && text[end] != ' ' && text[end] != ',' && text[end] != '(' &&
           text[end] != ')' && text[end] != ';' && text[end] != '/' &&
           (text[end] < '0' || text[end] > '9')) {
      ++end;
    }
    double value = 0;
    std::from_chars(number.data(), number.data() + number.size(), value);
    const auto unit = ReadUnitText(text.substr(at, end - at));
    at = end;
    if (unit) return std::pair{value, *unit};
  }
  return std::nullopt;
}

// "/ml", "/5 ml", "/timme" behind an amount; one piece when there is none.
void ReadPer(std::string_view text, size_t& at, Strength& strength) {
  strength.per_unit = Unit{.kind = UnitKind::kPiece};
  if (at >= text.size() || text[at] != '/') return;
  ++at;
  size_t start = at;
  while (at < text.size() &&
         ((text[at] >= '0' && text[at] <= '9') || text[at] == ' ' || text[at] == '.'))
    ++at;
  double number = 1;
  while (start < at && text[start] == ' ') ++start;
  if (start < at) std::from_chars(text.data() + start, text.data() + at, number);
  size_t end = at;
  while (end < text.size() && text[end] != ' ' && text[end] != ',' && text[end] != ')') ++end;
  const auto unit = ReadUnitText(text.substr(at, end - at));
  at = end;
  if (!unit || number <= 0) return;
  strength.per = number * (unit->kind == UnitKind::kPiece ? 1 : unit->factor);
  strength.per_unit = *unit;
  strength.per_unit.factor = 1;
}

// The strength in a product's name, when the name holds exactly one.
std::optional<Strength> StrengthInName(std::string_view name) {
  std::optional<Strength> found;
  size_t at = 0;
  while (const auto amount = NextAmount(name, at)) {
    const auto& [value, unit] = *amount;
    if (unit.kind != UnitKind::kMass && unit.kind != UnitKind::kInternational) continue;
    if (found) return std::nullopt;
    found = Strength{.amount = value * unit.factor, .kind = unit.kind};
    ReadPer(name, at, *found);
  }
  return found;
}

// Index of the ingredient that one of the names means, or nothing.
std::optional<size_t> FindIngredient(const Product& product,
                                     const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    for (size_t i = 0; i < product.ingredients.size(); ++i) {
      if (SameSubstance(product.ingredients[i].name, name)) return i;
    }
  }
  return std::nullopt;
}

// True when one letter makes the difference ("hydroklortiazid", "hydrochlorothiazide").
bool OneLetterApart(std::string_view a, std::string_view b) {
  if (a.size() < b.size()) std::swap(a, b);
  if (b.size() < 8 || a.size() - b.size() > 1) return false;
  size_t i = 0;
  while (i < b.size() && a[i] == b[i]) ++i;
  return a.substr(i + 1) ==
         (a.size() == b.size() ? b.substr(std::min(i + 1, b.size())) : b.substr(i));
}

}  // namespace

const std::optional<Strength>& Product::strength() const {
  static const std::optional<Strength> none;
  if (ingredient_unclear || counted >= ingredients.size()) return none;
  return ingredients[counted].strength;
}

bool SameSubstance(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return false;
  const std::string first = StemOf(a);
  const std::string second = StemOf(b);
  if (first == second || OneLetterApart(first, second)) return true;
  // A salt: the base's name stands first ("kodeinfosfat", "codeine phosphate") or behind a metal.
  const std::string& longer = first.size() >= second.size() ? first : second;
  const std::string& shorter = first.size() >= second.size() ? second : first;
  return shorter.size() >= 5 && Contains(longer, shorter);
}

Product ReadProduct(const Json* medication, const std::vector<std::string>& substances) {
  Product product;
  if (medication == nullptr || !medication->is_object()) return product;
  product.known = true;
  product.form = PlainText(ConceptText(fhir::Find(*medication, "form")));
  product.name = PlainText(ConceptText(fhir::Find(*medication, "code")));
  for (const Json& item : fhir::FindArray(*medication, "ingredient")) {
    const Json* active = fhir::Find(item, "isActive");
    if (active != nullptr && active->is_boolean() && !active->get<bool>()) continue;
    const Json* ratio = fhir::Find(item, "strength");
    product.ingredients.push_back(
        {IngredientName(item), ratio == nullptr ? std::nullopt : ReadStrength(*ratio)});
  }
  if (product.ingredients.empty()) {
    // "kodein/paracetamol 30 mg" does not say whose strength it is.
    if (!product.name.empty() && !Contains(product.name, "+") && !Contains(product.name, " och ") &&
        !Contains(product.name, " comp")) {
      product.ingredients.push_back({product.name, StrengthInName(product.name)});
    }
    return product;
  }
  if (product.ingredients.size() == 1) {
    auto& only = product.ingredients.front();
    if (!only.strength) only.strength = StrengthInName(product.name);
    return product;
  }
  const auto found = FindIngredient(product, substances);
  product.counted = found.value_or(0);
  product.ingredient_unclear = !found;
  return product;
}

bool IsPatch(const Product& product) {
  for (const std::string_view word : {"plåster", "patch", "transdermal"}) {
    if (Contains(product.form, word) || (product.form.empty() && Contains(product.name, word)))
      return true;
  }
  return false;
}

bool IsLocalForm(const Product& product) {
  for (const std::string_view word :
       {"salva",    "kräm",    "gel",      "ögon",    "öron",   "nässpray", "näsdroppar",
        "ointment", "cream",   "eye ",     "ear ",    "nasal",  "kutan",    "cutaneous",
        "liniment", "schampo", "vagitori", "vaginal", "lotion", "munskölj"}) {
    if (Contains(product.form, word) || (product.form.empty() && Contains(product.name, word)))
      return true;
  }
  return false;
}

}  // namespace genflik::mapping
