#include "services/cds/supply.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "services/cds/resource_index.h"

namespace genflik::cds {
namespace {

using fhir::Json;

const Json* SubjectOf(const Json& resource) {
  const Json* subject = fhir::Find(resource, "subject");
  return subject != nullptr ? subject : fhir::Find(resource, "patient");
}

// Of the same system another value is another person; of other systems nothing is known.
Belonging ByIdentifier(const Json& identifier, const HookRequest& request) {
  fhir::IssueLog log;
  const auto named =
      mapping::NormaliseIdentifier(fhir::FindText(identifier, "system"),
                                   fhir::FindText(identifier, "value"), request.today, log);
  if (!named) return Belonging::kUnclear;
  const auto& own = request.identifiers;
  if (std::find(own.begin(), own.end(), *named) != own.end()) return Belonging::kPatient;
  const bool comparable = std::any_of(own.begin(), own.end(),
                                      [&](const auto& one) { return one.system == named->system; });
  return comparable ? Belonging::kOther : Belonging::kUnclear;
}

Belonging ByReference(std::string_view reference, std::string_view patient) {
  reference = WithoutVersion(reference);
  const size_t slash = reference.rfind('/');
  // A bare id can only be the EHR's own.
  if (slash == std::string_view::npos)
    return reference == patient ? Belonging::kPatient : Belonging::kOther;
  std::string_view type = reference.substr(0, slash);
  type = type.substr(type.rfind('/') + 1);
  const bool same = type == "Patient" && reference.substr(slash + 1) == patient;
  return same ? Belonging::kPatient : Belonging::kOther;
}

// What an entry holds; null when it cannot be read.
const Json* ResourceIn(const Json& entry) {
  const Json* resource = fhir::Find(entry, "resource");
  const bool readable = resource != nullptr && !fhir::FindText(*resource, "resourceType").empty();
  return readable ? resource : nullptr;
}

// An OperationOutcome that only warns or informs takes nothing from the answer.
bool TellsOfFault(const Json& outcome) {
  const Json& issues = fhir::FindArray(outcome, "issue");
  return issues.empty() || std::any_of(issues.begin(), issues.end(), [](const Json& issue) {
           const std::string_view severity = fhir::FindText(issue, "severity");
           return severity != "warning" && severity != "information";
         });
}

// What a Bundle gave.
struct Contents {
  bool mine = false;
  // Data of somebody else, entries that cannot be read, a fault that the EHR tells of.
  bool lost = false;
};

Contents AddEntries(const Json& bundle, HookRequest& request) {
  Contents contents;
  const Json* entries = fhir::Find(bundle, "entry");
  contents.lost = entries != nullptr && !entries->is_null() && !entries->is_array();
  for (const Json& entry : fhir::FindArray(bundle, "entry")) {
    const Json* resource = ResourceIn(entry);
    if (resource == nullptr) {
      contents.lost = true;
    } else if (fhir::FindText(*resource, "resourceType") == "OperationOutcome") {
      contents.lost = contents.lost || TellsOfFault(*resource);
    } else if (BelongingOf(*resource, request) == Belonging::kPatient) {
      contents.mine = contents.mine || SubjectOf(*resource) != nullptr;
      request.prefetched.push_back(resource);
    } else {
      contents.lost = true;
    }
  }
  return contents;
}

void Tear(HookRequest& request, SupplyOf of) {
  if (of != nullptr && !IsTorn(request, of)) request.torn.push_back(of);
}

Supply AddBundle(const Json& bundle, HookRequest& request, SupplyOf of) {
  RememberUrls(bundle, request);
  const Contents contents = AddEntries(bundle, request);
  if (contents.lost && !contents.mine) return Supply::kFailed;
  if (contents.lost) Tear(request, of);
  for (const Json& link : fhir::FindArray(bundle, "link")) {
    if (fhir::FindText(link, "relation") != "next") continue;
    const std::string_view url = fhir::FindText(link, "url");
    if (url.empty()) {
      Tear(request, of);
    } else {
      request.next_pages.push_back({std::string(url), of});
    }
    return Supply::kPaged;
  }
  return contents.lost ? Supply::kPaged : Supply::kComplete;
}

// A Bundle that says it found more than it holds, and has no further page to ask for; or of which
// nobody can tell.
bool LeavesOut(const Json& bundle) {
  const Json* total = fhir::Find(bundle, "total");
  if (total == nullptr || total->is_null()) return false;
  const auto found = fhir::NumberOf(*total);
  if (!found) return true;
  const Json& entries = fhir::FindArray(bundle, "entry");
  const auto held = std::count_if(entries.begin(), entries.end(), [](const Json& entry) {
    const Json* resource = ResourceIn(entry);
    const Json* search = fhir::Find(entry, "search");
    const std::string_view mode =
        search == nullptr ? std::string_view() : fhir::FindText(*search, "mode");
    return resource != nullptr && (mode.empty() || mode == "match") &&
           fhir::FindText(*resource, "resourceType") != "OperationOutcome";
  });
  return *found > static_cast<double>(held);
}

bool IsBundle(const Json& answer) { return fhir::FindText(answer, "resourceType") == "Bundle"; }

}  // namespace

Belonging BelongingOf(const Json& resource, const HookRequest& request) {
  const Json* subject = SubjectOf(resource);
  if (subject == nullptr) return Belonging::kPatient;
  const std::string_view type = fhir::FindText(*subject, "type");
  if (!type.empty() && type != "Patient" && !type.ends_with("/Patient")) return Belonging::kOther;
  const std::string_view reference = fhir::FindText(*subject, "reference");
  if (!reference.empty()) return ByReference(reference, request.patient);
  const Json* identifier = fhir::Find(*subject, "identifier");
  return identifier == nullptr ? Belonging::kOther : ByIdentifier(*identifier, request);
}

void SetPatient(const Json& patient, HookRequest& request) {
  fhir::IssueLog log;
  request.prefetched_patient = &patient;
  request.identifiers = mapping::IdentifiersOf(patient, request.today, log);
}

void RememberUrls(const Json& bundle, HookRequest& request) {
  for (const Json& entry : fhir::FindArray(bundle, "entry")) {
    const Json* resource = fhir::Find(entry, "resource");
    const std::string_view url = fhir::FindText(entry, "fullUrl");
    if (resource != nullptr && resource->is_object() && !url.empty() &&
        BelongingOf(*resource, request) == Belonging::kPatient)
      request.by_url.emplace(std::string(url), resource);
  }
}

Supply AddSupply(const Json& resource, HookRequest& request, SupplyOf of) {
  // Null means that the EHR asked and there is nothing.
  if (resource.is_null()) return Supply::kComplete;
  if (IsBundle(resource)) return AddBundle(resource, request, of);
  const std::string_view type = fhir::FindText(resource, "resourceType");
  if (type.empty() || type == "OperationOutcome") return Supply::kFailed;
  if (type != "Patient" && BelongingOf(resource, request) == Belonging::kPatient)
    request.prefetched.push_back(&resource);
  return Supply::kComplete;
}

void AddSearch(const Json& answer, SupplyOf of, HookRequest& request) {
  Supply supply = AddSupply(answer, request, of);
  // What is no list was not what was asked for, whatever it holds.
  const bool whole = answer.is_null() || (IsBundle(answer) && !LeavesOut(answer));
  if (supply == Supply::kComplete && !whole) supply = Supply::kFailed;
  request.*of = supply;
}

void AddPage(const Json* page, SupplyOf of, HookRequest& request) {
  const Supply supply =
      page == nullptr || !IsBundle(*page) ? Supply::kFailed : AddSupply(*page, request, of);
  if (of == nullptr) return;
  if (supply == Supply::kFailed) Tear(request, of);
  const bool more = std::any_of(request.next_pages.begin(), request.next_pages.end(),
                                [&](const NextPage& next) { return next.of == of; });
  if (!more && !IsTorn(request, of) && request.*of == Supply::kPaged)
    request.*of = Supply::kComplete;
}

bool IsTorn(const HookRequest& request, SupplyOf of) {
  return std::find(request.torn.begin(), request.torn.end(), of) != request.torn.end();
}

}  // namespace genflik::cds
