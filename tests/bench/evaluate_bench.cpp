#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <malloc.h>

#include "rules/engine.h"
#include "rules/knowledge_loader.h"
#include "tests/support/places.h"

// One order against 20 gene results and 15 drugs taken at the same time, and the reading of the
// knowledge itself. Aims: 20 microseconds and 300 milliseconds.

namespace {

namespace rules = genflik::rules;

std::string Directory() { return std::string(genflik::tests::SourceDir()) + "/rules/knowledge"; }

const rules::KnowledgeBase& Knowledge() {
  static const std::shared_ptr<const rules::KnowledgeBase> kKnowledge = [] {
    std::vector<rules::KnowledgeProblem> problems;
    return rules::LoadKnowledge(Directory(), problems);
  }();
  return *kKnowledge;
}

std::vector<rules::GeneResult> Results() {
  const std::vector<std::pair<std::string, std::string>> genotypes = {
      {"ABCG2", "rs2231142 G/T"},
      {"CYP2B6", "*1/*6"},
      {"CYP2C19", "*1/*2"},
      {"CYP2C9", "*1/*3"},
      {"CYP2D6", "*4/*41"},
      {"CYP3A4", "*1/*22"},
      {"CYP3A5", "*3/*3"},
      {"CYP4F2", "*1/*3"},
      {"DPYD", "Reference/HapB3"},
      {"F2", "G/G"},
      {"F5", "C/C"},
      {"G6PD", "B (reference)"},
      {"HLA-A", "*02:01/*31:01"},
      {"HLA-B", "*57:01/*44:02"},
      {"IFNL3", "C/T"},
      {"MT-RNR1", "Reference"},
      {"NUDT15", "*1/*3"},
      {"SLCO1B1", "*1/*5"},
      {"TPMT", "*1/*3A"},
      {"VKORC1", "rs9923231 C/T"},
  };
  std::vector<rules::GeneResult> results;
  for (const auto& [gene, diplotype] : genotypes) {
    rules::GeneResult result;
    result.gene = gene;
    result.diplotypes = {diplotype};
    results.push_back(std::move(result));
  }
  return results;
}

rules::EvaluationContext Context() {
  rules::EvaluationContext context;
  context.age_years = 54;
  for (const char* code :
       {"N06AB05", "C07AB02", "C10AA01", "A02BC01", "B01AC06", "C09AA02", "A10BA02", "N02BE01",
        "C03CA01", "H03AA01", "N05CF02", "R03AC02", "M01AE01", "C08CA01", "J01CA04"}) {
    context.active_drugs.push_back(rules::ReadDrugQuery(code));
  }
  return context;
}

// From stored results to the answer, as for a patient who is seen for the first time.
void EvaluateFromResults(benchmark::State& state, const char* drug) {
  const rules::KnowledgeBase& knowledge = Knowledge();
  const std::vector<rules::GeneResult> results = Results();
  const rules::EvaluationContext context = Context();
  const rules::DrugQuery query = rules::ReadDrugQuery(drug);
  for (auto _ : state) {
    const rules::GeneProfile profile = rules::MakeProfileFor(knowledge, results, query);
    benchmark::DoNotOptimize(rules::Evaluate(knowledge, profile, query, context));
  }
}
BENCHMARK_CAPTURE(EvaluateFromResults, codeine, "R05DA04");
BENCHMARK_CAPTURE(EvaluateFromResults, amitriptyline, "N06AA09");
BENCHMARK_CAPTURE(EvaluateFromResults, no_knowledge, "N02BE01");

// The look-up alone, with the profile at hand.
void EvaluateProfile(benchmark::State& state, const char* drug) {
  const rules::KnowledgeBase& knowledge = Knowledge();
  const rules::GeneProfile profile = rules::MakeProfile(knowledge, Results());
  const rules::EvaluationContext context = Context();
  const rules::DrugQuery query = rules::ReadDrugQuery(drug);
  for (auto _ : state) {
    benchmark::DoNotOptimize(rules::Evaluate(knowledge, profile, query, context));
  }
}
BENCHMARK_CAPTURE(EvaluateProfile, codeine, "R05DA04");
BENCHMARK_CAPTURE(EvaluateProfile, amitriptyline, "N06AA09");

// Whether a million calls leave anything behind: bytes in use on the heap after them beyond those
// before.
void EvaluateGrowth(benchmark::State& state) {
  const rules::KnowledgeBase& knowledge = Knowledge();
  const std::vector<rules::GeneResult> results = Results();
  const rules::EvaluationContext context = Context();
  const rules::DrugQuery query = rules::ReadDrugQuery("R05DA04");
  const auto ask = [&] {
    const rules::GeneProfile profile = rules::MakeProfileFor(knowledge, results, query);
    benchmark::DoNotOptimize(rules::Evaluate(knowledge, profile, query, context));
  };
  ask();
  const size_t before = mallinfo2().uordblks;
  for (auto _ : state) ask();
  state.counters["growth_bytes"] =
      static_cast<double>(mallinfo2().uordblks) - static_cast<double>(before);
}
BENCHMARK(EvaluateGrowth)->Iterations(1000000);

void MakeProfile(benchmark::State& state) {
  const std::vector<rules::GeneResult> results = Results();
  for (auto _ : state) benchmark::DoNotOptimize(rules::MakeProfile(Knowledge(), results));
}
BENCHMARK(MakeProfile);

void LoadKnowledge(benchmark::State& state) {
  for (auto _ : state) {
    std::vector<rules::KnowledgeProblem> problems;
    benchmark::DoNotOptimize(rules::LoadKnowledge(Directory(), problems));
  }
}
BENCHMARK(LoadKnowledge)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
