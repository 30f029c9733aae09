#include "fhir/outcome.h"

#include <utility>

#include <nlohmann/json.hpp>

namespace genflik::fhir {

Json MakeOutcome(const std::vector<Issue>& issues) {
  Json outcome = {{"resourceType", "OperationOutcome"}};
  for (const Issue& issue : issues) {
    Json item = {{"severity", CodeOf(issue.severity)}, {"code", CodeOf(issue.type)}};
    if (!issue.text.empty()) item["diagnostics"] = issue.text;
    if (!issue.path.empty()) item["expression"] = Json::array({issue.path});
    outcome["issue"].push_back(std::move(item));
  }
  if (issues.empty()) {
    outcome["issue"] = Json::array({{{"severity", CodeOf(Severity::kInformation)},
                                     {"code", CodeOf(IssueType::kInformational)},
                                     {"diagnostics", "No faults found"}}});
  }
  return outcome;
}

Json MakeOutcome(Severity severity, IssueType type, std::string text, std::string path) {
  return MakeOutcome({{severity, type, std::move(text), std::move(path)}});
}

}  // namespace genflik::fhir
