#include "services/cds/hook_request.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include <nlohmann/json.hpp>

#include "rules/notation.h"
#include "services/cds/supply.h"
#include "services/mapping/orders.h"

namespace genflik::cds {
namespace {

using fhir::IssueLog;
using fhir::IssueType;
using fhir::Json;

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : std::isxdigit(static_cast<unsigned char>(text[i])) == 0)
      return false;
  }
  return true;
}

// A member that must be non-empty text.
std::string Required(const Json& object, std::string_view name, IssueLog& log) {
  const Json* found = fhir::Find(object, name);
  const IssueLog::Scope scope(log, name);
  if (found == nullptr || found->is_null()) {
    log.Error(IssueType::kRequired, std::string(name) + " is required");
  } else if (!found->is_string() || found->get_ref<const std::string&>().empty()) {
    log.Error(IssueType::kValue, std::string(name) + " must be text and not empty");
  } else {
    return found->get<std::string>();
  }
  return {};
}

std::string Optional(const Json& object, std::string_view name, IssueLog& log) {
  const Json* found = fhir::Find(object, name);
  // The specification has no null here; a client that sends one means "none".
  if (found == nullptr || found->is_null()) return {};
  if (found->is_string()) return found->get<std::string>();
  const IssueLog::Scope scope(log, name);
  log.Error(IssueType::kValue, std::string(name) + " must be text");
  return {};
}

// Compared as RFC 6749, 5.1 does: whatever the case.
bool IsBearer(std::string_view type) {
  constexpr std::string_view kBearer = "bearer";
  return std::equal(type.begin(), type.end(), kBearer.begin(), kBearer.end(), [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == b;
  });
}

void ReadAuthorization(const Json& body, HookRequest& request, IssueLog& log) {
  const std::string server = Optional(body, "fhirServer", log);
  const Json* authorization = fhir::Find(body, "fhirAuthorization");
  if (!server.empty()) request.ehr = EhrAccess{server, {}};
  if (authorization == nullptr || authorization->is_null()) return;
  const IssueLog::Scope scope(log, "fhirAuthorization");
  if (!authorization->is_object()) {
    log.Error(IssueType::kStructure, "fhirAuthorization must be an object");
    return;
  }
  if (server.empty()) log.Error(IssueType::kRequired, "fhirAuthorization needs fhirServer");
  const std::string token = Required(*authorization, "access_token", log);
  const std::string type = Required(*authorization, "token_type", log);
  if (!type.empty() && !IsBearer(type)) {
    const IssueLog::Scope member(log, "token_type");
    log.Error(IssueType::kValue, "token_type must be 'Bearer'");
  }
  (void)Required(*authorization, "scope", log);
  (void)Required(*authorization, "subject", log);
  const Json* expires = fhir::Find(*authorization, "expires_in");
  if (expires == nullptr || !fhir::IsNumber(*expires)) {
    log.Error(IssueType::kRequired, "expires_in is required and must be a number");
  }
  if (request.ehr) request.ehr->token = token;
}

std::string ReferenceOf(const Json& resource) {
  return std::string(fhir::FindText(resource, "resourceType")) + '/' +
         std::string(fhir::FindText(resource, "id"));
}

bool IsOrder(const Json& resource) {
  const std::string_view type = fhir::FindText(resource, "resourceType");
  return type == "MedicationRequest" || type == "ServiceRequest";
}

// "MedicationOrder", as older FHIR has it: it would look like an order without advice.
bool IsUnreadDrugOrder(const Json& resource) {
  const bool names_drug = fhir::Find(resource, "medicationCodeableConcept") != nullptr ||
                          fhir::Find(resource, "medicationReference") != nullptr;
  return names_drug && !mapping::IsDrugResource(resource);
}

// What an entry of the orders holds. An order that is overlooked would look like one without
// advice, so an entry that cannot be read is an error.
const Json* OrderIn(const Json& entry, IssueLog& log) {
  const Json* resource = fhir::Find(entry, "resource");
  // Some clients list the resources themselves.
  if (resource == nullptr && !fhir::FindText(entry, "resourceType").empty()) return &entry;
  if (resource == nullptr || !resource->is_object()) {
    log.Error(IssueType::kRequired, "an entry needs its resource");
    return nullptr;
  }
  if (fhir::FindText(*resource, "resourceType").empty()) {
    log.Error(IssueType::kRequired, "a resource needs its resourceType");
    return nullptr;
  }
  return resource;
}

// A Bundle; one that leaves out resourceType but has entries can be nothing else.
bool IsBundle(const Json& bundle) {
  if (!bundle.is_object()) return false;
  const std::string_view type = fhir::FindText(bundle, "resourceType");
  const Json* entries = fhir::Find(bundle, "entry");
  return type == "Bundle" || (type.empty() && entries != nullptr && entries->is_array());
}

