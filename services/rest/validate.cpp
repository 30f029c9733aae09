// http://hl7.org/fhir/R4/resource-operation-validate.html
#include <nlohmann/json.hpp>

#include "fhir/outcome.h"
#include "fhir/validator.h"
#include "services/core/error.h"
#include "services/rest/interactions.h"
#include "services/rest/support.h"

namespace genflik::rest {
namespace {

using core::ErrorCode;

struct Question {
  fhir::Json resource = nullptr;
  std::string mode = {};
};

Question ReadQuestion(const http::Request& request) {
  Question question;
  question.mode = request.Query("mode").value_or("");
  if (request.body.empty()) return question;
  fhir::Json body = ReadJsonBody(request);
  if (fhir::FindText(body, "resourceType") != "Parameters") {
    question.resource = std::move(body);
    return question;
  }
  for (const fhir::Json& parameter : fhir::FindArray(body, "parameter")) {
    const std::string_view name = fhir::FindText(parameter, "name");
    if (name == "mode") question.mode = fhir::FindText(parameter, "valueCode");
    if (name != "resource") continue;
    if (const fhir::Json* resource = fhir::Find(parameter, "resource")) {
      question.resource = *resource;
    }
  }
  return question;
}

void CheckStored(const RestContext& context, const http::Request& request, const Question& question,
                 fhir::IssueLog& log) {
  const std::string_view type = request.Parameter("type");
  const std::string_view id = request.Parameter("id");
  const auto current =
      context.store.Read([&](const store::Reader& reader) { return reader.Find(type, id); });
  if (!current) {
    log.Error(fhir::IssueType::kNotFound,
              "there is no " + std::string(type) + "/" + std::string(id));
    return;
  }
  if (question.mode != "delete") return;
  try {
    CheckMayBeDeleted(*current);
  } catch (const core::Error& error) {
    for (const fhir::Issue& issue : error.issues()) {
      log.AddAt(issue.path, issue.severity, issue.type, issue.text);
    }
  }
}

}  // namespace

http::Response Validate(const RestContext& context, const http::Request& request) {
  const std::string_view type = request.Parameter("type");
  CheckType(context, type);
  const Question question = ReadQuestion(request);
  fhir::IssueLog log;
  if (!question.resource.is_null()) {
    fhir::ValidateResource(*context.definitions, question.resource, type, log);
  } else if (request.Parameter("id").empty() && question.mode != "delete") {
    throw Refusal(ErrorCode::kMalformed, fhir::IssueType::kRequired,
                  "there is no resource to validate");
  }
  if (!request.Parameter("id").empty()) CheckStored(context, request, question, log);
  return AnswerJson(200, fhir::MakeOutcome(log.issues()));
}

}  // namespace genflik::rest
