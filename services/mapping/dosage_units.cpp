#include "services/mapping/dosage_units.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <unordered_map>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace genflik::mapping {
namespace {

using fhir::Json;

constexpr double kDaysPerMonth = 30.4375;
constexpr double kDaysPerYear = 365.25;
constexpr std::string_view kUcumSystem = "http://unitsofmeasure.org";

struct Atom {
  std::string_view code;
  UnitKind kind;
  double factor;
  bool metric;
};

// Factors lead to mg, IU, mL, days and m2.
constexpr std::array kAtoms{
    Atom{"g", UnitKind::kMass, 1000, true},
    Atom{"L", UnitKind::kVolume, 1000, true},
    Atom{"l", UnitKind::kVolume, 1000, true},
    Atom{"[iU]", UnitKind::kInternational, 1, true},
    Atom{"[IU]", UnitKind::kInternational, 1, true},
    Atom{"[USP'U]", UnitKind::kInternational, 1, false},
    Atom{"[drp]", UnitKind::kVolume, 0.05, false},
    Atom{"[tsp_us]", UnitKind::kVolume, 4.92892159375, false},
    Atom{"[tsp_m]", UnitKind::kVolume, 5, false},
    Atom{"[tbs_us]", UnitKind::kVolume, 14.78676478125, false},
    Atom{"[tbs_m]", UnitKind::kVolume, 15, false},
    Atom{"cm3", UnitKind::kVolume, 1, false},
    Atom{"[lb_av]", UnitKind::kMass, 453592.37, false},
    Atom{"[oz_av]", UnitKind::kMass, 28349.523125, false},
    Atom{"mol", UnitKind::kMole, 1, true},
    Atom{"eq", UnitKind::kMole, 1, true},
    Atom{"s", UnitKind::kTime, 1.0 / 86400, false},
    Atom{"min", UnitKind::kTime, 1.0 / 1440, false},
    Atom{"h", UnitKind::kTime, 1.0 / 24, false},
    Atom{"d", UnitKind::kTime, 1, false},
    Atom{"wk", UnitKind::kTime, 7, false},
    Atom{"mo", UnitKind::kTime, kDaysPerMonth, false},
    Atom{"a", UnitKind::kTime, kDaysPerYear, false},
    Atom{"m2", UnitKind::kArea, 1, false},
    Atom{"cm2", UnitKind::kArea, 1e-4, false},
    Atom{"1", UnitKind::kCount, 1, false},
};

constexpr std::array<std::pair<std::string_view, double>, 9> kPrefixes{{{"k", 1e3},
                                                                        {"M", 1e6},
                                                                        {"d", 1e-1},
                                                                        {"c", 1e-2},
                                                                        {"m", 1e-3},
                                                                        {"u", 1e-6},
                                                                        {"n", 1e-9},
                                                                        {"p", 1e-12},
                                                                        {"da", 10}}};

// What people call one piece of a medicine, in Swedish, English and as units of presentation.
const std::unordered_map<std::string_view, std::string_view>& PieceWords() {
  static const std::unordered_map<std::string_view, std::string_view> words{
      {"tablet", "tablet"},
      {"tablets", "tablet"},
      {"tablett", "tablet"},
      {"tabletter", "tablet"},
      {"tabl", "tablet"},
      {"tabl.", "tablet"},
      {"tab", "tablet"},
      {"tab.", "tablet"},
      {"tabs", "tablet"},
      {"tbl", "tablet"},
      {"tbl.", "tablet"},
      {"tbs", "tablet"},
      {"tabletten", "tablet"},
      {"comprimé", "tablet"},
      {"capsule", "capsule"},
      {"capsules", "capsule"},
      {"cap", "capsule"},
      {"caps", "capsule"},
      {"caps.", "capsule"},
      {"kaps", "capsule"},
      {"kaps.", "capsule"},
      {"kapsel", "capsule"},
      {"kapslar", "capsule"},
      {"patch", "patch"},
      {"patches", "patch"},
      {"plåster", "patch"},
      {"depotplåster", "patch"},
      {"syringe", "syringe"},
      {"syringes", "syringe"},
      {"spruta", "syringe"},
      {"sprutor", "syringe"},
      {"penna", "pen"},
      {"pennor", "pen"},
      {"pen", "pen"},
      {"pens", "pen"},
      {"ampoule", "ampoule"},
      {"ampoules", "ampoule"},
      {"ampule", "ampoule"},
      {"amp", "ampoule"},
      {"ampull", "ampoule"},
      {"ampuller", "ampoule"},
      {"vial", "vial"},
      {"vials", "vial"},
      {"injektionsflaska", "vial"},
      {"injektionsflaskor", "vial"},
      {"flaska", "bottle"},
      {"flaskor", "bottle"},
      {"bottle", "bottle"},
      {"påse", "bag"},
      {"påsar", "bag"},
      {"bag", "bag"},
      {"bags", "bag"},
      {"dospåse", "sachet"},
      {"dospåsar", "sachet"},
      {"sachet", "sachet"},
      {"sachets", "sachet"},
      {"puff", "puff"},
      {"puffs", "puff"},
      {"puffar", "puff"},
      {"spray", "puff"},
      {"sprays", "puff"},
      {"inhalation", "puff"},
      {"inhalationer", "puff"},
      {"actuation", "puff"},
      {"actuations", "puff"},
      {"suppositorium", "suppository"},
      {"suppositorier", "suppository"},
      {"suppository", "suppository"},
      {"suppositories", "suppository"},
      {"supp", "suppository"},
      {"supp.", "suppository"},
      {"stolpiller", "suppository"},
      {"lozenge", "lozenge"},
      {"sugtablett", "lozenge"},
      {"dose", ""},
      {"doses", ""},
      {"dos", ""},
      {"doser", ""},
      {"piece", ""},
      {"pieces", ""},
      {"st", ""},
      {"st.", ""},
      {"stk", ""},
      {"stycken", ""},
      {"styck", ""},
      {"unit", ""},
      {"each", ""},
      {"enhetsdos", ""},
      {"endosbehållare", "unit-dose"},
      {"pulver", "powder"},
      {"pill", "tablet"},
      {"pills", "tablet"},
      {"piller", "tablet"},
      {"implantat", "implant"},
      {"implant", "implant"},
      {"tuggummi", "gum"},
      {"injektion", "injection"},
      {"injektioner", "injection"},
      {"injection", "injection"}};
  return words;
}

struct WordUnit {
  UnitKind kind;
  double factor;
};

const std::unordered_map<std::string_view, WordUnit>& MeasureWords() {
  static const std::unordered_map<std::string_view, WordUnit> words{
      {"mg", {UnitKind::kMass, 1}},
      {"mg.", {UnitKind::kMass, 1}},
      {"milligram", {UnitKind::kMass, 1}},
      {"milligrams", {UnitKind::kMass, 1}},
      {"g", {UnitKind::kMass, 1000}},
      {"g.", {UnitKind::kMass, 1000}},
      {"gr", {UnitKind::kMass, 1000}},
      {"gram", {UnitKind::kMass, 1000}},
      {"grams", {UnitKind::kMass, 1000}},
      {"kg", {UnitKind::kMass, 1e6}},
      {"ug", {UnitKind::kMass, 1e-3}},
      {"mcg", {UnitKind::kMass, 1e-3}},
      {"mikrog", {UnitKind::kMass, 1e-3}},
      {"mikrogram", {UnitKind::kMass, 1e-3}},
      {"microgram", {UnitKind::kMass, 1e-3}},
      {"micrograms", {UnitKind::kMass, 1e-3}},
      {"ng", {UnitKind::kMass, 1e-6}},
      {"nanogram", {UnitKind::kMass, 1e-6}},
      {"nanograms", {UnitKind::kMass, 1e-6}},
      {"ml", {UnitKind::kVolume, 1}},
      {"ml.", {UnitKind::kVolume, 1}},
      {"milliliter", {UnitKind::kVolume, 1}},
      {"millilitre", {UnitKind::kVolume, 1}},
      {"milliliters", {UnitKind::kVolume, 1}},
      {"millilitres", {UnitKind::kVolume, 1}},
      {"cl", {UnitKind::kVolume, 10}},
      {"dl", {UnitKind::kVolume, 100}},
      {"l", {UnitKind::kVolume, 1000}},
      {"liter", {UnitKind::kVolume, 1000}},
      {"litre", {UnitKind::kVolume, 1000}},
      {"ie", {UnitKind::kInternational, 1}},
      {"iu", {UnitKind::kInternational, 1}},
      {"i.e.", {UnitKind::kInternational, 1}},
      {"e", {UnitKind::kInternational, 1}},
      {"enheter", {UnitKind::kInternational, 1}},
      {"enhet", {UnitKind::kInternational, 1}},
      {"units", {UnitKind::kInternational, 1}},
      {"kie", {UnitKind::kInternational, 1e3}},
      {"mie", {UnitKind::kInternational, 1e6}},
      {"droppe", {UnitKind::kDrop, 1}},
      {"droppar", {UnitKind::kDrop, 1}},
      {"drop", {UnitKind::kDrop, 1}},
      {"drops", {UnitKind::kDrop, 1}},
      {"dr", {UnitKind::kDrop, 1}},
      {"gtt", {UnitKind::kDrop, 1}},
      {"gtts", {UnitKind::kDrop, 1}},
      {"h", {UnitKind::kTime, 1.0 / 24}},
      {"hr", {UnitKind::kTime, 1.0 / 24}},
      {"hrs", {UnitKind::kTime, 1.0 / 24}},
      {"hour", {UnitKind::kTime, 1.0 / 24}},
      {"hours", {UnitKind::kTime, 1.0 / 24}},
      {"tim", {UnitKind::kTime, 1.0 / 24}},
      {"tim.", {UnitKind::kTime, 1.0 / 24}},
      {"timme", {UnitKind::kTime, 1.0 / 24}},
      {"timma", {UnitKind::kTime, 1.0 / 24}},
      {"timmar", {UnitKind::kTime, 1.0 / 24}},
      {"timmars", {UnitKind::kTime, 1.0 / 24}},
      {"min", {UnitKind::kTime, 1.0 / 1440}},
      {"minut", {UnitKind::kTime, 1.0 / 1440}},
      {"minuter", {UnitKind::kTime, 1.0 / 1440}},
      {"minute", {UnitKind::kTime, 1.0 / 1440}},
      {"minutes", {UnitKind::kTime, 1.0 / 1440}},
      {"sek", {UnitKind::kTime, 1.0 / 86400}},
      {"s", {UnitKind::kTime, 1.0 / 86400}},
      {"d", {UnitKind::kTime, 1}},
      {"dag", {UnitKind::kTime, 1}},
      {"dagen", {UnitKind::kTime, 1}},
      {"dagar", {UnitKind::kTime, 1}},
      {"dagars", {UnitKind::kTime, 1}},
      {"dygn", {UnitKind::kTime, 1}},
      {"dygnet", {UnitKind::kTime, 1}},
      {"day", {UnitKind::kTime, 1}},
      {"days", {UnitKind::kTime, 1}},
      {"v", {UnitKind::kTime, 7}},
      {"v.", {UnitKind::kTime, 7}},
      {"wk", {UnitKind::kTime, 7}},
      {"vecka", {UnitKind::kTime, 7}},
      {"veckan", {UnitKind::kTime, 7}},
      {"veckor", {UnitKind::kTime, 7}},
      {"veckors", {UnitKind::kTime, 7}},
      {"week", {UnitKind::kTime, 7}},
      {"weeks", {UnitKind::kTime, 7}},
      {"mån", {UnitKind::kTime, kDaysPerMonth}},
      {"månad", {UnitKind::kTime, kDaysPerMonth}},
      {"månaden", {UnitKind::kTime, kDaysPerMonth}},
      {"månader", {UnitKind::kTime, kDaysPerMonth}},
      {"month", {UnitKind::kTime, kDaysPerMonth}},
      {"months", {UnitKind::kTime, kDaysPerMonth}},
      {"år", {UnitKind::kTime, kDaysPerYear}},
      {"year", {UnitKind::kTime, kDaysPerYear}},
      {"m2", {UnitKind::kArea, 1}},
      {"mmol", {UnitKind::kMole, 1}},
      {"umol", {UnitKind::kMole, 1}},
      {"nmol", {UnitKind::kMole, 1}},
      {"mol", {UnitKind::kMole, 1}},
      {"mekv", {UnitKind::kMole, 1}}};
  return words;
}

// Teaspoons and tablespoons hold 5 and 15 ml in Swedish and European practice.
const std::unordered_map<std::string_view, double>& SpoonWords() {
  static const std::unordered_map<std::string_view, double> words{
      {"tsk", 5},         {"tesked", 5},       {"teskedar", 5}, {"teaspoon", 5},
      {"teaspoons", 5},   {"msk", 15},         {"matsked", 15}, {"matskedar", 15},
      {"tablespoon", 15}, {"tablespoons", 15}, {"kryddmått", 1}};
  return words;
}

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() > end.size() && text.substr(text.size() - end.size()) == end;
}

