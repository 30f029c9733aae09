#include <atomic>
#include <cstdlib>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/e2e_tests/program.h"

// The power goes while many write and read: what was acknowledged is there, each with its entry in
// the audit log, and the chain of the log is whole.

namespace genflik::e2e {
namespace {

// Some rounds here; GENFLIK_KILL_ROUNDS=200 for a long run by hand.
int Rounds() {
  const char* text = std::getenv("GENFLIK_KILL_ROUNDS");
  return text == nullptr ? 3 : std::max(1, std::atoi(text));
}

std::vector<std::string> WriteUntilKilled(Service& service, int round, int answers) {
  std::vector<std::string> acknowledged;
  std::mutex mutex;
  std::atomic<bool> gone = false;
  std::atomic<int> done = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; !gone; ++i) {
        const std::string id =
            "r" + std::to_string(round) + "-" + std::to_string(t) + "-" + std::to_string(i);
        try {
          const Answer answer = service.Send("PUT", "/fhir/Patient/" + id,
                                             R"({"resourceType":"Patient","id":")" + id + R"("})",
                                             {{"Content-Type", "application/fhir+json"}});
          if (answer.status != 201) continue;
          const std::lock_guard lock(mutex);
          acknowledged.push_back(id);
          ++done;
          static_cast<void>(service.Get("/fhir/Patient/" + id));
        } catch (const std::exception&) {
          return;
        }
      }
    });
  }
  while (done < answers) std::this_thread::yield();
  service.Kill();
  gone = true;
  for (auto& thread : threads) thread.join();
  return acknowledged;
}

TEST(Audit, SurvivesKillsWithTheChangesItTellsOf) {
  const TemporaryFolder folder;
  const std::string data = (folder.path() / "data").string();
  std::mt19937 random(7);
  std::vector<std::string> acknowledged;
  for (int round = 0; round < Rounds(); ++round) {
    Service service(folder.path() / "data");
    const int answers = static_cast<int>(random() % 60) + 5;
    for (std::string& id : WriteUntilKilled(service, round, answers)) {
      acknowledged.push_back(std::move(id));
    }
    const Outcome outcome = RunProgram({"audit", "verify", "--data", data});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
    EXPECT_TRUE(outcome.out.starts_with("whole: ")) << outcome.out;
  }
  const Service service(folder.path() / "data");
  for (const std::string& id : acknowledged) {
    ASSERT_EQ(service.Get("/fhir/Patient/" + id).status, 200) << id;
    const Answer created = service.Get("/fhir/AuditEvent?action=C&patient=" + id);
    EXPECT_NE(created.body.find("Patient/" + id + "/_history/1"), std::string::npos) << id;
  }
  EXPECT_GT(acknowledged.size(), 10U);
}

TEST(Exposure, BeyondLoopbackNeedsTlsAndAuthentication) {
  const TemporaryFolder folder;
  const Outcome outcome =
      RunProgram({"serve", "--listen", "0.0.0.0:0", "--data", folder.path().string()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.err.find("without TLS"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace genflik::e2e
