#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "fhir/definitions.h"
#include "fhir/json.h"

namespace genflik::fhir::testing {

/// The definitions of this checkout, read once.
const Definitions& TheDefinitions();
/// A JSON text read; a test fails when it cannot be.
Json FromText(std::string_view text);
Json FromFile(const std::filesystem::path& path);
std::string ReadAll(const std::filesystem::path& path);
/// Each finding as "path | code | text".
std::vector<std::string> Findings(const IssueLog& log);
/// Folder of reference material beside the checkout; may be absent.
std::filesystem::path ReferenceFolder();
/// Every .json file below a folder, sorted.
std::vector<std::filesystem::path> JsonFiles(const std::filesystem::path& folder);

}  // namespace genflik::fhir::testing
