#include "services/cds/order_gain.h"

#include <algorithm>

#include "rules/coverage_gap.h"

namespace genflik::cds {
namespace {

using rules::Interpretation;
using rules::ProfiledGene;

bool IsTyped(const ProfiledGene& gene) {
  const auto& readings = gene.interpretation.candidates;
  return !readings.empty() && std::all_of(readings.begin(), readings.end(),
                                          [](const auto& one) { return !one.diplotype.empty(); });
}

// Every reading speaks of the allele, whether it was found or not.
bool SpeaksOf(const ProfiledGene& gene, const std::string& allele) {
  const auto& readings = gene.interpretation.candidates;
  return !readings.empty() &&
         std::all_of(readings.begin(), readings.end(), [&](const Interpretation& reading) {
           return std::any_of(reading.statuses.begin(), reading.statuses.end(),
                              [&](const auto& one) { return one.starts_with(allele + " "); });
         });
}

Gain GainOfPresence(const mapping::TestOrder& order, const ProfiledGene& gene) {
  Gain gain;
  const bool typed = IsTyped(gene);
  const auto asked = order.alleles.find(gene.interpretation.gene);
  if (asked == order.alleles.end()) {
    gain.other_alleles = !typed;
    gain.unsure = std::none_of(gene.results.begin(), gene.results.end(),
                               [](const auto& result) { return result.coverage.known; });
    return gain;
  }
  for (const std::string& allele : asked->second) {
    if (!typed && !SpeaksOf(gene, allele)) gain.alleles.push_back(allele);
  }
  gain.all_new = gain.alleles.size() == asked->second.size();
  return gain;
}

// Two alleles without function: whatever else is found changes nothing.
bool IsSettled(const ProfiledGene& gene) {
  const auto& readings = gene.interpretation.candidates;
  return !readings.empty() &&
         std::all_of(readings.begin(), readings.end(), [](const Interpretation& reading) {
           return reading.functions.size() == 2 &&
                  std::all_of(reading.functions.begin(), reading.functions.end(),
                              [](const auto& one) { return one == "No function"; });
         });
}

const std::vector<std::string>& VariantsOf(const mapping::TestOrder& order,
                                           const std::string& gene) {
  static const std::vector<std::string> none;
  const auto named = order.variants.find(gene);
  return named == order.variants.end() ? none : named->second;
}

// What a test that is on its way will have looked for: the variants that it names, else what every
// method should look for.
rules::GeneResult ExpectedOf(const std::vector<std::string>& named, const rules::Gene& gene) {
  rules::GeneResult result{.gene = gene.symbol};
  result.coverage.known = true;
  result.coverage.alleles = named;
  if (!named.empty()) return result;
  result.coverage.copy_number = true;
  for (const auto& one_of : gene.look_for ? gene.look_for->one_of : gene.panel)
    result.coverage.alleles.insert(result.coverage.alleles.end(), one_of.begin(), one_of.end());
  return result;
}

bool AnswersVariants(const mapping::TestOrder& pending, const mapping::TestOrder& order,
                     const std::string& gene, const rules::Gene* known) {
  const auto& told = VariantsOf(pending, gene);
  const auto& asked = VariantsOf(order, gene);
  if (told.empty() && asked.empty()) return true;
  if (known == nullptr) return false;
  const std::vector<rules::GeneResult> expected{ExpectedOf(told, *known)};
  const auto missing = asked.empty() ? rules::NotLookedFor(*known, expected)
                                     : rules::NotLookedFor(*known, expected, asked);
  return missing && missing->empty();
}

}  // namespace

bool AnswersOrder(const mapping::TestOrder& pending, const mapping::TestOrder& order,
                  const std::string& gene, const rules::Gene* known) {
  if (std::find(pending.genes.begin(), pending.genes.end(), gene) == pending.genes.end())
    return false;
  const auto told = pending.alleles.find(gene);
  if (told == pending.alleles.end()) return AnswersVariants(pending, order, gene, known);
  const auto asked = order.alleles.find(gene);
  return asked != order.alleles.end() &&
         std::all_of(asked->second.begin(), asked->second.end(), [&](const auto& allele) {
           return std::find(told->second.begin(), told->second.end(), allele) != told->second.end();
         });
}

Gain GainOf(const mapping::TestOrder& order, const ProfiledGene& gene, const rules::Gene* known) {
  if (gene.interpretation.gene.starts_with("HLA-")) return GainOfPresence(order, gene);
  Gain gain;
  const auto missing = known == nullptr ? std::nullopt : rules::NotLookedFor(*known, gene.results);
  gain.unsure = !missing;
  if (known == nullptr || IsSettled(gene)) return gain;
  if (missing) gain.not_looked_for = *missing;
  const auto asked = VariantsOf(order, gene.interpretation.gene);
  const auto unsought = rules::NotLookedFor(*known, gene.results, asked);
  gain.named_are_known = !asked.empty() && unsought && unsought->empty();
  for (const std::string& name : unsought.value_or(std::vector<std::string>{})) {
    if (std::find(gain.not_looked_for.begin(), gain.not_looked_for.end(), name) ==
        gain.not_looked_for.end())
      gain.not_looked_for.push_back(name);
  }
  return gain;
}

}  // namespace genflik::cds
