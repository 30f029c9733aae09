#pragma once

#include <string>

#include "fhir/json.h"
#include "services/mapping/orders.h"

namespace genflik::cds {

/// True when an order neither codes nor names a drug in any way.
[[nodiscard]] bool NamesNoDrug(const fhir::Json& resource, const mapping::DrugOrder& order);

/// How an order names its drug, for the work queue: codes and names that were read, else the codes
/// of systems that are not known here as "system|code". Empty when it names none.
[[nodiscard]] std::string DrugAsWritten(const fhir::Json& resource,
                                        const mapping::DrugOrder& order);

}  // namespace genflik::cds
