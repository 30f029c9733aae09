#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "services/core/error.h"
#include "services/core/metrics.h"
#include "services/core/server_certificate.h"
#include "services/http/http_server.h"
#include "services/lab/mllp.h"
#include "tests/support/services_tests/certificates.h"
#include "tests/support/services_tests/temporary_directory.h"

// TLS of HTTP and MLLP: what version, whose certificate, and its exchange while serving.

namespace genflik::http {
namespace {

namespace fs = std::filesystem;
using testing::MakeCertificate;
using testing::MeetByTls;

constexpr const char* kRequest =
    "GET /here HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";

class Tls : public ::testing::Test {
 protected:
  fs::path File(const std::string& name) const { return directory.path() / name; }

  // Changes the time of the files too: within one tick of the file system they would look the same.
  void Use(const testing::MadeCertificate& made) {
    testing::WriteText(File("certificate.pem"), made.certificate);
    testing::WriteText(File("key.pem"), made.key);
    changed += std::chrono::seconds(2);
    fs::last_write_time(File("certificate.pem"), changed);
    fs::last_write_time(File("key.pem"), changed);
  }

  std::unique_ptr<HttpServer> Serve(const std::string& authority = {}) {
    Router router;
    router.Add(
        "GET", "/here", [](const Request&) { return MakeResponse(200, "hello", "text/plain"); },
        Protection::Public());
    ServerOptions options{.port = 0};
    options.tls = TlsOptions{.certificate_file = File("certificate.pem"),
                             .key_file = File("key.pem"),
                             .client_authority_file = authority};
    return std::make_unique<HttpServer>(options, router, std::vector<Filter>{}, metrics);
  }

  testing::TemporaryDirectory directory;
  core::Metrics metrics;
  fs::file_time_type changed = fs::file_time_type::clock::now();
};

TEST_F(Tls, ServesVersion12AndNewerOnly) {
  Use(MakeCertificate("first"));
  const auto server = Serve();
  const auto meeting = MeetByTls(server->port(), kRequest);
  EXPECT_EQ(meeting.server, "first");
  EXPECT_NE(meeting.answer.find("hello"), std::string::npos) << meeting.answer;
  // Browsers are told never to come back without TLS.
  EXPECT_NE(meeting.answer.find("Strict-Transport-Security: max-age="), std::string::npos)
      << meeting.answer;
  EXPECT_EQ(MeetByTls(server->port(), kRequest, "1.1").server, "");
}

TEST_F(Tls, TakesANewCertificateWithoutRestart) {
  Use(MakeCertificate("first"));
  const auto server = Serve();
  EXPECT_EQ(MeetByTls(server->port(), kRequest).server, "first");
  server->ReloadCertificate();
  EXPECT_EQ(MeetByTls(server->port(), kRequest).server, "first");
  Use(MakeCertificate("second"));
  server->ReloadCertificate();
  const auto meeting = MeetByTls(server->port(), kRequest);
  EXPECT_EQ(meeting.server, "second");
  EXPECT_NE(meeting.answer.find("hello"), std::string::npos);
}

TEST_F(Tls, KeepsTheOldCertificateWhenTheNewCannotBeUsed) {
  Use(MakeCertificate("first"));
  const auto server = Serve();
  for (const testing::MadeCertificate& broken :
       {testing::MadeCertificate{"no certificate", "no key"}, testing::MadeCertificate{},
        testing::MadeCertificate{MakeCertificate("x").certificate, MakeCertificate("y").key}}) {
    Use(broken);
    server->ReloadCertificate();
    EXPECT_EQ(MeetByTls(server->port(), kRequest).server, "first");
  }
  Use(MakeCertificate("third"));
  server->ReloadCertificate();
  EXPECT_EQ(MeetByTls(server->port(), kRequest).server, "third");
}

TEST_F(Tls, DoesNotStartWithAKeyThatDoesNotFit) {
  Use({MakeCertificate("x").certificate, MakeCertificate("y").key});
  EXPECT_THROW(static_cast<void>(Serve()), core::Error);
}

TEST_F(Tls, AsksForClientCertificatesWhereAnAuthorityIsGiven) {
  const auto authority = MakeCertificate("authority");
  testing::WriteText(File("authority.pem"), authority.certificate);
  Use(MakeCertificate("server"));
  const auto server = Serve(File("authority.pem"));
  const auto answer = [&](const testing::MadeCertificate& client) {
    return MeetByTls(server->port(), kRequest, "", client).answer;
  };
  EXPECT_EQ(answer({}), "");
  EXPECT_EQ(answer(MakeCertificate("stranger")), "");
  EXPECT_EQ(answer(MakeCertificate("x", MakeCertificate("other authority"))), "");
  EXPECT_NE(answer(MakeCertificate("laboratory", authority)).find("hello"), std::string::npos);
}

TEST_F(Tls, OfMllpAsksForClientCertificatesAndTakesNewOnes) {
  const auto authority = MakeCertificate("authority");
  testing::WriteText(File("authority.pem"), authority.certificate);
  Use(MakeCertificate("first"));
  lab::MllpOptions options{.port = 0};
  options.tls = {File("certificate.pem"), File("key.pem"), File("authority.pem")};
  lab::MllpServer server(options, [](std::string_view) { return std::string("taken"); });
  const std::string message = lab::FrameMllp("MSH|");
  EXPECT_EQ(MeetByTls(server.port(), message).answer, "");
  const auto laboratory = MakeCertificate("laboratory", authority);
  EXPECT_EQ(MeetByTls(server.port(), message, "", laboratory).answer, lab::FrameMllp("taken"));
  Use(MakeCertificate("second"));
  server.ReloadCertificate();
  EXPECT_EQ(MeetByTls(server.port(), message, "", laboratory).server, "second");
}

}  // namespace
}  // namespace genflik::http
