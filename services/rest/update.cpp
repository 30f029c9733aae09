// http://hl7.org/fhir/R4/http.html#update, #upsert, #cond-update and #concurrency
#include <nlohmann/json.hpp>

#include "fhir/validator.h"
#include "services/core/error.h"
#include "services/rest/interactions.h"
#include "services/rest/support.h"

namespace genflik::rest {
namespace {

using core::Error;
using core::ErrorCode;

void CheckConditions(const WriteConditions& conditions, std::int64_t version,
                     const std::string& reference) {
  if (!conditions.if_match.empty() && !ETagMatches(conditions.if_match, version)) {
    throw Refusal(ErrorCode::kPreconditionFailed, fhir::IssueType::kConflict,
                  version == 0 ? reference + " does not exist"
                               : reference + " is at version " + std::to_string(version) +
                                     ": read it again before changing it");
  }
  if (!conditions.if_none_match.empty() && ETagMatches(conditions.if_none_match, version)) {
    throw Refusal(ErrorCode::kPreconditionFailed, fhir::IssueType::kConflict,
                  reference + " exists already");
  }
}

}  // namespace

WriteConditions ConditionsOf(const http::Request& request) {
  return {.if_match = std::string(request.Header("If-Match")),
          .if_none_match = std::string(request.Header("If-None-Match"))};
}

WriteResult UpdateIn(store::Writer& writer, fhir::Json body, const WriteConditions& conditions,
                     std::string_view method) {
  const std::string type(fhir::FindText(body, "resourceType"));
  const std::string id(fhir::FindText(body, "id"));
  const auto current = writer.Find(type, id);
  CheckConditions(conditions, current ? current->version : 0, type + "/" + id);
  if (current) CheckMayBeReplaced(*current, body);
  return {.resource = writer.Put(std::move(body), {.method = std::string(method)}),
          .status = current ? 200 : 201};
}

http::Response Update(const RestContext& context, const http::Request& request) {
  const std::string_view type = request.Parameter("type");
  const std::string_view id = request.Parameter("id");
  CheckType(context, type);
  CheckMayBeWritten(type);
  if (!fhir::IsId(id)) {
    throw Error(ErrorCode::kMalformed, "'" + std::string(id) + "' cannot be an id");
  }
  const fhir::Json body = ReadResourceBody(context, request, type);
  if (fhir::FindText(body, "id") != id) {
    throw Refusal(ErrorCode::kMalformed, fhir::IssueType::kInvalid,
                  "the body's id must be that of the URL, " + std::string(id),
                  std::string(type) + ".id");
  }
  const WriteConditions conditions = ConditionsOf(request);
  const WriteResult result = context.store.Write(
      [&](store::Writer& writer) { return UpdateIn(writer, body, conditions); });
  return AnswerWrite(context, request, result.status, result.resource);
}

http::Response UpdateConditionally(const RestContext& context, const http::Request& request) {
  const std::string_view type = request.Parameter("type");
  CheckType(context, type);
  CheckMayBeWritten(type);
  const fhir::Json body = ReadResourceBody(context, request, type);
  const WriteConditions conditions = ConditionsOf(request);
  const std::string base = BaseUrl(context, request);
  const std::string condition = PrintQuery(request.query);
  const WriteResult result = context.store.Write([&](store::Writer& writer) -> WriteResult {
    const auto matches = MatchCondition(context, writer, type, condition, base);
    if (matches.size() > 1) {
      throw Refusal(ErrorCode::kPreconditionFailed, fhir::IssueType::kMultipleMatches,
                    "the condition of the update matches several resources");
    }
    fhir::Json updated = body;
    const std::string_view id = fhir::FindText(body, "id");
    if (matches.empty()) {
      if (id.empty()) return CreateIn(writer, updated);
      if (writer.Find(type, id)) {
        throw Error(ErrorCode::kConflict,
                    "the body's id is that of a resource that the condition "
                    "does not match");
      }
      return UpdateIn(writer, updated, conditions);
    }
    if (!id.empty() && id != matches.front().id) {
      throw Error(ErrorCode::kMalformed, "the body's id is not that of the resource matched");
    }
    updated["id"] = matches.front().id;
    return UpdateIn(writer, updated, conditions);
  });
  return AnswerWrite(context, request, result.status, result.resource);
}

}  // namespace genflik::rest
