#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rules/definition_loader.h"
#include "rules/knowledge_base.h"
#include "rules/star_caller.h"
#include "services/mapping/genomics_variants.h"

// From single variants as laboratories report them ("rs4244285 G/A") to named alleles, by the same
// definitions and the same caller as VCF. Pure; refuses rather than guesses.

namespace genflik::lab {

/// A finding at its place in a definition.
struct PlacedFinding {
  const rules::GeneDefinition* gene = nullptr;
  size_t position = 0;
  rules::SiteCall site = {};
};

/// Finds the defined position that a finding speaks of and reads its bases there, whichever strand
/// they were written on. Nothing, with the reason in `problem`, when the position is in no
/// definition, when the names lead to several, when bases do not fit or fit both strands, or when
/// the number of copies is not told.
[[nodiscard]] std::optional<PlacedFinding> PlaceFinding(const mapping::VariantFinding& finding,
                                                        const rules::AlleleDefinitions& definitions,
                                                        std::string& problem);

/// What a call rests on beside the findings.
struct PanelContext {
  /// The coverage that the laboratory states; narrows the one that follows from the positions.
  rules::Coverage stated = {};
  std::optional<rules::Sex> sex = {};
  /// May be null.
  const rules::KnowledgeBase* knowledge = nullptr;
};

/// Calls one gene from all findings of one analysis. Positions that the laboratory did not report
/// count as not tested: the coverage of the result says what was. Names that the tested positions
/// cannot tell apart and that mean the same by the knowledge become the one that laboratories use:
/// the wild type, else the allele that was tested whole. Nothing, with the reason in `problem`,
/// when two findings contradict each other or when the gene is called on request only and no
/// coverage is stated for it.
[[nodiscard]] std::optional<rules::GeneResult> CallPanel(const rules::GeneDefinition& gene,
                                                         const std::vector<PlacedFinding>& findings,
                                                         const PanelContext& context,
                                                         std::string& problem);

/// The result of one finding in a gene whose variants are alleles of their own (DPYD, RYR1):
/// present on one or two copies (its allele stands once or twice), or absent. Nothing, with the
/// reason, where the variant is no allele by itself.
[[nodiscard]] std::optional<rules::GeneResult> CallSingle(const PlacedFinding& finding,
                                                          std::string& problem);

}  // namespace genflik::lab
