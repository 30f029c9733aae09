#include "services/mapping/dosage_strength.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "services/mapping/dosage_signals.h"

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
  if (!above.ok() || above.value <= 0 || above.unit.per_kg || above.unit.per_m2)
    return std::nullopt;
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

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// A number with a unit in a product's name.
struct NameAmount {
  double value = 0;
  Unit unit = {};
  /// True when the number can be read in two ways, or is a part of a range or a fraction.
  bool unclear = false;
};

// How many digits stand at `at`.
size_t DigitsAt(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && IsDigit(text[end])) ++end;
  return end - at;
}

// "50-100", "80/12.5", "1/2": another number belongs to the one that starts at `start`.
bool BelongsToAnother(std::string_view text, size_t start) {
  while (start > 0 && text[start - 1] == ' ') --start;
  if (start == 0 || (text[start - 1] != '-' && text[start - 1] != '/')) return false;
  --start;
  while (start > 0 && text[start - 1] == ' ') --start;
  return start > 0 && IsDigit(text[start - 1]);
}

// Reads the number at `at` and moves behind it. A separator before exactly three digits parts
// thousands to some and decimals to others; only a space or an apostrophe before "000" is certain.
NameAmount NumberInName(std::string_view text, size_t& at) {
  NameAmount read;
  const bool half =
      at > 0 && (text[at - 1] == '.' || text[at - 1] == ',') && (at == 1 || !IsDigit(text[at - 2]));
  read.unclear = BelongsToAnother(text, at);
  size_t first = DigitsAt(text, at);
  std::string number = half ? "0." : "";
  number += text.substr(at, first);
  at += first;
  for (bool decimals = half; at < text.size();) {
    const char mark = text[at];
    const size_t more = DigitsAt(text, at + 1);
    if (more == 0) break;
    const bool group = more == 3 && first <= 3 && number.front() != '0';
    if (mark == '.' || mark == ',') {
      read.unclear = read.unclear || group || decimals;
      number += '.';
      decimals = true;
    } else if ((mark == ' ' || mark == '\'') && group) {
      read.unclear = read.unclear || decimals || text.substr(at + 1, 3) != "000";
    } else {
      read.unclear = read.unclear || mark == '\'' || mark == '/' || mark == '-';
      break;
    }
    number += text.substr(at + 1, more);
    at += 1 + more;
    first = 1;
  }
  const auto result = std::from_chars(number.data(), number.data() + number.size(), read.value);
  if (result.ec != std::errc() || result.ptr != number.data() + number.size()) read.unclear = true;
  return read;
}

std::optional<NameAmount> NextAmount(std::string_view text, size_t& at) {
  while (at < text.size()) {
    if (!IsDigit(text[at])) {
      ++at;
      continue;
    }
    NameAmount read = NumberInName(text, at);
    while (at < text.size() && text[at] == ' ') ++at;
    size_t end = at;
    while (end < text.size() && text[end] != ' ' && text[end] != ',' && text[end] != '(' &&
           text[end] != ')' && text[end] != ';' && text[end] != '/' && !IsDigit(text[end])) {
      ++end;
    }
    const auto unit = ReadUnitText(text.substr(at, end - at));
    at = end;
    if (!unit) continue;
    read.unit = *unit;
    return read;
  }
  return std::nullopt;
}

// "/ml", "/5 ml", "/timme" behind an amount; one piece when there is none.
void ReadPer(std::string_view text, size_t& at, Strength& strength) {
  strength.per_unit = Unit{.kind = UnitKind::kPiece};
  if (at >= text.size() || text[at] != '/') return;
  ++at;
  std::string digits;
  for (; at < text.size() && (IsDigit(text[at]) || text[at] == ' ' || text[at] == '.' ||
                              (text[at] == ',' && !digits.empty()));
       ++at) {
    if (text[at] != ' ') digits += text[at] == ',' ? '.' : text[at];
  }
  double number = 1;
  if (!digits.empty()) std::from_chars(digits.data(), digits.data() + digits.size(), number);
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
    const Unit& unit = amount->unit;
    if (unit.kind != UnitKind::kMass && unit.kind != UnitKind::kInternational) continue;
    if (found || amount->unclear) return std::nullopt;
    found = Strength{.amount = amount->value * unit.factor, .kind = unit.kind};
    ReadPer(name, at, *found);
  }
  return found;
}

