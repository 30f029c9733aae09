// Results stored durably a second, by HL7 v2 and by FHIR, through everything that the program does
// with them (reading, mapping, search index, gene results, re-check of orders, outbox), against
// what SQLite itself reaches for as many rows of as many bytes with group commit on the same disk.
//   lab_bench [MESSAGES [SENDERS]]     2000 messages from 64 senders without
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "services/app/config.h"
#include "services/app/parts.h"
#include "services/http/exchange.h"
#include "services/http/router.h"
#include "services/store/sql_connection.h"

namespace genflik {
namespace {

using Clock = std::chrono::steady_clock;

double Measure(size_t count, int senders, const std::function<bool(size_t)>& send) {
  std::vector<std::thread> threads;
  std::atomic<size_t> next = 0;
  std::atomic<size_t> refused = 0;
  const auto start = Clock::now();
  for (int i = 0; i < senders; ++i) {
    threads.emplace_back([&] {
      for (size_t n = next++; n < count; n = next++) refused += send(n) ? 0 : 1;
    });
  }
  for (std::thread& thread : threads) thread.join();
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  if (refused > 0) std::printf("%zu REFUSED\n", refused.load());
  return static_cast<double>(count) / seconds;
}

std::string Message(size_t n) {
  const std::string number = std::to_string(100000 + n);
  return "MSH|^~\\&|BENCH|K|PGX|R|20260301||ORU^R01^ORU_R01|M" + number + "|P|2.5.1\rPID|1||" +
         number + "^^^K&2.999.1&ISO^MR||Test^Tore||19500907|M\rOBR|1|P" + number + "|F" + number +
         "|PGX^Panel^L|||20260226|||||||||||||||20260301||GE|F\r"
         "OBX|1|CWE|48018-6^Gene^LN|1|HGNC:2621^CYP2C19^HGNC||||||F\r"
         "OBX|2|ST|84413-4^Genotype^LN|1|*1/*2||||||F\r";
}

std::string Bundle(size_t n) {
  const std::string number = std::to_string(500000 + n);
  return R"({"resourceType":"Bundle","type":"transaction","entry":[
    {"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000001","resource":{"resourceType":"Patient",
     "identifier":[{"system":"urn:oid:2.999.1","value":")" +
         number + R"("}],"birthDate":"1950-09-07"},
     "request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=urn:oid:2.999.1|)" +
         number + R"("}},
    {"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000002","resource":{"resourceType":
     "Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"84413-4"}]},
     "subject":{"reference":"urn:uuid:00000000-0000-4000-8000-000000000001"},
     "effectiveDateTime":"2026-02-26","valueCodeableConcept":{"text":"CYP2C19 *1/*2"},
     "component":[{"code":{"coding":[{"system":"http://loinc.org","code":"48018-6"}]},
     "valueCodeableConcept":{"coding":[{"system":"http://www.genenames.org/geneId",
     "code":"HGNC:2621","display":"CYP2C19"}]}}]},"request":{"method":"POST","url":"Observation"}},
    {"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000003","resource":{"resourceType":
     "DiagnosticReport","status":"final","identifier":[{"system":"urn:oid:2.999.2","value":")" +
         number + R"("}],"code":{"coding":[{"system":"http://loinc.org","code":"51969-4"}]},
     "subject":{"reference":"urn:uuid:00000000-0000-4000-8000-000000000001"},
     "result":[{"reference":"urn:uuid:00000000-0000-4000-8000-000000000002"}]},
     "request":{"method":"POST","url":"DiagnosticReport"}}]})";
}

/// Rows and bytes that everything in a store takes.
struct Size {
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
};

Size SizeOf(const std::filesystem::path& file) {
  const auto connection = store::MakeSqliteEngine(file.string())->Connect(store::SqlAccess::kRead);
  std::vector<std::string> tables;
  connection->Query("SELECT name FROM sqlite_master WHERE type = 'table'", {},
                    [&](const store::SqlRow& row) { tables.emplace_back(row.Text(0)); });
  Size size;
  for (const std::string& table : tables) {
    connection->Query("SELECT COUNT(*) FROM \"" + table + "\"", {},
                      [&](const store::SqlRow& row) { size.rows += row.Int(0); });
  }
  size.bytes = static_cast<std::int64_t>(std::filesystem::file_size(file));
  return size;
}

