#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/e2e_tests/program.h"

// What an attacker sends who knows the standards better than most clients do.

namespace genflik::e2e {
namespace {

// Sends bytes as they are and reads until the server closes.
std::string Exchange(std::uint16_t port, std::string_view bytes) {
  const int peer = socket(AF_INET, SOCK_STREAM, 0);
  timeval patience{.tv_sec = 10, .tv_usec = 0};
  setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string text;
  if (connect(peer, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 &&
      send(peer, bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0) {
    shutdown(peer, SHUT_WR);
    std::string buffer(4096, '\0');
    for (ssize_t count = 0; (count = recv(peer, buffer.data(), buffer.size(), 0)) > 0;) {
      text.append(buffer, 0, static_cast<size_t>(count));
    }
  }
  close(peer);
  return text;
}

class HostileHttp : public ::testing::Test {
 protected:
  TemporaryFolder folder;
  Service service{folder.path()};

  static size_t CountAnswers(const std::string& text) {
    size_t count = 0;
    for (size_t at = text.find("HTTP/1.1 "); at != std::string::npos;
         at = text.find("HTTP/1.1 ", at + 1)) {
      ++count;
    }
    return count;
  }
};

// RFC 9112, 6.3 and 11.2: what two readers may frame in two ways is not answered twice.
TEST_F(HostileHttp, ARequestCannotHideAnother) {
  const std::string hidden = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const std::vector<std::string> framings = {
      "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
      "Content-Length: 0\r\nContent-Length: " + std::to_string(hidden.size()) + "\r\n\r\n",
      "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
      "Transfer-Encoding: xchunked\r\n\r\n",
      "Transfer-Encoding: identity\r\nContent-Length: 0\r\n\r\n",
      "Content-Length: -1\r\n\r\n",
      "Content-Length: 0x0\r\n\r\n",
      "Content-Length: 99999999999999999999999\r\n\r\n"};
  for (const std::string& framing : framings) {
    const std::string answer = Exchange(
        service.port(), "POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\n" + framing + hidden);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 4") || answer.empty()) << framing << answer;
    EXPECT_LE(CountAnswers(answer), 1U) << framing << answer;
    EXPECT_EQ(answer.find("\"live\""), std::string::npos) << framing;
  }
  EXPECT_EQ(service.Get("/health/live").status, 200);
}

// Behind what cannot be read there is no request, whatever it looks like.
TEST_F(HostileHttp, NothingBehindABrokenRequestIsAnswered) {
  const std::string hidden = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const std::string post = "POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\n";
  const std::vector<std::string> broken = {
      post + "Content-Length : 5\r\n\r\n",
      post + "Content-Length: abc\r\n\r\n",
      post + "Content-Length: 0x5\r\n\r\n",
      post + "Content-Length: 5, 5\r\n\r\n",
      post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
      post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
      post + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
      post + "Transfer-Encoding: chunked\r\n\r\n\r\n",
      post + "Transfer-Encoding: chunked\r\n\r\n1a;x\n{\"resourceType\":\"Patient\"}\r\n0\r\n\r\n",
      post +
          "Transfer-Encoding: \x0b"
          "chunked\r\n\r\n0\r\n\r\n",
      post +
          "X-A: b\x01"
          "c\r\n\r\n",
      post + "X A: b\r\n\r\n",
      "GET /health/live HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      "GET /health/live HTTP/1.1\r\n\r\n",
      "GET /health/live HTTP/2.0\r\nHost: localhost\r\n\r\n",
      "GET /fhir/Patient?name=a b HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "GET /health/live\r\n\r\n",
      "no request\r\n\r\n"};
  for (const std::string& bytes : broken) {
    const std::string text = Exchange(service.port(), bytes + hidden);
    EXPECT_EQ(CountAnswers(text), 1U) << bytes << '\n' << text;
    EXPECT_EQ(text.find("\"live\""), std::string::npos) << bytes;
    // The answer is in a version of HTTP that it was asked in, never in what else stood there.
    EXPECT_TRUE(text.starts_with("HTTP/1.1 ")) << bytes << '\n' << text;
  }
}

TEST_F(HostileHttp, WhatIsTooLongIsNamed) {
  const auto answer = [&](const std::string& head) {
    return Exchange(service.port(), head + "Host: localhost\r\n\r\n");
  };
  const std::string address =
      answer("GET /fhir/Patient?name=" + std::string(20000, 'a') + " HTTP/1.1\r\n");
  EXPECT_TRUE(address.starts_with("HTTP/1.1 414 ")) << address;
  EXPECT_NE(address.find("OperationOutcome"), std::string::npos) << address;
  const std::string header =
      answer("GET /fhir/metadata HTTP/1.1\r\nX-A: " + std::string(20000, 'a') + "\r\n");
  EXPECT_TRUE(header.starts_with("HTTP/1.1 431 ")) << header;
  EXPECT_NE(header.find("OperationOutcome"), std::string::npos) << header;
  std::string many = "GET /fhir/metadata HTTP/1.1\r\n";
  for (int i = 0; i < 1000; ++i) many += "X-" + std::to_string(i) + ": a\r\n";
  EXPECT_TRUE(answer(many).starts_with("HTTP/1.1 431 "));
}

TEST_F(HostileHttp, CompressedBodiesAreNotUnpacked) {
  for (const char* coding : {"gzip", "deflate", "br", "gzip, gzip"}) {
    const Answer answer =
        service.Send("POST", "/fhir/Patient", std::string(1000, '\x1f'),
                     {{"Content-Type", "application/fhir+json"}, {"Content-Encoding", coding}});
    EXPECT_EQ(answer.status, 415) << coding;
  }
}

TEST_F(HostileHttp, NoPathLeavesTheFolderOfTheTab) {
  for (const char* path :
       {"/tab/../../../../etc/passwd", "/tab/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/tab/..%2f..%2f..%2fetc%2fpasswd", "/tab/....//....//etc/passwd", "/tab//etc/passwd",
        "/tab/%2fetc%2fpasswd", "/tab/..%5c..%5cetc%5cpasswd", "/tab/js/../../../CMakeLists.txt",
        "/../etc/passwd", "/tab/%00", "/tab/index.html%00.js"}) {
    const Answer answer = service.Get(path);
    EXPECT_TRUE(answer.status == 400 || answer.status == 404) << path << ' ' << answer.status;
    EXPECT_EQ(answer.body.find("root:"), std::string::npos) << path;
  }
}

TEST_F(HostileHttp, NothingFromOutsideBecomesAHeader) {
  for (const char* path :
       {"/fhir/Patient?_id=a%0d%0aX-Injected:%20yes", "/fhir/Patient/a%0d%0aX-Injected:%20yes",
        "/fhir/Patient?a%0d%0aX-Injected:%20yes=1"}) {
    EXPECT_EQ(service.Get(path).headers.count("x-injected"), 0U) << path;
  }
  for (const char* name : {"X-Request-Id", "Origin", "Access-Control-Request-Headers"}) {
    const Answer answer =
        service.Send("OPTIONS", "/fhir/Patient", "",
                     {{name, "a%0d%0aX-Injected: yes"}, {"Access-Control-Request-Method", "GET"}});
    EXPECT_EQ(answer.headers.count("x-injected"), 0U) << name;
    for (const auto& [header, value] : answer.headers) {
      EXPECT_EQ(value.find("X-Injected"), std::string::npos) << name << ": " << header;
    }
  }
  const std::string broken = Exchange(
      service.port(), "GET /fhir/metadata HTTP/1.1\r\nHost: evil.test/\"><script>\r\n\r\n");
  EXPECT_EQ(broken.find("<script>"), std::string::npos);
}

TEST_F(HostileHttp, WhatIsStoredIsNeverAnsweredAsAPage) {
  const std::string script = "<script>alert(1)</script>";
  const std::string patient = R"({"resourceType":"Patient","id":"p","name":[{"family":")" + script +
                              R"(","given":[")" + script + R"("]}]})";
  ASSERT_EQ(
      service.Send("PUT", "/fhir/Patient/p", patient, {{"Content-Type", "application/fhir+json"}})
          .status,
      201);
  for (const char* path : {"/fhir/Patient/p", "/fhir/Patient", "/record/p", "/record/p/card.svg",
                           "/fhir/Patient/%3Cscript%3E", "/record/%3Cscript%3E"}) {
    const Answer answer = service.Get(path);
    const std::string type =
        answer.headers.count("content-type") ? answer.headers.at("content-type") : std::string();
    EXPECT_EQ(answer.headers.at("x-content-type-options"), "nosniff") << path;
    EXPECT_EQ(type.find("html"), std::string::npos) << path << ' ' << type;
    if (type.find("svg") != std::string::npos) {
      EXPECT_EQ(answer.body.find("<script"), std::string::npos) << path;
    }
  }
}

}  // namespace
}  // namespace genflik::e2e