// True when one letter makes the difference ("hydroklortiazid", "hydrochlorothiazide").
bool OneLetterApart(std::string_view a, std::string_view b) {
  if (a.size() < b.size()) std::swap(a, b);
  if (b.size() < 8 || a.size() - b.size() > 1) return false;
  size_t i = 0;
  while (i < b.size() && a[i] == b[i]) ++i;
  // Escitalopram and citalopram differ in their first letter.
  if (i == 0) return false;
  return a.substr(i + 1) ==
         (a.size() == b.size() ? b.substr(std::min(i + 1, b.size())) : b.substr(i));
}

// The words of salts, esters and hydrates, as SoundOf writes them.
bool StartsWithSalt(std::string_view rest) {
  static const std::vector<std::string> salts = [] {
    std::vector<std::string> sounds;
    for (const std::string_view word :
         {"natrium",    "sodium",     "kalium",     "potassium",  "kalcium",   "calcium",
          "magnesium",  "hydroklor",  "hydrochlor", "klorid",     "chloride",  "hydrobrom",
          "bromid",     "fosfat",     "phosphat",   "sulfat",     "sulphat",   "nitrat",
          "maleat",     "tartrat",    "bitartrat",  "mesilat",    "mesylat",   "besilat",
          "besylat",    "tosilat",    "tosylat",    "succinat",   "suksinat",  "fumarat",
          "citrat",     "acetat",     "oxalat",     "laktat",     "lactat",    "glukonat",
          "gluconat",   "embonat",    "pamoat",     "bensoat",    "benzoat",   "propionat",
          "valerat",    "furoat",     "xinafoat",   "dekanoat",   "decanoat",  "enantat",
          "undekanoat", "cipionat",   "cypionat",   "palmitat",   "stearat",   "hydrat",
          "hemihydrat", "monohydrat", "anhydr",     "medoxomil",  "cilexetil", "axetil",
          "proxetil",   "pivoxil",    "disoproxil", "alafenamid", "etexilat",  "mofetil",
          "erbumin",    "arginin",    "lysin",      "trometamol", "syra",      "acid",
          "base",       "bas",        "salt",       "ester"}) {
      std::string sound = SoundOf(word);
      // The stem of a whole name has lost its ending too: "diklofenaknatri".
      for (const std::string_view end : {"um", "in"}) {
        if (sound.ends_with(end)) sound.resize(sound.size() - end.size());
      }
      sounds.push_back(std::move(sound));
    }
    return sounds;
  }();
  // "metotrexatdinatrium", "trihydrat"
  for (const std::string_view number : {"", "mono", "di", "tri", "hemi", "seski"}) {
    if (!rest.starts_with(number)) continue;
    const std::string_view word = rest.substr(number.size());
    if (std::any_of(salts.begin(), salts.end(),
                    [&](const std::string& salt) { return word.starts_with(salt); }))
      return true;
  }
  return false;
}

// True when the stem `longer` is a salt of `base`: the base's name at its start with a salt behind
// ("kodeinfosfat", "codeine phosphate") or behind a metal ("natriumdiklofenak"). A name in the
// middle or at the end is another substance: esomeprazol, hydroxiklorokin, etinylestradiol.
bool IsSaltOf(std::string_view longer, std::string_view base) {
  if (base.size() < 5) return false;
  for (const std::string_view metal :
       {"", "natrium", "sodium", "kalium", "potasium", "kalsium", "magnesium", "litium"}) {
    if (!longer.starts_with(metal)) continue;
    std::string_view rest = longer.substr(metal.size());
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    if (!rest.starts_with(base)) continue;
    rest.remove_prefix(base.size());
    if (!metal.empty() && rest.empty()) return true;
    for (const std::string_view end : {"", "um", "e", "on", "in", "a"}) {
      if (!rest.starts_with(end)) continue;
      const std::string_view salt = rest.substr(end.size());
      if (salt.empty() || salt.front() == ' ' || salt.front() == '-' || salt.front() == '(' ||
          salt.front() == ',' || StartsWithSalt(salt))
        return true;
      // SoundOf makes one of the two letters that meet in "diklofenakkalium", "warfarinnatrium".
      const char last = end.empty() ? base.back() : end.back();
      if (StartsWithSalt(last + std::string(salt))) return true;
    }
  }
  return false;
}

// Index of the ingredient that one of the names means, or nothing. The very name goes before one
// that only resembles it, and two that resemble it leave the matter open.
std::optional<size_t> FindIngredient(const Product& product,
                                     const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    std::optional<size_t> same;
    std::optional<size_t> alike;
    bool several = false;
    for (size_t i = 0; i < product.ingredients.size(); ++i) {
      if (StemOf(product.ingredients[i].name) == StemOf(name)) {
        // One substance in two strengths: which one is meant is not said.
        if (same) return std::nullopt;
        same = i;
      }
      if (!SameSubstance(product.ingredients[i].name, name)) continue;
      several = alike.has_value();
      alike = i;
    }
    if (same) return same;
    if (alike && !several) return alike;
  }
  return std::nullopt;
}

