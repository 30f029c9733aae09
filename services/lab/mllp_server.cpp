#include <array>
#include <charconv>
#include <chrono>
#include <exception>
#include <utility>

#include <Poco/Net/Context.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SecureServerSocket.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Net/TCPServer.h>
#include <Poco/Net/TCPServerConnection.h>
#include <Poco/Net/TCPServerConnectionFactory.h>
#include <Poco/Net/TCPServerParams.h>

#include "services/core/error.h"
#include "services/core/log.h"
#include "services/core/server_certificate.h"
#include "services/lab/mllp.h"

namespace genflik::lab {
namespace {

void SendAll(Poco::Net::StreamSocket& socket, const std::string& bytes) {
  size_t sent = 0;
  while (sent < bytes.size()) {
    const int count = socket.sendBytes(bytes.data() + sent, static_cast<int>(bytes.size() - sent));
    if (count <= 0) return;
    sent += static_cast<size_t>(count);
  }
}

class Connection : public Poco::Net::TCPServerConnection {
 public:
  Connection(const Poco::Net::StreamSocket& socket, const MllpServer::Handler& handler,
             int idle_seconds)
      : TCPServerConnection(socket), handler_(handler), idle_seconds_(idle_seconds) {}

  void run() override {
    try {
      Serve();
    } catch (const Poco::Exception& error) {
      core::Log(core::LogLevel::kInfo, "mllp connection ended", {{"reason", error.displayText()}});
    }
  }

 private:
  void Serve() {
    socket().setReceiveTimeout(Poco::Timespan(idle_seconds_, 0));
    MllpFramer framer;
    std::array<char, 16384> buffer{};
    while (!framer.Overflowed()) {
      const int count = socket().receiveBytes(buffer.data(), static_cast<int>(buffer.size()));
      if (count <= 0) return;
      const std::string_view bytes(buffer.data(), static_cast<size_t>(count));
      for (const std::string& message : framer.Feed(bytes)) {
        SendAll(socket(), FrameMllp(handler_(message)));
      }
    }
  }

  const MllpServer::Handler& handler_;
  int idle_seconds_;
};

// Lets in whom the configuration lists.
class Peers : public Poco::Net::TCPServerConnectionFilter {
 public:
  explicit Peers(const std::vector<std::string>& peers) {
    for (const std::string& peer : peers) networks_.push_back(Read(peer));
  }

  bool accept(const Poco::Net::StreamSocket& socket) override {
    const Poco::Net::IPAddress address = socket.peerAddress().host();
    for (const Network& network : networks_) {
      if (address.family() == network.address.family() &&
          (address & network.mask) == network.address) {
        return true;
      }
    }
    core::Log(core::LogLevel::kWarning, "mllp-peer-refused", {{"address", address.toString()}});
    return false;
  }

 private:
  struct Network {
    Poco::Net::IPAddress address;
    Poco::Net::IPAddress mask;
  };

  static Network Read(const std::string& text) {
    const size_t slash = text.find('/');
    Poco::Net::IPAddress address;
    unsigned bits = 0;
    const std::string host = text.substr(0, slash);
    bool good = Poco::Net::IPAddress::tryParse(host, address);
    // The library takes the address of nobody for a fault.
    if (host == "::") {
      address = Poco::Net::IPAddress(Poco::Net::IPAddress::IPv6);
      good = true;
    }
    const unsigned most = address.length() * 8;
    if (slash == std::string::npos) {
      bits = most;
    } else {
      const char* end = text.data() + text.size();
      const auto read = std::from_chars(text.data() + slash + 1, end, bits);
      good = good && read.ec == std::errc() && read.ptr == end && bits <= most;
    }
    if (!good) {
      throw core::Error(core::ErrorCode::kInvalid, "'" + text + "' is no address and no network");
    }
    const Poco::Net::IPAddress mask(bits, address.family());
    return {address & mask, mask};
  }

  std::vector<Network> networks_;
};

Poco::Net::ServerSocket Listen(const MllpOptions& options, core::ServerCertificate* certificate) {
  const Poco::Net::SocketAddress address(options.host, options.port);
  if (options.tls.certificate_file.empty()) {
    Poco::Net::ServerSocket socket;
    socket.bind(address, true);
    socket.listen();
    return socket;
  }
  Poco::Net::Context::Params parameters;
  parameters.certificateFile = options.tls.certificate_file;
  parameters.privateKeyFile = options.tls.key_file;
  parameters.caLocation = options.tls.client_authority_file;
  parameters.verificationMode = options.tls.client_authority_file.empty()
                                    ? Poco::Net::Context::VERIFY_NONE
                                    : Poco::Net::Context::VERIFY_STRICT;
  Poco::Net::Context::Ptr context =
      new Poco::Net::Context(Poco::Net::Context::TLS_SERVER_USE, parameters);
  context->requireMinimumProtocol(Poco::Net::Context::PROTO_TLSV1_2);
  certificate->ServeBy(context->sslContext());
  return Poco::Net::SecureServerSocket(address, options.max_connections, context);
}

class Factory : public Poco::Net::TCPServerConnectionFactory {
 public:
  Factory(const MllpServer::Handler& handler, int idle_seconds)
      : handler_(handler), idle_seconds_(idle_seconds) {}

  Poco::Net::TCPServerConnection* createConnection(const Poco::Net::StreamSocket& socket) override {
    return new Connection(socket, handler_, idle_seconds_);
  }

 private:
  const MllpServer::Handler& handler_;
  int idle_seconds_;
};

}  // namespace

struct MllpServer::Parts {
  Handler handler;
  std::unique_ptr<core::ServerCertificate> certificate;
  Poco::Net::ServerSocket socket;
  std::unique_ptr<Poco::Net::TCPServer> server;
};

MllpServer::MllpServer(const MllpOptions& options, Handler handler)
    : parts_(std::make_unique<Parts>()) {
  parts_->handler = std::move(handler);
  try {
    if (!options.tls.certificate_file.empty()) {
      parts_->certificate = std::make_unique<core::ServerCertificate>(options.tls.certificate_file,
                                                                      options.tls.key_file);
    }
    parts_->socket = Listen(options, parts_->certificate.get());
    Poco::Net::TCPServerParams::Ptr limits(new Poco::Net::TCPServerParams);
    limits->setMaxThreads(options.max_connections);
    limits->setMaxQueued(options.max_connections);
    parts_->server = std::make_unique<Poco::Net::TCPServer>(
        new Factory(parts_->handler, options.idle_seconds), parts_->socket, limits);
    if (!options.peers.empty()) parts_->server->setConnectionFilter(new Peers(options.peers));
    parts_->server->start();
  } catch (const Poco::Exception& error) {
    throw core::Error(core::ErrorCode::kUnavailable,
                      "cannot listen for MLLP: " + error.displayText());
  }
}

MllpServer::~MllpServer() { parts_->server->stop(); }

void MllpServer::ReloadCertificate() {
  if (parts_->certificate) parts_->certificate->ReloadIfChanged();
}

std::uint16_t MllpServer::port() const { return parts_->socket.address().port(); }

}  // namespace genflik::lab
