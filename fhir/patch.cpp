#include "fhir/patch.h"

#include <array>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

namespace genflik::fhir {
namespace {

// What each operation needs besides "op" and "path" (RFC 6902, section 4).
struct Operation {
  std::string_view name;
  std::string_view member;
};
constexpr std::array<Operation, 6> kOperations = {{{"add", "value"},
                                                   {"remove", ""},
                                                   {"replace", "value"},
                                                   {"move", "from"},
                                                   {"copy", "from"},
                                                   {"test", "value"}}};

// The library would name its own error numbers; here the sender learns what to mend.
bool CheckOperation(const Json& operation, IssueLog& log) {
  if (!operation.is_object()) {
    log.Error(IssueType::kStructure, "an operation must be a JSON object");
    return false;
  }
  const std::string_view name = FindText(operation, "op");
  const Operation* known = nullptr;
  for (const Operation& candidate : kOperations) {
    if (candidate.name == name) known = &candidate;
  }
  if (known == nullptr) {
    std::string text("'");
    log.Error(IssueType::kInvalid, text.append(name).append("' is no operation of JSON Patch"));
    return false;
  }
  const Json* path = Find(operation, "path");
  if (path == nullptr || !path->is_string()) {
    log.Error(IssueType::kRequired, "the path is missing");
    return false;
  }
  if (!known->member.empty() && Find(operation, known->member) == nullptr) {
    log.Error(IssueType::kRequired, "the member '" + std::string(known->member) + "' is missing");
    return false;
  }
  return true;
}

}  // namespace

std::optional<Json> ApplyJsonPatch(const Json& resource, const Json& patch, IssueLog& log) {
  if (!patch.is_array()) {
    log.Error(IssueType::kStructure, "a JSON Patch must be an array of operations");
    return std::nullopt;
  }
  Json patched = resource;
  for (size_t i = 0; i < patch.size(); ++i) {
    const IssueLog::Scope scope(log, i);
    if (!CheckOperation(patch[i], log)) return std::nullopt;
    const std::string path(FindText(patch[i], "path"));
    // The library's own message names its internals, so the reason is told by kind.
    try {
      patched.patch_inplace(Json::array({patch[i]}));
    } catch (const Json::other_error&) {
      log.Error(IssueType::kConflict, "the test of " + path + " failed");
      return std::nullopt;
    } catch (const Json::exception&) {
      log.Error(IssueType::kProcessing, "the path " + path + " or the path in from is not there");
      return std::nullopt;
    }
  }
  return patched;
}

}  // namespace genflik::fhir
