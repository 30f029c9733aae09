#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

// The built program, driven from outside as its users drive it.

namespace genflik::e2e {

/// A folder that is removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// What one run of a subcommand left.
struct Outcome {
  int exit_code = 0;
  std::string out = {};
  std::string err = {};
};
/// Runs `genflik` with these arguments to its end.
Outcome RunProgram(const std::vector<std::string>& arguments);

struct Answer {
  int status = 0;
  /// Names in lower case.
  std::map<std::string, std::string> headers = {};
  std::string body = {};
};

/// `genflik serve` on a free port.
class Service {
 public:
  /// Starts it with `--listen 127.0.0.1:0 --data folder` and `more`; returns when it says that it
  /// is ready. Throws std::runtime_error with what it printed when it does not start.
  explicit Service(const std::filesystem::path& folder, const std::vector<std::string>& more = {});
  /// Ends it with SIGTERM and waits.
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// Ends it at once, as a power cut does.
  void Kill();
  /// One request over HTTP; `path` starts with "/".
  Answer Send(std::string_view method, const std::string& path, const std::string& body = {},
              const std::map<std::string, std::string>& headers = {}) const;
  Answer Get(const std::string& path) const { return Send("GET", path); }
  /// POST of FHIR JSON.
  Answer PostFhir(const std::string& path, const std::string& body) const;
  /// POST of JSON.
  Answer PostJson(const std::string& path, const std::string& body) const;
  std::uint16_t port() const { return port_; }
  pid_t pid() const { return pid_; }

 private:
  void End(int signal);

  pid_t pid_ = -1;
  int out_ = -1;
  std::uint16_t port_ = 0;
};

/// The text of a file; throws std::runtime_error when it cannot be read.
std::string ReadFile(const std::filesystem::path& path);
/// The folder ../shared/reference beside the checkout; empty where it is absent.
std::filesystem::path ReferenceFolder();

}  // namespace genflik::e2e
