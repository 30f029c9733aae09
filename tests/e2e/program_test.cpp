#include "tests/support/e2e_tests/program.h"

#include <gtest/gtest.h>

namespace genflik::e2e {
namespace {

TEST(Program, TellsItsVersion) {
  const Outcome outcome = RunProgram({"version"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_TRUE(outcome.out.starts_with("genflik ")) << outcome.out;
}

TEST(Program, RefusesAnUnknownSubcommandAsUsage) {
  EXPECT_EQ(RunProgram({"frobnicate"}).exit_code, 2);
  EXPECT_EQ(RunProgram({}).exit_code, 2);
}

TEST(Program, RefusesToListenBeyondLoopbackWithoutTls) {
  const TemporaryFolder folder;
  const Outcome outcome =
      RunProgram({"serve", "--listen", "0.0.0.0:0", "--data", folder.path().string()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.err.find("without TLS"), std::string::npos) << outcome.err;
}

TEST(Service, LivesIsReadyAndCounts) {
  const TemporaryFolder folder;
  const Service service(folder.path());
  EXPECT_EQ(service.Get("/health/live").status, 200);
  const Answer ready = service.Get("/health/ready");
  EXPECT_EQ(ready.status, 200);
  EXPECT_NE(ready.body.find("\"knowledge\""), std::string::npos);
  const Answer metrics = service.Get("/metrics");
  EXPECT_NE(metrics.body.find("genflik_http_request_seconds_count{route=\"/health/live\","
                              "status=\"200\"} 1"),
            std::string::npos)
      << metrics.body;
}

TEST(Service, AnswersUnknownPathsAndMethodsWithAnOutcome) {
  const TemporaryFolder folder;
  const Service service(folder.path());
  const Answer unknown = service.Get("/nowhere");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_NE(unknown.body.find("OperationOutcome"), std::string::npos);
  const Answer method = service.Send("DELETE", "/health/live");
  EXPECT_EQ(method.status, 405);
  EXPECT_EQ(method.headers.at("allow"), "OPTIONS, GET");
  EXPECT_EQ(service.Get("/tab/%2e%2e/%2e%2e/etc/passwd").status, 400);
}

TEST(Service, AnswersHeadWithoutABody) {
  const TemporaryFolder folder;
  const Service service(folder.path());
  const Answer head = service.Send("HEAD", "/health/live");
  EXPECT_EQ(head.status, 200);
  EXPECT_TRUE(head.body.empty());
  EXPECT_EQ(head.headers.at("content-length"), "17");
}

TEST(Service, LetsBrowsersOfLoopbackCallAndNoOthers) {
  const TemporaryFolder folder;
  const Service service(folder.path());
  const auto preflight = [&](const std::string& origin) {
    return service.Send("OPTIONS", "/health/live", "",
                        {{"Origin", origin},
                         {"Access-Control-Request-Method", "GET"},
                         {"Access-Control-Request-Headers", "authorization,content-type"}});
  };
  const Answer near = preflight("http://localhost:3000");
  EXPECT_EQ(near.status, 204);
  EXPECT_EQ(near.headers.at("access-control-allow-origin"), "http://localhost:3000");
  EXPECT_EQ(near.headers.at("access-control-allow-headers"), "authorization,content-type");
  EXPECT_FALSE(preflight("https://evil.example").headers.contains("access-control-allow-origin"));
}

}  // namespace
}  // namespace genflik::e2e
