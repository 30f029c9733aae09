#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/issue.h"
#include "fhir/json.h"
#include "services/cds/ehr.h"
#include "services/mapping/patients.h"

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
  /// The EHR's own query failed (OperationOutcome), or what it gave cannot be read.
  kFailed,
  /// There, complete, possibly empty.
  kComplete,
  /// There, but not all of it: more pages exist that were not sent, or a part cannot be read.
  kPaged,
};

struct HookRequest;
/// One of the searches whose answers are prefetched.
using SupplyOf = Supply HookRequest::*;

/// A further page, as the EHR's link names it, and the search that it belongs to; null for a key
/// that is none of them.
struct NextPage {
  std::string url = {};
  SupplyOf of = nullptr;
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
  /// Those of `prefetched_patient`.
  std::vector<mapping::PatientIdentifier> identifiers = {};
  /// Day of the call.
  std::chrono::year_month_day today = {};
  /// All prefetched resources that belong to this patient, of whatever key.
  std::vector<const fhir::Json*> prefetched = {};
  Supply patient_supply = Supply::kAbsent;
  Supply genotypes = Supply::kAbsent;
  Supply medications = Supply::kAbsent;
  /// Laboratory orders that are under way.
  Supply tests = Supply::kAbsent;
  /// Weight, height and body surface.
  Supply sizes = Supply::kAbsent;
  std::vector<NextPage> next_pages = {};
  /// Searches of which a part is lost that no further page can give.
  std::vector<SupplyOf> torn = {};
};

/// Today in UTC, by the clock of the machine.
[[nodiscard]] std::chrono::year_month_day DayOfMachine();

/// Reads a request to a service. Whatever is wrong is named in `log` with its place; then nothing
/// is returned. Tolerates what the specification tolerates: unknown fields, Bundles without type.
/// `today` tells the century of personal numbers of ten digits.
[[nodiscard]] std::optional<HookRequest> ReadHookRequest(
    const fhir::Json& body, const ServiceEntry& service, fhir::IssueLog& log,
    std::chrono::year_month_day today = DayOfMachine());

}  // namespace genflik::cds
