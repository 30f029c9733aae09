#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/issue.h"
#include "fhir/json.h"
#include "services/cds/ehr.h"

// CDS Hooks requests: https://cds-hooks.hl7.org/2.0/#http-request_1 and the pages of the hooks.

namespace genflik::cds {

/// One service of discovery.
struct ServiceEntry {
  std::string_view id;
  std::string_view hook;
};
/// The service with this id; null when there is none.
[[nodiscard]] const ServiceEntry* FindService(std::string_view id);
[[nodiscard]] const std::vector<ServiceEntry>& AllServices();

/// What is known about one piece of data that the EHR was asked for.
enum class Supply {
  /// The key is not there.
  kAbsent,
  /// The EHR's own query failed (OperationOutcome).
  kFailed,
  /// There, complete, possibly empty.
  kComplete,
  /// There, but more pages exist that were not sent.
  kPaged,
};

/// A request that was understood. The pointers lead into the body, which must outlive it.
struct HookRequest {
  const fhir::Json* body = nullptr;
  std::string service = {};
  std::string hook = {};
  std::string instance = {};
  std::string user = {};
  /// The EHR's id of the patient.
  std::string patient = {};
  std::string encounter = {};
  std::optional<EhrAccess> ehr = {};
  /// Orders to judge: for order-select those selected.
  std::vector<const fhir::Json*> orders = {};
  /// The other orders of the session.
  std::vector<const fhir::Json*> background = {};
  /// References that order-dispatch names and that are not at hand.
  std::vector<std::string> dispatched = {};
  /// Resources of Bundles by the fullUrl of their entry: "urn:uuid:…" has no other meaning.
  std::map<std::string, const fhir::Json*, std::less<>> by_url = {};
  const fhir::Json* prefetched_patient = nullptr;
  /// All prefetched resources that belong to this patient, of whatever key.
  std::vector<const fhir::Json*> prefetched = {};
  Supply patient_supply = Supply::kAbsent;
  Supply genotypes = Supply::kAbsent;
  Supply medications = Supply::kAbsent;
  /// Laboratory orders that are under way.
  Supply tests = Supply::kAbsent;
  /// Next pages of `genotypes` and `medications`, as the EHR's links name them.
  std::vector<std::string> next_pages = {};
};

/// Reads a request to a service. Whatever is wrong is named in `log` with its place; then nothing
/// is returned. Tolerates what the specification tolerates: unknown fields, Bundles without type.
[[nodiscard]] std::optional<HookRequest> ReadHookRequest(const fhir::Json& body,
                                                         const ServiceEntry& service,
                                                         fhir::IssueLog& log);

/// Adds a resource or Bundle that was fetched later to the prefetched ones; `resource` must outlive
/// the request. Says how complete it is.
[[nodiscard]] Supply AddSupply(const fhir::Json& resource, HookRequest& request);

/// The same for the answer to a search, which must be a Bundle that holds all it found.
[[nodiscard]] Supply AddSearch(const fhir::Json& answer, HookRequest& request);

/// True when a resource's subject is the patient of the request.
[[nodiscard]] bool BelongsToPatient(const fhir::Json& resource, std::string_view patient);

}  // namespace genflik::cds
