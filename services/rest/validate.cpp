// http://hl7.org/fhir/R4/resource-operation-validate.html
#include <algorithm>
#include <array>
#include <optional>

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
  /// Canonical URL of a profile to hold the resource to; may be empty.
  std::string profile = {};
};

Question ReadQuestion(const http::Request& request) {
  Question question;
  question.mode = request.Query("mode").value_or("");
  question.profile = request.Query("profile").value_or("");
  if (request.body.empty()) return question;
  fhir::Json body = ReadJsonBody(request);
  if (fhir::FindText(body, "resourceType") != "Parameters") {
    question.resource = std::move(body);
    return question;
  }
  for (const fhir::Json& parameter : fhir::FindArray(body, "parameter")) {
    const std::string_view name = fhir::FindText(parameter, "name");
    if (name == "mode") question.mode = fhir::FindText(parameter, "valueCode");
    if (name == "profile") {
      for (const char* value : {"valueUri", "valueCanonical", "valueString"}) {
        const std::string_view url = fhir::FindText(parameter, value);
        if (!url.empty()) question.profile = url;
      }
    }
    if (name != "resource") continue;
    if (const fhir::Json* resource = fhir::Find(parameter, "resource")) {
      question.resource = *resource;
    }
  }
  return question;
}

// Holds the resource to the profile asked for, as if it named it itself. What is not known here is
// not checked, and that must not look like a passed check.
void AddProfile(const RestContext& context, std::string_view type, Question& question,
                fhir::IssueLog& log) {
  if (question.profile.empty() || !question.resource.is_object()) return;
  const std::string url = question.profile.substr(0, question.profile.find('|'));
  if (url == "http://hl7.org/fhir/StructureDefinition/" + std::string(type)) return;
  const auto known = ProfilesOf(context, type);
  if (std::ranges::find(known, url) == known.end()) {
    log.Error(fhir::IssueType::kNotSupported,
              "the profile " + url.substr(0, 200) + " is not known here: it was not checked");
    return;
  }
  fhir::Json& meta = question.resource["meta"];
  if (meta.is_null()) meta = fhir::Json::object();
  if (!meta.is_object()) return;
  fhir::Json& claims = meta["profile"];
  if (claims.is_null()) claims = fhir::Json::array();
  if (claims.is_array()) claims.push_back(url);
}

// Adds what a check has thrown.
template <typename Check>
void Collect(fhir::IssueLog& log, const Check& check) {
  try {
    check();
  } catch (const core::Error& error) {
    for (const fhir::Issue& issue : error.issues()) {
      log.AddAt(issue.path, issue.severity, issue.type, issue.text);
    }
  }
}

// Whether the resource of {type}/{id} could be changed or deleted so.
void CheckAgainstStored(const store::StoredResource& current, const Question& question,
                        fhir::IssueLog& log) {
  if (question.mode == "delete") {
    Collect(log, [&] { CheckMayBeDeleted(current); });
    return;
  }
  if (!question.resource.is_object() || question.mode == "create") return;
  const std::string_view id = fhir::FindText(question.resource, "id");
  if (!id.empty() && id != current.id) {
    log.AddAt(current.type + ".id", fhir::Severity::kError, fhir::IssueType::kInvalid,
              "the id is not that of the resource to update, " + current.id);
  }
  Collect(log, [&] { CheckMayBeReplaced(current, question.resource); });
}

// What the store would hold against the resource beyond its form.
void CheckWriting(const RestContext& context, const Question& question, std::string_view type,
                  fhir::IssueLog& log) {
  if (question.mode == "create" || question.mode == "update") {
    Collect(log, [&] { CheckMayBeWritten(type); });
  }
  if (!log.HasErrors() && context.review) context.review(question.resource, log);
}

void CheckMode(const Question& question, bool of_instance) {
  static constexpr std::array<std::string_view, 5> kModes = {"", "create", "update", "delete",
                                                             "profile"};
  if (std::ranges::find(kModes, question.mode) == kModes.end()) {
    throw Refusal(ErrorCode::kMalformed, fhir::IssueType::kValue,
                  "mode is create, update, delete or profile");
  }
  if (question.mode == "delete" && !of_instance) {
    throw Refusal(ErrorCode::kMalformed, fhir::IssueType::kRequired,
                  "whether a resource may be deleted is asked at the resource itself");
  }
}

}  // namespace

http::Response Validate(const RestContext& context, const http::Request& request) {
  const std::string_view type = request.Parameter("type");
  const std::string_view id = request.Parameter("id");
  CheckType(context, type);
  Question question = ReadQuestion(request);
  CheckMode(question, !id.empty());
  std::optional<store::StoredResource> current;
  if (!id.empty()) {
    current =
        context.store.Read([&](const store::Reader& reader) { return reader.Find(type, id); });
    if (!current) {
      throw Refusal(ErrorCode::kNotFound, fhir::IssueType::kNotFound,
                    "there is no " + std::string(type) + "/" + std::string(id));
    }
    // Without a resource it is the stored one that is asked about.
    if (question.resource.is_null()) question.resource = current->Body();
  } else if (question.resource.is_null()) {
    throw Refusal(ErrorCode::kMalformed, fhir::IssueType::kRequired,
                  "there is no resource to validate");
  }
  fhir::IssueLog log;
  if (question.mode != "delete") {
    AddProfile(context, type, question, log);
    fhir::ValidateResource(*context.definitions, question.resource, type, log);
    CheckWriting(context, question, type, log);
  }
  if (current) CheckAgainstStored(*current, question, log);
  return AnswerJson(200, fhir::MakeOutcome(log.issues()));
}

}  // namespace genflik::rest
