// http://hl7.org/fhir/R4/http.html#patch: JSON Patch (RFC 6902)
#include "fhir/patch.h"

#include <nlohmann/json.hpp>

#include "fhir/bundle.h"
#include "services/core/error.h"
#include "services/rest/interactions.h"
#include "services/rest/support.h"

namespace genflik::rest {
namespace {

using core::Error;
using core::ErrorCode;

fhir::Json ReadPatchBody(const http::Request& request) {
  const std::string_view type = request.Header("Content-Type");
  if (!type.starts_with("application/json-patch+json") && !type.starts_with("application/json")) {
    throw Error(ErrorCode::kUnsupported, "a patch is sent as application/json-patch+json");
  }
  return ReadJsonBody(request);
}

}  // namespace

WriteResult PatchIn(const RestContext& context, store::Writer& writer, std::string_view type,
                    std::string_view id, const fhir::Json& patch,
                    const WriteConditions& conditions) {
  const auto current = writer.FindLatest(type, id);
  if (!current || current->deleted) {
    throw Error(current ? ErrorCode::kGone : ErrorCode::kNotFound,
                "there is no " + std::string(type) + "/" + std::string(id) + " to patch");
  }
  fhir::IssueLog log;
  auto patched = fhir::ApplyJsonPatch(current->Body(), patch, log);
  if (!patched) {
    const bool conflict = log.issues().front().type == fhir::IssueType::kConflict;
    throw Error(conflict ? ErrorCode::kConflict : ErrorCode::kMalformed, log.issues());
  }
  if (fhir::FindText(*patched, "id") != id || fhir::FindText(*patched, "resourceType") != type) {
    throw Error(ErrorCode::kMalformed, "a patch cannot change resourceType or id");
  }
  CheckResource(context, *patched, type);
  fhir::LocaliseReferences(*patched, conditions.base);
  return UpdateIn(writer, std::move(*patched), conditions, "PATCH");
}

http::Response Patch(const RestContext& context, const http::Request& request) {
  const std::string_view type = request.Parameter("type");
  const std::string_view id = request.Parameter("id");
  CheckType(context, type);
  CheckMayBeWritten(type);
  const fhir::Json patch = ReadPatchBody(request);
  WriteConditions conditions = ConditionsOf(request);
  conditions.base = BaseUrl(context, request);
  const WriteResult result = context.store.Write(
      [&](store::Writer& writer) { return PatchIn(context, writer, type, id, patch, conditions); });
  return AnswerWrite(context, request, result.status, result.resource);
}

http::Response PatchConditionally(const RestContext& context, const http::Request& request) {
  const std::string_view type = request.Parameter("type");
  CheckType(context, type);
  CheckMayBeWritten(type);
  const fhir::Json patch = ReadPatchBody(request);
  WriteConditions conditions = ConditionsOf(request);
  conditions.base = BaseUrl(context, request);
  const std::string condition = PrintQuery(request.query);
  const WriteResult result = context.store.Write([&](store::Writer& writer) {
    const auto matches = MatchCondition(context, writer, type, condition, conditions.base);
    if (matches.size() != 1) {
      throw Error(matches.empty() ? ErrorCode::kNotFound : ErrorCode::kPreconditionFailed,
                  std::string("the condition of the patch matches ") +
                      (matches.empty() ? "nothing" : "several resources"));
    }
    return PatchIn(context, writer, type, matches.front().id, patch, conditions);
  });
  return AnswerWrite(context, request, result.status, result.resource);
}

}  // namespace genflik::rest
