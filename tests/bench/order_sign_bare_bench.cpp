#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <thread>

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/ThreadPool.h>
#include <nlohmann/json.hpp>

// The peer of order_sign.sh: a bare Poco handler that parses the same body and answers the same
// bytes. Prints its port; the argument is the file with the answer.

namespace {

class Handler : public Poco::Net::HTTPRequestHandler {
 public:
  explicit Handler(const std::string& answer) : answer_(answer) {}
  void handleRequest(  // NOLINT(readability-identifier-naming)
      Poco::Net::HTTPServerRequest& request, Poco::Net::HTTPServerResponse& response) override {
    const std::string body(std::istreambuf_iterator<char>(request.stream()), {});
    const auto value = nlohmann::json::parse(body, nullptr, false);
    if (value.is_discarded()) {
      response.setStatus(Poco::Net::HTTPResponse::HTTP_BAD_REQUEST);
      response.send();
      return;
    }
    response.setContentType("application/json");
    response.sendBuffer(answer_.data(), answer_.size());
  }

 private:
  const std::string& answer_;
};

class Factory : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  explicit Factory(std::string answer) : answer_(std::move(answer)) {}
  Poco::Net::HTTPRequestHandler* createRequestHandler(  // NOLINT(readability-identifier-naming)
      const Poco::Net::HTTPServerRequest& /*request*/) override {
    return new Handler(answer_);
  }

 private:
  std::string answer_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::ifstream in(argv[1]);
  const std::string answer(std::istreambuf_iterator<char>(in), {});
  const Poco::Net::ServerSocket socket(Poco::Net::SocketAddress("127.0.0.1", 0));
  std::cout << socket.address().port() << std::endl;
  Poco::ThreadPool pool(2, 80);
  auto* parameters = new Poco::Net::HTTPServerParams;
  parameters->setMaxThreads(64);
  parameters->setMaxKeepAliveRequests(0);
  Poco::Net::HTTPServer server(new Factory(answer), pool, socket, parameters);
  server.start();
  // Until it is ended by the script.
  while (std::cin.get() != std::char_traits<char>::eof()) continue;
  server.stopAll(true);
  return 0;
}
