// http://hl7.org/fhir/R4/http.html#transaction: the entries of a batch are independent.
#include <nlohmann/json.hpp>

#include "fhir/bundle.h"
#include "services/core/error.h"
#include "services/core/ids.h"
#include "services/http/error_response.h"
#include "services/lab/delivery.h"
#include "services/rest/binary.h"
#include "services/rest/interactions.h"
#include "services/rest/support.h"

namespace genflik::rest {
namespace {

using core::Error;
using core::ErrorCode;

http::Response Dispatch(const RestContext& context, const http::Request& request,
                        EntryPlace place) {
  const std::string& method = request.method;
  if (method == "GET" || method == "HEAD") {
    return context.store.Read(
        [&](const store::Reader& reader) { return GetIn(context, reader, request, place); });
  }
  if (place == EntryPlace::kOperation && method == "POST") {
    if (request.Parameter("operation") == "$validate") return Validate(context, request);
    return context.store.Read(
        [&](const store::Reader& reader) { return OperateIn(context, reader, request); });
  }
  // Clients ask for a long search so.
  if (method == "POST" && request.path.ends_with("/_search")) {
    return context.store.Read(
        [&](const store::Reader& reader) { return GetIn(context, reader, request, place); });
  }
  if (place == EntryPlace::kResource) {
    if (method == "PUT") return Update(context, request);
    if (method == "PATCH") return Patch(context, request);
    if (method == "DELETE") return Delete(context, request);
  }
  if (place == EntryPlace::kType) {
    if (method == "POST") return Create(context, request);
    if (method == "PUT") return UpdateConditionally(context, request);
    if (method == "PATCH") return PatchConditionally(context, request);
    if (method == "DELETE") return DeleteConditionally(context, request);
  }
  throw Error(ErrorCode::kNotAllowed,
              "an entry cannot " + method.substr(0, 20) + " '" + request.path.substr(0, 200) + "'");
}

http::Request MakeRequest(const http::Request& outer, const fhir::BundleRequest& entry) {
  http::Request request;
  request.method = entry.method;
  request.base = outer.base;
  request.peer = outer.peer;
  request.id = outer.id;
  const auto add = [&request](const char* name, const std::string& value) {
    if (!value.empty()) request.headers.emplace(name, value);
  };
  add("If-Match", entry.if_match);
  add("If-None-Match", entry.if_none_match);
  add("If-Modified-Since", entry.if_modified_since);
  add("If-None-Exist", entry.if_none_exist);
  add("Prefer", std::string(outer.Header("Prefer")));
  if (entry.resource != nullptr) {
    request.body = fhir::PrintJson(*entry.resource);
    request.headers.emplace("Content-Type", "application/fhir+json");
    if (entry.method == "PATCH" && fhir::FindText(*entry.resource, "resourceType") == "Binary") {
      request.body = DecodeBase64(fhir::FindText(*entry.resource, "data"));
      request.headers.erase("Content-Type");
      request.headers.emplace("Content-Type", "application/json-patch+json");
    }
  }
  return request;
}

std::string StatusText(int status) {
  switch (status) {
    case 200:
      return "200 OK";
    case 201:
      return "201 Created";
    case 204:
      return "204 No Content";
    case 304:
      return "304 Not Modified";
    default:
      return std::to_string(status);
  }
}

fhir::BundleEntry Answer(const http::Response& response) {
  fhir::BundleEntry entry;
  entry.status = StatusText(response.status);
  const auto header = [&response](std::string_view name) {
    const auto found = response.headers.find(name);
    return found == response.headers.end() ? std::string() : found->second;
  };
  entry.location = header("Location");
  entry.etag = header("ETag");
  if (response.status >= 400) {
    entry.outcome = response.body;
  } else {
    entry.resource = response.body;
  }
  return entry;
}

// What is wrong with one entry as such: it refuses that entry and no other.
std::vector<fhir::Issue> FaultsOf(const fhir::BundleRequest& entry, const fhir::IssueLog& log) {
  const std::string place = "Bundle.entry[" + std::to_string(entry.index) + "]";
  std::vector<fhir::Issue> faults;
  for (const fhir::Issue& issue : log.issues()) {
    if (issue.path.starts_with(place)) faults.push_back(issue);
  }
  return faults;
}

}  // namespace

http::Response ProcessBatch(const RestContext& context, const http::Request& request,
                            const fhir::Json& bundle) {
  fhir::IssueLog log;
  const auto entries = fhir::ReadRequests(bundle, log, BaseUrl(context, request));
  std::vector<fhir::BundleEntry> answers;
  for (const fhir::BundleRequest& entry : entries) {
    try {
      auto faults = FaultsOf(entry, log);
      if (!faults.empty()) throw Error(ErrorCode::kMalformed, std::move(faults));
      http::Request inner = MakeRequest(request, entry);
      const EntryPlace place = SplitEntryUrl(entry.url, inner);
      answers.push_back(Answer(Dispatch(context, inner, place)));
    } catch (const Error& error) {
      answers.push_back(Answer(http::ErrorResponse(error)));
    }
  }
  return AnswerText(200, fhir::PrintBundle("batch-response", answers));
}

namespace {

/// What a laboratory sends without saying what is to be done with each resource.
http::Response ProcessDelivery(const RestContext& context, const http::Request& request,
                               const fhir::Json& bundle) {
  const fhir::Json transaction = lab::AsTransaction(bundle);
  CheckResource(context, transaction, "Bundle");
  http::Response answer = ProcessTransaction(context, request, transaction);
  if (fhir::FindText(bundle, "type") != "message") return answer;
  return AnswerText(200, fhir::PrintJson(lab::AnswerMessage(bundle, core::TimeOrderedIds().New())));
}

}  // namespace

http::Response ProcessBundle(const RestContext& context, const http::Request& request) {
  const fhir::Json bundle = ReadJsonBody(request);
  const std::string type(fhir::FindText(bundle, "type"));
  if (lab::IsDelivery(bundle)) return ProcessDelivery(context, request, bundle);
  if (fhir::FindText(bundle, "resourceType") == "Bundle" && type != "transaction" &&
      type != "batch") {
    throw Refusal(ErrorCode::kMalformed, fhir::IssueType::kValue,
                  "a Bundle of type '" + type.substr(0, 64) +
                      "' is no request: send a transaction or a batch, or store it at /Bundle",
                  "Bundle.type");
  }
  if (type == "batch") {
    // Each entry is judged by itself, so that one fault does not refuse the others.
    if (fhir::FindText(bundle, "resourceType") == "Bundle") {
      return ProcessBatch(context, request, bundle);
    }
  }
  CheckResource(context, bundle, "Bundle");
  return ProcessTransaction(context, request, bundle);
}

}  // namespace genflik::rest
