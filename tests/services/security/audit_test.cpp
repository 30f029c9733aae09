#include "services/security/audit.h"

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "services/core/clock.h"
#include "services/core/error.h"
#include "services/security/guarded_store.h"
#include "services/store/sql_connection.h"
#include "services/store/store.h"
#include "tests/support/services_tests/definitions.h"
#include "tests/support/services_tests/gated_service.h"
#include "tests/support/services_tests/rest_client.h"
#include "tests/support/services_tests/temporary_directory.h"

namespace genflik::security {
namespace {

using fhir::Json;
using testing::At;
using testing::BodyOf;

// A log of some entries in a file, whose rows a test may change behind its back.
struct Log {
  testing::TemporaryDirectory directory;
  std::string file = (directory.path() / "audit.sqlite").string();
  core::SystemClock clock;

  explicit Log(int entries) {
    const auto store = store::OpenStore(file, {});
    AuditLog log(*store, clock);
    for (int i = 0; i < entries; ++i) {
      AuditEntry entry{.access = {.subject = "dr-" + std::to_string(i)}, .patient = "p"};
      entry.what = {"Observation/" + std::to_string(i)};
      log.Queue({std::move(entry)}, true);
    }
  }
  void Run(const std::string& sql) const {
    const auto connection = store::MakeSqliteEngine(file)->Connect(store::SqlAccess::kWrite);
    connection->Begin(store::SqlAccess::kWrite);
    connection->Execute(sql);
    connection->Commit();
  }
  AuditVerdict Verify(std::string_view expected = {}) const {
    const auto store = store::OpenStore(file, {});
    return VerifyAudit(*store, expected);
  }
};

TEST(AuditLog, IsWholeAndGoesOnAfterARestart) {
  Log log(5);
  AuditVerdict verdict = log.Verify();
  EXPECT_TRUE(verdict.problems.empty());
  EXPECT_EQ(verdict.entries, 5U);
  const std::string head = verdict.head;
  {
    const auto store = store::OpenStore(log.file, {});
    AuditLog again(*store, log.clock);
    again.Queue({AuditEntry{.patient = "q"}}, true);
  }
  verdict = log.Verify(head);
  EXPECT_TRUE(verdict.problems.empty());
  EXPECT_EQ(verdict.entries, 6U);
}

TEST(AuditLog, ShowsEveryTampering) {
  const std::vector<std::string> tamperings = {
      "UPDATE record SET body = replace(body, 'dr-2', 'dr-x') WHERE kind = 'audit'",
      "UPDATE record SET patient = 'someone' WHERE key = '000000000003'",
      "UPDATE record SET status = 'dr-x' WHERE key = '000000000003'",
      "UPDATE record SET created = '2020-01-01T00:00:00.000Z' WHERE key = '000000000003'",
      "UPDATE record SET id = 'other' WHERE key = '000000000003'",
      "DELETE FROM record WHERE key = '000000000003'",
      "DELETE FROM record WHERE key = '000000000001'",
      "UPDATE record SET seq = 1000 - seq WHERE kind = 'audit'",
      "UPDATE record SET key = 'x' || key WHERE kind = 'audit' AND key = '000000000004'",
      "UPDATE record SET body = '{}' WHERE key = '000000000005'",
      "UPDATE record SET body = replace(body, '\"action\":\"R\"', '\"action\":\"C\"')"};
  for (const std::string& sql : tamperings) {
    const Log log(5);
    log.Run(sql);
    EXPECT_FALSE(log.Verify().problems.empty()) << sql;
  }
}

// Cutting off the end leaves a chain that is whole in itself: the head kept elsewhere tells.
TEST(AuditLog, ShowsACutEndByAnEarlierHead) {
  const Log log(5);
  const std::string head = log.Verify().head;
  EXPECT_TRUE(log.Verify(head).problems.empty());
  log.Run("DELETE FROM record WHERE key = '000000000005'");
  EXPECT_TRUE(log.Verify().problems.empty());
  EXPECT_FALSE(log.Verify(head).problems.empty());
}

TEST(AuditLog, KeepsOneChainUnderManyThreads) {
  const auto store = store::OpenStore(":memory:", {});
  const core::SystemClock clock;
  {
    AuditLog log(*store, clock);
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&log, t] {
        for (int i = 0; i < 50; ++i) log.Queue({AuditEntry{.patient = "p"}}, t % 2 == 0);
      });
    }
    for (auto& thread : threads) thread.join();
  }
  const AuditVerdict verdict = VerifyAudit(*store);
  EXPECT_TRUE(verdict.problems.empty());
  EXPECT_EQ(verdict.entries, 400U);
}

// An entry and the change it tells of stand or fall together.
TEST(GuardedStore, AuditsEachChangeInItsTransaction) {
  const core::SystemClock clock;
  store::StoreOptions options;
  options.definitions = testing::TestDefinitions();
  GuardedStore store(store::OpenStore(":memory:", options), options.definitions, clock);
  const Caller caller{.access = {.unrestricted = true, .subject = "dr"}, .route = "PUT /x"};
  const ActingAs acting(caller);
  const auto put = [](store::Writer& writer, const char* gender) {
    writer.Put({{"resourceType", "Patient"}, {"id", "p"}, {"gender", gender}});
  };
  store.Write([&](store::Writer& writer) { put(writer, "female"); });
  store.Write([&](store::Writer& writer) { put(writer, "male"); });
  store.Write([&](store::Writer& writer) { put(writer, "male"); });  // Changes nothing.
  EXPECT_THROW(store.Write([&](store::Writer& writer) {
    put(writer, "other");
    throw core::Error(core::ErrorCode::kInvalid, "no");
  }),
               core::Error);
  store.Write([&](store::Writer& writer) { writer.Delete("Patient", "p"); });
  const auto records = store.Read([](const store::Reader& reader) {
    return reader.FindRecords({.kind = "audit", .patient = "p"});
  });
  ASSERT_EQ(records.size(), 3U);
  const char* actions[] = {"C", "U", "D"};
  for (size_t i = 0; i < 3; ++i) {
    const Json event = AuditEventOf(records[i]);
    EXPECT_EQ(fhir::FindText(event, "action"), actions[i]);
    EXPECT_EQ(At(event, "/agent/0/who/identifier/value"), "dr");
    EXPECT_EQ(At(event, "/entity/0/what/reference"), "Patient/p");
  }
  EXPECT_TRUE(VerifyAudit(store).problems.empty());
}

