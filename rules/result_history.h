#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/gene_result.h"
#include "rules/knowledge_base.h"

// A patient's results are never deleted by newer ones; what each counts for is worked out here, the
// same for the record, for alerts and for the tab.

namespace genflik::rules {

/// What a result counts for.
enum class ResultRole {
  kCurrent,
  /// Says the same as the current one.
  kRepeat,
  /// A narrower method that agrees with the current one as far as it looked.
  kLessDetailed,
  /// Disagrees with the current one; both are in force until a person decides.
  kConflicting,
  /// One variant or haplotype of a report, read together with the others.
  kEvidence,
  /// Ranked below a genotype.
  kPhenotypeOnly,
  /// Not final while there is a final one.
  kPreliminary,
  kNoCall,
  kWithdrawn,
  /// A person has decided that another result counts.
  kSetAside,
  /// May be the donor's after a stem-cell transplantation, beside a result that is the patient's.
  kDonor,
};
/// "current", "repeat", "less-detailed", "conflicting", "evidence", "phenotype-only",
/// "preliminary", "no-call", "withdrawn", "set-aside" or "donor".
std::string_view CodeOf(ResultRole role);

struct JudgedResult {
  GeneResult result = {};
  ResultRole role = ResultRole::kCurrent;
  /// Source of the result that it repeats, supports or disagrees with; may be empty.
  std::string relates_to = {};
};

struct GeneHistory {
  /// Symbol as the knowledge has it, or as it was reported.
  std::string gene = {};
  /// Newest first, each result as it was reported.
  std::vector<JudgedResult> results = {};
  /// What counts, evidence joined: the current result first, then those in conflict with it.
  std::vector<GeneResult> in_force = {};
};

/// What counts of one gene's results, none of them withdrawn; `gene` is null when the knowledge
/// lacks it.
[[nodiscard]] std::vector<GeneResult> ResultsInForce(const Gene* gene,
                                                     std::vector<GeneResult> results);

/// Judges all results of one patient; sorted by gene.
[[nodiscard]] std::vector<GeneHistory> JudgeResults(const KnowledgeBase& knowledge,
                                                    const std::vector<GeneResult>& results);

}  // namespace genflik::rules