std::optional<std::string> PieceOf(std::string_view word) {
  const auto found = PieceWords().find(word);
  if (found != PieceWords().end()) return std::string(found->second);
  // Compounds: "depottablett", "enterokapslar", "film-coated tablet".
  for (const std::string_view end : {"tablett", "tabletter", "tablet", "tablets"}) {
    if (EndsWith(word, end)) return "tablet";
  }
  for (const std::string_view end : {"kapsel", "kapslar", "capsule", "capsules"}) {
    if (EndsWith(word, end)) return "capsule";
  }
  for (const std::string_view end : {"plåster", " patch", " patches"}) {
    if (EndsWith(word, end)) return "patch";
  }
  if (EndsWith(word, "spruta") || EndsWith(word, " syringe")) return "syringe";
  return std::nullopt;
}

std::optional<Unit> WordOf(std::string_view word) {
  if (const auto found = MeasureWords().find(word); found != MeasureWords().end()) {
    return Unit{.kind = found->second.kind, .factor = found->second.factor};
  }
  if (const auto found = SpoonWords().find(word); found != SpoonWords().end()) {
    return Unit{.kind = UnitKind::kVolume, .factor = found->second};
  }
  if (auto piece = PieceOf(word)) {
    return Unit{.kind = UnitKind::kPiece, .piece = std::move(*piece)};
  }
  return std::nullopt;
}

