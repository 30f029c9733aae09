#include "services/cds/older_order.h"

#include <algorithm>
#include <optional>
#include <set>

#include <nlohmann/json.hpp>

#include "services/alerts/advice_text.h"
#include "services/alerts/made_together.h"
#include "services/mapping/dosage_steps.h"

namespace genflik::cds {
namespace {

using alerts::Language;
using alerts::Say;
using fhir::Json;

// "citalopram 20 mg per dygn sedan 2025-01-10"
std::string InWords(const Json& resource, const mapping::DrugOrder& read, const rules::Drug& drug,
                    const mapping::BodySize& size, Language language) {
  std::string text = alerts::In(language, drug.names);
  const auto dose = mapping::ReadOrderDose(resource, read, drug, size);
  if (dose.per_day) {
    text += ' ';
    if (dose.per_day->IsRange()) text += alerts::PrintNumber(dose.per_day->low, language) + "–";
    text += alerts::PrintNumber(dose.per_day->high, language) + ' ' + dose.per_day->unit + ' ' +
            alerts::PerText("d", language);
  }
  if (read.since.empty()) return text;
  return text + std::string(Say(language, " sedan ", " since ")) + read.since.substr(0, 10);
}

bool IsOf(const alerts::DrugReading& reading, const rules::Drug& drug) {
  return std::ranges::any_of(reading.matches,
                             [&](const auto& match) { return match.drug == &drug; });
}

}  // namespace

bool LimitsDose(const alerts::Advice& advice) {
  if (!advice.lead) return false;
  const auto compared = [](const alerts::DoseFinding& dose) {
    return dose.verdict != alerts::DoseVerdict::kNotCompared;
  };
  const rules::ActionKind kind = advice.lead->action.kind;
  return compared(advice.dose) || compared(advice.second) ||
         kind == rules::ActionKind::kReduceDose || kind == rules::ActionKind::kMaxDose;
}

std::string OlderOrdersText(const OlderOrders& where, const rules::Drug& drug, const Json& order,
                            Language language) {
  if (fhir::Find(order, "priorPrescription") != nullptr) return {};
  std::set<std::string> told;
  std::string list;
  for (const Json* had : where.had) {
    if (fhir::FindText(*had, "resourceType") != "MedicationRequest" ||
        fhir::FindText(*had, "status") != "active" || !mapping::IsInForce(*had))
      continue;
    const alerts::DrugReading& reading = where.readings.Of(*had);
    const mapping::DrugOrder& read = reading.order;
    if (std::ranges::find(where.in_call, read.reference) != where.in_call.end() ||
        alerts::AreOnePrescription(order, *had) || !IsOf(reading, drug) ||
        !mapping::MayRunTogether(fhir::Find(*had, "dosageInstruction"),
                                 fhir::Find(order, "dosageInstruction")))
      continue;
    if (told.insert(read.reference).second)
      list += (list.empty() ? "" : "; ") + InWords(*had, read, drug, where.size, language);
  }
  if (list.empty()) return {};
  return std::string(Say(language, "Redan ordinerat: ", "Ordered already: ")) + list +
         std::string(Say(language,
                         ". Doserna har inte lagts ihop; avgör vilken ordination som ska gälla.",
                         ". The doses were not added; decide which order is to hold."));
}

}  // namespace genflik::cds