/// Messages a second when each is nothing but its rows: one that takes the bytes and the others as
/// small as index entries, in one indexed table each, committed by 64 messages.
double RawRate(const std::filesystem::path& file, size_t count, std::int64_t rows,
               std::int64_t bytes) {
  constexpr size_t kGroup = 64;
  constexpr std::int64_t kEntryBytes = 40;
  const auto engine = store::MakeSqliteEngine(file.string());
  const auto connection = engine->Connect(store::SqlAccess::kWrite);
  connection->RunScript(
      "CREATE TABLE row (a INTEGER PRIMARY KEY, b TEXT);"
      "CREATE TABLE entry (a INTEGER, b TEXT, c INTEGER, PRIMARY KEY (a, b, c)) WITHOUT ROWID;"
      "CREATE INDEX entry_of ON entry (c, a)");
  const std::string text(
      static_cast<size_t>(std::max<std::int64_t>(bytes - 2 * rows * kEntryBytes, 200)), 'x');
  const auto start = Clock::now();
  for (size_t at = 0; at < count;) {
    connection->Begin(store::SqlAccess::kWrite);
    for (size_t i = 0; i < kGroup && at < count; ++i, ++at) {
      const std::vector<store::SqlValue> row = {static_cast<std::int64_t>(at),
                                                std::string_view(text)};
      connection->Execute("INSERT INTO row VALUES ($1, $2)", row);
      for (std::int64_t entry = 1; entry < rows; ++entry) {
        const std::vector<store::SqlValue> values = {
            entry, std::string_view("a value of usual length"), static_cast<std::int64_t>(at)};
        connection->Execute("INSERT INTO entry VALUES ($1, $2, $3)", values);
      }
    }
    connection->Commit();
  }
  return static_cast<double>(count) / std::chrono::duration<double>(Clock::now() - start).count();
}

int Run(size_t count, int senders) {
  const auto folder = std::filesystem::current_path() / "lab_bench.tmp";
  std::printf("%-14s %12s %12s %10s %10s %8s\n", "what", "a second", "raw", "rows each", "bytes",
              "ratio");
  for (const bool fhir : {false, true}) {
    std::filesystem::remove_all(folder);
    app::Config config;
    config.data = folder;
    double rate = 0;
    Size before;
    {
      const auto parts = app::BuildParts(config);
      before = SizeOf(folder / "genflik.sqlite");
      rate = Measure(count, senders, [&](size_t n) {
        if (!fhir) return parts->hl7->Handle(Message(n)).find("MSA|AA") != std::string::npos;
        http::Request request{.method = "POST", .path = "/fhir", .body = Bundle(n)};
        request.headers.emplace("Content-Type", "application/fhir+json");
        return parts->router.Find("POST", "/fhir").route->handler(request).status == 200;
      });
    }
    const Size after = SizeOf(folder / "genflik.sqlite");
    const auto each = static_cast<std::int64_t>(count);
    const std::int64_t rows = (after.rows - before.rows) / each;
    const std::int64_t bytes = (after.bytes - before.bytes) / each;
    const double raw = RawRate(folder / "raw", count, rows, bytes);
    std::printf("%-14s %12.0f %12.0f %10lld %10lld %7.0f%%\n", fhir ? "FHIR" : "HL7 v2", rate, raw,
                static_cast<long long>(rows), static_cast<long long>(bytes), 100 * rate / raw);
  }
  std::filesystem::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace genflik

int main(int argc, char** argv) {
  const size_t count = argc > 1 ? std::stoul(argv[1]) : 2000;
  return genflik::Run(count, argc > 2 ? std::stoi(argv[2]) : 64);
}
