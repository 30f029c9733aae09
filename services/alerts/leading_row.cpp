#include "services/alerts/leading_row.h"

#include <algorithm>
#include <set>
#include <string>

namespace genflik::alerts {
namespace {

using rules::ActionKind;
using rules::AlertLevel;
using rules::Recommendation;

bool SaysSomething(const Recommendation& row) {
  return row.action.kind != ActionKind::kNoRecommendation;
}

// 0 for a region's own rules, 1 for the guideline that leads, 2 for the others.
int RankOf(const Recommendation& row, const PolicyOptions& options) {
  if (row.source == "regional") return 0;
  return row.source == options.leading ? 1 : 2;
}

bool HasAnswer(const rules::GeneEvidence& gene) { return gene.lookup_value != "No Result"; }

// A row for a regimen of which one gene is not known. That it asks for nothing is no answer about
// the gene that is known.
bool KnowsOnlyPart(const Recommendation& row) {
  return row.alert == AlertLevel::kNone && !std::ranges::all_of(row.genes, HasAnswer);
}

// Genes about which a row of this rank or before has spoken.
std::set<std::string> SpokenFor(const std::vector<const Recommendation*>& rows,
                                const PolicyOptions& options, int rank) {
  std::set<std::string> genes;
  for (const Recommendation* row : rows) {
    if (RankOf(*row, options) > rank || !SaysSomething(*row) || KnowsOnlyPart(*row)) continue;
    for (const auto& gene : row->genes) {
      if (HasAnswer(gene)) genes.insert(gene.gene);
    }
  }
  return genes;
}

// "Calculate the dose" names no number. Where another guideline finds one of the genes dangerous
// and says how little to give, that leads: a further result must not make the advice milder.
const Recommendation* WithNumber(const std::vector<const Recommendation*>& rows,
                                 const Recommendation& lead) {
  if (lead.action.kind != ActionKind::kCalculate || lead.alert == AlertLevel::kCritical)
    return &lead;
  const Recommendation* best = &lead;
  for (const Recommendation* row : rows) {
    const bool numbered = row->action.kind == ActionKind::kReduceDose && row->action.factor;
    if (!numbered || row->alert != AlertLevel::kCritical || !SameGenes(*row, lead)) continue;
    if (best == &lead || *row->action.factor < *best->action.factor) best = row;
  }
  return best;
}

// A part of the dose is no answer where another guideline finds that the genotype alone gives none:
// what it wants measured comes first.
const Recommendation* OrMeasured(const std::vector<const Recommendation*>& rows,
                                 const Recommendation& lead) {
  if (lead.action.kind != ActionKind::kReduceDose) return &lead;
  const auto measures = std::ranges::find_if(rows, [&](const Recommendation* row) {
    return row->source != lead.source && row->action.kind == ActionKind::kTestFirst &&
           row->alert >= lead.alert && SameGenes(*row, lead);
  });
  return measures == rows.end() ? &lead : *measures;
}

}  // namespace

bool SameGenes(const Recommendation& row, const Recommendation& lead) {
  return std::all_of(row.genes.begin(), row.genes.end(), [&](const auto& one) {
    return std::any_of(lead.genes.begin(), lead.genes.end(),
                       [&](const auto& other) { return other.gene == one.gene; });
  });
}

bool ChangedByDrug(const Recommendation& row) {
  return std::ranges::any_of(
      row.genes, [](const rules::GeneEvidence& gene) { return !gene.caused_by.empty(); });
}

const Recommendation* Lead(const std::vector<const Recommendation*>& rows,
                           const PolicyOptions& options) {
  for (int rank = 0; rank <= 2; ++rank) {
    const auto spoken = rank == 0 ? std::set<std::string>{} : SpokenFor(rows, options, rank - 1);
    const Recommendation* best = nullptr;
    for (const Recommendation* row : rows) {
      if (RankOf(*row, options) != rank || !SaysSomething(*row)) continue;
      const bool all_spoken =
          std::all_of(row->genes.begin(), row->genes.end(),
                      [&](const auto& gene) { return spoken.contains(gene.gene); });
      if (all_spoken && !row->genes.empty()) continue;
      if (best == nullptr || row->alert > best->alert) best = row;
    }
    if (best != nullptr && best->alert > AlertLevel::kNone)
      return OrMeasured(rows, *WithNumber(rows, *best));
  }
  return nullptr;
}

}  // namespace genflik::alerts
