#pragma once

#include <optional>

#include "fhir/json.h"
#include "services/alerts/order_check.h"

// One drug in several orders that are made at the same time: "20 mg in the morning" and "40 mg at
// night" are 60 mg a day, whichever of them is looked at. Pure.

namespace genflik::alerts {

/// The dose of a drug in all orders that are made at the same time; nothing when only `resource`
/// has it, when the orders follow each other, or when one is in the place of the other
/// (AreOnePrescription). Where one of them cannot be read, neither can the
/// sum (kNotParsable). `own` is the dose of `resource`.
[[nodiscard]] std::optional<mapping::DailyDose> DoseTogether(const fhir::Json& resource,
                                                             const mapping::DailyDose& own,
                                                             const rules::Drug& drug,
                                                             const mapping::DrugOrder& order,
                                                             const PatientFacts& facts);

}  // namespace genflik::alerts
