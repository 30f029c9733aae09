#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace genflik::http {

/// One request to another server.
struct Posting {
  /// https, or http to this machine where that is allowed: genetic results do not travel in the
  /// clear.
  std::string url = {};
  bool http_to_this_machine = false;
  /// Lines "Name: value". A line with control characters, or of a header that frames the message,
  /// is refused.
  std::vector<std::string> headers = {};
  std::string media_type = {};
  std::string body = {};
  std::chrono::seconds time_limit{10};
};

/// Sends it and returns the status of the answer. Throws Error(kInvalid) for another kind of URL
/// or header, Error(kUnavailable) when no answer comes.
[[nodiscard]] int Post(const Posting& posting);

}  // namespace genflik::http
