#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/gene_result.h"
#include "rules/knowledge_base.h"
#include "rules/phenotyper.h"

namespace genflik::rules {

/// One gene of a patient with everything that is in force about it.
struct ProfiledGene {
  /// What the results together mean.
  GeneInterpretation interpretation = {};
  /// The results in force, newest first; withdrawn ones are left out.
  std::vector<GeneResult> results = {};
};

/// What is known of one patient's genes at one time. A gene that is absent was not tested.
struct GeneProfile {
  /// Sorted by symbol.
  std::vector<ProfiledGene> genes = {};

  /// Nothing when nobody looked at the gene.
  const ProfiledGene* Find(std::string_view symbol) const;
};

/// Joins results into a profile. Withdrawn results (entered-in-error) count for nothing. Results of
/// one gene that disagree are a conflict; the readings of all of them are kept, so that the safest
/// can drive an alert. A gene symbol that the knowledge lacks is kept as not interpretable.
[[nodiscard]] GeneProfile MakeProfile(const KnowledgeBase& knowledge,
                                      const std::vector<GeneResult>& results);

/// The part of the profile that the drug's guidelines and tests ask about; the answer to an order
/// is the same as with the whole profile, for less work.
[[nodiscard]] GeneProfile MakeProfileFor(const KnowledgeBase& knowledge,
                                         const std::vector<GeneResult>& results,
                                         const DrugQuery& drug);

}  // namespace genflik::rules
