#pragma once

#include "fhir/json.h"
#include "services/alerts/order_check.h"
#include "services/cds/card.h"

namespace genflik::cds {

/// Adds to the card the order with the dose that the leading advice asks for, as far as one click
/// may change it. Recommended where the dose is over a limit or the patient's full dose is known:
/// elsewhere the order may be reduced already, and the label says so.
void SuggestDose(const alerts::Advice& advice, const alerts::CheckedOrder& checked,
                 const fhir::Json& order, const alerts::PatientFacts& facts, const CardFrame& frame,
                 Card& card);

}  // namespace genflik::cds