// Puts a denominator onto a unit. False when a dose has no such denominator.
bool Divide(Unit& unit, const Unit& by, double number) {
  if (by.kind == UnitKind::kTime) {
    unit.per_days = unit.per_days.value_or(1) * by.factor * number;
    return true;
  }
  if (number != 1) return false;
  // In the denominator of a dose a kilogram is one of the patient.
  if (by.kind == UnitKind::kMass && by.factor == 1e6 && !unit.per_kg) return unit.per_kg = true;
  if (by.kind == UnitKind::kArea && by.factor == 1 && !unit.per_m2) return unit.per_m2 = true;
  return by.kind == UnitKind::kPiece || (by.kind == UnitKind::kCount && by.factor == 1);
}

std::optional<Unit> UcumAtom(std::string_view text) {
  for (const Atom& atom : kAtoms) {
    if (text == atom.code) return Unit{.kind = atom.kind, .factor = atom.factor};
  }
  for (const auto& [prefix, factor] : kPrefixes) {
    if (text.substr(0, prefix.size()) != prefix) continue;
    for (const Atom& atom : kAtoms) {
      if (atom.metric && text.substr(prefix.size()) == atom.code) {
        return Unit{.kind = atom.kind, .factor = atom.factor * factor};
      }
    }
  }
  return std::nullopt;
}

