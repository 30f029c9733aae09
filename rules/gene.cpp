#include "rules/gene.h"

#include <algorithm>
#include <array>

#include "rules/diplotype.h"
#include "rules/notation.h"

namespace genflik::rules {
namespace {

std::string PairKey(std::string_view a, std::string_view b) {
  if (b < a) std::swap(a, b);
  return std::string(a) + "|" + std::string(b);
}

bool IsDiplotypeKey(const Gene& gene, std::string_view value) {
  constexpr std::string_view kSuffix = " (diplotype)";
  if (!value.ends_with(kSuffix)) return false;
  const DiplotypeReading reading =
      ReadDiplotype(gene, value.substr(0, value.size() - kSuffix.size()));
  return reading.problems.empty() && reading.alternatives.size() == 1;
}

}  // namespace

std::string_view CodeOf(DerivationMethod method) {
  constexpr std::array<std::string_view, 8> kCodes = {
      "activity-score", "function-pair", "lowest-function", "allele-presence",
      "x-linked",       "mitochondrial", "single-variant",  "any-variant"};
  return kCodes.at(static_cast<size_t>(method));
}

std::vector<std::string> Gene::BuildIndex() {
  std::vector<std::string> twice;
  index.clear();
  pair_index.clear();
  for (size_t i = 0; i < alleles.size(); ++i) {
    if (!index.emplace(FoldAllele(alleles[i].name), i).second) twice.push_back(alleles[i].name);
  }
  for (size_t i = 0; i < alleles.size(); ++i) {
    for (const std::string& alias : alleles[i].aliases) {
      const auto [entry, fresh] = index.emplace(FoldAllele(alias), i);
      if (!fresh && entry->second != i) twice.push_back(alias);
    }
  }
  for (size_t i = 0; i < pairs.size(); ++i) {
    if (!pair_index.emplace(PairKey(pairs[i].a, pairs[i].b), i).second) {
      twice.push_back(pairs[i].a + " + " + pairs[i].b);
    }
  }
  return twice;
}

const Allele* Gene::FindAllele(std::string_view name) const {
  const auto found = index.find(FoldAllele(name));
  return found == index.end() ? nullptr : &alleles[found->second];
}

const TestedVariant* Gene::FindVariant(std::string_view wanted) const {
  const auto found = std::ranges::find(variants, wanted, &TestedVariant::rsid);
  return found == variants.end() ? nullptr : &*found;
}

LocalText Gene::TextOf(std::string_view phenotype) const {
  const auto found = std::ranges::find(terms, phenotype, &PhenotypeTerm::code);
  if (found != terms.end()) return found->text;
  return {std::string(phenotype), std::string(phenotype)};
}

std::string_view Gene::PairResult(std::string_view a, std::string_view b) const {
  const auto found = pair_index.find(PairKey(a, b));
  return found == pair_index.end() ? std::string_view() : pairs[found->second].result;
}

std::string_view Gene::ScorePhenotype(const ActivityScore& score) const {
  if (!score.known()) return "Indeterminate";
  for (const ScoreRange& range : scores) {
    if (score.thousandths() >= range.min && (!range.max || score.thousandths() <= *range.max)) {
      return range.phenotype;
    }
  }
  return {};
}

bool Gene::CanHave(std::string_view lookup_value) const {
  if (lookup_value == "No Result") return true;
  if (std::ranges::find(score_values, lookup_value) != score_values.end()) return true;
  if (std::ranges::find(terms, lookup_value, &PhenotypeTerm::code) != terms.end()) return true;
  for (const GuidelineLookup& own : guideline_lookups) {
    if (std::ranges::find(own.pairs, lookup_value, &FunctionPair::result) != own.pairs.end()) {
      return true;
    }
  }
  return IsDiplotypeKey(*this, lookup_value);
}

}  // namespace genflik::rules
