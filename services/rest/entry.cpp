// http://hl7.org/fhir/R4/bundle.html#bundle-request: the request of an entry, taken apart.
#include <array>

#include "services/core/error.h"
#include "services/http/message.h"
#include "services/rest/interactions.h"

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

}  // namespace

EntryPlace SplitEntryUrl(std::string_view url, http::Request& request) {
  // What stands in a Bundle is a resource, also where it could be had as bytes.
  request.headers.emplace("Accept", "application/fhir+json");
  const size_t question = url.find('?');
  if (question != std::string_view::npos) {
    request.query = http::ReadQuery(url.substr(question + 1));
    url = url.substr(0, question);
  }
  const std::vector<std::string> segments = Segments(url);
  request.path = "/fhir";
  for (const std::string& segment : segments) request.path += "/" + segment;
  const bool history = segments.size() > 2 && segments[2] == "_history";
  if (!segments.empty()) request.parameters["type"] = segments[0];
  if (segments.size() > 1) request.parameters["id"] = segments[1];
  if (segments.size() == 1) return EntryPlace::kType;
  if (segments.size() == 2 && segments[1] == "_history") {
    request.parameters.erase("id");
    return EntryPlace::kHistory;
  }
  if (segments.size() == 2 && !segments[1].starts_with('$')) return EntryPlace::kResource;
  if (segments.size() == 3 && history) return EntryPlace::kHistory;
  if (segments.size() == 4 && history) {
    request.parameters["version"] = segments[3];
    return EntryPlace::kVersion;
  }
  return EntryPlace::kNone;
}

http::Response GetIn(const RestContext& context, const store::Reader& reader,
                     const http::Request& request, EntryPlace place) {
  switch (place) {
    case EntryPlace::kType:
      return Search(context, reader, request);
    case EntryPlace::kResource:
      return ReadResource(context, reader, request);
    case EntryPlace::kHistory:
      return ReadHistory(context, reader, request);
    case EntryPlace::kVersion:
      return ReadVersion(context, reader, request);
    case EntryPlace::kNone:
      break;
  }
  throw core::Error(core::ErrorCode::kNotFound,
                    "an entry cannot GET '" + request.path.substr(0, 200) + "'");
}

}  // namespace genflik::rest