std::optional<Unit> Annotation(std::string_view inside) {
  const std::string plain = PlainText(inside);
  if (const auto word = WordOf(plain);
      word && (word->kind == UnitKind::kPiece || word->kind == UnitKind::kDrop)) {
    return word;
  }
  // An annotation of our own words is still one piece; its name must then agree with the strength.
  return Unit{.kind = UnitKind::kPiece, .piece = plain};
}

std::optional<double> PlainNumber(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// One factor of a UCUM term: a number, an annotation, or an atom with an optional annotation
// behind.
std::optional<Unit> UcumFactor(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (text.front() == '{') {
    if (text.back() != '}' || text.size() < 3) return std::nullopt;
    return Annotation(text.substr(1, text.size() - 2));
  }
  const size_t brace = text.find('{');
  if (brace != std::string_view::npos && text.back() == '}') {
    if (text.substr(0, brace) == "1")
      return Annotation(text.substr(brace + 1, text.size() - brace - 2));
    text = text.substr(0, brace);
  }
  if (text.size() > 3 && text.substr(0, 3) == "10*") {
    const auto power = PlainNumber(text.substr(3));
    if (!power) return std::nullopt;
    return Unit{.kind = UnitKind::kCount, .factor = std::pow(10, *power)};
  }
  if (const auto number = PlainNumber(text))
    return Unit{.kind = UnitKind::kCount, .factor = *number};
  return UcumAtom(text);
}

// Splits at '/' and '.' outside of brackets; the operator stands before each part.
std::vector<std::pair<char, std::string_view>> UcumParts(std::string_view code) {
  std::vector<std::pair<char, std::string_view>> parts;
  char op = '.';
  size_t start = 0;
  int depth = 0;
  for (size_t i = 0; i <= code.size(); ++i) {
    const char c = i < code.size() ? code[i] : '\0';
    if (c == '{' || c == '[' || c == '(') ++depth;
    if (c == '}' || c == ']' || c == ')') --depth;
    if (c != '\0' && (depth > 0 || (c != '/' && c != '.'))) continue;
    parts.emplace_back(op, code.substr(start, i - start));
    op = c;
    start = i + 1;
  }
  return parts;
}

bool DivideUcum(Unit& unit, std::string_view part);

bool DivideGroup(Unit& unit, std::string_view group) {
  double number = 1;
  for (const auto& [op, part] : UcumParts(group)) {
    if (op != '.') return false;
    const auto factor = UcumFactor(part);
    if (!factor) return false;
    if (factor->kind == UnitKind::kCount) {
      number *= factor->factor;
    } else {
      if (!Divide(unit, *factor, number)) return false;
      number = 1;
    }
  }
  return number == 1;
}

bool DivideUcum(Unit& unit, std::string_view part) {
  if (part.size() > 2 && part.front() == '(' && part.back() == ')') {
    return DivideGroup(unit, part.substr(1, part.size() - 2));
  }
  const auto factor = UcumFactor(part);
  return factor && Divide(unit, *factor, 1);
}

bool SameScale(const Unit& a, const Unit& b) {
  if (a.kind != b.kind || a.per_kg != b.per_kg || a.per_m2 != b.per_m2) return false;
  if (a.per_days.has_value() != b.per_days.has_value()) return false;
  if (a.per_days && std::abs(*a.per_days / *b.per_days - 1) > 1e-9) return false;
  if (a.kind == UnitKind::kMole) return true;
  if (a.kind == UnitKind::kPiece) return a.piece.empty() || b.piece.empty() || a.piece == b.piece;
  return std::abs(a.factor / b.factor - 1) < 1e-9;
}

// Unit text beside a code: silent when it agrees or cannot be read, as a translation.
bool Contradicts(const Unit& code, std::string_view text) {
  const auto said = ReadUnitText(text);
  if (!said || SameScale(code, *said)) return false;
  // "droppar" beside [drp], and a count of pieces beside the code 1, say the same.
  if (said->kind == UnitKind::kDrop && code.kind == UnitKind::kVolume) return code.factor != 0.05;
  const bool both_pieces = said->kind == UnitKind::kPiece && code.kind == UnitKind::kPiece;
  return !both_pieces || said->piece != code.piece;
}

// Units of SNOMED CT and EDQM standard terms that come without their words.
std::string_view WordOfCode(std::string_view code) {
  static const std::unordered_map<std::string_view, std::string_view> words{
      {"732936001", "tablet"},  {"385055001", "tablet"}, {"10219000", "tablet"},
      {"10221000", "tablet"},   {"15054000", "tablet"},  {"732937005", "capsule"},
      {"385049006", "capsule"}, {"10210000", "capsule"}, {"15012000", "capsule"},
      {"733026001", "vial"},    {"415215001", "puff"},   {"258684004", "mg"},
      {"258682000", "g"},       {"258685003", "ug"},     {"258773002", "ml"},
      {"258997004", "iu"},      {"408102007", "dose"}};
  const auto found = words.find(code);
  return found == words.end() ? code : found->second;
}

ReadQuantity Unusable(std::string_view code, std::string reason) {
  ReadQuantity read;
  read.reason_code = code;
  read.reason = std::move(reason);
  return read;
}

// A code that is no UCUM: usable only when it reads, as a word, the same as the unit text.
ReadQuantity ReadBadCode(double value, std::string_view code, std::string_view text) {
  const auto said = ReadUnitText(text);
  const auto meant = ReadUnitText(code);
  if (said && meant && SameScale(*said, *meant)) return {.value = value, .unit = *said};
  if (!text.empty() || !meant || PlainText(code) != code) {
    return Unusable("unknown-unit", "'" + std::string(code) + "' is no UCUM unit");
  }
  return {.value = value, .unit = *meant};
}

ReadQuantity ReadUcumQuantity(double value, std::string_view code, std::string_view text) {
  auto unit = ReadUcum(code);
  if (!unit) return ReadBadCode(value, code, text);
  // The code 1 counts; the text then says what is counted.
  if (unit->kind == UnitKind::kCount && unit->factor == 1 && !text.empty()) {
    if (const auto said = ReadUnitText(text); said && said->kind == UnitKind::kPiece) unit = said;
  }
  if (Contradicts(*unit, text)) {
    return Unusable("unit-conflict", "the unit says '" + std::string(text) + "', its code '" +
                                         std::string(code) + "'");
  }
  return {.value = value, .unit = *unit};
}

}  // namespace

