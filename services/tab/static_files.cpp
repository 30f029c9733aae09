#include "services/tab/static_files.h"

#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <regex>
#include <utility>

#include "services/core/error.h"
#include "services/tab/compression.h"

namespace genflik::tab {
namespace {

using core::Error;
using core::ErrorCode;

struct File {
  std::string body;
  /// The same, compressed; empty where that gains nothing.
  std::string gzip;
  std::string type;
  std::string etag;
};

// "js/main.js" -> the file.
using Files = std::map<std::string, File, std::less<>>;

std::string_view TypeOf(const std::filesystem::path& path) {
  static const std::map<std::string, std::string_view> types = {
      {".html", "text/html; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".json", "application/json"},
      {".png", "image/png"}};
  const auto found = types.find(path.extension().string());
  if (found == types.end()) {
    throw Error(ErrorCode::kInternal, "no media type for the tab's file " + path.string());
  }
  return found->second;
}

Files ReadFiles(const std::filesystem::path& folder) {
  Files files;
  if (!std::filesystem::exists(folder)) {
    throw Error(ErrorCode::kInternal, "the tab's files are not at " + folder.string());
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream stream(entry.path(), std::ios::binary);
    File file;
    file.body.assign(std::istreambuf_iterator<char>(stream), {});
    file.type = TypeOf(entry.path());
    file.gzip = Gzip(file.body);
    if (file.gzip.size() >= file.body.size()) file.gzip.clear();
    file.etag = '"' + std::to_string(std::hash<std::string>{}(file.body)) + '"';
    files.emplace(std::filesystem::relative(entry.path(), folder).generic_string(),
                  std::move(file));
  }
  return files;
}

std::string Policy(const std::vector<std::string>& frame_ancestors,
                   const std::vector<std::string>& connections) {
  std::string policy =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
      "connect-src 'self'";
  for (const std::string& origin : connections) policy += ' ' + origin;
  policy += "; base-uri 'none'; form-action 'self'; frame-ancestors";
  for (const std::string& origin : frame_ancestors) policy += ' ' + origin;
  return frame_ancestors.empty() ? policy + " 'none'" : policy;
}

// What goes into a policy is written by whoever configures Genflik; a blank or a semicolon in it
// would make another policy.
void CheckOrigins(const std::vector<std::string>& origins) {
  for (const std::string& origin : origins) {
    if (!IsOrigin(origin)) {
      throw Error(ErrorCode::kInvalid,
                  "\"" + origin + "\" is no origin; it must be like https://ehr.example");
    }
  }
}

http::Response Serve(const Files& files, std::string_view name, const std::string& policy,
                     const http::Request& request) {
  const auto found = files.find(name);
  if (found == files.end()) throw Error(ErrorCode::kNotFound, "the tab has no such file");
  const File& file = found->second;
  http::Response response;
  if (request.Header("If-None-Match") == file.etag) {
    response.status = 304;
  } else {
    const bool packed = !file.gzip.empty() && TakesGzip(request.Header("Accept-Encoding"));
    response = http::MakeResponse(200, packed ? file.gzip : file.body, file.type);
    if (packed) response.Set("Content-Encoding", "gzip");
  }
  response.Set("ETag", file.etag)
      .Set("Vary", "Accept-Encoding")
      .Set("Cache-Control", "no-cache")
      .Set("Content-Security-Policy", policy)
      .Set("Referrer-Policy", "no-referrer")
      .Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()");
  return response;
}

}  // namespace

bool IsOrigin(std::string_view text) {
  static const std::regex origin(
      R"((https://[A-Za-z0-9.-]+|http://(localhost|127\.0\.0\.1|\[::1\]))(:[0-9]{1,5})?)");
  return std::regex_match(text.begin(), text.end(), origin);
}

void AddStaticRoutes(http::Router& router, const TabOptions& options) {
  CheckOrigins(options.frame_ancestors);
  CheckOrigins(options.launch_origins);
  const auto files = std::make_shared<const Files>(ReadFiles(options.assets));
  const std::string policy = Policy(options.frame_ancestors, {});
  const std::string launch_policy = Policy(options.frame_ancestors, options.launch_origins);
  router.Add(
      "GET", "/tab",
      [files, policy](const http::Request& request) {
        return Serve(*files, "index.html", policy, request);
      },
      http::Protection::Public());
  router.Add(
      "GET", "/tab/{file...}",
      [files, policy, launch_policy](const http::Request& request) {
        const std::string_view file = request.Parameter("file");
        // The page that record systems open is the same page; it alone may call them.
        if (file == "launch.html") return Serve(*files, "index.html", launch_policy, request);
        return Serve(*files, file, policy, request);
      },
      http::Protection::Public());
  router.Add(
      "GET", "/",
      [](const http::Request&) {
        http::Response response;
        response.status = 302;
        response.Set("Location", "/tab/");
        return response;
      },
      http::Protection::Public());
}

}  // namespace genflik::tab
