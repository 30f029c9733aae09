#include "services/alerts/same_drug.h"

#include <algorithm>

#include "services/alerts/made_together.h"
#include "services/mapping/dosage_steps.h"

namespace genflik::alerts {
namespace {

using fhir::Json;
using mapping::DailyDose;
using mapping::DoseAmount;
using mapping::DoseMeaning;
using mapping::DoseStatus;

bool IsOnce(const DailyDose& dose) {
  return dose.meaning == DoseMeaning::kSingle || dose.meaning == DoseMeaning::kSingleDay ||
         dose.status == DoseStatus::kPhases;
}

bool IsNumber(const DailyDose& dose) {
  return dose.status == DoseStatus::kValue || dose.status == DoseStatus::kRange;
}

std::optional<DoseAmount> Sum(const std::optional<DoseAmount>& one,
                              const std::optional<DoseAmount>& other) {
  if (!one || !other || one->unit != other->unit) return std::nullopt;
  return DoseAmount{one->low + other->low, one->high + other->high, one->unit};
}

DailyDose Add(const DailyDose& one, const DailyDose& other) {
  DailyDose sum;
  sum.systemic = one.systemic;
  if (!IsNumber(one) || !IsNumber(other)) return sum;
  sum.per_day = Sum(one.per_day, other.per_day);
  sum.relative = Sum(one.relative, other.relative);
  if (!sum.per_day && !sum.relative) return sum;
  if (one.per_dose && other.per_dose && one.per_dose->unit == other.per_dose->unit)
    sum.per_dose = one.per_dose->high < other.per_dose->high ? other.per_dose : one.per_dose;
  sum.meaning = one.meaning == other.meaning ? one.meaning : DoseMeaning::kAverage;
  const bool range = sum.per_day ? sum.per_day->IsRange() : sum.relative->IsRange();
  sum.status = range ? DoseStatus::kRange : DoseStatus::kValue;
  return sum;
}

}  // namespace

std::optional<DailyDose> DoseTogether(const Json& resource, const DailyDose& own,
                                      const rules::Drug& drug, const mapping::DrugOrder& order,
                                      const PatientFacts& facts) {
  std::optional<DailyDose> sum;
  for (const ActiveDrug& other : facts.active) {
    if (other.drafted == nullptr || other.drafted == &resource) continue;
    if (!order.reference.empty() && other.order.reference == order.reference) continue;
    if (std::ranges::find(other.drugs, &drug) == other.drugs.end()) continue;
    if (AreOnePrescription(resource, *other.drafted)) continue;
    const DailyDose dose = mapping::ReadOrderDose(*other.drafted, other.order, drug, facts.size);
    if (!dose.systemic || IsOnce(dose) || IsOnce(own) ||
        !mapping::MayRunTogether(fhir::Find(resource, "dosageInstruction"),
                                 fhir::Find(*other.drafted, "dosageInstruction")))
      continue;
    sum = Add(sum ? *sum : own, dose);
  }
  return sum;
}

}  // namespace genflik::alerts
