#pragma once

#include <string>

#include "fhir/json.h"

// Bundles that are no requests: what a laboratory collects (http://hl7.org/fhir/R4/bundle.html,
// type collection) or sends as a message (http://hl7.org/fhir/R4/messaging.html).

namespace genflik::lab {

/// True for a Bundle of type collection or message that holds a report or an observation.
[[nodiscard]] bool IsDelivery(const fhir::Json& bundle);

/// The transaction that stores what such a Bundle holds. A Patient is the stored one with the same
/// identifier, else a new one. Everything else gets an id of its own from the number of the report
/// (DiagnosticReport.identifier, else where it comes from) and its identity in it, so that the same
/// report sent again makes nothing new and a later version of it replaces the earlier, result by
/// result; ids of the sender are never taken, since another laboratory may use the same. Throws
/// Error(kInvalid) for a Patient without identifier: nobody's record could be told by it.
[[nodiscard]] fhir::Json AsTransaction(const fhir::Json& bundle);

/// The answer to a message: a Bundle with a MessageHeader that says "ok"; `id` is a new UUID.
[[nodiscard]] fhir::Json AnswerMessage(const fhir::Json& bundle, const std::string& id);

}  // namespace genflik::lab