std::optional<Unit> ReadUcum(std::string_view code) {
  const auto parts = UcumParts(code);
  auto unit = UcumFactor(parts.front().second);
  if (!unit) return std::nullopt;
  for (size_t i = 1; i < parts.size(); ++i) {
    if (parts[i].first == '/') {
      if (!DivideUcum(*unit, parts[i].second)) return std::nullopt;
    } else if (i == 1 && unit->kind == UnitKind::kCount) {
      // A leading number: "10*6.[iU]".
      const double number = unit->factor;
      unit = UcumFactor(parts[i].second);
      if (!unit) return std::nullopt;
      unit->factor *= number;
    } else {
      return std::nullopt;
    }
  }
  return unit;
}

std::optional<Unit> ReadUnitText(std::string_view text) {
  std::string plain = PlainText(text);
  // "tablett(er)"
  if (const size_t bracket = plain.find('('); bracket != std::string::npos) plain.resize(bracket);
  std::optional<Unit> unit;
  size_t start = 0;
  while (start <= plain.size()) {
    const size_t slash = std::min(plain.find('/', start), plain.size());
    std::string_view part = std::string_view(plain).substr(start, slash - start);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    double number = 1;
    if (const size_t space = part.find(' '); unit && space != std::string_view::npos) {
      // "mg/24 h"
      const auto read = PlainNumber(part.substr(0, space));
      if (!read) return std::nullopt;
      number = *read;
      part = part.substr(space + 1);
    }
    const auto word = WordOf(part);
    if (!word) return std::nullopt;
    if (!unit) {
      unit = word;
    } else if (!Divide(*unit, *word, number)) {
      return std::nullopt;
    }
    start = slash + 1;
  }
  return unit;
}

