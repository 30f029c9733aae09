#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

// Reading from other servers, for the few calls that Genflik makes itself. Whatever the other side
// does, the caller has its answer at the deadline.

namespace genflik::http {

/// One GET.
struct FetchRequest {
  /// "https://host[:port]/path?query"; "http:" too, the caller decides what it allows.
  std::string url = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
};

struct FetchAnswer {
  /// 0 when there was no answer.
  int status = 0;
  /// Lower case, without parameters.
  std::string media_type = {};
  std::string body = {};
  /// Why there is no answer; for the log: holds no more of the address than its host.
  std::string fault = {};
};

struct ClientOptions {
  /// An answer that is longer is a fault.
  size_t max_bytes = size_t{4} * 1024 * 1024;
  /// PEM file of the authorities to trust beside those of the system; empty: none.
  std::string authority_file = {};
  /// More calls than this at once are refused, so that a server that hangs does not use up threads.
  size_t most_at_once = 256;
};

/// Thread-safe. Follows no redirect; checks certificate and host name.
class Client {
 public:
  explicit Client(ClientOptions options);
  /// Waits for the calls under way; they end at their deadlines.
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Makes all calls at the same time and returns when all have ended, at the deadline at the
  /// latest; one answer for each request, in their order.
  std::vector<FetchAnswer> Fetch(const std::vector<FetchRequest>& requests,
                                 std::chrono::steady_clock::time_point deadline);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace genflik::http
