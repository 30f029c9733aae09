#include "services/mapping/dosage_amount.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/mapping/dosage_ingredient.h"
#include "services/mapping/dosage_limits.h"
#include "services/mapping/dosage_patch.h"

namespace genflik::mapping {
namespace {

using fhir::Json;

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
  if (IsOfUnknownIngredient(raw, context.product)) {
    return Refused("ingredient-unclear", "several ingredients, and the amount is of one not named");
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

void RefuseDose(InstructionDose& dose, std::string code, std::string reason) {
  if (!dose.ok()) return;
  dose.reason_code = std::move(code);
  dose.reason = std::move(reason);
}

namespace {

bool SameUnit(const Unit& a, const Unit& b) {
  return a.kind == b.kind && a.per_kg == b.per_kg && a.per_m2 == b.per_m2 &&
         a.per_days == b.per_days && (a.piece == b.piece || a.piece.empty() || b.piece.empty());
}

// Reads a Quantity of a dose; a bare number counts pieces when the product comes in pieces.
std::optional<RawAmount> ReadAmount(const Json& quantity, InstructionDose& dose) {
  const ReadQuantity read = ReadDoseQuantity(quantity);
  if (!read.ok()) {
    RefuseDose(dose, read.reason_code, read.reason);
    return std::nullopt;
  }
  return RawAmount{read.value, read.value, read.unit};
}

std::optional<RawAmount> ReadRange(const Json& range, InstructionDose& dose) {
  const Json* low = fhir::Find(range, "low");
  const Json* high = fhir::Find(range, "high");
  if (high == nullptr) {
    RefuseDose(dose, "invalid", low == nullptr ? "an empty range" : "a range without an upper end");
    return std::nullopt;
  }
  auto amount = ReadAmount(*high, dose);
  if (!amount) return std::nullopt;
  amount->low = 0;
  if (low == nullptr) return amount;
  const auto from = ReadAmount(*low, dose);
  if (!from) return std::nullopt;
  if (!SameUnit(from->unit, amount->unit)) {
    RefuseDose(dose, "unit-mismatch", "the ends of the range have different units");
    return std::nullopt;
  }
  amount->low = from->low * from->unit.factor / amount->unit.factor;
  if (amount->low > amount->high) {
    RefuseDose(dose, "invalid", "the range's low end is above its high end");
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
      RefuseDose(dose, "invalid", "a rate needs a numerator and a denominator");
      return std::nullopt;
    }
    rate = ReadAmount(*above, dose);
    const auto time = ReadAmount(*below, dose);
    if (!rate || !time) return std::nullopt;
    if (time->unit.kind != UnitKind::kTime || time->low <= 0) {
      RefuseDose(dose, "unknown-unit", "a rate must be for a time");
      return std::nullopt;
    }
    rate->unit.per_days = time->low * time->unit.factor * rate->unit.per_days.value_or(1);
  }
  if (rate && !rate->unit.per_days) {
    RefuseDose(dose, "unknown-unit", "a rate must be for a time");
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

size_t CountOf(const Json& item, std::initializer_list<std::string_view> members) {
  return static_cast<size_t>(
      std::count_if(members.begin(), members.end(),
                    [&](std::string_view member) { return fhir::Find(item, member) != nullptr; }));
}

// The dose, or a rate as the amount of a day: what two entries can be compared by.
std::optional<RawAmount> Comparable(const Entry& entry) {
  if (entry.dose) return entry.dose;
  if (!entry.rate) return std::nullopt;
  RawAmount day = *entry.rate;
  day.low /= *day.unit.per_days;
  day.high /= *day.unit.per_days;
  day.unit.per_days.reset();
  return day;
}

// Ordered and calculated describe one dose or rate: the one that needs nothing more is used.
Entry Choose(const std::vector<Entry>& entries, const DoseContext& context, InstructionDose& dose) {
  Entry best = entries.front();
  for (size_t i = 1; i < entries.size(); ++i) {
    const Entry& next = entries[i];
    if (SameAmount(best.dose, next.dose) && SameAmount(best.rate, next.rate)) continue;
    if (!best.dose && best.rate && next.dose && !next.rate) {
      best.dose = next.dose;
      continue;
    }
    if (next.type == best.type || best.dose.has_value() != next.dose.has_value()) {
      RefuseDose(dose, "several-doses", "several doses of one type; which one counts is not said");
      return best;
    }
    const auto first = Resolve(*Comparable(best), context);
    const RawAmount other = *Comparable(next);
    const auto second = Resolve(other, context);
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
    const bool next_plain = !other.unit.per_kg && !other.unit.per_m2 && second.absolute;
    if ((!first.absolute && second.absolute) || next_plain) best = next;
  }
  return best;
}

std::optional<Entry> ReadEntries(const Json& dosage, const DoseContext& context,
                                 InstructionDose& dose) {
  std::vector<Entry> entries;
  for (const Json& item : fhir::FindArray(dosage, "doseAndRate")) {
    if (fhir::Find(item, "modifierExtension") != nullptr) {
      RefuseDose(dose, "modifier-extension", "an unknown extension changes the meaning");
    }
    if (CountOf(item, {"doseQuantity", "doseRange"}) > 1 ||
        CountOf(item, {"rateQuantity", "rateRange", "rateRatio"}) > 1) {
      RefuseDose(dose, "invalid", "two doses or two rates in one place");
    }
    Entry entry{ReadDoseOf(item, dose), std::nullopt, TypeOf(item)};
    // Beside a dose a rate is only a speed, whatever its unit; beside a patch it is what it gives.
    const bool rated = !entry.dose || IsPatchDose(*entry.dose, context);
    if (rated && dose.ok()) entry.rate = ReadRateOf(item, dose);
    if (entry.dose || entry.rate) entries.push_back(std::move(entry));
  }
  if (!dose.ok() || entries.empty()) return std::nullopt;
  return Choose(entries, context, dose);
}

void SetDay(InstructionDose& dose, const ResolvedAmount& one, double low, double high) {
  dose.day = one;
  if (one.absolute) dose.day.absolute = TimesOf(*one.absolute, low, high);
  if (one.relative) dose.day.relative = TimesOf(*one.relative, low, high);
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
    const double often_high = timing.told ? timing.high : 1;
    const double longest = timing.duration_max_days.value_or(*timing.duration_days);
    if (!timing.single && longest * often_high > 1 + 1e-9) {
      RefuseDose(dose, "invalid", "the rate lasts longer than the time until the next one");
      return;
    }
    low *= *timing.duration_days * often_low;
    high *= longest * often_high;
    dose.meaning = timing.average ? DoseMeaning::kAverage : DoseMeaning::kEveryDay;
    if (timing.single) dose.meaning = DoseMeaning::kSingle;
  } else if (timing.told && days < 1 && !context.transdermal && !IsPatch(context.product)) {
    RefuseDose(dose, "no-duration", "a rate at times, but not for how long each time");
    return;
  } else if (days >= 1 && rate.unit.per_kg) {
    dose.meaning = DoseMeaning::kEveryDay;
  }
  const ResolvedAmount one = Resolve(rate, context);
  if (!one.reason_code.empty()) {
    RefuseDose(dose, one.reason_code, one.reason);
    return;
  }
  SetDay(dose, one, low, high);
}

DoseMeaning MeaningOf(const DoseTiming& timing) {
  if (timing.single) return DoseMeaning::kSingle;
  if (timing.average) return DoseMeaning::kAverage;
  if (timing.single_day) return DoseMeaning::kSingleDay;
  return DoseMeaning::kEveryDay;
}

void FromDose(InstructionDose& dose, const std::optional<RawAmount>& rate,
              const DoseContext& context) {
  RawAmount& raw = *dose.dose;
  if (IsPatchDose(raw, context) && !raw.unit.per_days) {
    ReadPatch(dose, rate, context);
    return;
  }
  if (raw.unit.per_days) {
    // "100 mg/d" as a dose already is the amount of a day.
    RawAmount of_time = raw;
    dose.dose.reset();
    dose.resolved_dose.reset();
    const bool of_a_day = *of_time.unit.per_days >= 1;
    if (!dose.timing.average && of_a_day) dose.timing.told = false;
    FromRate(dose, of_time, context);
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
  if (timing == nullptr) return false;
  const Json* repeat = fhir::Find(*timing, "repeat");
  return fhir::Find(*timing, "modifierExtension") != nullptr ||
         (repeat != nullptr && fhir::Find(*repeat, "modifierExtension") != nullptr);
}

void CheckTimingConflict(InstructionDose& dose) {
  if (!dose.timing.other || dose.conflict || !dose.resolved_dose) return;
  const auto& one =
      dose.resolved_dose->absolute ? dose.resolved_dose->absolute : dose.resolved_dose->relative;
  dose.conflict = true;
  dose.structured = dose.day.absolute ? dose.day.absolute : dose.day.relative;
  if (one) dose.other = TimesOf(*one, *dose.timing.other, *dose.timing.other);
  dose.reason = "the timing contradicts itself";
}

// Dose, rate and timing of the structure, without the texts.
void ReadStructure(const Json& dosage, const DoseContext& context, InstructionDose& dose) {
  if (HasModifier(dosage)) {
    RefuseDose(dose, "modifier-extension", "an unknown extension changes the meaning");
    return;
  }
  const Json* boolean = fhir::Find(dosage, "asNeededBoolean");
  if (boolean != nullptr && !boolean->is_boolean()) {
    RefuseDose(dose, "invalid", "asNeededBoolean is neither true nor false");
    return;
  }
  const bool reason = fhir::Find(dosage, "asNeededCodeableConcept") != nullptr;
  dose.as_needed = reason || (boolean != nullptr && boolean->get<bool>());
  dose.timing = ReadTiming(fhir::Find(dosage, "timing"));
  const auto entry = ReadEntries(dosage, context, dose);
  if (!dose.ok()) return;
  if (entry) dose.dose = entry->dose;
  if (!dose.timing.ok()) {
    RefuseDose(dose, dose.timing.reason_code, dose.timing.reason);
    return;
  }
  if (dose.dose) {
    dose.resolved_dose = Resolve(*dose.dose, context);
    if (!dose.resolved_dose->reason_code.empty() && !IsPatchDose(*dose.dose, context)) {
      RefuseDose(dose, dose.resolved_dose->reason_code, dose.resolved_dose->reason);
      return;
    }
  }
  CapAdministration(dosage, context, dose);
  if (!dose.ok()) return;
  const bool bounded = dose.as_needed && fhir::Find(dosage, "maxDosePerPeriod") != nullptr;
  if (!entry && !bounded) {
    RefuseDose(dose, "no-dose", "no amount is given");
  } else if (entry && entry->rate && !dose.dose) {
    FromRate(dose, *entry->rate, context);
  } else if (dose.dose && (dose.timing.told || dose.dose->unit.per_days)) {
    FromDose(dose, entry->rate, context);
  } else if (!dose.as_needed) {
    RefuseDose(dose, "no-frequency", "how often is not said");
  }
  if (dose.ok()) ApplyMaximum(dosage, context, dose);
  if (dose.ok()) CheckTimingConflict(dose);
}

}  // namespace

InstructionDose ReadInstruction(const Json& dosage, const DoseContext& context, bool alone) {
  InstructionDose dose;
  if (!dosage.is_object()) {
    RefuseDose(dose, "invalid", "a dosage must be an object");
    return dose;
  }
  ReadStructure(dosage, context, dose);
  ApplyTexts(dosage, context, alone, dose);
  return dose;
}

}  // namespace genflik::mapping