ReadQuantity ReadDoseQuantity(const Json& quantity) {
  const Json* number = fhir::Find(quantity, "value");
  const auto value = number == nullptr ? std::nullopt : fhir::NumberOf(*number);
  if (!value) return Unusable("invalid", "a quantity without a number");
  if (!fhir::FindText(quantity, "comparator").empty()) {
    return Unusable("invalid", "a comparator is not allowed in a dose");
  }
  if (*value < 0) return Unusable("invalid", "a negative amount");
  const std::string_view system = fhir::FindText(quantity, "system");
  const std::string_view code = fhir::FindText(quantity, "code");
  const std::string_view text = fhir::FindText(quantity, "unit");
  if (code.empty() && text.empty()) {
    ReadQuantity read = Unusable("missing-unit", "a number without a unit");
    read.value = *value;
    read.no_unit = true;
    return read;
  }
  if (!code.empty() && (system == kUcumSystem || system.empty())) {
    return ReadUcumQuantity(*value, code, text);
  }
  // Units of presentation (SNOMED CT, EDQM) and local code systems: the text says what they are.
  const auto said = ReadUnitText(text.empty() ? WordOfCode(code) : text);
  if (!said)
    return Unusable("unknown-unit",
                    "the unit '" + std::string(text.empty() ? code : text) + "' is not known");
  return {.value = *value, .unit = *said};
}

