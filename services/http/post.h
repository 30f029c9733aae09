#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace genflik::http {

/// One request to another server.
struct Posting {
  /// https, or http to this machine: genetic results do not travel in the clear.
  std::string url = {};
  /// Lines "Name: value".
  std::vector<std::string> headers = {};
  std::string media_type = {};
  std::string body = {};
  std::chrono::seconds time_limit{10};
};

/// Sends it and returns the status of the answer. Throws Error(kInvalid) for another kind of URL,
/// Error(kUnavailable) when no answer comes.
[[nodiscard]] int Post(const Posting& posting);

}  // namespace genflik::http
