#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/e2e_tests/program.h"

// Many clients at once, and clients that break off: a load generator that counts only answers does
// not show who was left waiting, so these count the connections that were answered.

namespace genflik::e2e {
namespace {

class Connection {
 public:
  explicit Connection(std::uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    timeval patience{.tv_sec = 30, .tv_usec = 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    open_ = connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  }
  Connection(Connection&& other) noexcept : socket_(other.socket_), open_(other.open_) {
    other.socket_ = -1;
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  Connection& operator=(Connection&&) = delete;
  ~Connection() {
    if (socket_ >= 0) close(socket_);
  }

  bool Write(std::string_view text) const {
    return open_ && send(socket_, text.data(), text.size(), MSG_NOSIGNAL) ==
                        static_cast<ssize_t>(text.size());
  }
  void EndWriting() const { shutdown(socket_, SHUT_WR); }
  // Reads until the text holds `end`, or the peer closes.
  std::string ReadUntil(std::string_view end) const {
    std::string text;
    std::string buffer(4096, '\0');
    while (text.find(end) == std::string::npos) {
      const ssize_t count = recv(socket_, buffer.data(), buffer.size(), 0);
      if (count <= 0) break;
      text.append(buffer, 0, static_cast<size_t>(count));
    }
    return text;
  }
  bool AsksAndIsAnswered() const {
    return Write("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n") &&
           ReadUntil("\"live\"}").starts_with("HTTP/1.1 200");
  }

 private:
  int socket_;
  bool open_ = false;
};

TEST(Connections, AThousandStayOpenWhileSomeAreBusy) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const TemporaryFolder folder;
  const Service service(folder.path());
  constexpr size_t kOpen = 1000;
  constexpr size_t kBusy = 64;
  std::vector<Connection> connections;
  size_t answered = 0;
  for (size_t i = 0; i < kOpen; ++i) {
    connections.emplace_back(service.port());
    if (connections.back().AsksAndIsAnswered()) ++answered;
  }
  EXPECT_EQ(answered, kOpen);
  std::vector<size_t> busy_answers(kBusy);
  {
    std::vector<std::jthread> clients;
    for (size_t i = 0; i < kBusy; ++i) {
      clients.emplace_back([&, i] {
        for (int n = 0; n < 20; ++n) busy_answers[i] += connections[i].AsksAndIsAnswered() ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(busy_answers, std::vector<size_t>(kBusy, 20));
  size_t still_served = 0;
  for (const Connection& connection : connections) {
    if (connection.AsksAndIsAnswered()) ++still_served;
  }
  EXPECT_EQ(still_served, kOpen);
}

TEST(Connections, ATruncatedBodyIsRefusedAndStoresNothing) {
  const TemporaryFolder folder;
  const Service service(folder.path());
  const Connection connection(service.port());
  ASSERT_TRUE(connection.Write(
      "POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json\r\n"
      "Content-Length: 500\r\n\r\n{\"resourceType\":\"Patient\"}"));
  connection.EndWriting();
  const std::string answer = connection.ReadUntil("OperationOutcome");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 400")) << answer;
  EXPECT_NE(answer.find("OperationOutcome"), std::string::npos) << answer;
  EXPECT_NE(service.Get("/fhir/Patient").body.find("\"total\":0"), std::string::npos);
}

TEST(Connections, ContradictingLengthsAreRefused) {
  const TemporaryFolder folder;
  const Service service(folder.path());
  const Connection connection(service.port());
  ASSERT_TRUE(connection.Write(
      "POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n"
      "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /health/live HTTP/1.1\r\n\r\n"));
  const std::string answer = connection.ReadUntil("OperationOutcome");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 400")) << answer;
  EXPECT_EQ(service.Get("/health/live").status, 200);
}

TEST(Connections, ABodyOverTheLimitIsRefused) {
  const TemporaryFolder folder;
  const Service service(folder.path());
  const Connection connection(service.port());
  ASSERT_TRUE(connection.Write(
      "POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n\r\n"));
  const std::string answer = connection.ReadUntil("OperationOutcome");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 413")) << answer;
  EXPECT_EQ(service.Get("/health/live").status, 200);
}

}  // namespace
}  // namespace genflik::e2e
