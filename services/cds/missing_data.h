#pragma once

#include <string>
#include <vector>

#include "services/cds/card.h"
#include "services/cds/hook_request.h"

// What could not be checked because the record system did not give it: silence would read as
// "nothing to say".

namespace genflik::cds {

/// What of the record system's data could not be read though it was there to be read, one sentence
/// each. `stored_patient` is empty when the patient was not recognised.
[[nodiscard]] std::vector<std::string> MissingData(const HookRequest& request,
                                                   const std::string& stored_patient,
                                                   alerts::Language language);

/// Says that the check is incomplete, where what could be checked gave no advice.
[[nodiscard]] Card IncompleteCard(const std::vector<std::string>& missing,
                                  alerts::Language language);

/// Says that an order was not checked. `missing` is the reference that could not be read: the
/// order's own, or that of its drug; empty when not known.
[[nodiscard]] Card NotCheckedCard(const std::string& reference, const std::string& missing,
                                  alerts::Language language);

}  // namespace genflik::cds