bool NamesOneOf(const std::vector<std::string>& ingredients,
                const std::vector<std::string>& substances) {
  return std::any_of(ingredients.begin(), ingredients.end(), [&](const std::string& one) {
    return std::any_of(substances.begin(), substances.end(),
                       [&](const std::string& name) { return SameSubstance(one, name); });
  });
}

// "kodein/paracetamol 30 mg", "A och B": the name of several ingredients, whose strength is not
// said. "mg/ml" and "mikrogram/timme" divide units.
bool NamesSeveral(std::string_view name) {
  for (const std::string_view word : {"+", " och ", " and ", " und ", " comp", " & "}) {
    if (Contains(name, word)) return true;
  }
  for (size_t at = name.find('/'); at != std::string_view::npos; at = name.find('/', at + 1)) {
    size_t start = at;
    while (start > 0 && ((name[start - 1] >= 'a' && name[start - 1] <= 'z') ||
                         static_cast<unsigned char>(name[start - 1]) >= 0x80))
      --start;
    if (at - start > 3 && !ReadUnitText(name.substr(start, at - start))) return true;
  }
  return false;
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
  return first.size() >= second.size() ? IsSaltOf(first, second) : IsSaltOf(second, first);
}

Product ReadProduct(const Json* medication, const std::vector<std::string>& substances) {
  Product product;
  if (medication == nullptr || !medication->is_object()) return product;
  product.known = true;
  std::vector<std::string> inactive;
  product.form = PlainText(ConceptText(fhir::Find(*medication, "form")));
  product.name = PlainText(ConceptText(fhir::Find(*medication, "code")));
  for (const Json& item : fhir::FindArray(*medication, "ingredient")) {
    const Json* active = fhir::Find(item, "isActive");
    if (active != nullptr && active->is_boolean() && !active->get<bool>()) {
      inactive.push_back(IngredientName(item));
      continue;
    }
    const Json* ratio = fhir::Find(item, "strength");
    product.ingredients.push_back(
        {IngredientName(item), ratio == nullptr ? std::nullopt : ReadStrength(*ratio)});
  }
  if (product.ingredients.empty()) {
    if (!product.name.empty() && !NamesSeveral(product.name)) {
      product.ingredients.push_back({product.name, StrengthInName(product.name)});
    }
    return product;
  }
  const auto found = FindIngredient(product, substances);
  if (!found && NamesOneOf(inactive, substances)) {
    // The named substance is said to have no effect: the other one must not take its place.
    product.ingredient_unclear = true;
    return product;
  }
  if (product.ingredients.size() == 1) {
    auto& only = product.ingredients.front();
    if (!only.strength) only.strength = StrengthInName(product.name);
    return product;
  }
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
  const std::string& text = product.form.empty() ? product.name : product.form;
  const auto holds = [&](std::string_view word) { return Contains(text, word); };
  const auto starts = [&](std::string_view word) { return StartsAWord(text, word); };
  static constexpr std::array<std::string_view, 3> kVaginal{"vagitori", "vaginal", "vaginell"};
  if (std::any_of(kVaginal.begin(), kVaginal.end(), holds)) return true;
  // A capsule of gelatine is swallowed, as is much of what is put in the mouth, and some gels act
  // in the whole body.
  static constexpr std::array<std::string_view, 11> kSystemic{
      "kapsel", "kapslar",   "capsule",    "softgel", "gelatin", "gelkaps",
      "gelcap", "transderm", "intestinal", "munhål",  "oral gel"};
  if (std::any_of(kSystemic.begin(), kSystemic.end(), holds)) return false;
  static constexpr std::array<std::string_view, 21> kAnywhere{
      "salva",    "kräm",     "gel",   "ögon",     "öron",      "nässpray", "näsdroppar",
      "ointment", "cream",    "nasal", "liniment", "schampo",   "lotion",   "munskölj",
      "ophthalm", "øyedråpe", "salbe", "oftalm",   "øjendråbe", "creme",    "krem"};
  if (std::any_of(kAnywhere.begin(), kAnywhere.end(), holds)) return true;
  // "ear " stands in "clear solution", "kutan" in "subkutan".
  static constexpr std::array<std::string_view, 16> kAtStart{
      "eye ", "ear ", "kutan", "cutaneous", "topical", "augen", "ohren", "nasen",
      "øye",  "øyne", "øre",   "øje",       "nese",    "næse",  "otic",  "collyre"};
  return std::any_of(kAtStart.begin(), kAtStart.end(), starts);
}

}  // namespace genflik::mapping