std::string UnitName(const Unit& unit) {
  std::string name;
  switch (unit.kind) {
    case UnitKind::kMass:
      name = "mg";
      break;
    case UnitKind::kInternational:
      name = "IU";
      break;
    case UnitKind::kVolume:
      name = "mL";
      break;
    case UnitKind::kDrop:
      name = "{drop}";
      break;
    case UnitKind::kPiece:
      name = "{" + (unit.piece.empty() ? std::string("piece") : unit.piece) + "}";
      break;
    case UnitKind::kTime:
      name = "d";
      break;
    case UnitKind::kArea:
      name = "m2";
      break;
    case UnitKind::kCount:
    case UnitKind::kMole:
      name = "1";
      break;
  }
  if (unit.per_kg) name += "/kg";
  if (unit.per_m2) name += "/m2";
  return name;
}

std::string PlainText(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 17> kReplace{
      {{"Å", "å"},
       {"Ä", "ä"},
       {"Ö", "ö"},
       {"µ", "u"},
       {"μ", "u"},
       {"½", "0.5"},
       {"¼", "0.25"},
       {"¾", "0.75"},
       {"²", "2"},
       {"–", "-"},
       {"—", "-"},
       {"−", "-"},
       {"×", "x"},
       {"\u00a0", " "},
       {"\u202f", " "},
       {"É", "é"},
       {"’", "'"}}};
  std::string plain;
  plain.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x80) {
      plain += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
      ++i;
      continue;
    }
    const auto* found = std::find_if(kReplace.begin(), kReplace.end(), [&](const auto& pair) {
      return text.substr(i, pair.first.size()) == pair.first;
    });
    if (found == kReplace.end()) {
      plain += text[i++];
      continue;
    }
    // "1½" is one and a half, not ten and a half.
    const bool mixed = found->second.starts_with("0.") && !plain.empty() && plain.back() >= '0' &&
                       plain.back() <= '9';
    plain += mixed ? found->second.substr(1) : found->second;
    i += found->first.size();
  }
  return plain;
}

}  // namespace genflik::mapping
