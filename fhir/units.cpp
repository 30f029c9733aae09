#include "fhir/units.h"

#include <array>

namespace genflik::fhir {
namespace {

struct Unit {
  std::string_view code;
  std::string_view base;
  double factor;
};

constexpr std::array<Unit, 52> kUnits = {{
    {"kg", "g", 1e3},      {"g", "g", 1},          {"mg", "g", 1e-3},       {"ug", "g", 1e-6},
    {"mcg", "g", 1e-6},    {"\u00b5g", "g", 1e-6}, {"\u03bcg", "g", 1e-6},  {"ng", "g", 1e-9},
    {"pg", "g", 1e-12},    {"L", "L", 1},          {"l", "L", 1},           {"dL", "L", 1e-1},
    {"dl", "L", 1e-1},     {"cL", "L", 1e-2},      {"mL", "L", 1e-3},       {"ml", "L", 1e-3},
    {"uL", "L", 1e-6},     {"ul", "L", 1e-6},      {"fL", "L", 1e-15},      {"mol", "mol", 1},
    {"mmol", "mol", 1e-3}, {"umol", "mol", 1e-6},  {"nmol", "mol", 1e-9},   {"pmol", "mol", 1e-12},
    {"m", "m", 1},         {"dm", "m", 1e-1},      {"cm", "m", 1e-2},       {"mm", "m", 1e-3},
    {"um", "m", 1e-6},     {"m2", "m2", 1},        {"cm2", "m2", 1e-4},     {"s", "s", 1},
    {"ms", "s", 1e-3},     {"min", "s", 60},       {"h", "s", 3600},        {"d", "s", 86400},
    {"wk", "s", 604800},   {"mo", "mo", 1},        {"a", "mo", 12},         {"[IU]", "[IU]", 1},
    {"[iU]", "[IU]", 1},   {"k[IU]", "[IU]", 1e3}, {"m[IU]", "[IU]", 1e-3}, {"u[IU]", "[IU]", 1e-6},
    {"U", "U", 1},         {"kU", "U", 1e3},       {"mU", "U", 1e-3},       {"%", "1", 1e-2},
    {"1", "1", 1},         {"Cel", "Cel", 1},      {"mm[Hg]", "mm[Hg]", 1}, {"meq", "eq", 1e-3},
}};

const Unit* Find(std::string_view code) {
  for (const Unit& unit : kUnits) {
    if (unit.code == code) return &unit;
  }
  return nullptr;
}

}  // namespace

std::optional<BaseUnit> FindBaseUnit(std::string_view ucum_code) {
  const size_t slash = ucum_code.find('/');
  const Unit* top = Find(ucum_code.substr(0, slash));
  if (top == nullptr) return std::nullopt;
  BaseUnit result{std::string(top->base), top->factor};
  if (slash == std::string_view::npos) return result;
  const Unit* bottom = Find(ucum_code.substr(slash + 1));
  if (bottom == nullptr) return std::nullopt;
  result.unit.append(1, '/').append(bottom->base);
  result.factor /= bottom->factor;
  return result;
}

}  // namespace genflik::fhir
