#include "services/tab/static_files.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "services/core/error.h"

namespace genflik::tab {
namespace {

class StaticFiles : public testing::Test {
 protected:
  void SetUp() override {
    const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "tab-assets";
    std::filesystem::create_directories(folder / "js");
    std::ofstream(folder / "index.html") << "<!doctype html>";
    std::ofstream(folder / "js/main.js") << "export {};";
    AddStaticRoutes(router_, {.assets = folder, .frame_ancestors = {"https://ehr.example"}});
  }
  http::Response Get(const std::string& path, const http::Headers& headers = {}) {
    auto match = router_.Find("GET", path);
    http::Request request{.method = "GET", .path = path, .headers = headers};
    request.parameters = match.parameters;
    return match.route->handler(request);
  }
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

TEST_F(StaticFiles, KnowsNoOtherFiles) {
  EXPECT_THROW(Get("/tab/../secret"), core::Error);
  EXPECT_THROW(Get("/tab/js"), core::Error);
}

}  // namespace
}  // namespace genflik::tab
