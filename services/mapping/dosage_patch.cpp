#include "services/mapping/dosage_patch.h"

#include <algorithm>
#include <cmath>

#include "services/mapping/dosage_limits.h"

namespace genflik::mapping {
namespace {

// How long a patch is worn of the time: for the hours that the order or the label names ("15 mg/16
// h" changed daily), else always.
double WornShare(const DoseTiming& timing, double label_days) {
  double worn = 1;
  if (timing.duration_days) {
    worn = *timing.duration_days * timing.high;
  } else if (label_days > 1.0 / 23 && label_days < 0.99 && timing.period_days <= 1.01) {
    worn = label_days * timing.high;
  }
  return std::min(worn, 1.0);
}

// What one patch gives in a day by its label; nothing when that tells the content alone.
std::optional<DoseAmount> LabelRate(const std::optional<Strength>& strength) {
  if (!strength || strength->per_unit.kind != UnitKind::kTime) return std::nullopt;
  const double a_day = strength->amount / strength->per;
  return DoseAmount{a_day, a_day, strength->kind == UnitKind::kInternational ? "IU" : "mg"};
}

std::optional<DoseAmount> OrderRate(std::optional<RawAmount> rate, const DoseContext& context) {
  if (!rate || !rate->unit.per_days) return std::nullopt;
  const double days = *rate->unit.per_days;
  rate->unit.per_days.reset();
  const auto one = Resolve(*rate, context).absolute;
  return one ? std::optional(TimesOf(*one, 1 / days, 1 / days)) : std::nullopt;
}

bool Alike(const DoseAmount& a, const DoseAmount& b, double times) {
  return a.unit == b.unit && std::abs(a.high - b.high * times) <= 0.005 * a.high;
}

}  // namespace

bool IsPatchDose(const RawAmount& raw, const DoseContext& context) {
  const bool measurable = raw.unit.kind == UnitKind::kPiece || raw.unit.kind == UnitKind::kMass;
  return measurable &&
         (raw.unit.piece == "patch" || context.transdermal || IsPatch(context.product));
}

void ReadPatch(InstructionDose& dose, const std::optional<RawAmount>& rate,
               const DoseContext& context) {
  const RawAmount& raw = *dose.dose;
  const auto& strength = context.product.strength();
  const bool pieces = raw.unit.kind == UnitKind::kPiece;
  const auto label = LabelRate(strength);
  const auto said = OrderRate(rate, context);
  // Of several patches, the rate may be that of each or of all.
  const bool one = raw.low == 1 && raw.high == 1;
  const auto given = label || !one ? label : said;
  if (!pieces || !given) {
    dose.day.needs = {"release rate"};
    dose.day.relative = DoseAmount{raw.low * raw.unit.factor, raw.high * raw.unit.factor,
                                   pieces ? "{patch}" : UnitName(raw.unit)};
    dose.resolved_dose.reset();
    return;
  }
  const double worn = WornShare(dose.timing, label ? strength->per : 0);
  dose.day.absolute = TimesOf(*given, worn * raw.low, worn * raw.high);
  dose.meaning = worn < 1 ? DoseMeaning::kEveryDay : DoseMeaning::kRate;
  dose.resolved_dose.reset();
  if (label && said && !Alike(*said, *label, 1) && !Alike(*said, *label, raw.high)) {
    dose.conflict = true;
    dose.structured = dose.day.absolute;
    dose.other = TimesOf(*said, worn, worn);
    dose.reason = "the rate of the order is not the one of the patch";
  }
}

}  // namespace genflik::mapping
