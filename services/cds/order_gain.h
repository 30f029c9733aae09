#pragma once

#include <string>
#include <vector>

#include "rules/gene_profile.h"
#include "services/mapping/orders.h"

// What a genotyping would tell that the patient's results do not. Pure.

namespace genflik::cds {

/// True when a test that is on its way will tell of a gene all that `order` asks: not where one of
/// them names variants and it is not known that the other holds them. `known` is null for a gene
/// that the knowledge lacks.
[[nodiscard]] bool AnswersOrder(const mapping::TestOrder& pending, const mapping::TestOrder& order,
                                const std::string& gene, const rules::Gene* known);

struct Gain {
  /// Nothing of what is ordered of the gene is known.
  bool all_new = false;
  /// The results do not tell what they looked for.
  bool unsure = false;
  /// HLA: alleles that are ordered ("*15:02") and that no result speaks of.
  std::vector<std::string> alleles = {};
  /// HLA: the whole gene is ordered, and single alleles are known.
  bool other_alleles = false;
  /// What no result looked for (rules::NotLookedFor).
  std::vector<std::string> not_looked_for = {};
  /// The order names variants, and the results looked for each of them.
  bool named_are_known = false;
};

/// `known` is null for a gene that the knowledge lacks.
[[nodiscard]] Gain GainOf(const mapping::TestOrder& order, const rules::ProfiledGene& gene,
                          const rules::Gene* known);

}  // namespace genflik::cds
