#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "services/app/config.h"

namespace genflik::app {

/// The running service: builds every part once, in order, and registers the routes.
class Server {
 public:
  /// Opens the store, loads the knowledge and the sample data where asked, and listens. Throws
  /// core::Error when any of it cannot be done.
  explicit Server(const Config& config);
  /// Stops listening, finishes the requests under way, and closes the store.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// The address clients use, with the port in use: "http://127.0.0.1:8080".
  std::string address() const;
  /// The port of MLLP; empty when it is not served.
  std::string mllp_address() const;
  /// Loads the knowledge files again; what is wrong with them is logged and the old ones stay.
  void ReloadKnowledge();

 private:
  struct Running;
  std::unique_ptr<Running> running_;
};

}  // namespace genflik::app
