#include "services/app/config.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/core/error.h"

namespace genflik::app {
namespace {

std::filesystem::path Written(const std::string& text) {
  auto path =
      std::filesystem::path(testing::TempDir()) /
      (testing::UnitTest::GetInstance()->current_test_info()->name() + std::string(".json"));
  std::ofstream(path) << text;
  return path;
}

TEST(Config, ReadsEverySetting) {
  Config config;
  ReadConfig(Written(R"({"listen":"0.0.0.0:9","tls":{"certificate":"c","key":"k"},
    "allowedOrigins":["https://ehr.example"],"maxConnections":5,"data":"d","store":"s",
    "language":"en","leadingGuideline":"DPWG","maxBodyBytes":2048})"),
             config);
  EXPECT_EQ(config.http.host, "0.0.0.0");
  EXPECT_EQ(config.http.port, 9);
  EXPECT_EQ(config.http.tls->key_file, "k");
  EXPECT_THAT(config.http.allowed_origins, testing::ElementsAre("https://ehr.example"));
  EXPECT_EQ(config.http.max_connections, 5);
  EXPECT_EQ(config.http.max_body_bytes, 2048U);
  EXPECT_EQ(config.data, "d");
  EXPECT_EQ(config.language, "en");
  EXPECT_EQ(config.leading_guideline, "DPWG");
}

TEST(Config, NamesEveryFaultWithItsPlace) {
  Config config;
  try {
    ReadConfig(
        Written(R"({"langauge":"sv","language":"fi","maxConnections":0,"tls":{"cert":"x"}})"),
        config);
    FAIL();
  } catch (const core::Error& error) {
    std::vector<std::string> places;
    for (const auto& issue : error.issues()) places.push_back(issue.path);
    EXPECT_THAT(places, testing::UnorderedElementsAre("/langauge", "/language", "/maxConnections",
                                                      "/tls/cert", "/tls"));
  }
}

TEST(Config, RefusesAddressesWithoutAPort) {
  Config config;
  for (const char* address : {"127.0.0.1", ":80", "a:b", "a:70000", "a:"}) {
    EXPECT_THROW(SetListen(address, config), core::Error) << address;
  }
}

}  // namespace
}  // namespace genflik::app
