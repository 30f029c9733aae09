#pragma once

#include <string>

#include "fhir/json.h"
#include "services/mapping/dosage_amount.h"

// The most that an order allows. Only the dosage files use this.

namespace genflik::mapping {

/// An amount so many times.
[[nodiscard]] inline DoseAmount TimesOf(const DoseAmount& amount, double low, double high) {
  return {amount.low * low, amount.high * high, amount.unit};
}

/// Says once why a dose cannot be used; the first reason stays.
void RefuseDose(InstructionDose& dose, std::string code, std::string reason);

/// Applies maxDosePerAdministration: a calculated dose is cut to it, a written one contradicts it.
/// A limit that is there but cannot be read refuses the dose.
void CapAdministration(const fhir::Json& dosage, const DoseContext& context, InstructionDose& dose);

/// Applies maxDosePerPeriod to a dose whose day is known, and the low end of "as needed".
void ApplyMaximum(const fhir::Json& dosage, const DoseContext& context, InstructionDose& dose);

}  // namespace genflik::mapping
