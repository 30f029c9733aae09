#include "services/cds/body_size.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>

#include "services/cds/resource_index.h"
#include "services/mapping/orders.h"

namespace genflik::cds {
namespace {

using fhir::Json;

bool IsBySize(const std::optional<rules::DoseLimit>& dose) {
  return dose && (dose->unit.ends_with("/kg") || dose->unit.ends_with("/m2") ||
                  dose->per.starts_with("kg") || dose->per.starts_with("m2"));
}

bool HasLimitBySize(const rules::Action& action) {
  for (const auto* dose : {&action.max_dose, &action.max_dose_range, &action.start_dose,
                           &action.least_dose, &action.low_dose, &action.depot_dose}) {
    if (IsBySize(*dose)) return true;
  }
  const bool conditional = std::any_of(
      action.limits.begin(), action.limits.end(),
      [](const auto& limit) { return limit.from_kg || limit.under_kg || IsBySize(limit.dose); });
  return conditional || std::any_of(action.or_else.begin(), action.or_else.end(), HasLimitBySize);
}

bool HasLimitBySize(const rules::Drug& drug) {
  for (const auto& guideline : drug.guidelines) {
    for (const auto& rule : guideline.rules) {
      if (HasLimitBySize(rule.action)) return true;
    }
  }
  return false;
}

// "50 mg/kg", "mg per m²", "milligram per kilo".
bool TellsSize(const Json& dosage) {
  const std::string text = fhir::PrintJson(dosage);
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"kg", "kilo", "m2", "m²"},
      [&](std::string_view unit) { return text.find(unit) != std::string::npos; });
}

}  // namespace

bool UsesSize(const HookRequest& request, const rules::KnowledgeBase& knowledge) {
  std::optional<ResourceIndex> index;
  const mapping::ResourceLookup lookup = [&](std::string_view reference) {
    if (!index) index.emplace(request);
    return index->Find(reference);
  };
  return std::ranges::any_of(request.orders, [&](const Json* order) {
    if (!mapping::IsDrugResource(*order)) return false;
    const Json& dosage = fhir::FindArray(*order, "dosageInstruction");
    if (!dosage.empty() && TellsSize(dosage)) return true;
    const auto read = mapping::ReadDrugOrder(*order, lookup);
    return std::ranges::any_of(knowledge.Match(read.query), [&](const auto& match) {
      // Only a dose is held against a full one.
      return (match.drug->standard_dose && !dosage.empty()) || HasLimitBySize(*match.drug);
    });
  });
}

std::string BodySizeSearch() {
  constexpr std::string_view kCode = "&code=";
  std::string_view left = mapping::kBodySizeQuery.substr(kCode.size());
  std::string search(kCode);
  while (!left.empty() && left.front() != '&') {
    const size_t end = left.find_first_of(",&");
    search += "http://loinc.org|" + std::string(left.substr(0, end));
    left.remove_prefix(std::min(end, left.size()));
    if (!left.starts_with(',')) break;
    search += ',';
    left.remove_prefix(1);
  }
  return search + std::string(left);
}

}  // namespace genflik::cds
