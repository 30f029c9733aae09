// Runs a fuzz target without libFuzzer: every seed as it is, then seeds changed at random by a
// fixed sequence, so that each run does the same. An input that ends the program is written to a
// file beside it.
//   NAME_fuzz FOLDER|FILE... [--rounds=N] [--seed=N]

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr const char* kCrashFile = "crash-input";

/// The input under way, for the handlers below.
const std::string* current = nullptr;

/// Only calls that are safe in a signal handler.
void KeepInput() {
  if (current == nullptr) return;
  const int file = open(kCrashFile, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file < 0) return;
  const bool kept = write(file, current->data(), current->size()) >= 0;
  close(file);
  const std::string_view said = "\nthe input is kept in ./crash-input\n";
  if (kept && write(STDERR_FILENO, said.data(), said.size()) < 0) return;
}

void OnSignal(int number) {
  KeepInput();
  std::signal(number, SIG_DFL);
  (void)std::raise(number);
}

void Run(const std::string& input) {
  current = &input;
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
  current = nullptr;
}

std::vector<std::string> ReadSeeds(const std::vector<std::string>& places) {
  std::vector<std::filesystem::path> files;
  for (const std::string& place : places) {
    if (!std::filesystem::is_directory(place)) {
      files.emplace_back(place);
      continue;
    }
    for (const auto& entry : std::filesystem::directory_iterator(place)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  // The order of a folder is not the same on every machine.
  std::sort(files.begin(), files.end());
  std::vector<std::string> seeds;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return seeds;
}

class Mutator {
 public:
  Mutator(const std::vector<std::string>& seeds, uint32_t seed) : seeds_(seeds), random_(seed) {}

  std::string Next() {
    std::string input = seeds_[Below(seeds_.size())];
    const size_t changes = 1 + Below(6);
    for (size_t i = 0; i < changes; ++i) Change(input);
    return input;
  }

 private:
  // Not std::uniform_int_distribution: that gives other numbers with another standard library.
  size_t Below(size_t limit) { return limit == 0 ? 0 : random_() % limit; }

  void Change(std::string& input) {
    static constexpr std::array<std::string_view, 16> kPieces = {
        "\t",         "\n", "\r\n", "|", "/", ".", "-1", "99999999999",
        "2147483648", "0",  "\"",   "{", "]", "^", "&",  std::string_view("\0", 1)};
    const size_t at = Below(input.size() + 1);
    switch (Below(8)) {
      case 0:
        if (at < input.size()) input[at] = static_cast<char>(Below(256));
        return;
      case 1:
        if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1U << Below(8)));
        return;
      case 2:
        input.erase(at, 1 + Below(40));
        return;
      case 3:
        input.insert(at, kPieces[Below(kPieces.size())]);
        return;
      case 4:
        input.insert(at, input.substr(Below(input.size()), 1 + Below(200)));
        return;
      case 5: {
        const std::string& other = seeds_[Below(seeds_.size())];
        input.replace(at, 1 + Below(60), other.substr(Below(other.size()), 1 + Below(60)));
        return;
      }
      case 6:
        SwapLines(input);
        return;
      default:
        if (Below(4) == 0) input.resize(at);
    }
  }

  void SwapLines(std::string& input) {
    const size_t start = input.find('\n', Below(input.size()));
    if (start == std::string::npos) return;
    const size_t end = input.find('\n', start + 1);
    if (end == std::string::npos) return;
    const std::string line = input.substr(start, end - start);
    input.erase(start, end - start);
    input.insert(input.find('\n'), line);
  }

  const std::vector<std::string>& seeds_;
  std::mt19937 random_;
};

}  // namespace

int main(int count, char** arguments) {
  std::vector<std::string> places;
  size_t rounds = 4000;
  uint32_t seed = 1;
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    if (argument.rfind("--rounds=", 0) == 0) {
      rounds = std::strtoul(argument.c_str() + 9, nullptr, 10);
    } else if (argument.rfind("--seed=", 0) == 0) {
      seed = static_cast<uint32_t>(std::strtoul(argument.c_str() + 7, nullptr, 10));
    } else if (std::filesystem::exists(argument)) {
      places.push_back(argument);
    }
  }
  std::set_terminate([] {
    KeepInput();
    std::abort();
  });
  std::signal(SIGSEGV, OnSignal);
  std::signal(SIGFPE, OnSignal);
  const std::vector<std::string> seeds = ReadSeeds(places);
  if (seeds.empty()) {
    std::cerr << "no seeds\n";
    return 1;
  }
  for (const std::string& input : seeds) Run(input);
  Mutator mutator(seeds, seed);
  for (size_t i = 0; i < rounds; ++i) Run(mutator.Next());
  std::cout << seeds.size() << " seeds and " << rounds << " changed ones: no fault\n";
  return 0;
}
