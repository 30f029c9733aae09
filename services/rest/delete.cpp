// http://hl7.org/fhir/R4/http.html#delete and #3.1.0.7.1 (conditional delete)
#include "services/core/error.h"
#include "services/rest/interactions.h"
#include "services/rest/support.h"

namespace genflik::rest {
namespace {

http::Response AnswerDelete(const std::optional<store::StoredResource>& deletion) {
  http::Response response;
  response.status = 204;
  if (deletion) response.Set("ETag", ETag(deletion->version));
  return response;
}

}  // namespace

std::optional<store::StoredResource> DeleteIn(store::Writer& writer, std::string_view type,
                                              std::string_view id,
                                              const WriteConditions& conditions) {
  CheckMayBeWritten(type);
  const auto current = writer.FindLatest(type, id);
  if (!current) return std::nullopt;
  if (!conditions.if_match.empty() && !ETagMatches(conditions.if_match, current->version)) {
    throw Refusal(core::ErrorCode::kPreconditionFailed, fhir::IssueType::kConflict,
                  current->Reference() + " is at version " + std::to_string(current->version));
  }
  CheckMayBeDeleted(*current);
  return writer.Delete(type, id);
}

http::Response Delete(const RestContext& context, const http::Request& request) {
  const std::string_view type = request.Parameter("type");
  const std::string_view id = request.Parameter("id");
  CheckType(context, type);
  const WriteConditions conditions = ConditionsOf(request);
  return AnswerDelete(context.store.Write(
      [&](store::Writer& writer) { return DeleteIn(writer, type, id, conditions); }));
}

http::Response DeleteConditionally(const RestContext& context, const http::Request& request) {
  const std::string_view type = request.Parameter("type");
  CheckType(context, type);
  const WriteConditions conditions = ConditionsOf(request);
  const std::string condition = PrintQuery(request.query);
  const std::string base = BaseUrl(context, request);
  return AnswerDelete(
      context.store.Write([&](store::Writer& writer) -> std::optional<store::StoredResource> {
        const auto matches = MatchCondition(context, writer, type, condition, base);
        if (matches.empty()) return std::nullopt;
        if (matches.size() > 1) {
          throw Refusal(core::ErrorCode::kPreconditionFailed, fhir::IssueType::kMultipleMatches,
                        "the condition of the deletion matches several resources");
        }
        return DeleteIn(writer, type, matches.front().id, conditions);
      }));
}

}  // namespace genflik::rest
