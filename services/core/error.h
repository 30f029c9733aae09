#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "fhir/issue.h"

namespace genflik::core {

/// Why an operation cannot go on. Knows no protocol: http/error_response maps it to a status.
enum class ErrorCode {
  kMalformed,
  kInvalid,
  kUnauthenticated,
  kForbidden,
  kNotFound,
  kGone,
  kNotAllowed,
  kNotAcceptable,
  kConflict,
  kStale,
  kPreconditionFailed,
  kTooLarge,
  kUnsupported,
  kThrottled,
  kUnavailable,
  kInternal,
};

/// Thrown when an operation cannot go on; caught at the edges only (HTTP, MLLP, command line).
class Error : public std::runtime_error {
 public:
  /// `text` is for the caller: no patient data, no internals.
  Error(ErrorCode code, const std::string& text) : std::runtime_error(text), code_(code) {}
  /// Carries every finding about the caller's data.
  Error(ErrorCode code, std::vector<fhir::Issue> issues)
      : std::runtime_error(issues.empty() ? "refused" : issues.front().text),
        code_(code),
        issues_(std::move(issues)) {}

  ErrorCode code() const { return code_; }
  const std::vector<fhir::Issue>& issues() const { return issues_; }

 private:
  ErrorCode code_;
  std::vector<fhir::Issue> issues_;
};

}  // namespace genflik::core
