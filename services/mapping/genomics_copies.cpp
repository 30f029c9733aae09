#include "services/mapping/genomics_copies.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace genflik::mapping {
namespace {

using fhir::Json;

constexpr int kMost = 20;

/// One side of a genotype: the allele, and how many there are of it (-1: "xN", some).
struct Side {
  std::string allele = {};
  int copies = 1;
};

std::optional<int> ReadWhole(std::string_view text) {
  while (!text.empty() && (text.front() == '=' || text.front() == '^' || text.front() == ' ')) {
    text.remove_prefix(1);
  }
  if (text.ends_with(".0")) text.remove_suffix(2);
  int number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number >= 0 && number <= kMost ? std::optional(number) : std::nullopt;
}

std::optional<Side> ReadSide(const std::string& text) {
  // A tandem such as *36+*10 counts its parts itself.
  if (text.find('+') != std::string::npos) return std::nullopt;
  const size_t mark = text.find('x');
  if (mark == std::string::npos) return Side{text, text == "*5" ? 0 : 1};
  const std::string number = text.substr(mark + 1);
  if (number == "N") return Side{text.substr(0, mark), -1};
  const auto copies = ReadWhole(number);
  return copies ? std::optional(Side{text.substr(0, mark), *copies}) : std::nullopt;
}

std::string Print(const Side& side, int copies) {
  return copies > 1 ? side.allele + "x" + std::to_string(copies) : side.allele;
}

void Add(std::vector<std::string>& readings, const std::string& first, const std::string& second) {
  std::string pair = first;
  pair.append("/").append(second);
  if (std::find(readings.begin(), readings.end(), pair) == readings.end()) {
    readings.push_back(std::move(pair));
  }
}

/// The genotypes that a pair may be with so many copies in all.
std::vector<std::string> Readings(const Side& first, const Side& second, int copies) {
  std::vector<std::string> readings;
  const bool some_first = first.copies < 0;
  const bool some_second = second.copies < 0;
  if (some_first || some_second) {
    const int rest = copies - (some_first ? second.copies : first.copies);
    if (some_first && some_second) return {};
    // "xN" says that there are at least two.
    if (rest < 2) return {};
    Add(readings, Print(first, some_first ? rest : first.copies),
        Print(second, some_second ? rest : second.copies));
    return readings;
  }
  if (first.copies + second.copies == copies) {
    Add(readings, Print(first, first.copies), Print(second, second.copies));
    return readings;
  }
  // Copies that are written already contradict; so does a deletion that is.
  if (first.copies != 1 || second.copies != 1) return {};
  if (copies == 1 && first.allele == second.allele) {
    Add(readings, first.allele, "*5");
    return readings;
  }
  if (first.allele == second.allele && copies > 2) {
    Add(readings, first.allele, Print(second, copies - 1));
    return readings;
  }
  for (int of_first = 1; of_first < copies; ++of_first) {
    Add(readings, Print(first, of_first), Print(second, copies - of_first));
  }
  return copies > 2 ? readings : std::vector<std::string>();
}

}  // namespace

std::optional<int> ReadCopyNumber(const Json& component) {
  if (const Json* quantity = fhir::Find(component, "valueQuantity")) {
    const Json* value = fhir::Find(*quantity, "value");
    const auto number = value == nullptr ? std::nullopt : fhir::NumberOf(*value);
    if (!number || *number < 0 || *number > kMost) return std::nullopt;
    const int whole = static_cast<int>(*number);
    return static_cast<double>(whole) == *number ? std::optional(whole) : std::nullopt;
  }
  if (const Json* integer = fhir::Find(component, "valueInteger")) {
    const auto number = fhir::NumberOf(*integer);
    if (!number || *number < 0 || *number > kMost) return std::nullopt;
    return static_cast<int>(*number);
  }
  return ReadWhole(fhir::FindText(component, "valueString"));
}

bool ApplyCopyNumber(int copies, rules::GeneResult& result) {
  if (result.diplotypes.empty()) return false;
  std::vector<std::string> readings;
  for (const std::string& diplotype : result.diplotypes) {
    const size_t slash = diplotype.find('/');
    if (slash == std::string::npos) return false;
    const auto first = ReadSide(diplotype.substr(0, slash));
    const auto second = ReadSide(diplotype.substr(slash + 1));
    if (!first || !second) return false;
    // Only CYP2D6 has an allele for a gene that is missing.
    const bool plain = first->copies == 1 && second->copies == 1;
    if (result.gene != "CYP2D6" && !(plain && copies == 2)) return false;
    for (std::string& one : Readings(*first, *second, copies)) {
      if (std::find(readings.begin(), readings.end(), one) == readings.end()) {
        readings.push_back(std::move(one));
      }
    }
  }
  if (readings.empty()) return false;
  result.diplotypes = std::move(readings);
  if (result.diplotypes.size() > 1) result.status = rules::CallStatus::kAmbiguous;

  return true;
}

}  // namespace genflik::mapping
