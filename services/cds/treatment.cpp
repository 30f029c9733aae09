#include "services/cds/treatment.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace genflik::cds {
namespace {

using alerts::Language;
using alerts::Say;
using fhir::Json;
using rules::ActionKind;

bool HadAtSameDose(const rules::Drug& drug, const alerts::CheckedOrder& checked,
                   const TreatmentSources& sources) {
  const auto ordered = checked.doses.find(drug.name);
  if (ordered == checked.doses.end() || !ordered->second.dose.per_day) return false;
  const std::string& since = checked.taken_since.at(drug.name);
  return std::any_of(sources.had.begin(), sources.had.end(), [&](const Json* resource) {
    if (!mapping::IsDrugResource(*resource) || !mapping::IsInForce(*resource)) return false;
    const mapping::DrugOrder& had = sources.readings.Of(*resource).order;
    if (had.since != since) return false;
    const auto dose = mapping::ReadOrderDose(*resource, had, drug, sources.size);
    return dose.per_day && dose.per_day->unit == ordered->second.dose.per_day->unit &&
           dose.per_day->high == ordered->second.dose.per_day->high;
  });
}

// Where the leading guideline names no number for what is given all the same, another guideline's
// number is a reason to look at the dose, not to stop what has been tolerated.
bool IsOver(const alerts::Advice& advice) {
  if (advice.dose.verdict == alerts::DoseVerdict::kOver) return true;
  const bool numbered = advice.lead && !advice.lead->action.or_else.empty() &&
                        advice.lead->action.or_else.front().max_dose;
  return numbered && advice.second.verdict == alerts::DoseVerdict::kOver;
}

bool WarnsOfTooMuch(const rules::Action& action) {
  switch (action.kind) {
    case ActionKind::kReduceDose:
    case ActionKind::kMaxDose:
    case ActionKind::kSlowTitration:
      return true;
    case ActionKind::kAlternative:
      return !action.or_else.empty() && WarnsOfTooMuch(action.or_else.front());
    default:
      return false;
  }
}

}  // namespace

Treatment FindTreatment(const rules::KnowledgeBase& knowledge, const std::string& drug,
                        const alerts::CheckedOrder& checked, const TreatmentSources& sources) {
  const auto since = checked.taken_since.find(drug);
  const rules::Drug* known = knowledge.FindDrug(drug);
  if (since == checked.taken_since.end() || known == nullptr) return {};
  const auto years = mapping::AgeInYears(since->second, sources.today);
  if (!years || *years < 1) return {};
  return {.since = since->second.substr(0, 10),
          .same_dose = HadAtSameDose(*known, checked, sources)};
}

bool IsEased(const Treatment& treatment, const alerts::Advice& advice) {
  return treatment.same_dose && advice.level == rules::AlertLevel::kWarning && advice.lead &&
         WarnsOfTooMuch(advice.lead->action) && !IsOver(advice);
}

std::string TreatmentText(const Treatment& treatment, const alerts::Advice& advice,
                          Language language) {
  if (!treatment.same_dose) {
    return std::string(Say(language, "Patienten har haft läkemedlet sedan ",
                           "The patient has had the drug since ")) +
           treatment.since +
           std::string(Say(language, ", men i annan eller okänd dos.",
                           ", but at another or an unknown dose."));
  }
  const std::string known =
      std::string(Say(language, "**Känd behandling:** samma läkemedel och dos sedan ",
                      "**Known treatment:** the same drug and dose since ")) +
      treatment.since;
  if (IsOver(advice)) {
    return known + std::string(Say(language, ". Dosen är ändå över riktlinjens gräns.",
                                   ". The dose is over the guideline's limit all the same."));
  }
  if (advice.lead && WarnsOfTooMuch(advice.lead->action)) {
    return known + std::string(Say(language,
                                   ". Har det fungerat väl är det rimligt att fortsätta; "
                                   "genotypen är då mest en förklaring om något ändras.",
                                   ". If it has worked well it is reasonable to go on; the "
                                   "genotype then mostly explains what may change."));
  }
  // What is to be watched for has not come.
  if (advice.lead && advice.lead->action.kind == ActionKind::kMonitor) return known + '.';
  return known +
         std::string(Say(language, ". Att läkemedlet har tålts säger inte att det har haft effekt.",
                         ". That the drug was tolerated does not mean that it worked."));
}

std::string EasedSummary(const std::string& summary, const Treatment& treatment,
                         Language language) {
  constexpr std::string_view kDash = " – ";
  return summary.substr(0, summary.find(kDash)) +
         std::string(Say(language, " – samma dos sedan ", " – same dose since ")) +
         treatment.since +
         std::string(Say(language, "; fortsätt om den fungerar", "; go on if it works"));
}

}  // namespace genflik::cds
