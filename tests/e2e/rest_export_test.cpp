#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/e2e_tests/json.h"
#include "tests/support/e2e_tests/program.h"
#include "tests/support/postgres_server.h"

// A bulk export belongs to the store and not to the process that began it.

namespace genflik::e2e {
namespace {

const std::map<std::string, std::string> kAsync = {{"Prefer", "respond-async"}};

// The path of a URL, whichever process it names.
std::string PathOf(const std::string& url) { return url.substr(url.find("/fhir/")); }

std::string Start(const Service& service) {
  const Answer started = service.Send("GET", "/fhir/$export?_type=Patient", "", kAsync);
  EXPECT_EQ(started.status, 202) << started.body;
  return PathOf(started.headers.at("content-location"));
}

fhir::Json Wait(const Service& service, const std::string& status) {
  for (;;) {
    const Answer answer = service.Get(status);
    if (answer.status != 202) {
      EXPECT_EQ(answer.status, 200) << answer.body;
      return Parse(answer.body);
    }
  }
}

size_t LinesOf(const Service& service, const fhir::Json& manifest) {
  size_t lines = 0;
  for (const fhir::Json& file : manifest.at("output")) {
    const Answer answer = service.Get(PathOf(TextAt(file, "/url")));
    EXPECT_EQ(answer.status, 200);
    for (const char c : answer.body) lines += c == '\n' ? 1 : 0;
  }
  return lines;
}

TEST(Export, SurvivesAPowerCut) {
  const TemporaryFolder folder;
  std::string status;
  {
    Service service(folder.path());
    for (int i = 0; i < 3; ++i) service.PostFhir("/fhir/Patient", R"({"resourceType":"Patient"})");
    status = Start(service);
    service.Kill();
  }
  const Service service(folder.path());
  const fhir::Json manifest = Wait(service, status);
  EXPECT_EQ(LinesOf(service, manifest), 3U);
  EXPECT_EQ(service.Send("DELETE", status).status, 202);
  EXPECT_EQ(service.Get(status).status, 404);
}

TEST(Export, IsKnownToEveryProcessOnTheStore) {
  ASSERT_TRUE(testing::PostgresServer::IsInstalled()) << "the package postgresql-15 is missing";
  testing::PostgresServer server;
  const std::vector<std::string> store = {"--store", server.NewDatabase()};
  const TemporaryFolder folder;
  const TemporaryFolder other;
  const Service first(folder.path(), store);
  const Service second(other.path(), store);
  for (int i = 0; i < 3; ++i) first.PostFhir("/fhir/Patient", R"({"resourceType":"Patient"})");
  const std::string status = Start(first);
  const fhir::Json manifest = Wait(second, status);
  // What came after the beginning is in no file, whoever is asked.
  first.PostFhir("/fhir/Patient", R"({"resourceType":"Patient"})");
  EXPECT_EQ(LinesOf(first, manifest), 3U);
  EXPECT_EQ(LinesOf(second, manifest), 3U);
}

}  // namespace
}  // namespace genflik::e2e
