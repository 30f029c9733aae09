#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include <sys/resource.h>

#include "rules/definition_loader.h"
#include "rules/star_caller.h"
#include "services/lab/vcf_caller.h"
#include "services/lab/vcf_reader.h"
#include "tests/support/places.h"

// What a call costs: one sample as a whole process (limit 50 ms), per sample in steady state (limit
// 1 ms), one sample of a genome with an index (limit 100 ms) and without. Prints the time on the
// clock over its limit, and the processor's time, which is what counts where the machine does other
// work as well.
//   call_bench [RECORDS]    size of the synthetic genome; 5000000 when left out

namespace {

using genflik::lab::ReadVcf;
using genflik::lab::VcfOptions;

/// Milliseconds on the clock, and of the processor in this process and those it started.
struct Cost {
  double clock = 0;
  double processor = 0;
};

double ProcessorTime() {
  double total = 0;
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage = {};
    getrusage(who, &usage);
    for (const timeval& time : {usage.ru_utime, usage.ru_stime}) {
      total += static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
    }
  }
  return total;
}

Cost Measure(const std::function<void()>& work) {
  const double before = ProcessorTime();
  const auto start = std::chrono::steady_clock::now();
  work();
  const auto passed = std::chrono::steady_clock::now() - start;
  return {std::chrono::duration<double, std::milli>(passed).count(), ProcessorTime() - before};
}

/// The middle of several runs.
Cost Median(int runs, const std::function<void()>& work) {
  std::vector<double> clock;
  std::vector<double> processor;
  for (int i = 0; i < runs; ++i) {
    const Cost cost = Measure(work);
    clock.push_back(cost.clock);
    processor.push_back(cost.processor);
  }
  std::sort(clock.begin(), clock.end());
  std::sort(processor.begin(), processor.end());
  return {clock[clock.size() / 2], processor[processor.size() / 2]};
}

void Report(const std::string& what, Cost cost, double limit, double parts = 1) {
  std::cout << what << ": " << cost.clock / parts << " ms, of the processor "
            << cost.processor / parts << " ms";
  if (limit > 0) {
    std::cout << "; " << cost.clock / parts / limit << " of its limit of " << limit
              << " ms, of the processor " << cost.processor / parts / limit;
  }
  std::cout << std::endl;
}

std::string Header(int samples) {
  std::string text = "##fileformat=VCFv4.3\n##contig=<ID=chr1,length=248956422>\n";
  for (int i = 2; i <= 22; ++i) text += "##contig=<ID=chr" + std::to_string(i) + ">\n";
  text += "##contig=<ID=chrX>\n##contig=<ID=chrM>\n";
  text += "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n";
  text += "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT";
  for (int i = 0; i < samples; ++i) text += "\tS" + std::to_string(i);
  return text + "\n";
}

struct Line {
  int64_t position = 0;
  std::string text = {};
};

/// All defined positions of a chromosome with random genotypes, mostly reference.
std::vector<Line> Defined(const genflik::rules::AlleleDefinitions& definitions,
                          const std::string& chromosome, int samples, std::mt19937& random) {
  std::vector<Line> lines;
  for (const auto& gene : definitions.genes()) {
    if (gene.chromosome != chromosome) continue;
    for (const auto& position : gene.positions) {
      std::string text = chromosome + "\t" + std::to_string(position.position) + "\t.\t" +
                         position.ref + "\t" + position.alts.front() + "\t.\tPASS\t.\tGT";
      for (int i = 0; i < samples; ++i) {
        const auto draw = random() % 100;
        text += draw < 98 ? "\t0/0" : draw < 99 ? "\t0/1" : "\t1/1";
      }
      lines.push_back({position.position, text + "\n"});
    }
  }
  return lines;
}

std::vector<std::string> Chromosomes() {
  std::vector<std::string> names;
  for (int i = 1; i <= 22; ++i) names.push_back("chr" + std::to_string(i));
  names.emplace_back("chrX");
  names.emplace_back("chrM");
  return names;
}

