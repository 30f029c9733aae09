#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fhir/json.h"

// Alerts as FHIR: http://hl7.org/fhir/R4/detectedissue.html

namespace genflik::mapping {

/// What was done about an alert.
struct Mitigation {
  /// Code and words of the reason, or the words alone.
  std::string code = {};
  std::string text = {};
  /// FHIR dateTime.
  std::string date = {};
};

/// An alert that stands beside an order.
struct IssueContent {
  std::string id = {};
  /// "final" while it stands, "cancelled" when it no longer does.
  std::string status = "final";
  /// "high", "moderate" or "low".
  std::string severity = {};
  /// References "Type/id".
  std::string patient = {};
  std::string order = {};
  std::vector<std::string> observations = {};
  /// FHIR dateTime.
  std::string identified = {};
  std::string summary = {};
  std::string detail = {};
  /// Rule, drug and knowledge version, for programs.
  std::string rule = {};
  std::string drug = {};
  std::string knowledge_version = {};
  /// Where the guideline stands.
  std::string citation_url = {};
  std::vector<Mitigation> mitigations = {};
};

/// An alert as a DetectedIssue that refers to the order and to the Observations behind it.
[[nodiscard]] fhir::Json RenderDetectedIssue(const IssueContent& content);

/// The id of the DetectedIssue that belongs to one order and one drug: the same each time, so that
/// a new evaluation replaces the old one.
[[nodiscard]] std::string DetectedIssueId(const std::string& order, const std::string& drug);

/// The outcome of evaluating an order as a GuidanceResponse
/// (http://hl7.org/fhir/R4/guidanceresponse.html): the DetectedIssues are its output parameters.
/// `missing`: what the evaluation lacked; then the response says that data are required, with an
/// OperationOutcome, which is all that evaluationMessage may refer to.
[[nodiscard]] fhir::Json RenderGuidanceResponse(const std::string& patient,
                                                const std::string& identified,
                                                const std::vector<fhir::Json>& issues,
                                                const std::vector<std::string>& missing);

}  // namespace genflik::mapping