// An order of somebody else is an error, and so is one of which nobody can tell whose it is: left
// out it would look like one without advice.
bool IsForPatient(const Json& order, const HookRequest& request, IssueLog& log) {
  switch (BelongingOf(order, request)) {
    case Belonging::kPatient:
      return true;
    case Belonging::kOther:
      log.Error(IssueType::kBusinessRule, "the order is not for the patient of the context");
      return false;
    case Belonging::kUnclear:
      break;
  }
  log.Error(IssueType::kBusinessRule,
            "the order names its patient by an identifier alone, and no prefetched Patient has one "
            "of that system to compare with");
  return false;
}

void ReadOrders(const Json& context, std::string_view name, HookRequest& request, IssueLog& log) {
  const Json* bundle = fhir::Find(context, name);
  const IssueLog::Scope scope(log, name);
  if (bundle == nullptr || bundle->is_null()) {
    log.Error(IssueType::kRequired, std::string(name) + " is required");
    return;
  }
  if (!IsBundle(*bundle)) {
    log.Error(IssueType::kStructure, std::string(name) + " must be a Bundle");
    return;
  }
  const Json* entries = fhir::Find(*bundle, "entry");
  if (entries != nullptr && !entries->is_array())
    log.Error(IssueType::kStructure, "entry must be an array");
  RememberUrls(*bundle, request);
  size_t index = 0;
  for (const Json& item : fhir::FindArray(*bundle, "entry")) {
    const IssueLog::Scope entry(log, index++);
    const Json* resource = OrderIn(item, log);
    if (resource == nullptr) continue;
    const bool order = IsOrder(*resource);
    if (IsUnreadDrugOrder(*resource)) {
      log.Error(IssueType::kNotSupported,
                "'" + std::string(fhir::FindText(*resource, "resourceType")) +
                    "' is no order of a drug in FHIR R4");
      continue;
    }
    if ((order || mapping::IsDrugResource(*resource)) && !IsForPatient(*resource, request, log))
      continue;
    (order ? request.orders : request.background).push_back(resource);
  }
}

// "MedicationRequest/1", the same behind a server's address, or the fullUrl of the entry.
bool Selects(const std::string& wanted, const Json& order, const HookRequest& request) {
  const std::string reference = ReferenceOf(order);
  if (wanted == reference) return true;
  if (wanted.find("://") != std::string::npos && wanted.ends_with('/' + reference)) return true;
  const auto at_url = request.by_url.find(wanted);
  return at_url != request.by_url.end() && at_url->second == &order;
}

void ReadSelections(const Json& context, HookRequest& request, IssueLog& log) {
  const IssueLog::Scope scope(log, "selections");
  const Json* selections = fhir::Find(context, "selections");
  if (selections == nullptr || !selections->is_array()) {
    log.Error(IssueType::kRequired, "selections is required and must be an array");
    return;
  }
  std::vector<const Json*> selected;
  std::vector<const Json*> rest = request.orders;
  for (const Json& selection : *selections) {
    const std::string wanted = selection.is_string() ? selection.get<std::string>() : "";
    const auto is_wanted = [&](const Json* order) { return Selects(wanted, *order, request); };
    const auto found = std::find_if(rest.begin(), rest.end(), is_wanted);
    if (found != rest.end()) {
      selected.push_back(*found);
      rest.erase(found);
      continue;
    }
    // What is selected may be of a kind that Genflik does not judge.
    const bool other =
        std::any_of(request.background.begin(), request.background.end(), is_wanted) ||
        std::any_of(selected.begin(), selected.end(), is_wanted);
    if (!other) log.Error(IssueType::kValue, "'" + wanted + "' is not among the draftOrders");
  }
  request.orders = std::move(selected);
  request.background.insert(request.background.end(), rest.begin(), rest.end());
}

void ReadDispatched(const Json& context, HookRequest& request, IssueLog& log) {
  // The library's own example still uses the name with a hyphen.
  const Json* orders = fhir::Find(context, "dispatchedOrders");
  if (orders == nullptr) orders = fhir::Find(context, "dispatched-orders");
  const IssueLog::Scope scope(log, "dispatchedOrders");
  if (orders == nullptr || !orders->is_array()) {
    log.Error(IssueType::kRequired, "dispatchedOrders is required and must be an array");
    return;
  }
  for (const Json& order : *orders) {
    if (order.is_string() && !order.get_ref<const std::string&>().empty()) {
      request.dispatched.push_back(order.get<std::string>());
    } else {
      log.Error(IssueType::kValue, "a dispatched order must be a reference");
    }
  }
}

// Read before all else: whose the rest is, its identifiers tell.
void ReadPatient(HookRequest& request, IssueLog& log) {
  const Json* prefetch = fhir::Find(*request.body, "prefetch");
  if (prefetch == nullptr || !prefetch->is_object()) return;
  for (const auto& item : prefetch->items()) {
    if (fhir::FindText(item.value(), "resourceType") != "Patient") continue;
    if (fhir::FindText(item.value(), "id") == request.patient) {
      SetPatient(item.value(), request);
    } else if (item.key() == "patient") {
      log.AddAt("prefetch." + item.key(), fhir::Severity::kError, IssueType::kBusinessRule,
                "the prefetched Patient is not the patient of the context");
    }
  }
}

