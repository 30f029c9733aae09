#pragma once

#include <functional>
#include <memory>
#include <string>

#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/TCPServerConnectionFactory.h>

#include "services/core/error.h"

// The requests of one connection, one after another. The server library's own loop goes on after
// bytes that it could not read, so that what stands behind them would be taken for a request.

namespace genflik::http {

/// What a connection does with what it reads; called from many threads.
struct ConnectionHandlers {
  /// Answers a request whose head is sound: fills the head of the answer and returns its body,
  /// which the connection sends.
  std::function<std::string(Poco::Net::HTTPServerRequest&, Poco::Net::HTTPServerResponse&)> answer =
      {};
  /// Answers what is no request; `status` is that of the answer.
  std::function<void(int status, const core::Error&, Poco::Net::HTTPServerResponse&)> refuse = {};
};

/// Makes connections that end after what could be read in two ways: a refused request, and a
/// chunked body, whose end other readers may see elsewhere.
class ConnectionFactory : public Poco::Net::TCPServerConnectionFactory {
 public:
  ConnectionFactory(Poco::Net::HTTPServerParams::Ptr parameters, ConnectionHandlers handlers);
  ~ConnectionFactory() override;

  Poco::Net::TCPServerConnection* createConnection(const Poco::Net::StreamSocket& socket) override;
  /// Lets the requests under way be answered and ends each connection then.
  void EndConnections();

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace genflik::http
