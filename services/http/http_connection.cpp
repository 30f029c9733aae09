#include "services/http/http_connection.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponseImpl.h>
#include <Poco/Net/HTTPServerSession.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Net/TCPServerConnection.h>
#include <Poco/Timestamp.h>
#include <sys/socket.h>

#include "services/core/log.h"
#include "services/http/message.h"

namespace genflik::http {
namespace {

using core::Error;
using core::ErrorCode;
using Poco::Net::HTTPMessage;

constexpr int kBadRequest = 400;
constexpr int kAddressTooLong = 414;
constexpr int kHeadTooLarge = 431;
constexpr int kVersionNotSupported = 505;

// What the client has sent meanwhile is taken off the wire for a moment: a connection that is
// closed over unread bytes is reset, and its answer lost.
void Linger(Poco::Net::StreamSocket& socket) {
  using Clock = std::chrono::steady_clock;
  constexpr int kReads = 64;
  const auto until = Clock::now() + std::chrono::seconds(1);
  ::shutdown(socket.impl()->sockfd(), SHUT_WR);
  std::array<char, 16384> ignored{};
  for (int i = 0; i < kReads; ++i) {
    const auto left =
        std::chrono::duration_cast<std::chrono::microseconds>(until - Clock::now()).count();
    if (left <= 0 || !socket.poll(Poco::Timespan(left), Poco::Net::Socket::SELECT_READ)) return;
    if (::recv(socket.impl()->sockfd(), ignored.data(), ignored.size(), MSG_DONTWAIT) <= 0) return;
  }
}

void SendAll(Poco::Net::StreamSocket& socket, std::string_view text) {
  constexpr size_t kMost = 1U << 30U;
  while (!text.empty()) {
    const int sent = socket.sendBytes(text.data(), static_cast<int>(std::min(text.size(), kMost)));
    if (sent <= 0) throw Poco::Net::ConnectionResetException();
    text.remove_prefix(static_cast<size_t>(sent));
  }
}

// Head and body at once: the server library writes them four kilobytes at a time.
void Send(Poco::Net::StreamSocket& socket, const Poco::Net::HTTPServerResponse& response,
          const std::string& body) {
  constexpr size_t kCopied = 262144;
  std::ostringstream head;
  response.write(head);
  std::string text = std::move(head).str();
  const bool together = body.size() <= kCopied;
  if (together) text += body;
  SendAll(socket, text);
  if (!together) SendAll(socket, body);
}

}  // namespace

struct ConnectionFactory::Shared {
  class Connection;

