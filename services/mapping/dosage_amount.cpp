#include "services/mapping/dosage_amount.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

namespace genflik::mapping {
namespace {

using fhir::Json;

DoseAmount Times(const DoseAmount& amount, double low, double high) {
  return {amount.low * low, amount.high * high, amount.unit};
}

bool IsContainer(const Unit& unit) {
  return unit.kind == UnitKind::kPiece &&
         (unit.piece == "vial" || unit.piece == "syringe" || unit.piece == "ampoule" ||
          unit.piece == "bottle" || unit.piece == "bag" || unit.piece == "pen" ||
          unit.piece == "injection" || unit.piece == "unit-dose" || unit.piece.empty());
}

ResolvedAmount Refused(std::string code, std::string reason) {
  ResolvedAmount resolved;
  resolved.reason_code = std::move(code);
  resolved.reason = std::move(reason);
  return resolved;
}

// How many mg one canonical unit of the order holds.
struct Factor {
  std::optional<double> value = {};
  UnitKind kind = UnitKind::kMass;
  std::string need = {};
  bool mismatch = false;
};

Factor PieceFactor(const Unit& unit, const std::optional<Strength>& strength) {
  if (!strength) return {.need = "strength"};
  const Unit& per = strength->per_unit;
  if (per.kind != UnitKind::kPiece) {
    return per.kind == UnitKind::kTime ? Factor{.mismatch = true} : Factor{.need = "strength"};
  }
  if (!unit.piece.empty() && !per.piece.empty() && unit.piece != per.piece)
    return {.mismatch = true};
  return {.value = strength->amount / strength->per, .kind = strength->kind};
}

Factor VolumeFactor(const std::optional<Strength>& strength) {
  if (!strength) return {.need = "strength"};
  if (strength->per_unit.kind == UnitKind::kVolume) {
    return {.value = strength->amount / strength->per, .kind = strength->kind};
  }
  if (IsContainer(strength->per_unit) || strength->per_unit.kind == UnitKind::kMass ||
      strength->per_unit.kind == UnitKind::kDrop) {
    return {.need = "strength"};
  }
  return {.mismatch = true};
}

Factor FactorOf(const Unit& unit, const std::optional<Strength>& strength) {
  switch (unit.kind) {
    case UnitKind::kMass:
      // Grams of an ointment are grams of the product.
      if (strength && strength->per_unit.kind == UnitKind::kMass && unit.factor >= 1000) {
        return {.value = strength->amount / strength->per, .kind = strength->kind};
      }
      return {.value = 1};
    case UnitKind::kInternational:
      return {.value = 1, .kind = UnitKind::kInternational};
    case UnitKind::kVolume:
      return VolumeFactor(strength);
    case UnitKind::kDrop:
      if (strength && strength->per_unit.kind == UnitKind::kDrop) {
        return {.value = strength->amount / strength->per, .kind = strength->kind};
      }
      return {.need = "drop volume"};
    default:
      return PieceFactor(unit, strength);
  }
}

std::string ReasonFor(const Unit& unit) {
  return "the dose is in " + UnitName(unit) + ", the strength is not";
}

}  // namespace

ResolvedAmount Resolve(const RawAmount& raw, const DoseContext& context) {
  if (context.product.ingredient_unclear && raw.unit.kind != UnitKind::kMass &&
      raw.unit.kind != UnitKind::kInternational) {
    return Refused("ingredient-unclear", "several ingredients, and none is the one asked for");
  }
  return ResolveWith(raw, context, context.product.strength());
}

ResolvedAmount ResolveWith(const RawAmount& raw, const DoseContext& context,
                           const std::optional<Strength>& strength) {
  const Unit& unit = raw.unit;
  if (unit.kind == UnitKind::kMole)
    return Refused("unknown-unit", "amount of substance without molar mass");
  if (unit.kind == UnitKind::kTime || unit.kind == UnitKind::kArea) {
    return Refused("unknown-unit", "a dose cannot be in " + UnitName(unit));
  }
  if (unit.kind == UnitKind::kCount) return Refused("missing-unit", "a number without a unit");
  const DoseAmount plain{raw.low * unit.factor, raw.high * unit.factor, UnitName(unit)};
  const Factor factor = FactorOf(unit, strength);
  if (factor.mismatch) return Refused("unit-mismatch", ReasonFor(unit));
  ResolvedAmount resolved;
  const bool measured = unit.kind == UnitKind::kMass || unit.kind == UnitKind::kInternational;
  if (!measured || unit.per_kg || unit.per_m2) resolved.relative = plain;
  if (!factor.need.empty()) resolved.needs.push_back(factor.need);
  double size = 1;
  if (unit.per_kg) {
    if (!context.weight_kg) resolved.needs.emplace_back("weight");
    size *= context.weight_kg.value_or(0);
  }
  if (unit.per_m2) {
    if (!context.surface_m2) resolved.needs.emplace_back("bsa");
    size *= context.surface_m2.value_or(0);
  }
  if (!resolved.needs.empty()) return resolved;
  const double all = *factor.value * size;
  const std::string name = factor.kind == UnitKind::kInternational ? "IU" : "mg";
  resolved.absolute = DoseAmount{plain.low * all, plain.high * all, name};
  return resolved;
}

namespace {

void Refuse(InstructionDose& dose, std::string code, std::string reason) {
  if (!dose.ok()) return;
  dose.reason_code = std::move(code);
  dose.reason = std::move(reason);
}

bool SameUnit(const Unit& a, const Unit& b) {
  return a.kind == b.kind && a.per_kg == b.per_kg && a.per_m2 == b.per_m2 &&
         a.per_days == b.per_days && (a.piece == b.piece || a.piece.empty() || b.piece.empty());
}

// Reads a Quantity of a dose; a bare number counts pieces when the product comes in pieces.
std::optional<RawAmount> ReadAmount(const Json& quantity, InstructionDose& dose) {
  const ReadQuantity read = ReadDoseQuantity(quantity);
  if (!read.ok()) {
    Refuse(dose, read.reason_code, read.reason);
    return std::nullopt;
  }
  return RawAmount{read.value, read.value, read.unit};
}

std::optional<RawAmount> ReadRange(const Json& range, InstructionDose& dose) {
  const Json* low = fhir::Find(range, "low");
  const Json* high = fhir::Find(range, "high");
  if (high == nullptr) {
    Refuse(dose, "invalid", low == nullptr ? "an empty range" : "a range without an upper end");
    return std::nullopt;
  }
  auto amount = ReadAmount(*high, dose);
  if (!amount) return std::nullopt;
  amount->low = 0;
  if (low == nullptr) return amount;
  const auto from = ReadAmount(*low, dose);
  if (!from) return std::nullopt;
  if (!SameUnit(from->unit, amount->unit)) {
    Refuse(dose, "unit-mismatch", "the ends of the range have different units");
    return std::nullopt;
  }
  amount->low = from->low * from->unit.factor / amount->unit.factor;
  if (amount->low > amount->high) {
    Refuse(dose, "invalid", "the range's low end is above its high end");
    return std::nullopt;
  }
  return amount;
}

std::optional<RawAmount> ReadDoseOf(const Json& entry, InstructionDose& dose) {
  if (const Json* quantity = fhir::Find(entry, "doseQuantity")) return ReadAmount(*quantity, dose);
  if (const Json* range = fhir::Find(entry, "doseRange")) return ReadRange(*range, dose);
  return std::nullopt;
}

// The rate with its time in `unit.per_days`.
std::optional<RawAmount> ReadRateOf(const Json& entry, InstructionDose& dose) {
  std::optional<RawAmount> rate;
  if (const Json* quantity = fhir::Find(entry, "rateQuantity")) {
    rate = ReadAmount(*quantity, dose);
  } else if (const Json* range = fhir::Find(entry, "rateRange")) {
    rate = ReadRange(*range, dose);
  } else if (const Json* ratio = fhir::Find(entry, "rateRatio")) {
    const Json* above = fhir::Find(*ratio, "numerator");
    const Json* below = fhir::Find(*ratio, "denominator");
    if (above == nullptr || below == nullptr) {
      Refuse(dose, "invalid", "a rate needs a numerator and a denominator");
      return std::nullopt;
    }
    rate = ReadAmount(*above, dose);
    const auto time = ReadAmount(*below, dose);
    if (!rate || !time) return std::nullopt;
    if (time->unit.kind != UnitKind::kTime || time->low <= 0) {
      Refuse(dose, "unknown-unit", "a rate must be for a time");
      return std::nullopt;
    }
    rate->unit.per_days = time->low * time->unit.factor * rate->unit.per_days.value_or(1);
  }
  if (rate && !rate->unit.per_days) {
    Refuse(dose, "unknown-unit", "a rate must be for a time");
    return std::nullopt;
  }
  return rate;
}

std::string TypeOf(const Json& entry) {
  const Json* type = fhir::Find(entry, "type");
  if (type == nullptr) return {};
  for (const Json& coding : fhir::FindArray(*type, "coding")) {
    if (const auto code = fhir::FindText(coding, "code"); !code.empty()) return std::string(code);
  }
  return std::string(fhir::FindText(*type, "text"));
}

// What one doseAndRate says.
struct Entry {
  std::optional<RawAmount> dose;
  std::optional<RawAmount> rate;
  std::string type;
};

bool SameAmount(const std::optional<RawAmount>& a, const std::optional<RawAmount>& b) {
  if (a.has_value() != b.has_value()) return false;
  return !a || (SameUnit(a->unit, b->unit) && a->low * a->unit.factor == b->low * b->unit.factor &&
                a->high * a->unit.factor == b->high * b->unit.factor);
}

// Ordered and calculated describe one dose: the one that needs nothing more is used.
Entry Choose(const std::vector<Entry>& entries, const DoseContext& context, InstructionDose& dose) {
  Entry best = entries.front();
  for (size_t i = 1; i < entries.size(); ++i) {
    const Entry& next = entries[i];
    if (SameAmount(best.dose, next.dose) && SameAmount(best.rate, next.rate)) continue;
    if (!best.dose && best.rate && next.dose && !next.rate) {
      best.dose = next.dose;
      continue;
    }
    if (next.type == best.type || !best.dose || !next.dose) {
      Refuse(dose, "several-doses", "several doses of one type; which one counts is not said");
      return best;
    }
    const auto first = Resolve(*best.dose, context);
    const auto second = Resolve(*next.dose, context);
    if (first.absolute && second.absolute) {
      const double ratio =
          second.absolute->high == 0 ? 0 : first.absolute->high / second.absolute->high;
      // A calculated dose may be rounded to what can be given.
      if (ratio < 0.9 || ratio > 1.1) {
        dose.conflict = true;
        dose.structured = first.absolute;
        dose.other = second.absolute;
      }
    }
    const bool next_plain = !next.dose->unit.per_kg && !next.dose->unit.per_m2 && second.absolute;
    if ((!first.absolute && second.absolute) || next_plain) best = next;
  }
  return best;
}

std::optional<Entry> ReadEntries(const Json& dosage, const DoseContext& context,
                                 InstructionDose& dose) {
  std::vector<Entry> entries;
  for (const Json& item : fhir::FindArray(dosage, "doseAndRate")) {
    if (fhir::Find(item, "modifierExtension") != nullptr) {
      Refuse(dose, "modifier-extension", "an unknown extension changes the meaning");
    }
    Entry entry{ReadDoseOf(item, dose), std::nullopt, TypeOf(item)};
    // Beside a dose a rate is only a speed, whatever its unit.
    if (!entry.dose && dose.ok()) entry.rate = ReadRateOf(item, dose);
    if (entry.dose || entry.rate) entries.push_back(std::move(entry));
  }
  if (!dose.ok() || entries.empty()) return std::nullopt;
  return Choose(entries, context, dose);
}

void SetDay(InstructionDose& dose, const ResolvedAmount& one, double low, double high) {
  dose.day = one;
  if (one.absolute) dose.day.absolute = Times(*one.absolute, low, high);
  if (one.relative) dose.day.relative = Times(*one.relative, low, high);
}

bool IsPatchDose(const RawAmount& raw, const DoseContext& context) {
  const bool measurable = raw.unit.kind == UnitKind::kPiece || raw.unit.kind == UnitKind::kMass;
  return measurable &&
         (raw.unit.piece == "patch" || context.transdermal || IsPatch(context.product));
}

// A patch gives its release rate while worn; its content says nothing about a day.
void ReadPatch(InstructionDose& dose, const DoseContext& context) {
  const auto& strength = context.product.strength();
  const RawAmount& raw = *dose.dose;
  const bool released = strength && strength->per_unit.kind == UnitKind::kTime;
  if (raw.unit.kind != UnitKind::kPiece || !released) {
    dose.day.needs = {"release rate"};
    dose.day.relative =
        DoseAmount{raw.low * raw.unit.factor, raw.high * raw.unit.factor,
                   raw.unit.kind == UnitKind::kPiece ? "{patch}" : UnitName(raw.unit)};
    dose.resolved_dose.reset();
    return;
  }
  double worn = 1;
  if (dose.timing.duration_days) {
    worn = *dose.timing.duration_days * dose.timing.high;
  } else if (strength->per > 1.0 / 23 && strength->per < 0.99 && dose.timing.period_days <= 1.01) {
    // "15 mg/16 h" changed daily is worn for the hours of its label.
    worn = strength->per * dose.timing.high;
  }
  worn = std::min(worn, 1.0);
  const double a_day = strength->amount / strength->per * worn;
  dose.day.absolute = DoseAmount{a_day * raw.low, a_day * raw.high,
                                 strength->kind == UnitKind::kInternational ? "IU" : "mg"};
  dose.meaning = worn < 1 ? DoseMeaning::kEveryDay : DoseMeaning::kRate;
  dose.resolved_dose.reset();
}

void FromRate(InstructionDose& dose, RawAmount rate, const DoseContext& context) {
  const double days = *rate.unit.per_days;
  rate.unit.per_days.reset();
  const DoseTiming& timing = dose.timing;
  double low = 1 / days;
  double high = low;
  dose.meaning = DoseMeaning::kRate;
  if (timing.duration_days && (timing.told || *timing.duration_days <= 1)) {
    const double often_low = timing.told ? timing.low : 1;
    low *= *timing.duration_days * often_low;
    high *= *timing.duration_days * (timing.told ? timing.high : 1);
    dose.meaning = timing.average ? DoseMeaning::kAverage : DoseMeaning::kEveryDay;
    if (timing.single) dose.meaning = DoseMeaning::kSingle;
  } else if (timing.told && days < 1 && !context.transdermal && !IsPatch(context.product)) {
    Refuse(dose, "no-duration", "a rate at times, but not for how long each time");
    return;
  } else if (days >= 1 && rate.unit.per_kg) {
    dose.meaning = DoseMeaning::kEveryDay;
  }
  const ResolvedAmount one = Resolve(rate, context);
  if (!one.reason_code.empty()) {
    Refuse(dose, one.reason_code, one.reason);
    return;
  }
  SetDay(dose, one, low, high);
}

// The most of one administration; a calculated dose is cut to it, a written one contradicts it.
void CapAdministration(const Json& dosage, const DoseContext& context, InstructionDose& dose) {
  const Json* most = fhir::Find(dosage, "maxDosePerAdministration");
  if (most == nullptr || !dose.resolved_dose || !dose.resolved_dose->absolute) return;
  const ReadQuantity read = ReadDoseQuantity(*most);
  if (!read.ok()) return;
  const auto limit = Resolve({read.value, read.value, read.unit}, context);
  DoseAmount& amount = *dose.resolved_dose->absolute;
  if (!limit.absolute || limit.absolute->unit != amount.unit || limit.absolute->high >= amount.high)
    return;
  const bool calculated = dose.dose->unit.per_kg || dose.dose->unit.per_m2;
  if (!calculated && !amount.IsRange()) {
    dose.conflict = true;
    dose.structured = Times(amount, dose.timing.low, dose.timing.high);
    dose.other = Times(*limit.absolute, dose.timing.low, dose.timing.high);
    return;
  }
  amount.high = limit.absolute->high;
  amount.low = std::min(amount.low, amount.high);
  if (dose.resolved_dose->relative && calculated) dose.resolved_dose->relative.reset();
}

// The most of a day that maxDosePerPeriod allows.
std::optional<ResolvedAmount> MostADay(const Json& dosage, const DoseContext& context,
                                       const InstructionDose& dose) {
  const Json* ratio = fhir::Find(dosage, "maxDosePerPeriod");
  if (ratio == nullptr) return std::nullopt;
  const Json* above = fhir::Find(*ratio, "numerator");
  const Json* below = fhir::Find(*ratio, "denominator");
  if (above == nullptr || below == nullptr) return std::nullopt;
  const ReadQuantity amount = ReadDoseQuantity(*above);
  const ReadQuantity period = ReadDoseQuantity(*below);
  if (!period.ok() || period.unit.kind != UnitKind::kTime || period.value <= 0) return std::nullopt;
  const double days = period.value * period.unit.factor;
  const bool counts =
      amount.no_unit ||
      (amount.ok() && (amount.unit.kind == UnitKind::kCount ||
                       (amount.unit.kind == UnitKind::kPiece && amount.unit.piece.empty())));
  const bool pieces = dose.dose && dose.dose->unit.kind == UnitKind::kPiece && !amount.no_unit &&
                      amount.unit.kind == UnitKind::kPiece;
  if (counts && !pieces) {
    // A bare number counts doses.
    if (!dose.resolved_dose || !dose.resolved_dose->absolute) return std::nullopt;
    ResolvedAmount most;
    most.absolute = Times(*dose.resolved_dose->absolute, amount.value / days, amount.value / days);
    return most;
  }
  if (!amount.ok()) return std::nullopt;
  return Resolve({amount.value / days, amount.value / days, amount.unit}, context);
}

void CapHigh(std::optional<DoseAmount>& amount, const std::optional<DoseAmount>& most) {
  if (!amount || !most || amount->unit != most->unit) return;
  amount->high = std::min(amount->high, most->high);
  amount->low = std::min(amount->low, amount->high);
}

// A most of a period that is written but cannot be read must not pass for none.
bool CheckMaximum(const Json& dosage, InstructionDose& dose) {
  const Json* ratio = fhir::Find(dosage, "maxDosePerPeriod");
  if (ratio == nullptr) return true;
  const Json* above = ratio->is_object() ? fhir::Find(*ratio, "numerator") : nullptr;
  const Json* below = ratio->is_object() ? fhir::Find(*ratio, "denominator") : nullptr;
  const auto bad = [](const Json* part) {
    return part == nullptr || ReadDoseQuantity(*part).reason_code == "invalid";
  };
  if (!bad(above) && !bad(below)) return true;
  Refuse(dose, "invalid", "the most of a period cannot be read");
  return false;
}

void ApplyMaximum(const Json& dosage, const DoseContext& context, InstructionDose& dose) {
  if (!CheckMaximum(dosage, dose)) return;
  const auto most = MostADay(dosage, context, dose);
  if (most && most->absolute && dose.day.absolute &&
      most->absolute->unit != dose.day.absolute->unit) {
    Refuse(dose, "unit-mismatch", "the most of a period has another unit than the dose");
    return;
  }
  if (dose.as_needed) {
    if (!dose.timing.told) {
      if (!most || (!most->absolute && !most->relative)) {
        Refuse(dose, "no-frequency", "as needed without schedule or maximum");
        return;
      }
      dose.day = *most;
    } else if (most) {
      CapHigh(dose.day.absolute, most->absolute);
      CapHigh(dose.day.relative, most->relative);
    }
    if (dose.day.absolute) dose.day.absolute->low = 0;
    if (dose.day.relative && !dose.day.absolute) dose.day.relative->low = 0;
    dose.meaning = DoseMeaning::kMaximum;
    return;
  }
  if (!most || !most->absolute || !dose.day.absolute ||
      most->absolute->unit != dose.day.absolute->unit)
    return;
  if (most->absolute->high >= dose.day.absolute->high * (1 - 1e-6)) return;
  const bool calculated = dose.dose && (dose.dose->unit.per_kg || dose.dose->unit.per_m2);
  if (calculated || dose.day.absolute->IsRange()) {
    CapHigh(dose.day.absolute, most->absolute);
    return;
  }
  dose.conflict = true;
  dose.structured = dose.day.absolute;
  dose.other = most->absolute;
}

DoseMeaning MeaningOf(const DoseTiming& timing) {
  if (timing.single) return DoseMeaning::kSingle;
  if (timing.average) return DoseMeaning::kAverage;
  if (timing.single_day) return DoseMeaning::kSingleDay;
  return DoseMeaning::kEveryDay;
}

void ReadIngredients(InstructionDose& dose, const DoseContext& context) {
  if (context.product.ingredients.size() < 2 || !dose.dose || dose.as_needed) return;
  for (const Ingredient& ingredient : context.product.ingredients) {
    const auto one = ResolveWith(*dose.dose, context, ingredient.strength);
    if (!one.absolute) continue;
    dose.ingredients.push_back(
        {ingredient.name, Times(*one.absolute, dose.timing.low, dose.timing.high)});
  }
}

void FromDose(InstructionDose& dose, const DoseContext& context) {
  RawAmount& raw = *dose.dose;
  if (IsPatchDose(raw, context) && !raw.unit.per_days) {
    ReadPatch(dose, context);
    return;
  }
  if (raw.unit.per_days) {
    // "100 mg/d" as a dose already is the amount of a day.
    RawAmount rate = raw;
    dose.dose.reset();
    dose.resolved_dose.reset();
    const bool of_a_day = *rate.unit.per_days >= 1;
    if (!dose.timing.average && of_a_day) dose.timing.told = false;
    FromRate(dose, rate, context);
    if (of_a_day && dose.meaning == DoseMeaning::kRate) dose.meaning = DoseMeaning::kEveryDay;
    return;
  }
  SetDay(dose, *dose.resolved_dose, dose.timing.low, dose.timing.high);
  dose.meaning = MeaningOf(dose.timing);
  ReadIngredients(dose, context);
}

bool HasModifier(const Json& dosage) {
  if (fhir::Find(dosage, "modifierExtension") != nullptr) return true;
  const Json* timing = fhir::Find(dosage, "timing");
  return timing != nullptr && fhir::Find(*timing, "modifierExtension") != nullptr;
}

void CheckTimingConflict(InstructionDose& dose) {
  if (!dose.timing.other || dose.conflict || !dose.resolved_dose) return;
  const auto& one =
      dose.resolved_dose->absolute ? dose.resolved_dose->absolute : dose.resolved_dose->relative;
  dose.conflict = true;
  dose.structured = dose.day.absolute ? dose.day.absolute : dose.day.relative;
  if (one) dose.other = Times(*one, *dose.timing.other, *dose.timing.other);
  dose.reason = "the timing contradicts itself";
}

// Dose, rate and timing of the structure, without the texts.
void ReadStructure(const Json& dosage, const DoseContext& context, InstructionDose& dose) {
  if (HasModifier(dosage)) {
    Refuse(dose, "modifier-extension", "an unknown extension changes the meaning");
    return;
  }
  const Json* boolean = fhir::Find(dosage, "asNeededBoolean");
  if (boolean != nullptr && !boolean->is_boolean()) {
    Refuse(dose, "invalid", "asNeededBoolean is neither true nor false");
    return;
  }
  dose.as_needed = fhir::Find(dosage, "asNeededCodeableConcept") != nullptr ||
                   (boolean != nullptr && boolean->is_boolean() && boolean->get<bool>());
  dose.timing = ReadTiming(fhir::Find(dosage, "timing"));
  const auto entry = ReadEntries(dosage, context, dose);
  if (!dose.ok()) return;
  if (entry) dose.dose = entry->dose;
  if (!dose.timing.ok()) {
    Refuse(dose, dose.timing.reason_code, dose.timing.reason);
    return;
  }
  if (dose.dose) {
    dose.resolved_dose = Resolve(*dose.dose, context);
    if (!dose.resolved_dose->reason_code.empty() && !IsPatchDose(*dose.dose, context)) {
      Refuse(dose, dose.resolved_dose->reason_code, dose.resolved_dose->reason);
      return;
    }
    CapAdministration(dosage, context, dose);
  }
  const bool bounded = dose.as_needed && fhir::Find(dosage, "maxDosePerPeriod") != nullptr;
  if (!entry && !bounded) {
    Refuse(dose, "no-dose", "no amount is given");
  } else if (entry && entry->rate) {
    FromRate(dose, *entry->rate, context);
  } else if (dose.dose && (dose.timing.told || dose.dose->unit.per_days)) {
    FromDose(dose, context);
  } else if (!dose.as_needed) {
    Refuse(dose, "no-frequency", "how often is not said");
  }
  if (dose.ok()) ApplyMaximum(dosage, context, dose);
  if (dose.ok()) CheckTimingConflict(dose);
}

}  // namespace

InstructionDose ReadInstruction(const Json& dosage, const DoseContext& context, bool alone) {
  InstructionDose dose;
  if (!dosage.is_object()) {
    Refuse(dose, "invalid", "a dosage must be an object");
    return dose;
  }
  ReadStructure(dosage, context, dose);
  ApplyTexts(dosage, context, alone, dose);
  return dose;
}

}  // namespace genflik::mapping
