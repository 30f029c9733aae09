#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/e2e_tests/json.h"
#include "tests/support/e2e_tests/program.h"
#include "tests/support/postgres_server.h"

// Several processes serve one PostgreSQL at once.

namespace genflik::e2e {
namespace {

constexpr int kProcesses = 4;
constexpr int kEach = 15;
const std::map<std::string, std::string> kFhir = {{"Content-Type", "application/fhir+json"}};

class Replicas : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(testing::PostgresServer::IsInstalled()) << "the package postgresql-15 is missing";
    server_ = std::make_unique<testing::PostgresServer>();
    const std::string url = server_->NewDatabase();
    for (int i = 0; i < kProcesses; ++i) {
      services_.push_back(
          std::make_unique<Service>(folders_[i].path(), std::vector<std::string>{"--store", url}));
    }
  }
  void TearDown() override {
    services_.clear();
    server_.reset();
  }

  // Runs `fn(service)` for all processes at once.
  template <typename Fn>
  void OnAll(const Fn& fn) {
    std::vector<std::thread> threads;
    for (const auto& service : services_) {
      threads.emplace_back([&fn, &service] { fn(*service); });
    }
    for (std::thread& thread : threads) thread.join();
  }

  std::array<TemporaryFolder, kProcesses> folders_;
  std::unique_ptr<testing::PostgresServer> server_;
  std::vector<std::unique_ptr<Service>> services_;
};

std::string Counter(int value) {
  return R"({"resourceType":"Basic","id":"counter","code":{"text":")" + std::to_string(value) +
         R"("}})";
}

// Adds one under If-Match until that goes through.
void Increment(const Service& service) {
  for (;;) {
    const Answer read = service.Get("/fhir/Basic/counter");
    const int value = std::stoi(TextAt(Parse(read.body), "/code/text"));
    std::map<std::string, std::string> headers = kFhir;
    headers["If-Match"] = read.headers.at("etag");
    const Answer put = service.Send("PUT", "/fhir/Basic/counter", Counter(value + 1), headers);
    if (put.status == 200) return;
    ASSERT_EQ(put.status, 412) << put.body;
  }
}

TEST_F(Replicas, LoseNoConditionalUpdate) {
  ASSERT_EQ(services_[0]->Send("PUT", "/fhir/Basic/counter", Counter(0), kFhir).status, 201);
  OnAll([](const Service& service) {
    for (int i = 0; i < kEach; ++i) Increment(service);
  });
  const fhir::Json counter = Parse(services_[1]->Get("/fhir/Basic/counter").body);
  EXPECT_EQ(TextAt(counter, "/code/text"), std::to_string(kProcesses * kEach));
  EXPECT_EQ(TextAt(counter, "/meta/versionId"), std::to_string(kProcesses * kEach + 1));
}

TEST_F(Replicas, CreateOnePatientByManyTransactions) {
  const std::string bundle = R"({"resourceType":"Bundle","type":"transaction","entry":[
    {"fullUrl":"urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a",
     "resource":{"resourceType":"Patient","identifier":[{"system":"urn:x","value":"1"}]},
     "request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=urn:x|1"}},
    {"fullUrl":"urn:uuid:88f151c0-a954-468a-88bd-5ae15c08e059",
     "resource":{"resourceType":"Observation","status":"final","code":{"text":"w"},
       "subject":{"reference":"urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a"}},
     "request":{"method":"POST","url":"Observation"}}]})";
  OnAll([&bundle](const Service& service) {
    for (int i = 0; i < kEach; ++i) {
      const Answer answer = service.PostFhir("/fhir", bundle);
      EXPECT_EQ(answer.status, 200) << answer.body;
    }
  });
  const fhir::Json patients = Parse(services_[2]->Get("/fhir/Patient?identifier=urn:x|1").body);
  ASSERT_EQ(patients.at("total").get<int>(), 1);
  const std::string id = TextAt(patients, "/entry/0/resource/id");
  EXPECT_EQ(Parse(services_[3]->Get("/fhir/Observation?_summary=count&patient=" + id).body)
                .at("total")
                .get<int>(),
            kProcesses * kEach);
}

}  // namespace
}  // namespace genflik::e2e
