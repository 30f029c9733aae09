#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "services/http/router.h"

namespace genflik::tab {

/// How the tab's pages are served.
struct TabOptions {
  /// Folder of the html, css and js files; read once, at the start.
  std::filesystem::path assets = {};
  /// Origins of record systems that may show the tab inside a frame; none: no frames at all.
  std::vector<std::string> frame_ancestors = {};
};

/// GET /tab/... serves the files of the tab with a Content-Security-Policy under which a page can
/// load and call nothing but Genflik itself (https://www.w3.org/TR/CSP3/); GET / leads there.
/// Throws core::Error(kInternal) when the folder cannot be read.
void AddStaticRoutes(http::Router& router, const TabOptions& options);

}  // namespace genflik::tab