/// A VCF with every defined position and about `others` records elsewhere, in order.
void WriteVcf(std::FILE* out, const genflik::rules::AlleleDefinitions& definitions, int samples,
              int64_t others) {
  std::mt19937 random(3);
  std::fputs(Header(samples).c_str(), out);
  const auto chromosomes = Chromosomes();
  for (const std::string& chromosome : chromosomes) {
    auto lines = Defined(definitions, chromosome, samples, random);
    const int64_t count = chromosome == "chrM" ? 0 : others / 23;
    for (int64_t i = 0; i < count; ++i) {
      const int64_t position = 1 + (i * 45'000'000 / std::max<int64_t>(count, 1)) * 5;
      lines.push_back({position, chromosome + "\t" + std::to_string(position) +
                                     "\t.\tA\tC\t50\tPASS\tAC=1;AN=2\tGT:DP:GQ\t0/1:30:99\n"});
    }
    std::stable_sort(lines.begin(), lines.end(),
                     [](const Line& a, const Line& b) { return a.position < b.position; });
    for (const Line& line : lines) std::fputs(line.text.c_str(), out);
  }
}

bool WriteFile(const std::string& path, const genflik::rules::AlleleDefinitions& definitions,
               int samples, int64_t others) {
  const bool packed = path.ends_with(".gz");
  std::FILE* out =
      packed ? popen(("bgzip -l 1 > " + path).c_str(), "w") : std::fopen(path.c_str(), "w");
  if (out == nullptr) return false;
  WriteVcf(out, definitions, samples, others);
  return packed ? pclose(out) == 0 : std::fclose(out) == 0;
}

void CallAll(const std::string& path, const genflik::rules::PositionIndex& index,
             const VcfOptions& options) {
  for (const auto& sample : ReadVcf(path, index, options).samples) {
    if (CallSample(sample, index, {}, {}).genes.empty()) std::abort();
  }
}

void Run(const std::filesystem::path& folder, int64_t records) {
  std::vector<genflik::rules::DefinitionProblem> problems;
  const auto definitions = genflik::rules::LoadDefinitions(
      std::string(genflik::tests::SourceDir()) + "/rules/knowledge/definitions", problems);
  const genflik::rules::PositionIndex index(definitions);
  const std::string one = (folder / "one.vcf").string();
  const std::string many = (folder / "many.vcf").string();
  const std::string genome = (folder / "genome.vcf.gz").string();
  if (!WriteFile(one, *definitions, 1, 0) || !WriteFile(many, *definitions, 1000, 0)) return;
  const std::string command = genflik::tests::Program() + " call " + one + " > /dev/null";
  Report("one sample as a process",
         Median(15,
                [&] {
                  if (std::system(command.c_str()) != 0) std::abort();
                }),
         50);
  Report("one sample from its file, in steady state", Median(50, [&] { CallAll(one, index, {}); }),
         1);
  Report("per sample of 1,000 in one file", Median(3, [&] { CallAll(many, index, {}); }), 1, 1000);
  if (!WriteFile(genome, *definitions, 1, records)) return;
  VcfOptions whole;
  whole.use_index = false;
  Report(std::to_string(records) + " records without index",
         Measure([&] { CallAll(genome, index, whole); }), 0);
  if (std::system(("tabix -f -p vcf " + genome).c_str()) != 0) return;
  Report(std::to_string(records) + " records with index",
         Median(9, [&] { CallAll(genome, index, {}); }), 100);
}

}  // namespace

int main(int argc, char** argv) {
  const auto folder = std::filesystem::temp_directory_path() /
                      ("genflik-call-bench-" + std::to_string(std::random_device{}()));
  std::filesystem::create_directory(folder);
  Run(folder, argc > 1 ? std::atoll(argv[1]) : 5'000'000);
  std::filesystem::remove_all(folder);
  return 0;
}
