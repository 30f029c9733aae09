#include "services/tab/static_files.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "services/core/error.h"
#include "tests/support/services_tests/temporary_directory.h"

namespace genflik::tab {
namespace {

class StaticFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::filesystem::path& folder = directory_.path();
    std::filesystem::create_directories(folder / "js");
    std::ofstream(folder / "index.html") << "<!doctype html>";
    std::ofstream(folder / "js/main.js") << std::string(2000, ';');
    AddStaticRoutes(router_, {.assets = folder,
                              .frame_ancestors = {"https://ehr.example"},
                              .launch_origins = {"https://auth.example:8443"}});
  }
  http::Response Get(const std::string& path, const http::Headers& headers = {}) {
    auto match = router_.Find("GET", path);
    http::Request request{.method = "GET", .path = path, .headers = headers};
    request.parameters = match.parameters;
    return match.route->handler(request);
  }
  testing::TemporaryDirectory directory_;
  http::Router router_;
};

TEST_F(StaticFiles, ServesPagesUnderAStrictPolicy) {
  const auto page = Get("/tab");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body, "<!doctype html>");
  const std::string policy = page.headers.find("Content-Security-Policy")->second;
  EXPECT_NE(policy.find("default-src 'none'"), std::string::npos);
  EXPECT_NE(policy.find("frame-ancestors https://ehr.example"), std::string::npos);
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
}

TEST_F(StaticFiles, AnswersNotModifiedToTheSameTag) {
  const auto script = Get("/tab/js/main.js");
  EXPECT_EQ(script.headers.find("Content-Type")->second, "text/javascript; charset=utf-8");
  const auto again =
      Get("/tab/js/main.js", {{"If-None-Match", script.headers.find("ETag")->second}});
  EXPECT_EQ(again.status, 304);
  EXPECT_TRUE(again.body.empty());
}

TEST_F(StaticFiles, LetsTheLaunchPageAloneCallTheRecordSystem) {
  const auto policy_of = [&](const std::string& path) {
    return Get(path).headers.find("Content-Security-Policy")->second;
  };
  EXPECT_NE(policy_of("/tab/launch.html").find("connect-src 'self' https://auth.example:8443;"),
            std::string::npos);
  EXPECT_NE(policy_of("/tab").find("connect-src 'self';"), std::string::npos);
  EXPECT_NE(policy_of("/tab/js/main.js").find("connect-src 'self';"), std::string::npos);
}

TEST_F(StaticFiles, PacksFilesForThoseWhoTakeIt) {
  const auto packed = Get("/tab/js/main.js", {{"Accept-Encoding", "br, gzip;q=0.8"}});
  EXPECT_EQ(packed.headers.find("Content-Encoding")->second, "gzip");
  EXPECT_LT(packed.body.size(), 200U);
  EXPECT_EQ(packed.body.substr(0, 2), "\x1f\x8b");
  for (const char* other : {"", "br", "gzip;q=0", "gzip;q=0.0, br"}) {
    const auto plain = Get("/tab/js/main.js", {{"Accept-Encoding", other}});
    EXPECT_EQ(plain.headers.count("Content-Encoding"), 0U) << other;
    EXPECT_EQ(plain.body.size(), 2000U) << other;
  }
}

TEST_F(StaticFiles, RefusesWhatIsNoOrigin) {
  for (const char* bad : {"*", "https://ehr.example/", "https://a.example; script-src *",
                          "http://ehr.example", "https://a.example https://b.example", ""}) {
    EXPECT_FALSE(IsOrigin(bad)) << bad;
    http::Router router;
    EXPECT_THROW(AddStaticRoutes(router, {.assets = directory_.path(), .frame_ancestors = {bad}}),
                 core::Error)
        << bad;
  }
  EXPECT_TRUE(IsOrigin("https://ehr.example"));
  EXPECT_TRUE(IsOrigin("http://127.0.0.1:9000"));
}

TEST_F(StaticFiles, KnowsNoOtherFiles) {
  EXPECT_THROW(Get("/tab/../secret"), core::Error);
  EXPECT_THROW(Get("/tab/js"), core::Error);
}

}  // namespace
}  // namespace genflik::tab
