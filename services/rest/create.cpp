// http://hl7.org/fhir/R4/http.html#create and #ccreate
#include <nlohmann/json.hpp>

#include "services/core/error.h"
#include "services/rest/interactions.h"
#include "services/rest/support.h"

namespace genflik::rest {

WriteResult CreateIn(store::Writer& writer, fhir::Json body) {
  // The server gives the id; one that is sent is ignored.
  body["id"] = writer.NewId();
  return {.resource = writer.Put(std::move(body), {.expected_version = 0, .method = "POST"}),
          .status = 201};
}

http::Response Create(const RestContext& context, const http::Request& request) {
  const std::string_view type = request.Parameter("type");
  CheckType(context, type);
  CheckMayBeWritten(type);
  const fhir::Json body = ReadResourceBody(context, request, type);
  const std::string condition(request.Header("If-None-Exist"));
  const std::string base = BaseUrl(context, request);
  const WriteResult result = context.store.Write([&](store::Writer& writer) -> WriteResult {
    if (!condition.empty()) {
      const auto matches = MatchCondition(context, writer, type, condition, base);
      if (matches.size() > 1) {
        throw Refusal(core::ErrorCode::kPreconditionFailed, fhir::IssueType::kMultipleMatches,
                      "the condition of If-None-Exist matches several resources");
      }
      if (matches.size() == 1) return {.resource = matches.front(), .status = 200};
    }
    return CreateIn(writer, body);
  });
  return AnswerWrite(context, request, result.status, result.resource);
}

}  // namespace genflik::rest
