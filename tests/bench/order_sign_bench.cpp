#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <nlohmann/json.hpp>

#include "fhir/definitions.h"
#include "fhir/json.h"
#include "rules/knowledge_loader.h"
#include "services/alerts/alert_book.h"
#include "services/cds/cds_routes.h"
#include "services/http/router.h"
#include "services/mapping/genomics.h"
#include "services/store/store.h"
#include "tests/support/places.h"

// Where the time of an order-sign goes: the reading of its JSON beside the JSON library's own
// reader, and the whole answer without HTTP. order_sign.sh measures the same over HTTP.

namespace {

namespace alerts = genflik::alerts;
namespace cds = genflik::cds;
namespace core = genflik::core;
namespace fhir = genflik::fhir;
namespace http = genflik::http;
namespace rules = genflik::rules;
namespace store = genflik::store;

std::string ReadText(const std::string& file) {
  std::ifstream in(genflik::tests::SourceDir() + "/" + file);
  return {std::istreambuf_iterator<char>(in), {}};
}

const std::string& Order() {
  static const std::string text =
      ReadText("sample-data/cds/order-sign-capecitabine-prefetched.json");
  return text;
}

class Service {
 public:
  Service() {
    std::vector<rules::KnowledgeProblem> problems;
    knowledge_ = rules::LoadKnowledge(genflik::tests::SourceDir() + "/rules/knowledge", problems);
    fhir::IssueLog log;
    store_ = store::OpenStore(
        ":memory:",
        {.now = [this] { return std::chrono::system_clock::time_point(clock_.Now()); },
         .definitions =
             fhir::LoadDefinitions(genflik::tests::SourceDir() + "/fhir/definitions", log),
         .project = [](const fhir::Json& r) { return genflik::mapping::ReadGeneResults(r); }});
    for (const char* file : {"10-patients.json", "20-lab-anna-dpyd-intermediate.json"}) {
      const auto bundle = fhir::ParseJson(ReadText(std::string("sample-data/fhir/") + file), log);
      store_->Write([&](store::Writer& writer) {
        for (const fhir::Json& entry : bundle->at("entry")) writer.Put(entry.at("resource"));
      });
    }
    book_ = std::make_unique<alerts::AlertBook>(*store_, clock_, std::chrono::minutes(0));
    cds::AddCdsRoutes(router_, {.store = *store_,
                                .knowledge = [this] { return knowledge_; },
                                .clock = clock_,
                                .book = *book_,
                                .options = {},
                                .fetch = {}});
  }

  http::Response Answer(std::string body) const {
    http::Request request{.method = "POST",
                          .path = "/cds-services/genflik-order-sign",
                          .headers = {{"Content-Type", "application/json"}},
                          .body = std::move(body),
                          .base = "https://genflik.example.org"};
    const auto match = router_.Find(request.method, request.path);
    request.parameters = match.parameters;
    return match.route->handler(request);
  }

 private:
  core::SystemClock clock_;
  std::shared_ptr<const rules::KnowledgeBase> knowledge_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<alerts::AlertBook> book_;
  http::Router router_;
};

void ParseWithTheLibrary(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(nlohmann::json::parse(Order()));
}
BENCHMARK(ParseWithTheLibrary)->Unit(benchmark::kMicrosecond);

void ParseAsFhir(benchmark::State& state) {
  for (auto _ : state) {
    fhir::IssueLog log;
    benchmark::DoNotOptimize(fhir::ParseJson(Order(), log));
  }
}
BENCHMARK(ParseAsFhir)->Unit(benchmark::kMicrosecond);

void PrintAsFhir(benchmark::State& state) {
  fhir::IssueLog log;
  const auto value = fhir::ParseJson(Order(), log);
  for (auto _ : state) benchmark::DoNotOptimize(fhir::PrintJson(*value));
}
BENCHMARK(PrintAsFhir)->Unit(benchmark::kMicrosecond);

void AnswerOrderSign(benchmark::State& state) {
  const Service service;
  std::string body = Order();
  const size_t instance = body.find("00000001-");
  unsigned count = 0;
  for (auto _ : state) {
    const std::string number = std::to_string(10000000 + count++);
    body.replace(instance, number.size(), number);
    const http::Response response = service.Answer(body);
    if (response.status != 200) state.SkipWithError("the answer is no answer");
    benchmark::DoNotOptimize(response);
  }
}
BENCHMARK(AnswerOrderSign)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
