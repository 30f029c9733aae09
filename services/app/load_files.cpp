#include "services/app/load_files.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/json.h"
#include "services/core/error.h"
#include "services/security/access.h"

namespace genflik::app {
namespace {

using core::Error;
using core::ErrorCode;
namespace fs = std::filesystem;

std::vector<fs::path> Expand(const std::vector<fs::path>& files) {
  std::vector<fs::path> expanded;
  for (const fs::path& path : files) {
    if (!fs::is_directory(path)) {
      expanded.push_back(path);
      continue;
    }
    std::vector<fs::path> found;
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      if (entry.is_regular_file() && entry.path().extension() == ".json") {
        found.push_back(entry.path());
      }
    }
    std::ranges::sort(found);
    expanded.insert(expanded.end(), found.begin(), found.end());
  }
  return expanded;
}

std::string ReadText(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw Error(ErrorCode::kInvalid, "cannot read " + file.string());
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

// An error of one file, with the file's name before each finding.
Error Refusal(const fs::path& file, std::vector<fhir::Issue> issues) {
  for (auto& issue : issues) {
    issue.path = file.string() + (issue.path.empty() ? "" : ": " + issue.path);
  }
  return {ErrorCode::kInvalid, std::move(issues)};
}

std::vector<fhir::Issue> IssuesIn(const http::Response& response) {
  std::vector<fhir::Issue> issues;
  fhir::IssueLog log;
  const auto outcome = fhir::ParseJson(response.body, log);
  if (outcome) {
    for (const auto& item : fhir::FindArray(*outcome, "issue")) {
      const auto& places = fhir::FindArray(item, "expression");
      issues.push_back({fhir::Severity::kError, fhir::IssueType::kInvalid,
                        std::string(fhir::FindText(item, "diagnostics")),
                        places.empty() ? "" : places[0].get<std::string>()});
    }
  }
  if (issues.empty()) {
    issues.push_back({fhir::Severity::kError, fhir::IssueType::kInvalid,
                      "refused with status " + std::to_string(response.status), ""});
  }
  return issues;
}

void LoadFile(const http::Router& router, const fs::path& file) {
  http::Request request{.method = "POST", .path = "/fhir"};
  request.headers.emplace("Content-Type", "application/fhir+json");
  request.body = ReadText(file);
  fhir::IssueLog log;
  const auto resource = fhir::ParseJson(request.body, log);
  if (!resource) throw Refusal(file, log.issues());
  const std::string_view type = fhir::FindText(*resource, "resourceType");
  const std::string_view id = fhir::FindText(*resource, "id");
  if (type != "Bundle") {
    request.path += '/' + std::string(type);
    if (!id.empty()) {
      request.method = "PUT";
      request.path += '/' + std::string(id);
    }
  }
  try {
    auto match = router.Find(request.method, request.path);
    request.parameters = std::move(match.parameters);
    const http::Response response = match.route->handler(request);
    if (response.status >= 300) throw Error(ErrorCode::kInvalid, IssuesIn(response));
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kInternal || error.code() == ErrorCode::kUnavailable) throw;
    auto issues = error.issues();
    if (issues.empty()) {
      issues.push_back({fhir::Severity::kError, fhir::IssueType::kInvalid, error.what(), ""});
    }
    throw Refusal(file, std::move(issues));
  }
}

}  // namespace

void LoadFiles(const http::Router& router, const std::vector<fs::path>& files) {
  // Whoever may start Genflik may load what is to be in it.
  const security::ActingAs acting(security::OwnWork());
  for (const fs::path& file : Expand(files)) LoadFile(router, file);
}

}  // namespace genflik::app
