// What the store does a second, at growing sizes, and how that grows; creates against what SQLite
// itself reaches for the same bytes in groups of the same size on the same disk.
//   store_bench [SIZE...]     numbers of Observations; 10000 100000 without
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "fhir/definitions.h"
#include "fhir/json.h"
#include "fhir/search_query.h"
#include "services/mapping/genomics.h"
#include "services/store/sql_connection.h"
#include "services/store/store.h"
#include "tests/support/places.h"

namespace genflik {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kWriters = 64;
constexpr size_t kObservationsAPatient = 10;

struct Timing {
  double per_second = 0;
  double p50_us = 0;
  double p99_us = 0;
};

Timing Measure(size_t count, const std::function<void(size_t)>& run) {
  std::vector<double> times;
  const auto start = Clock::now();
  for (size_t i = 0; i < count; ++i) {
    const auto begin = Clock::now();
    run(i);
    times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  std::ranges::sort(times);
  return {.per_second = static_cast<double>(count) / seconds,
          .p50_us = times[times.size() / 2],
          .p99_us = times[times.size() * 99 / 100]};
}

// The same from many threads at once.
Timing MeasureMany(size_t count, const std::function<void(size_t)>& run) {
  std::vector<std::thread> threads;
  std::vector<std::vector<double>> times(kWriters);
  std::atomic<size_t> next = 0;
  const auto start = Clock::now();
  for (int thread = 0; thread < kWriters; ++thread) {
    threads.emplace_back([&, thread] {
      for (size_t i = next++; i < count; i = next++) {
        const auto begin = Clock::now();
        run(i);
        times[static_cast<size_t>(thread)].push_back(
            std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  std::vector<double> all;
  for (const auto& part : times) all.insert(all.end(), part.begin(), part.end());
  std::ranges::sort(all);
  return {.per_second = static_cast<double>(count) / seconds,
          .p50_us = all[all.size() / 2],
          .p99_us = all[all.size() * 99 / 100]};
}

// Beside each line, how many times slower the median is than at the smallest size.
void Print(const std::string& what, size_t size, const Timing& timing) {
  static std::map<std::string, double> first;
  const double growth = timing.p50_us / first.try_emplace(what, timing.p50_us).first->second;
  std::printf("%-28s %9zu %12.0f %10.0f %10.0f %8.2f\n", what.c_str(), size, timing.per_second,
              timing.p50_us, timing.p99_us, timing.p50_us > 0 ? growth : 0);
  static_cast<void>(std::fflush(stdout));
}

fhir::Json Observation(size_t number) {
  fhir::IssueLog log;
  return *fhir::ParseJson(R"({"resourceType":"Observation","id":"o)" + std::to_string(number) +
                              R"(","status":"final","category":[{"coding":[{"system":
          "http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],
          "code":{"coding":[{"system":"http://loinc.org","code":"84413-4"}]},
          "subject":{"reference":"Patient/p)" +
                              std::to_string(number / kObservationsAPatient) +
                              R"("},"effectiveDateTime":"2026-03-01T08:00:00Z",
          "performer":[{"reference":"Organization/lab"}],
          "valueCodeableConcept":{"text":"*1/*2"},
          "component":[{"code":{"coding":[{"system":"http://loinc.org","code":"48018-6"}]},
            "valueCodeableConcept":{"coding":[{"system":"http://www.genenames.org/geneId",
              "code":"HGNC:2621","display":"CYP2C19"}]}}]})",
                          log);
}

std::unique_ptr<store::Store> Open(const std::filesystem::path& path) {
  static const auto definitions = [] {
    fhir::IssueLog problems;
    return fhir::LoadDefinitions(std::filesystem::path(tests::SourceDir()) / "fhir" / "definitions",
                                 problems);
  }();
  store::StoreOptions options;
  options.definitions = definitions;
  options.project = [](const fhir::Json& body) { return mapping::ReadGeneResults(body); };
  return store::OpenStore(path.string(), options);
}

void Fill(store::Store& store, size_t from, size_t to) {
  constexpr size_t kStep = 1000;
  for (size_t at = from; at < to; at += kStep) {
    store.Write([&](store::Writer& writer) {
      for (size_t i = at; i < std::min(at + kStep, to); ++i) writer.Put(Observation(i));
    });
  }
}

// How many index rows the store keeps for one Observation.
std::int64_t EntriesOfOne(const std::filesystem::path& path) {
  const auto connection = store::MakeSqliteEngine(path.string())->Connect(store::SqlAccess::kRead);
  std::int64_t entries = 0;
  for (const std::string table : {"token", "string", "reference", "date", "quantity"}) {
    connection->Query("SELECT COUNT(*) FROM index_" + table + " WHERE rid = 1", {},
                      [&entries](const store::SqlRow& row) { entries += row.Int(0); });
  }
  return entries;
}

// One row of the bytes of an Observation and its index rows, committed in groups as large as the
// number of writers: no store on SQLite can be faster.
Timing RawRate(const std::filesystem::path& path, size_t count, std::int64_t entries) {
  const auto engine = store::MakeSqliteEngine(path.string());
  const auto connection = engine->Connect(store::SqlAccess::kWrite);
  connection->RunScript(
      "CREATE TABLE row (a INTEGER PRIMARY KEY, b TEXT);"
      "CREATE TABLE entry (a INTEGER, b TEXT, c INTEGER, PRIMARY KEY (a, b, c)) WITHOUT ROWID;"
      "CREATE INDEX entry_of ON entry (c, a)");
  const std::string text = fhir::PrintJson(Observation(0));
  const auto start = Clock::now();
  for (size_t at = 0; at < count;) {
    connection->Begin(store::SqlAccess::kWrite);
    for (int i = 0; i < kWriters && at < count; ++i, ++at) {
      const std::vector<store::SqlValue> row = {static_cast<std::int64_t>(at),
                                                std::string_view(text)};
      connection->Execute("INSERT INTO row VALUES ($1, $2)", row);
      for (std::int64_t entry = 0; entry < entries; ++entry) {
        const std::vector<store::SqlValue> values = {std::int64_t{entry},
                                                     std::string_view("a value of usual length"),
                                                     static_cast<std::int64_t>(at)};
        connection->Execute("INSERT INTO entry VALUES ($1, $2, $3)", values);
      }
    }
    connection->Commit();
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return {.per_second = static_cast<double>(count) / seconds};
}

fhir::SearchQuery PatientQuery(size_t patient) {
  fhir::SearchQuery query;
  query.type = "Observation";
  fhir::SearchTerm by_patient;
  by_patient.parameter = "patient";
  by_patient.type = fhir::SearchType::kReference;
  by_patient.values.resize(1);
  by_patient.values[0].reference = {.type = "Patient", .id = "p" + std::to_string(patient)};
  fhir::SearchTerm by_code;
  by_code.parameter = "code";
  by_code.type = fhir::SearchType::kToken;
  by_code.values.resize(1);
  by_code.values[0].token = {.system = "http://loinc.org", .code = "84413-4"};
  query.terms = {by_patient, by_code};
  return query;
}

void MeasureSize(store::Store& store, size_t size) {
  constexpr size_t kReads = 5000;
  const auto any = [size](size_t i) { return i * 7919 % size; };
  Print("read", size, Measure(kReads, [&](size_t i) {
          store.Read([&](const store::Reader& reader) {
            return reader.Find("Observation", "o" + std::to_string(any(i)))->version;
          });
        }));
  Print("vread", size, Measure(kReads, [&](size_t i) {
          store.Read([&](const store::Reader& reader) {
            return reader.FindVersion("Observation", "o" + std::to_string(any(i)), 1)->version;
          });
        }));
  Print("results of a patient", size, Measure(kReads, [&](size_t i) {
          store.Read([&](const store::Reader& reader) {
            return reader.ResultsOf("p" + std::to_string(any(i) / kObservationsAPatient)).size();
          });
        }));
  Print("search patient and code", size, Measure(kReads / 5, [&](size_t i) {
          store.Read([&](const store::Reader& reader) {
            return reader.Search(PatientQuery(any(i) / kObservationsAPatient)).matches.size();
          });
        }));
  Print("create, 64 writers", size, MeasureMany(5000, [&](size_t i) {
          store.Write([&](store::Writer& writer) { writer.Put(Observation(size + i)); });
        }));
  Print("transaction of 20", size, Measure(100, [&](size_t i) {
          store.Write([&](store::Writer& writer) {
            for (size_t n = 0; n < 20; ++n) writer.Put(Observation(size + 5000 + i * 20 + n));
          });
        }));
}

int Run(const std::vector<size_t>& sizes) {
  const auto folder = std::filesystem::current_path() / "store_bench.tmp";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  std::printf("%-28s %9s %12s %10s %10s %8s\n", "what", "stored", "a second", "p50 us", "p99 us",
              "growth");
  for (const size_t size : sizes) {
    const auto path = folder / std::to_string(size);
    const auto store = Open(path);
    const auto start = Clock::now();
    Fill(*store, 0, size);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    Print("load, 1000 a transaction", size, {.per_second = static_cast<double>(size) / seconds});
    store->Backup(folder / "copy");
    std::printf("%-28s %9zu %12.0f bytes each\n", "size on disk", size,
                static_cast<double>(std::filesystem::file_size(folder / "copy")) /
                    static_cast<double>(size));
    std::filesystem::remove(folder / "copy");
    MeasureSize(*store, size);
    const std::int64_t entries = EntriesOfOne(path);
    std::filesystem::remove(folder / "raw");
    Print("raw rows with " + std::to_string(entries) + " entries", size,
          RawRate(folder / "raw", 10000, entries));
  }
  std::filesystem::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace genflik

int main(int argc, char** argv) {
  std::vector<size_t> sizes;
  for (int i = 1; i < argc; ++i) sizes.push_back(std::stoul(argv[i]));
  return genflik::Run(sizes.empty() ? std::vector<size_t>{10000, 100000} : sizes);
}