  Poco::Net::HTTPServerParams::Ptr parameters;
  ConnectionHandlers handlers;
  std::mutex mutex;
  std::set<Connection*> open;
  bool ending = false;
};

class ConnectionFactory::Shared::Connection : public Poco::Net::TCPServerConnection {
 public:
  Connection(const Poco::Net::StreamSocket& socket, std::shared_ptr<Shared> shared)
      : TCPServerConnection(socket), shared_(std::move(shared)) {
    const std::lock_guard lock(shared_->mutex);
    shared_->open.insert(this);
    ending_ = shared_->ending;
  }
  ~Connection() override {
    const std::lock_guard lock(shared_->mutex);
    shared_->open.erase(this);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void End() {
    ending_ = true;
    // Only to reading: the answer under way is still written.
    ::shutdown(socket().impl()->sockfd(), SHUT_RD);
  }

  void run() override {
    Poco::Net::HTTPServerSession session(socket(), shared_->parameters);
    try {
      while (!ending_ && session.hasMoreRequests()) {
        if (!ServeOne(session)) break;
      }
    } catch (const Poco::Net::NoMessageException&) {
      // The client has closed.
    } catch (const Poco::Exception& error) {
      core::Log(core::LogLevel::kDebug, "connection-ended", {{"reason", error.displayText()}});
    }
    if (refused_) Linger(socket());
  }

 private:
  // False when nothing more may be read from this connection.
  bool ServeOne(Poco::Net::HTTPServerSession& session) {
    Poco::Net::HTTPServerResponseImpl response(session);
    response.setDate(Poco::Timestamp());
    int status = kBadRequest;
    std::string reason;
    try {
      Poco::Net::HTTPServerRequestImpl request(response, session, shared_->parameters.get());
      if (request.getVersion() == HTTPMessage::HTTP_1_1 ||
          request.getVersion() == HTTPMessage::HTTP_1_0) {
        return Answer(session, request, response);
      }
      status = kVersionNotSupported;
      reason = "only versions 1.0 and 1.1 of HTTP are spoken here";
    } catch (const Poco::Net::MessageException& error) {
      Judge(error.displayText(), status, reason);
    } catch (const Poco::SyntaxException&) {
      reason = "Content-Length is no number";
    }
    refused_ = true;
    // A fresh one: the first still points to the request that could not be read.
    Poco::Net::HTTPServerResponseImpl refusal(session);
    refusal.setDate(Poco::Timestamp());
    refusal.setVersion(HTTPMessage::HTTP_1_1);
    refusal.setKeepAlive(false);
    shared_->handlers.refuse(status, Error(ErrorCode::kMalformed, reason), refusal);
    return false;
  }

  bool Answer(Poco::Net::HTTPServerSession& session, Poco::Net::HTTPServerRequestImpl& request,
              Poco::Net::HTTPServerResponseImpl& response) {
    response.setVersion(request.getVersion());
    const bool sound_end = !request.has("Transfer-Encoding");
    response.setKeepAlive(sound_end && !ending_ && request.getKeepAlive() &&
                          session.canKeepAlive());
    try {
      Headers headers;
      for (const auto& [name, value] : request) headers.emplace(name, value);
      CheckHead(request.getMethod(), headers, request.getVersion() == HTTPMessage::HTTP_1_1);
    } catch (const Error& error) {
      refused_ = true;
      response.setKeepAlive(false);
      shared_->handlers.refuse(kBadRequest, error, response);
      return false;
    }
    if (request.getExpectContinue()) response.sendContinue();
    const bool could_go_on = response.getKeepAlive();
    const std::string body = shared_->handlers.answer(request, response);
    Send(session.socket(), response, body);
    session.setKeepAlive(response.getKeepAlive());
    // Its answerer has found that the body cannot be read to its end.
    refused_ = could_go_on && !response.getKeepAlive();
    return response.getKeepAlive();
  }

  static void Judge(const std::string& fault, int& status, std::string& reason) {
    const auto says = [&fault](const char* words) {
      return fault.find(words) != std::string::npos;
    };
    if (says("URI")) {
      status = kAddressTooLong;
      reason = "the address may have 16383 characters: send a long search by POST";
    } else if (says("too many") || says("Too many") || says("Field")) {
      status = kHeadTooLarge;
      reason = "the headers are too many, too long or broken";
    } else {
      reason = "this is no HTTP request";
    }
  }

  std::shared_ptr<Shared> shared_;
  std::atomic<bool> ending_ = false;
  bool refused_ = false;
};

ConnectionFactory::ConnectionFactory(Poco::Net::HTTPServerParams::Ptr parameters,
                                     ConnectionHandlers handlers)
    : shared_(std::make_shared<Shared>()) {
  shared_->parameters = std::move(parameters);
  shared_->handlers = std::move(handlers);
}
ConnectionFactory::~ConnectionFactory() = default;

Poco::Net::TCPServerConnection* ConnectionFactory::createConnection(
    const Poco::Net::StreamSocket& socket) {
  return new Shared::Connection(socket, shared_);
}

void ConnectionFactory::EndConnections() {
  const std::lock_guard lock(shared_->mutex);
  shared_->ending = true;
  for (Shared::Connection* connection : shared_->open) connection->End();
}

}  // namespace genflik::http
