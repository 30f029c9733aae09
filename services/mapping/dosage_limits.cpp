#include "services/mapping/dosage_limits.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

namespace genflik::mapping {
namespace {

using fhir::Json;

// The most of a period as it is written.
struct Maximum {
  ReadQuantity amount = {};
  double days = 1;
};

// Nothing when the order has no maximum. One that cannot be read must not pass for none.
std::optional<Maximum> ReadMaximum(const Json& dosage, InstructionDose& dose) {
  const Json* ratio = fhir::Find(dosage, "maxDosePerPeriod");
  if (ratio == nullptr) return std::nullopt;
  const Json* above = fhir::Find(*ratio, "numerator");
  const Json* below = fhir::Find(*ratio, "denominator");
  const auto unreadable = [&]() -> std::optional<Maximum> {
    RefuseDose(dose, "invalid", "the most of a period cannot be read");
    return std::nullopt;
  };
  if (above == nullptr || below == nullptr) return unreadable();
  const ReadQuantity amount = ReadDoseQuantity(*above);
  const ReadQuantity period = ReadDoseQuantity(*below);
  // A bare number counts doses.
  if ((!amount.ok() && !amount.no_unit) || amount.unit.per_days) return unreadable();
  if (!period.ok() || period.unit.kind != UnitKind::kTime || period.value <= 0) return unreadable();
  return Maximum{amount, period.value * period.unit.factor};
}

// The most of a day that maxDosePerPeriod allows; nothing without one.
std::optional<ResolvedAmount> MostADay(const Json& dosage, const DoseContext& context,
                                       InstructionDose& dose) {
  const auto maximum = ReadMaximum(dosage, dose);
  if (!maximum) return std::nullopt;
  const auto& [amount, days] = *maximum;
  const bool counts = amount.no_unit || amount.unit.kind == UnitKind::kCount ||
                      (amount.unit.kind == UnitKind::kPiece && amount.unit.piece.empty());
  const bool pieces = dose.dose && dose.dose->unit.kind == UnitKind::kPiece && !amount.no_unit &&
                      amount.unit.kind == UnitKind::kPiece;
  // "3 doses a day" of 2 tablets are six; "3 pieces" are three.
  if (counts && pieces && !dose.dose->unit.piece.empty() && dose.dose->high != 1) {
    RefuseDose(dose, "invalid", "the most of a period counts doses or pieces");
    return std::nullopt;
  }
  if (counts && !pieces) {
    if (!dose.resolved_dose || !dose.resolved_dose->absolute) return std::nullopt;
    ResolvedAmount most;
    most.absolute =
        TimesOf(*dose.resolved_dose->absolute, amount.value / days, amount.value / days);
    return most;
  }
  // Of which ingredient is not said, so that it limits nothing that is known.
  if (context.product.ingredients.size() > 1 && amount.unit.kind == UnitKind::kMass &&
      dose.timing.told && dose.day.absolute)
    return std::nullopt;
  auto most = Resolve({amount.value / days, amount.value / days, amount.unit}, context);
  if (!most.reason_code.empty()) {
    RefuseDose(dose, most.reason_code, "the most of a period: " + most.reason);
    return std::nullopt;
  }
  return most;
}

void CapHigh(std::optional<DoseAmount>& amount, const std::optional<DoseAmount>& most) {
  if (!amount || !most || amount->unit != most->unit) return;
  amount->high = std::min(amount->high, most->high);
  amount->low = std::min(amount->low, amount->high);
}

void CapAsNeeded(const std::optional<ResolvedAmount>& most, InstructionDose& dose) {
  if (!dose.timing.told) {
    if (!most || (!most->absolute && !most->relative)) {
      RefuseDose(dose, "no-frequency", "as needed without schedule or maximum");
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
}

}  // namespace

void CapAdministration(const Json& dosage, const DoseContext& context, InstructionDose& dose) {
  const Json* most = fhir::Find(dosage, "maxDosePerAdministration");
  if (most == nullptr) return;
  const ReadQuantity read = ReadDoseQuantity(*most);
  if (!read.ok()) {
    RefuseDose(dose, read.reason_code, "the most of one administration: " + read.reason);
    return;
  }
  const auto limit = Resolve({read.value, read.value, read.unit}, context);
  if (!limit.reason_code.empty()) {
    RefuseDose(dose, limit.reason_code, "the most of one administration: " + limit.reason);
    return;
  }
  if (!dose.resolved_dose || !dose.resolved_dose->absolute || !limit.absolute) return;
  DoseAmount& amount = *dose.resolved_dose->absolute;
  if (limit.absolute->unit != amount.unit) {
    RefuseDose(dose, "unit-mismatch", "the most of one administration has another unit");
    return;
  }
  if (limit.absolute->high >= amount.high) return;
  const bool calculated = dose.dose->unit.per_kg || dose.dose->unit.per_m2;
  if (!calculated && !amount.IsRange()) {
    dose.conflict = true;
    dose.structured = TimesOf(amount, dose.timing.low, dose.timing.high);
    dose.other = TimesOf(*limit.absolute, dose.timing.low, dose.timing.high);
    return;
  }
  amount.high = limit.absolute->high;
  amount.low = std::min(amount.low, amount.high);
  if (dose.resolved_dose->relative && calculated) dose.resolved_dose->relative.reset();
}

void ApplyMaximum(const Json& dosage, const DoseContext& context, InstructionDose& dose) {
  const auto most = MostADay(dosage, context, dose);
  if (!dose.ok()) return;
  if (most && most->absolute && dose.day.absolute &&
      most->absolute->unit != dose.day.absolute->unit) {
    RefuseDose(dose, "unit-mismatch", "the most of a period has another unit than the dose");
    return;
  }
  if (dose.as_needed) return CapAsNeeded(most, dose);
  if (!most || !most->absolute || !dose.day.absolute) return;
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

}  // namespace genflik::mapping
