#pragma once

#include "services/http/router.h"
#include "services/store/store.h"

namespace genflik::security {

/// AuditEvents by read and search (http://hl7.org/fhir/R4/auditevent.html#search): `_id`, `patient`
/// (or `entity`, a Patient), `agent` (the identifier of the person or system), `date`, `action`,
/// `_security=BTG` (the glass was broken),
/// `_count`, `_page`; newest first. They cannot be written, and unknown parameters are refused. The
/// routes stand before those of the other types.
void AddAuditRoutes(http::Router& router, store::Store& store);

}  // namespace genflik::security
