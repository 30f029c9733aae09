#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "services/core/metrics.h"
#include "services/http/router.h"

namespace genflik::http {

/// Certificate and key as PEM files; TLS 1.2 and newer.
struct TlsOptions {
  std::string certificate_file = {};
  std::string key_file = {};
  /// When set, clients must show a certificate that this authority signed.
  std::string client_authority_file = {};
};

struct ServerOptions {
  std::string host = "127.0.0.1";
  /// 0 takes a free one.
  std::uint16_t port = 8080;
  std::optional<TlsOptions> tls = {};
  /// Poco serves each connection from a thread of its own, so this is also the number of
  /// connections served at once; more wait, and above max_queued are refused.
  int max_connections = 1100;
  int max_queued = 200;
  size_t max_body_bytes = size_t{16} * 1024 * 1024;
  /// How long a client may take to send a request, and an idle connection is kept.
  std::chrono::seconds receive_timeout{30};
  std::chrono::seconds keep_alive{60};
  /// Web origins that a browser may call from, beside those of loopback when Genflik itself listens
  /// on loopback.
  std::vector<std::string> allowed_origins = {};
};

/// Wraps what follows it: may answer itself, or call `next` and change what comes back.
using Filter = std::function<Response(const Request&, const Handler& next)>;

/// Serves a route table over HTTP/1.1. Starts to listen in the constructor; stops in the
/// destructor, after the requests under way.
class HttpServer {
 public:
  /// `filters` run in their order around every route. Throws Error(kUnavailable) when the address
  /// cannot be listened on.
  HttpServer(ServerOptions options, Router router, std::vector<Filter> filters,
             core::Metrics& metrics);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// The port in use.
  std::uint16_t port() const;
  /// Shows new connections the certificate that is in the files now, if they have changed; one that
  /// cannot be used is logged and the old one stays. Nothing without TLS.
  void ReloadCertificate();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace genflik::http
