// http://hl7.org/fhir/R4/http.html#read, #vread and #cread
#include <charconv>

#include "fhir/datetime.h"
#include "services/core/error.h"
#include "services/rest/binary.h"
#include "services/rest/interactions.h"
#include "services/rest/support.h"

namespace genflik::rest {
namespace {

using core::Error;
using core::ErrorCode;

[[noreturn]] void RefuseUnknown(std::string_view type, std::string_view id) {
  if (id.starts_with('$')) RefuseOperation(id);
  throw Refusal(ErrorCode::kNotFound, fhir::IssueType::kNotFound,
                "there is no " + std::string(type) + "/" + std::string(id));
}

void CheckNotDeleted(const store::StoredResource& resource) {
  if (!resource.deleted) return;
  throw Refusal(ErrorCode::kGone, fhir::IssueType::kDeleted, resource.Reference() + " was deleted");
}

bool IsUnchanged(const http::Request& request, const store::StoredResource& resource) {
  const std::string_view tags = request.Header("If-None-Match");
  if (!tags.empty()) return ETagMatches(tags, resource.version);
  const auto since = ReadHttpDate(request.Header("If-Modified-Since"));
  const auto updated = fhir::ReadDateTime(resource.last_updated);
  // HTTP dates have no fractions.
  return since && updated && fhir::SpanOf(*updated).low / 1000 <= *since / 1000;
}

}  // namespace

http::Response ReadResource(const RestContext& context, const store::Reader& reader,
                            const http::Request& request) {
  const std::string_view type = request.Parameter("type");
  const std::string_view id = request.Parameter("id");
  CheckType(context, type);
  const auto resource = reader.FindLatest(type, id);
  if (!resource) RefuseUnknown(type, id);
  CheckNotDeleted(*resource);
  if (IsUnchanged(request, *resource)) {
    http::Response response;
    response.status = 304;
    response.Set("ETag", ETag(resource->version));
    response.Set("Last-Modified", HttpDate(resource->last_updated));
    return response;
  }
  if (WantsBytes(request, *resource)) return AnswerBytes(*resource);
  return AnswerResource(context, request, 200, *resource);
}

http::Response ReadVersion(const RestContext& context, const store::Reader& reader,
                           const http::Request& request) {
  const std::string_view type = request.Parameter("type");
  const std::string_view id = request.Parameter("id");
  const std::string_view version = request.Parameter("version");
  CheckType(context, type);
  std::int64_t number = 0;
  const auto end = std::from_chars(version.data(), version.data() + version.size(), number);
  std::optional<store::StoredResource> resource;
  if (end.ec == std::errc() && end.ptr == version.data() + version.size()) {
    resource = reader.FindVersion(type, id, number);
  }
  if (!resource) RefuseUnknown(type, std::string(id) + "/_history/" + std::string(version));
  CheckNotDeleted(*resource);
  if (WantsBytes(request, *resource)) return AnswerBytes(*resource);
  return AnswerResource(context, request, 200, *resource);
}

}  // namespace genflik::rest
