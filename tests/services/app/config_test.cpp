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

TEST(Config, ReadsHowLoudAndHowOftenToSpeak) {
  Config config;
  ReadConfig(Written(R"({"timeLimitMilliseconds":250,"ehrServers":["https://ehr.example/fhir"],
    "alerts":{"quietHours":24,"shadow":true,"jurisdictions":["US"],"loudest":{"CYP2D6":"info"},
    "specialties":{"Onkologi":{"capecitabine":"warning"}},"systemActions":true,
    "genotypingPrice":1450.5}})"),
             config);
  EXPECT_EQ(config.time_limit, std::chrono::milliseconds(250));
  EXPECT_THAT(config.ehr_servers, testing::ElementsAre("https://ehr.example/fhir"));
  EXPECT_EQ(config.alerts.quiet, std::chrono::hours(24));
  EXPECT_TRUE(config.alerts.shadow);
  EXPECT_TRUE(config.alerts.system_actions);
  EXPECT_THAT(config.alerts.jurisdictions, testing::ElementsAre("US"));
  EXPECT_EQ(config.alerts.loudest.at("CYP2D6"), rules::AlertLevel::kInfo);
  EXPECT_EQ(config.alerts.specialties.at("onkologi").at("capecitabine"),
            rules::AlertLevel::kWarning);
  EXPECT_EQ(config.alerts.genotyping_price, 1450.5);
}

TEST(Config, NamesWhatIsWrongAboutAlerts) {
  Config config;
  try {
    ReadConfig(Written(R"({"alerts":{"quietHours":-1,"shadow":"yes","loudest":{"CYP2D6":"loud"},
      "specialties":{"onkologi":{"x":1}},"genotypingPrice":-5,"mute":true},
      "timeLimitMilliseconds":1})"),
               config);
    FAIL();
  } catch (const core::Error& error) {
    std::vector<std::string> places;
    for (const auto& issue : error.issues()) places.push_back(issue.path);
    EXPECT_THAT(places, testing::UnorderedElementsAre(
                            "/alerts/quietHours", "/alerts/shadow", "/alerts/loudest/CYP2D6",
                            "/alerts/specialties/onkologi/x", "/alerts/genotypingPrice",
                            "/alerts/mute", "/timeLimitMilliseconds"));
  }
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
