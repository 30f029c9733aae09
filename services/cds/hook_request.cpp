#include "services/cds/hook_request.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include <nlohmann/json.hpp>

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

// The resources of a Bundle, of whatever type it says it is.
std::vector<const Json*> ResourcesOf(const Json& bundle) {
  std::vector<const Json*> resources;
  for (const Json& entry : fhir::FindArray(bundle, "entry")) {
    const Json* resource = fhir::Find(entry, "resource");
    if (resource != nullptr && resource->is_object()) resources.push_back(resource);
  }
  return resources;
}

void RememberUrls(const Json& bundle, HookRequest& request) {
  for (const Json& entry : fhir::FindArray(bundle, "entry")) {
    const Json* resource = fhir::Find(entry, "resource");
    const std::string_view url = fhir::FindText(entry, "fullUrl");
    if (resource != nullptr && resource->is_object() && !url.empty() &&
        BelongsToPatient(*resource, request.patient))
      request.by_url.emplace(std::string(url), resource);
  }
}

std::string ReferenceOf(const Json& resource) {
  return std::string(fhir::FindText(resource, "resourceType")) + '/' +
         std::string(fhir::FindText(resource, "id"));
}

bool IsOrder(const Json& resource) {
  const std::string_view type = fhir::FindText(resource, "resourceType");
  return type == "MedicationRequest" || type == "ServiceRequest";
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
    if (!IsOrder(*resource)) {
      request.background.push_back(resource);
    } else if (!BelongsToPatient(*resource, request.patient)) {
      log.Error(IssueType::kBusinessRule, "the order is not for the patient of the context");
    } else {
      request.orders.push_back(resource);
    }
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

void ReadContext(const Json& context, HookRequest& request, IssueLog& log) {
  const IssueLog::Scope scope(log, "context");
  request.patient = Required(context, "patientId", log);
  // An id is asked for, but a reference can only mean the same.
  if (request.patient.starts_with("Patient/")) request.patient.erase(0, 8);
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

Supply BundleSupply(const Json& bundle, HookRequest& request) {
  RememberUrls(bundle, request);
  bool failed = false;
  size_t count = 0;
  bool belongs = false;
  for (const Json* resource : ResourcesOf(bundle)) {
    if (fhir::FindText(*resource, "resourceType") == "OperationOutcome") {
      failed = true;
    } else {
      ++count;
      if (!BelongsToPatient(*resource, request.patient)) continue;
      belongs = true;
      request.prefetched.push_back(resource);
    }
  }
  const bool any = count > 0;
  if (failed && !any) return Supply::kFailed;
  for (const Json& link : fhir::FindArray(bundle, "link")) {
    if (fhir::FindText(link, "relation") != "next") continue;
    request.next_pages.emplace_back(fhir::FindText(link, "url"));
    return Supply::kPaged;
  }
  // Only data of other patients: the query was about somebody else.
  return any && !belongs ? Supply::kFailed : Supply::kComplete;
}

// A Bundle that says it found more than it holds, and has no further page to ask for.
bool LeavesOut(const Json& bundle) {
  const Json* total = fhir::Find(bundle, "total");
  const auto found = total == nullptr ? std::nullopt : fhir::NumberOf(*total);
  return found && *found > static_cast<double>(ResourcesOf(bundle).size());
}

// The answer to a search. What is no list was not what was asked for, whatever it holds.
Supply SearchSupply(const Json& answer, Supply supply) {
  if (answer.is_null() || supply == Supply::kFailed || supply == Supply::kPaged) return supply;
  if (fhir::FindText(answer, "resourceType") != "Bundle") return Supply::kFailed;
  return LeavesOut(answer) ? Supply::kFailed : supply;
}

void ReadPrefetch(const Json& prefetch, HookRequest& request, IssueLog& log) {
  const IssueLog::Scope scope(log, "prefetch");
  for (const auto& item : prefetch.items()) {
    const Supply supply = AddSupply(item.value(), request);
    if (item.key() == "patient") {
      const bool right = fhir::FindText(item.value(), "resourceType") == "Patient";
      request.patient_supply = right ? supply : Supply::kFailed;
    }
    if (item.key() == "genotypes") request.genotypes = SearchSupply(item.value(), supply);
    if (item.key() == "medications") request.medications = SearchSupply(item.value(), supply);
    if (item.key() == "tests") request.tests = SearchSupply(item.value(), supply);
    if (fhir::FindText(item.value(), "resourceType") != "Patient") continue;
    const IssueLog::Scope key(log, item.key());
    if (fhir::FindText(item.value(), "id") != request.patient) {
      log.Error(IssueType::kBusinessRule,
                "the prefetched Patient is not the patient of the context");
    }
    request.prefetched_patient = &item.value();
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

bool BelongsToPatient(const Json& resource, std::string_view patient) {
  const Json* subject = fhir::Find(resource, "subject");
  if (subject == nullptr) subject = fhir::Find(resource, "patient");
  // A resource without a subject (a Medication) belongs to everybody.
  if (subject == nullptr) return true;
  std::string_view reference = fhir::FindText(*subject, "reference");
  if (reference.empty()) return fhir::Find(*subject, "identifier") != nullptr;
  const size_t history = reference.find("/_history/");
  if (history != std::string_view::npos) reference = reference.substr(0, history);
  const size_t slash = reference.rfind('/');
  const std::string_view id =
      slash == std::string_view::npos ? reference : reference.substr(slash + 1);
  return id == patient;
}

Supply AddSearch(const Json& answer, HookRequest& request) {
  return SearchSupply(answer, AddSupply(answer, request));
}

Supply AddSupply(const Json& resource, HookRequest& request) {
  // Null means that the EHR asked and there is nothing.
  if (resource.is_null()) return Supply::kComplete;
  const std::string_view type = fhir::FindText(resource, "resourceType");
  if (type == "Bundle") return BundleSupply(resource, request);
  if (type.empty() || type == "OperationOutcome") return Supply::kFailed;
  if (type != "Patient" && BelongsToPatient(resource, request.patient))
    request.prefetched.push_back(&resource);
  return Supply::kComplete;
}

std::optional<HookRequest> ReadHookRequest(const Json& body, const ServiceEntry& service,
                                           IssueLog& log) {
  if (!body.is_object()) {
    log.Error(IssueType::kStructure, "a CDS Hooks request must be a JSON object");
    return std::nullopt;
  }
  HookRequest request;
  request.body = &body;
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
    ReadPrefetch(*prefetch, request, log);
  } else if (prefetch != nullptr && !prefetch->is_null()) {
    log.AddAt("prefetch", fhir::Severity::kError, IssueType::kStructure,
              "prefetch must be an object");
  }
  if (log.HasErrors()) return std::nullopt;
  return request;
}

}  // namespace genflik::cds
