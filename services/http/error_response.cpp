#include "services/http/error_response.h"

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "fhir/json.h"
#include "fhir/outcome.h"

namespace genflik::http {
namespace {

using core::ErrorCode;

fhir::IssueType TypeOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kMalformed:
      return fhir::IssueType::kStructure;
    case ErrorCode::kInvalid:
      return fhir::IssueType::kInvalid;
    case ErrorCode::kUnauthenticated:
      return fhir::IssueType::kLogin;
    case ErrorCode::kForbidden:
      return fhir::IssueType::kForbidden;
    case ErrorCode::kNotFound:
      return fhir::IssueType::kNotFound;
    case ErrorCode::kGone:
      return fhir::IssueType::kDeleted;
    case ErrorCode::kNotAllowed:
    case ErrorCode::kNotAcceptable:
    case ErrorCode::kUnsupported:
      return fhir::IssueType::kNotSupported;
    case ErrorCode::kConflict:
    case ErrorCode::kStale:
      return fhir::IssueType::kConflict;
    case ErrorCode::kPreconditionFailed:
      return fhir::IssueType::kIncomplete;
    case ErrorCode::kTooLarge:
      return fhir::IssueType::kTooLong;
    case ErrorCode::kThrottled:
      return fhir::IssueType::kThrottled;
    case ErrorCode::kUnavailable:
      return fhir::IssueType::kTransient;
    case ErrorCode::kInternal:
      return fhir::IssueType::kException;
  }
  return fhir::IssueType::kException;
}

}  // namespace

int StatusOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kMalformed:
      return 400;
    case ErrorCode::kUnauthenticated:
      return 401;
    case ErrorCode::kForbidden:
      return 403;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kNotAllowed:
      return 405;
    case ErrorCode::kNotAcceptable:
      return 406;
    case ErrorCode::kConflict:
      return 409;
    case ErrorCode::kGone:
      return 410;
    case ErrorCode::kStale:
    case ErrorCode::kPreconditionFailed:
      return 412;
    case ErrorCode::kTooLarge:
      return 413;
    case ErrorCode::kUnsupported:
      return 415;
    case ErrorCode::kInvalid:
      return 422;
    case ErrorCode::kThrottled:
      return 429;
    case ErrorCode::kUnavailable:
      return 503;
    case ErrorCode::kInternal:
      return 500;
  }
  return 500;
}

Response ErrorResponse(const core::Error& error) {
  std::vector<fhir::Issue> issues = error.issues();
  if (issues.empty()) {
    issues.push_back({fhir::Severity::kError, TypeOf(error.code()), error.what(), ""});
  }
  return MakeResponse(StatusOf(error.code()), fhir::PrintJson(fhir::MakeOutcome(issues)),
                      "application/fhir+json; charset=utf-8");
}

}  // namespace genflik::http
