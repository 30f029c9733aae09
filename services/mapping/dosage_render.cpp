#include <cmath>
#include <string>

#include <nlohmann/json.hpp>

#include "services/mapping/dosage.h"

// The answer of `genflik dose` as JSON.

namespace genflik::mapping {
namespace {

using fhir::Json;

// Nine digits are more than any dose has; the rest is noise of binary fractions.
double Rounded(double value) {
  if (value == 0) return 0;
  const double scale = std::pow(10, 9 - std::ceil(std::log10(std::abs(value))));
  return std::round(value * scale) / scale;
}

Json Number(double value) {
  const double rounded = Rounded(value);
  // JSON has no word for infinity.
  if (!std::isfinite(rounded)) return Json(nullptr);
  if (rounded == std::floor(rounded) && std::abs(rounded) < 1e15)
    return Json(static_cast<std::int64_t>(rounded));
  return Json(rounded);
}

Json Amount(const DoseAmount& amount, bool range) {
  if (range) {
    return Json{{"low", Number(amount.low)}, {"high", Number(amount.high)}, {"unit", amount.unit}};
  }
  return Json{{"value", Number(amount.high)}, {"unit", amount.unit}};
}

Json Amount(const DoseAmount& amount) { return Amount(amount, amount.IsRange()); }

void RenderPhases(const DailyDose& dose, Json& answer) {
  answer["phases"] = Json::array();
  size_t number = 0;
  for (const DosePhase& phase : dose.phases) {
    Json item{{"label", std::to_string(++number)}, {"perDay", Amount(phase.per_day)}};
    if (phase.days) item["days"] = Number(*phase.days);
    answer["phases"].push_back(std::move(item));
  }
  if (dose.per_day)
    answer["perDayMax"] = Amount({dose.per_day->high, dose.per_day->high, dose.per_day->unit});
}

}  // namespace

Json RenderDose(const DailyDose& dose) {
  Json answer{{"status", std::string(CodeOf(dose.status))}};
  switch (dose.status) {
    case DoseStatus::kValue:
    case DoseStatus::kRange:
      answer["perDay"] = Amount(*dose.per_day, dose.status == DoseStatus::kRange);
      answer["meaning"] = std::string(CodeOf(dose.meaning));
      break;
    case DoseStatus::kPhases:
      RenderPhases(dose, answer);
      break;
    case DoseStatus::kNeeds:
      answer["needs"] = dose.needs;
      break;
    case DoseStatus::kTextOnly:
      if (dose.if_read) {
        answer["ifRead"] = Amount(*dose.if_read);
        answer["meaning"] = std::string(CodeOf(dose.meaning));
      }
      if (!dose.needs.empty()) answer["needs"] = dose.needs;
      break;
    case DoseStatus::kConflict:
      answer["structured"] = dose.structured ? Amount(*dose.structured) : Json(nullptr);
      answer["text"] = dose.other ? Amount(*dose.other) : Json(nullptr);
      break;
    case DoseStatus::kNotParsable:
      break;
  }
  if (dose.relative) answer["relative"] = Amount(*dose.relative);
  if (dose.per_dose) answer["perDose"] = Amount(*dose.per_dose);
  if (dose.cycle_days && dose.meaning == DoseMeaning::kTreatmentDay)
    answer["cycleDays"] = Number(*dose.cycle_days);
  for (const IngredientDose& one : dose.ingredients) {
    Json item = Amount(one.per_day);
    item["substance"] = one.substance;
    answer["ingredients"].push_back(std::move(item));
  }
  if (!dose.systemic) answer["systemic"] = false;
  if (!dose.reason_code.empty() && dose.status != DoseStatus::kValue &&
      dose.status != DoseStatus::kRange) {
    answer["reasonCode"] = dose.reason_code;
    answer["reason"] = dose.reason;
  }
  return answer;
}

}  // namespace genflik::mapping
