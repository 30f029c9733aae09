#pragma once

#include "fhir/json.h"
#include "services/store/store.h"

// What a Subscription sends along with its notifications (channel.header) is often a key to the
// receiver, so it is for the receiver alone: http://hl7.org/fhir/R4/subscription.html#security

namespace genflik::security {

/// Replaces the values of a Subscription's headers by stars; nothing of other resources.
void WithholdSecrets(store::StoredResource& resource);

/// Puts the values of `before` back where `body`, a Subscription as a caller writes it, has the
/// stars that it was shown. Throws Error(kInvalid) for stars that stand for none of them, and when
/// it also names another receiver: a key must not be sent to where somebody else says.
void RestoreSecrets(const store::StoredResource& before, fhir::Json& body);

}  // namespace genflik::security
