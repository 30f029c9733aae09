#include "rules/unknown_strand.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "rules/reading_list.h"

namespace genflik::rules {
namespace {

// The phenotype when one strand decides it whatever the other does (a variant associated with
// malignant hyperthermia).
std::string_view Dominant(const Gene& gene, const std::string& function) {
  std::string_view result;
  for (const FunctionPair& pair : gene.pairs) {
    if (pair.a != function && pair.b != function) continue;
    if (!result.empty() && result != pair.result) return {};
    result = pair.result;
  }
  return result;
}

// The values that a strand may have, in thousandths.
std::set<int> PossibleValues(const Gene& gene, const HaplotypeMeaning& meaning) {
  if (!meaning.unknown) {
    return meaning.value && meaning.value->known() ? std::set<int>{meaning.value->thousandths()}
                                                   : std::set<int>{};
  }
  std::set<int> values;
  for (const Allele& allele : gene.alleles) {
    if (!allele.value || !allele.value->known()) continue;
    if (meaning.at_most && allele.value->thousandths() > meaning.at_most->thousandths()) continue;
    values.insert(allele.value->thousandths());
  }
  return values;
}

// The sum of two copies on which nothing was found.
std::optional<int> OrdinaryScore(const Gene& gene) {
  const Allele* wild = gene.FindAllele(gene.wild_type);
  if (wild == nullptr || !wild->value || !wild->value->known()) return std::nullopt;
  return 2 * wild->value->thousandths();
}

// Every score that is still possible, when the ordinary one no longer is: a known risk variant
// holds back whatever the allele beside it does.
bool ReadAtMost(const Gene& gene, const std::string& text,
                const std::vector<HaplotypeMeaning>& meanings, GeneInterpretation& result) {
  if (gene.method != DerivationMethod::kLowestFunction || meanings.size() != 2) return false;
  std::set<int, std::greater<>> sums;
  for (const int a : PossibleValues(gene, meanings[0])) {
    for (const int b : PossibleValues(gene, meanings[1])) sums.insert(a + b);
  }
  const std::optional<int> ordinary = OrdinaryScore(gene);
  if (!ordinary || sums.empty() || *sums.begin() >= *ordinary) return false;
  for (const int sum : sums) {
    for (Interpretation& reading : ReadScore(gene, ActivityScore::Exact(sum))) {
      reading.diplotype = text;
      AddCandidate(result, std::move(reading));
    }
  }
  return true;
}

// CPIC's tables have a phenotype for some alleles beside one of unknown function ("Possible
// Intermediate Metabolizer"); an allele that the knowledge lacks is no better known.
bool ReadBesideUnknownFunction(const Gene& gene, const std::string& text,
                               const std::vector<HaplotypeMeaning>& meanings,
                               GeneInterpretation& result) {
  if (gene.method != DerivationMethod::kFunctionPair || meanings.size() != 2) return false;
  const HaplotypeMeaning& known = meanings[0].unknown ? meanings[1] : meanings[0];
  if (known.unknown) return false;
  for (const std::string_view unknown : {"Unknown function", "Uncertain function"}) {
    const std::string_view phenotype = gene.PairResult(known.function, unknown);
    if (phenotype.empty() || phenotype == "Indeterminate") continue;
    AddCandidate(result, {.diplotype = text, .phenotype = std::string(phenotype)});
    return true;
  }
  return false;
}

}  // namespace

void ReadUnknown(const Gene& gene, const std::string& text,
                 const std::vector<HaplotypeMeaning>& meanings, GeneInterpretation& result) {
  for (const HaplotypeMeaning& meaning : meanings) {
    if (meaning.unknown) continue;
    if (const std::string_view phenotype = Dominant(gene, meaning.function); !phenotype.empty()) {
      AddCandidate(result, {.diplotype = text,
                            .phenotype = std::string(phenotype),
                            .functions = {meaning.function}});
      return;
    }
  }
  const char* code = nullptr;
  if (ReadAtMost(gene, text, meanings, result)) {
    code = "at-most";
  } else if (ReadBesideUnknownFunction(gene, text, meanings, result)) {
    code = "beside-unknown";
  }
  for (const HaplotypeMeaning& meaning : meanings) {
    if (!meaning.unknown) continue;
    AddReason(result.reasons,
              code == nullptr ? *meaning.unknown : MakeReason(gene, code, meaning.unknown->detail));
  }
}

void ExplainIndeterminate(const Gene& gene, const std::vector<std::string>& alleles,
                          GeneInterpretation& result) {
  for (const std::string& name : alleles) {
    const Allele* allele = gene.FindAllele(name);
    if (allele == nullptr) continue;
    const bool uncertain = allele->function == "Uncertain function" ||
                           allele->function == "Unknown function" ||
                           (allele->value && !allele->value->known());
    if (uncertain) AddReason(result.reasons, MakeReason(gene, "uncertain-function", allele->name));
  }
}

}  // namespace genflik::rules
