#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/mapping/dosage.h"
#include "services/mapping/dosage_strength.h"
#include "services/mapping/dosage_timing.h"
#include "services/mapping/dosage_units.h"

// From "2 tablets" or "5 mg/kg" to milligrams. Parts of dosage.cpp; others use dosage.h.

namespace genflik::mapping {

/// What is known beside the instruction itself.
struct DoseContext {
  Product product = {};
  std::optional<double> weight_kg = {};
  std::optional<double> surface_m2 = {};
  /// True when the route says that the product is a patch.
  bool transdermal = false;
};

/// An amount as written: "1-2" of a unit.
struct RawAmount {
  double low = 0;
  double high = 0;
  Unit unit = {};
};

/// An amount brought to mg or IU, or what is missing for that.
struct ResolvedAmount {
  std::optional<DoseAmount> absolute = {};
  /// In the unit of the order: mg/kg, mL, {tablet}; nothing when it was absolute all along.
  std::optional<DoseAmount> relative = {};
  std::vector<std::string> needs = {};
  std::string reason_code = {};
  std::string reason = {};
};

/// Brings an amount to mg or IU by the product's strength and the patient's weight or surface.
[[nodiscard]] ResolvedAmount Resolve(const RawAmount& raw, const DoseContext& context);
/// The same by the strength of another ingredient, for combination products.
[[nodiscard]] ResolvedAmount ResolveWith(const RawAmount& raw, const DoseContext& context,
                                         const std::optional<Strength>& strength);

/// One Dosage read by itself.
struct InstructionDose {
  /// Amount of one dose, when there is a dose and not a rate alone.
  std::optional<RawAmount> dose = {};
  std::optional<ResolvedAmount> resolved_dose = {};
  /// Amount of a day.
  ResolvedAmount day = {};
  DoseTiming timing = {};
  DoseMeaning meaning = DoseMeaning::kEveryDay;
  bool as_needed = false;
  bool text_only = false;
  /// Set when structure and text, or two parts of the structure, disagree.
  bool conflict = false;
  /// True when the text gives another amount than this instruction, and nothing else is wrong.
  bool by_amount = false;
  std::optional<DoseAmount> structured = {};
  std::optional<DoseAmount> other = {};
  std::optional<double> cycle_days = {};
  bool cycle = false;
  std::vector<IngredientDose> ingredients = {};
  std::string reason_code = {};
  std::string reason = {};

  bool ok() const { return reason_code.empty(); }
};

/// Reads one Dosage. `alone` is false when it is one step of several.
[[nodiscard]] InstructionDose ReadInstruction(const fhir::Json& dosage, const DoseContext& context,
                                              bool alone);

/// Reads the texts of a Dosage: fills in an instruction that has no structure, and compares with
/// one that has.
void ApplyTexts(const fhir::Json& dosage, const DoseContext& context, bool alone,
                InstructionDose& dose);

}  // namespace genflik::mapping
