// http://hl7.org/fhir/R4/bundle.html#bundle-request: the request of an entry, taken apart.
#include "services/core/error.h"
#include "services/http/message.h"
#include "services/rest/interactions.h"
#include "services/rest/support.h"

namespace genflik::rest {
namespace {

std::vector<std::string> Segments(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    const size_t end = path.find('/');
    if (end != 0) segments.push_back(http::PercentDecode(path.substr(0, end), false));
    path = end == std::string_view::npos ? std::string_view() : path.substr(end + 1);
  }
  return segments;
}

using Parameters = decltype(http::Request::parameters);

EntryPlace PlaceOf(const std::vector<std::string>& segments, Parameters& parameters) {
  const size_t size = segments.size();
  if (size == 0) return EntryPlace::kSystem;
  constexpr size_t kLongestPath = 4;
  if (size > kLongestPath) return EntryPlace::kNone;
  const std::string& last = segments.back();
  const bool operation = last.starts_with('$');
  if (operation) parameters["operation"] = last;
  if (size == 1 && last == "_history") return EntryPlace::kHistory;
  if (size == 1 && last == "metadata") return EntryPlace::kMetadata;
  if (size == 1 && operation) return EntryPlace::kOperation;
  parameters["type"] = segments[0];
  if (size == 1) return EntryPlace::kType;
  if (size == 2 && operation) return EntryPlace::kOperation;
  if (size == 2 && last == "_history") return EntryPlace::kHistory;
  parameters["id"] = segments[1];
  if (size == 2) return EntryPlace::kResource;
  if (operation && size == 3) return EntryPlace::kOperation;
  if (segments[2] != "_history") {
    if (size > 3) return EntryPlace::kNone;
    parameters["compartment"] = segments[0];
    parameters["type"] = segments[2];
    return EntryPlace::kCompartment;
  }
  if (size == 3) return EntryPlace::kHistory;
  parameters["version"] = last;
  return EntryPlace::kVersion;
}

using Operation = http::Response (*)(const RestContext&, const store::Reader&,
                                     const http::Request&);

// The operations that only read and concern one record; others are called by themselves.
Operation FindOperation(const http::Request& request) {
  const std::string_view name = request.Parameter("operation");
  const std::string_view type = request.Parameter("type");
  const bool of_instance = !request.Parameter("id").empty();
  if (name == "$everything" && type == "Patient" && of_instance) return Everything;
  if (name == "$lastn" && type == "Observation" && !of_instance) return LastN;
  if (name == "$meta") return of_instance ? Meta : MetaOfAll;
  return nullptr;
}

}  // namespace

EntryPlace SplitEntryUrl(std::string_view url, http::Request& request) {
  // What stands in a Bundle is a resource, also where it could be had as bytes.
  request.headers.emplace("Accept", "application/fhir+json");
  const size_t question = url.find('?');
  if (question != std::string_view::npos) {
    request.query = http::ReadQuery(url.substr(question + 1));
    url = url.substr(0, question);
  }
  std::vector<std::string> segments = Segments(url);
  request.path = "/fhir";
  for (const std::string& segment : segments) request.path += "/" + segment;
  if (!segments.empty() && segments.back() == "_search") segments.pop_back();
  return PlaceOf(segments, request.parameters);
}

http::Response GetIn(const RestContext& context, const store::Reader& reader,
                     const http::Request& request, EntryPlace place) {
  switch (place) {
    case EntryPlace::kSystem:
    case EntryPlace::kCompartment:
    case EntryPlace::kType:
      return Search(context, reader, request);
    case EntryPlace::kResource:
      return ReadResource(context, reader, request);
    case EntryPlace::kHistory:
      return ReadHistory(context, reader, request);
    case EntryPlace::kVersion:
      return ReadVersion(context, reader, request);
    case EntryPlace::kMetadata:
      return Capabilities(context, request);
    case EntryPlace::kOperation:
      return OperateIn(context, reader, request);
    case EntryPlace::kNone:
      break;
  }
  throw core::Error(core::ErrorCode::kNotFound,
                    "an entry cannot GET '" + request.path.substr(0, 200) + "'");
}

http::Response OperateIn(const RestContext& context, const store::Reader& reader,
                         const http::Request& request) {
  const Operation operation = FindOperation(request);
  if (operation == nullptr) {
    throw Refusal(core::ErrorCode::kNotFound, fhir::IssueType::kNotSupported,
                  "the operation '" + request.path.substr(0, 200) +
                      "' cannot be called from a Bundle: call it by itself");
  }
  return operation(context, reader, request);
}

}  // namespace genflik::rest
