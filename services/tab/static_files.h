#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "services/http/router.h"

namespace genflik::tab {

/// How the tab's pages are served.
struct TabOptions {
  /// Folder of the html, css and js files; read once, at the start.
  std::filesystem::path assets = {};
  /// Origins of record systems that may show the tab inside a frame; none: no frames at all.
  std::vector<std::string> frame_ancestors = {};
  /// Origins that the launch page, and no other, may call: those of the record systems'
  /// authorization servers.
  std::vector<std::string> launch_origins = {};
};

/// "https://ehr.example" or "http://127.0.0.1:8080": without a path, and in the clear on loopback
/// only.
[[nodiscard]] bool IsOrigin(std::string_view text);

/// GET /tab/... serves the files of the tab with a Content-Security-Policy under which a page can
/// load and call nothing but Genflik itself (https://www.w3.org/TR/CSP3/); GET / leads there.
/// Throws core::Error: kInternal when the folder cannot be read, kInvalid for what is no origin.
void AddStaticRoutes(http::Router& router, const TabOptions& options);

}  // namespace genflik::tab
