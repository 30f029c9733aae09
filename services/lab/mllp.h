#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// Minimal Lower Layer Protocol: HL7 Version 2.5.1, implementation guide for transport, MLLP
// release 1. A frame is 0x0B, the message, 0x1C 0x0D.

namespace genflik::lab {

/// Finds frames in a stream of bytes. Pure.
class MllpFramer {
 public:
  explicit MllpFramer(size_t max_bytes = size_t{8} * 1024 * 1024) : max_bytes_(max_bytes) {}

  /// The messages that are complete after these bytes. Bytes between frames are ignored; a start
  /// inside a message drops the unfinished one, which the sender began anew.
  std::vector<std::string> Feed(std::string_view bytes);
  /// True when a message has grown over the limit: the connection is to be closed.
  bool Overflowed() const { return overflowed_; }

 private:
  size_t max_bytes_;
  std::string message_;
  bool inside_ = false;
  bool overflowed_ = false;
};

/// A message in its frame.
[[nodiscard]] std::string FrameMllp(std::string_view message);

struct MllpOptions {
  std::string host = "127.0.0.1";
  /// 0 takes a free one.
  std::uint16_t port = 2575;
  /// PEM files; TLS when both certificate and key are given. With an authority, senders must show a
  /// certificate that it signed.
  struct Tls {
    std::string certificate_file = {};
    std::string key_file = {};
    std::string client_authority_file = {};
  };
  Tls tls = {};
  /// Addresses ("192.0.2.7") and networks ("192.0.2.0/24", "2001:db8::/32") that may connect;
  /// empty: all. Error(kInvalid) for what is neither.
  std::vector<std::string> peers = {};
  int idle_seconds = 300;
  int max_connections = 64;
};

/// Serves MLLP: answers each frame on its connection before the next one is handled.
class MllpServer {
 public:
  using Handler = std::function<std::string(std::string_view message)>;

  /// Starts to listen. Throws Error(kUnavailable) when the address cannot be taken.
  MllpServer(const MllpOptions& options, Handler handler);
  /// Lets running messages finish and stops.
  ~MllpServer();
  MllpServer(const MllpServer&) = delete;
  MllpServer& operator=(const MllpServer&) = delete;

  /// The port that is listened on.
  std::uint16_t port() const;
  /// As http::HttpServer::ReloadCertificate.
  void ReloadCertificate();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace genflik::lab
