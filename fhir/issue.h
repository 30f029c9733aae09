#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace genflik::fhir {

/// How grave a finding is, in the terms of http://hl7.org/fhir/R4/valueset-issue-severity.html.
enum class Severity { kInformation, kWarning, kError, kFatal };

/// What is wrong, from http://hl7.org/fhir/R4/valueset-issue-type.html (the part that Genflik
/// uses).
enum class IssueType {
  kInvalid,
  kStructure,
  kRequired,
  kValue,
  kInvariant,
  kSecurity,
  kLogin,
  kForbidden,
  kProcessing,
  kNotSupported,
  kDuplicate,
  kMultipleMatches,
  kNotFound,
  kDeleted,
  kTooLong,
  kCodeInvalid,
  kExtension,
  kTooCostly,
  kBusinessRule,
  kConflict,
  kThrottled,
  kTransient,
  kException,
  kIncomplete,
  kInformational,
};

/// The FHIR code of a severity, such as "error".
std::string_view CodeOf(Severity severity);
/// The FHIR code of an issue type, such as "code-invalid".
std::string_view CodeOf(IssueType type);

/// One finding about data from outside.
struct Issue {
  Severity severity = Severity::kError;
  IssueType type = IssueType::kInvalid;
  /// What is wrong, for the sender. Never holds data of another patient nor internals.
  std::string text;
  /// FHIRPath of the element, such as "Observation.component[2].code"; empty for the whole.
  std::string path;

  bool operator==(const Issue&) const = default;
};

/// Collects every finding with its place. A reader walks the data inside scopes, so that no
/// function builds paths by hand.
class IssueLog {
 public:
  /// Adds `name` (".code", "[2]" or a type name) to the path of all that is added while it lives.
  class Scope {
   public:
    Scope(IssueLog& log, std::string_view name);
    Scope(IssueLog& log, size_t index);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    IssueLog& log_;
    size_t length_;
  };

  void Add(Severity severity, IssueType type, std::string text);
  void Error(IssueType type, std::string text);
  void Warn(IssueType type, std::string text);
  /// Adds a finding at a path of its own instead of that of the scopes.
  void AddAt(std::string path, Severity severity, IssueType type, std::string text);

  const std::vector<Issue>& issues() const { return issues_; }
  const std::string& path() const { return path_; }
  /// True when a finding of severity error or fatal was added.
  bool HasErrors() const { return has_errors_; }

 private:
  std::vector<Issue> issues_;
  std::string path_;
  bool has_errors_ = false;
};

}  // namespace genflik::fhir