void ReadContext(const Json& context, HookRequest& request, IssueLog& log) {
  const IssueLog::Scope scope(log, "context");
  request.patient = Required(context, "patientId", log);
  // An id is asked for, but a reference can only mean the same.
  if (request.patient.starts_with("Patient/")) request.patient.erase(0, 8);
  ReadPatient(request, log);
  const bool user_free = request.hook == "order-dispatch" || request.hook == "medication-refill";
  request.user = user_free ? Optional(context, "userId", log) : Required(context, "userId", log);
  request.encounter = request.hook == "encounter-start" ? Required(context, "encounterId", log)
                                                        : Optional(context, "encounterId", log);
  if (request.hook == "order-select" || request.hook == "order-sign")
    ReadOrders(context, "draftOrders", request, log);
  if (request.hook == "order-select") ReadSelections(context, request, log);
  if (request.hook == "medication-refill") ReadOrders(context, "medications", request, log);
  if (request.hook == "order-dispatch") {
    ReadDispatched(context, request, log);
    (void)Required(context, "performer", log);
  }
}

void ReadPrefetch(const Json& prefetch, HookRequest& request) {
  constexpr std::array<std::pair<std::string_view, SupplyOf>, 4> kSearches{
      {{"genotypes", &HookRequest::genotypes},
       {"medications", &HookRequest::medications},
       {"tests", &HookRequest::tests},
       {"size", &HookRequest::sizes}}};
  for (const auto& item : prefetch.items()) {
    const auto search = std::find_if(kSearches.begin(), kSearches.end(),
                                     [&](const auto& one) { return one.first == item.key(); });
    if (search != kSearches.end()) {
      AddSearch(item.value(), search->second, request);
      continue;
    }
    const Supply supply = AddSupply(item.value(), request);
    if (item.key() != "patient") continue;
    const bool right = fhir::FindText(item.value(), "resourceType") == "Patient";
    request.patient_supply = right ? supply : Supply::kFailed;
  }
}

}  // namespace

const std::vector<ServiceEntry>& AllServices() {
  static const std::vector<ServiceEntry> services{
      {"genflik-order-select", "order-select"},
      {"genflik-order-sign", "order-sign"},
      {"genflik-order-dispatch", "order-dispatch"},
      {"genflik-patient-view", "patient-view"},
      {"genflik-encounter-start", "encounter-start"},
      {"genflik-medication-refill", "medication-refill"}};
  return services;
}

const ServiceEntry* FindService(std::string_view id) {
  for (const ServiceEntry& service : AllServices()) {
    if (service.id == id) return &service;
  }
  return nullptr;
}

std::chrono::year_month_day DayOfMachine() {
  return std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
}

std::optional<HookRequest> ReadHookRequest(const Json& body, const ServiceEntry& service,
                                           IssueLog& log, std::chrono::year_month_day today) {
  if (!body.is_object()) {
    log.Error(IssueType::kStructure, "a CDS Hooks request must be a JSON object");
    return std::nullopt;
  }
  HookRequest request;
  request.body = &body;
  request.today = today;
  request.service = service.id;
  request.hook = Required(body, "hook", log);
  if (!request.hook.empty() && request.hook != service.hook) {
    log.AddAt("hook", fhir::Severity::kError, IssueType::kNotSupported,
              "the service '" + request.service + "' is not for the hook '" + request.hook + "'");
  }
  request.instance = Required(body, "hookInstance", log);
  if (!request.instance.empty() && !IsUuid(request.instance)) {
    log.AddAt("hookInstance", fhir::Severity::kError, IssueType::kValue,
              "hookInstance must be a UUID");
  }
  // UUIDs are the same in either case (RFC 9562, 4).
  request.instance = rules::LowerAscii(request.instance);
  ReadAuthorization(body, request, log);
  const Json* context = fhir::Find(body, "context");
  if (context == nullptr || !context->is_object()) {
    log.AddAt("context", fhir::Severity::kError, IssueType::kRequired,
              "context is required and must be an object");
    return std::nullopt;
  }
  ReadContext(*context, request, log);
  const Json* prefetch = fhir::Find(body, "prefetch");
  if (prefetch != nullptr && prefetch->is_object()) {
    ReadPrefetch(*prefetch, request);
  } else if (prefetch != nullptr && !prefetch->is_null()) {
    log.AddAt("prefetch", fhir::Severity::kError, IssueType::kStructure,
              "prefetch must be an object");
  }
  if (log.HasErrors()) return std::nullopt;
  return request;
}

}  // namespace genflik::cds
