#pragma once

#include <filesystem>
#include <vector>

#include "services/http/router.h"

namespace genflik::app {

/// Stores FHIR bundles and resources from files, in the order given, by the same way as a client
/// who posts them: a Bundle to the base, another resource with an id by PUT. A folder stands for
/// the .json files in it, sorted by path. Throws core::Error(kInvalid) that names the file and
/// every finding at the first file that is refused; the files before it are stored.
void LoadFiles(const http::Router& router, const std::vector<std::filesystem::path>& files);

}  // namespace genflik::app
