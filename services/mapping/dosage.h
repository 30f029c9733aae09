#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json.h"

// How much of a substance an order gives in a day, from FHIR R4 Dosage
// (http://hl7.org/fhir/R4/dosage.html). What cannot be read is said, never guessed.

namespace genflik::mapping {

enum class DoseStatus { kValue, kRange, kPhases, kNeeds, kTextOnly, kConflict, kNotParsable };
/// "value", "range", "phases", "needs", "text-only", "conflict" or "not-parsable".
std::string_view CodeOf(DoseStatus status);

/// What the number of a day stands for.
enum class DoseMeaning { kEveryDay, kAverage, kTreatmentDay, kMaximum, kRate, kSingle, kSingleDay };
/// "every-day", "average", "treatment-day", "maximum", "rate", "single" or "single-day".
std::string_view CodeOf(DoseMeaning meaning);

/// An amount or a range of amounts in mg, IU, mL, mg/kg, mg/m2 or pieces ("{tablet}").
struct DoseAmount {
  double low = 0;
  double high = 0;
  std::string unit = {};

  bool IsRange() const { return low != high; }
  bool operator==(const DoseAmount&) const = default;
};

/// One step of an order whose dose changes.
struct DosePhase {
  DoseAmount per_day = {};
  /// How long it lasts; nothing when it has no end.
  std::optional<double> days = {};
};

/// The amount of one ingredient of a combination product in a day.
struct IngredientDose {
  std::string substance = {};
  DoseAmount per_day = {};
};

/// The dose of an order as it was read.
struct DailyDose {
  DoseStatus status = DoseStatus::kNotParsable;
  /// Set for kValue and kRange; for kPhases the largest of the phases.
  std::optional<DoseAmount> per_day = {};
  std::optional<DoseAmount> per_dose = {};
  /// A day's amount for each kilogram or square metre, or in units of the product.
  std::optional<DoseAmount> relative = {};
  DoseMeaning meaning = DoseMeaning::kEveryDay;
  std::vector<DosePhase> phases = {};
  /// "weight", "bsa", "strength", "release rate", "drop volume".
  std::vector<std::string> needs = {};
  /// For kTextOnly: what the text would give, when it was fully understood.
  std::optional<DoseAmount> if_read = {};
  /// For kConflict: what the structure says and what the other part says (nothing when no number).
  std::optional<DoseAmount> structured = {};
  std::optional<DoseAmount> other = {};
  std::optional<double> cycle_days = {};
  std::vector<IngredientDose> ingredients = {};
  /// False when the product acts where it is put, so that guideline doses do not apply.
  bool systemic = true;
  /// Why there is no amount, or what to be aware of; a code and words for a person.
  std::string reason_code = {};
  std::string reason = {};
};

/// What a dose is read from.
struct DoseInput {
  /// Array of R4 Dosage.
  const fhir::Json* instructions = nullptr;
  /// R4 Medication; nothing when unknown.
  const fhir::Json* medication = nullptr;
  /// Names of the substance that counts, best first.
  std::vector<std::string> substances = {};
  std::optional<double> weight_kg = {};
  std::optional<double> surface_m2 = {};
};

/// Reads the dose of an order. Pure; never throws on data from outside.
[[nodiscard]] DailyDose ReadDose(const DoseInput& input);

/// Reads one line of `genflik dose`: `drug`, `dosageInstruction`, and where known `medication`,
/// `substance`, `patient`.
[[nodiscard]] DailyDose ReadDoseLine(const fhir::Json& line);
/// The answer as JSON:
/// `{"status":"value","perDay":{"value":75,"unit":"mg"},"meaning":"every-day"}`.
[[nodiscard]] fhir::Json RenderDose(const DailyDose& dose);

}  // namespace genflik::mapping
