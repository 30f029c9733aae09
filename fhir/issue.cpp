#include "fhir/issue.h"

#include <array>
#include <utility>

namespace genflik::fhir {

std::string_view CodeOf(Severity severity) {
  static constexpr std::array<std::string_view, 4> kCodes = {"information", "warning", "error",
                                                             "fatal"};
  return kCodes.at(static_cast<size_t>(severity));
}

std::string_view CodeOf(IssueType type) {
  static constexpr std::array<std::string_view, 25> kCodes = {
      "invalid",       "structure", "required",   "value",         "invariant", "security",
      "login",         "forbidden", "processing", "not-supported", "duplicate", "multiple-matches",
      "not-found",     "deleted",   "too-long",   "code-invalid",  "extension", "too-costly",
      "business-rule", "conflict",  "throttled",  "transient",     "exception", "incomplete",
      "informational"};
  return kCodes.at(static_cast<size_t>(type));
}

IssueLog::Scope::Scope(IssueLog& log, std::string_view name)
    : log_(log), length_(log.path_.size()) {
  if (!log_.path_.empty()) log_.path_ += '.';
  log_.path_ += name;
}

IssueLog::Scope::Scope(IssueLog& log, size_t index) : log_(log), length_(log.path_.size()) {
  log_.path_ += '[' + std::to_string(index) + ']';
}

IssueLog::Scope::~Scope() { log_.path_.resize(length_); }

void IssueLog::Add(Severity severity, IssueType type, std::string text) {
  AddAt(path_, severity, type, std::move(text));
}

void IssueLog::Error(IssueType type, std::string text) {
  Add(Severity::kError, type, std::move(text));
}

void IssueLog::Warn(IssueType type, std::string text) {
  Add(Severity::kWarning, type, std::move(text));
}

void IssueLog::AddAt(std::string path, Severity severity, IssueType type, std::string text) {
  if (severity == Severity::kError || severity == Severity::kFatal) has_errors_ = true;
  issues_.push_back({severity, type, std::move(text), std::move(path)});
}

}  // namespace genflik::fhir
