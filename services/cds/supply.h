#pragma once

#include <string_view>

#include "fhir/json.h"
#include "services/cds/hook_request.h"

// What the record system hands over about the patient, by prefetch or when asked: whose it is, and
// whether it is all.

namespace genflik::cds {

/// Whether a resource is about the patient of the request.
enum class Belonging {
  /// Its subject is the patient, or it has none (a Medication).
  kPatient,
  kOther,
  /// It names its subject by an identifier that there is nothing to compare with.
  kUnclear,
};
[[nodiscard]] Belonging BelongingOf(const fhir::Json& resource, const HookRequest& request);

/// The patient as the record system has it; subjects are compared with its identifiers.
void SetPatient(const fhir::Json& patient, HookRequest& request);

/// Remembers the resources of a Bundle by the fullUrl of their entries.
void RememberUrls(const fhir::Json& bundle, HookRequest& request);

/// Adds a resource or Bundle to the prefetched ones; `resource` must outlive the request. Says how
/// complete it is. Further pages and what could not be read are noted under `of`, where given.
[[nodiscard]] Supply AddSupply(const fhir::Json& resource, HookRequest& request,
                               SupplyOf of = nullptr);

/// The same for the answer to the search `of`, which must be a Bundle that holds all it found.
void AddSearch(const fhir::Json& answer, SupplyOf of, HookRequest& request);

/// The same for a further page of that search; null where the page could not be had.
void AddPage(const fhir::Json* page, SupplyOf of, HookRequest& request);

/// True when a part of this search is lost that no further page can give.
[[nodiscard]] bool IsTorn(const HookRequest& request, SupplyOf of);

}  // namespace genflik::cds
