#include "services/mapping/dosage_units.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <unordered_map>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "services/mapping/dosage_unit_words.h"

namespace genflik::mapping {
namespace {

using fhir::Json;

constexpr double kDaysPerMonth = 30.4375;
constexpr double kDaysPerYear = 365.25;
constexpr std::string_view kUcumSystem = "http://unitsofmeasure.org";
constexpr std::string_view kUcumOid = "urn:oid:2.16.840.1.113883.6.8";

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

// Puts a denominator onto a unit. False when a dose has no such denominator.
bool Divide(Unit& unit, const Unit& by, double number) {
  // "mg/{kg}": the patient's kilogram or square metre is meant, though UCUM knows no such number.
  if (by.kind == UnitKind::kPiece && UnitWord(by.piece) &&
      UnitWord(by.piece)->kind != UnitKind::kPiece)
    return false;
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
  if (const auto word = UnitWord(plain);
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

// "mg/ml": beside "mg" or "ml" it is no translation of the code.
bool IsConcentration(std::string_view text) {
  const size_t slash = std::min(text.find('/'), text.size());
  const auto per = ReadUnitText(text.substr(std::min(slash + 1, text.size())));
  return ReadUnitText(text.substr(0, slash)) && per && per->kind == UnitKind::kVolume;
}

// Unit text beside a code: silent when it agrees or cannot be read, as a translation.
bool Contradicts(const Unit& code, std::string_view text) {
  const auto said = ReadUnitText(text);
  if (!said) return IsConcentration(text);
  if (SameScale(code, *said)) return false;
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
  return found == words.end() ? std::string_view() : found->second;
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

// A unit of another system than UCUM. Its code is no UCUM: "g" of a German list is a single dose.
ReadQuantity ReadForeignQuantity(double value, std::string_view code, std::string_view text) {
  const auto meant = ReadUnitText(WordOfCode(code));
  const auto said = ReadUnitText(text);
  if (meant && said && Contradicts(*meant, text)) {
    return Unusable("unit-conflict", "the unit says '" + std::string(text) + "', its code '" +
                                         std::string(code) + "'");
  }
  if (said) return {.value = value, .unit = *said};
  if (meant) return {.value = value, .unit = *meant};
  // A form's own word as its code ("TAB") can only mean that form.
  if (const auto word = ReadUnitText(code);
      text.empty() && word && (word->kind == UnitKind::kPiece || word->kind == UnitKind::kDrop)) {
    return {.value = value, .unit = *word};
  }
  return Unusable("unknown-unit",
                  "the unit '" + std::string(text.empty() ? code : text) + "' is not known");
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
    if (const size_t digits = part.find_first_not_of("0123456789");
        unit && digits != 0 && digits != std::string_view::npos && part[digits] != ' ' &&
        part[digits] != '.') {
      // "mg/24h"
      const auto read = PlainNumber(part.substr(0, digits));
      if (!read) return std::nullopt;
      number = *read;
      part = part.substr(digits);
    } else if (const size_t space = part.find(' '); unit && space != std::string_view::npos) {
      // "mg/24 h"
      const auto read = PlainNumber(part.substr(0, space));
      if (!read) return std::nullopt;
      number = *read;
      part = part.substr(space + 1);
    }
    const auto word = UnitWord(part);
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
  if (*value < 0 || !std::isfinite(*value)) {
    return Unusable("invalid", "a negative or boundless amount");
  }
  const std::string_view system = fhir::FindText(quantity, "system");
  const std::string_view code = fhir::FindText(quantity, "code");
  const std::string_view text = fhir::FindText(quantity, "unit");
  if (code.empty() && text.empty()) {
    ReadQuantity read = Unusable("missing-unit", "a number without a unit");
    read.value = *value;
    read.no_unit = true;
    return read;
  }
  if (!code.empty() && (system == kUcumSystem || system == kUcumOid || system.empty())) {
    return ReadUcumQuantity(*value, code, text);
  }
  return ReadForeignQuantity(*value, code, text);
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

}  // namespace genflik::mapping