TEST(Audit, TellsWhoHasSeenAPatientAndWhatSomebodyHasSeen) {
  testing::GatedService service;
  EXPECT_EQ(
      service.Call("GET", "/fhir/Observation?code:text=weight", service.Token("user/*.rs")).status,
      200);
  EXPECT_EQ(service.Call("GET", "/record/pat-a", service.AdministratorToken()).status, 200);
  EXPECT_EQ(service.Call("GET", "/fhir/Patient/pat-a", service.Token("user/Observation.rs")).status,
            403);
  const auto find = [&](const std::string& query) {
    return BodyOf(
        service.Call("GET", "/fhir/AuditEvent?" + query, service.Token("system/AuditEvent.rs")));
  };
  const Json seen = find("patient=pat-a&agent=u1&action=R");
  ASSERT_EQ(fhir::FindArray(seen, "entry").size(), 2U);
  EXPECT_EQ(At(seen, "/entry/0/resource/outcomeDesc"), "GET /record/{patient} 200");
  EXPECT_EQ(At(seen, "/entry/0/resource/agent/0/purposeOfUse/0/coding/0/code"), "TREAT");
  EXPECT_EQ(At(seen, "/entry/0/resource/agent/0/network/address"), "192.0.2.7");
  const std::string searched = fhir::PrintJson(seen["entry"][1]);
  EXPECT_NE(searched.find("Observation/obs-a"), std::string::npos);
  EXPECT_NE(searched.find("code%3Atext=weight"), std::string::npos);
  EXPECT_EQ(searched.find("obs-b"), std::string::npos);
  const std::string id = At(seen, "/entry/0/resource/id");
  EXPECT_EQ(
      service.Call("GET", "/fhir/AuditEvent/" + id, service.Token("system/AuditEvent.rs")).status,
      200);
  // The refusal is there too, and so is every earlier look at the log.
  const std::string everything = fhir::PrintJson(find("agent=u1&_count=100"));
  EXPECT_NE(everything.find("GET /fhir/{type}/{id} 403"), std::string::npos);
  EXPECT_NE(everything.find("GET /fhir/AuditEvent 200"), std::string::npos);
  EXPECT_EQ(fhir::FindArray(find("agent=nobody"), "entry").size(), 0U);
  EXPECT_EQ(fhir::FindArray(find("date=lt2020-01-01"), "entry").size(), 0U);
  // A condition that the log does not know would find more than was asked for.
  for (const char* query : {"outcome=8", "patient:identifier=x", "agent.name=x"}) {
    EXPECT_EQ(
        service.Call("GET", std::string("/fhir/AuditEvent?") + query, service.Token("system/*.rs"))
            .status,
        400)
        << query;
  }
  // What is no parameter is left out, and the link tells so.
  const http::Response lenient =
      service.Call("GET", "/fhir/AuditEvent?colour=red", service.Token("system/*.rs"));
  EXPECT_EQ(lenient.status, 200);
  EXPECT_EQ(lenient.body.find("colour"), std::string::npos);
}

TEST(Audit, CannotBeWrittenByAnybody) {
  testing::GatedService service;
  const std::string token = service.AdministratorToken();
  const std::string event =
      R"({"resourceType":"AuditEvent","id":"x","type":{"code":"rest"},"recorded":"2026-01-01T00:00:00Z",)"
      R"("agent":[{"requestor":true}],"source":{"observer":{"display":"x"}}})";
  EXPECT_EQ(service.Call("POST", "/fhir/AuditEvent", token, event).status, 405);
  EXPECT_EQ(service.Call("PUT", "/fhir/AuditEvent/x", token, event).status, 405);
  EXPECT_EQ(service.Call("DELETE", "/fhir/AuditEvent/x", token).status, 405);
  EXPECT_EQ(service
                .Call("POST", "/fhir", token,
                      R"({"resourceType":"Bundle","type":"transaction","entry":[{"request":)"
                      R"({"method":"POST","url":"AuditEvent"},"resource":)" +
                          event + "}]}")
                .status,
            405);
}

TEST(Audit, PagesThroughEverythingOnce) {
  testing::GatedService service;
  const std::string token = service.Token("system/*.rs");
  for (int i = 0; i < 7; ++i) service.Call("GET", "/fhir/Patient/pat-a", token);
  std::string url = "/fhir/AuditEvent?patient=pat-a&action=R&_count=3";
  size_t found = 0;
  size_t pages = 0;
  for (; !url.empty() && pages < 10; ++pages) {
    const Json page = BodyOf(service.Call("GET", url, token));
    found += fhir::FindArray(page, "entry").size();
    url.clear();
    for (const Json& link : fhir::FindArray(page, "link")) {
      if (fhir::FindText(link, "relation") == "next") {
        url = std::string(fhir::FindText(link, "url")).substr(testing::GatedService::kBase.size());
      }
    }
  }
  EXPECT_EQ(found, 7U);
  EXPECT_LE(pages, 4U);
}

}  // namespace
}  // namespace genflik::security
