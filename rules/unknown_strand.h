#pragma once

#include <string>
#include <vector>

#include "rules/gene.h"
#include "rules/haplotype_meaning.h"
#include "rules/phenotyper.h"

// What is known of a gene when the effect of one of its two alleles is not.

namespace genflik::rules {

/// Reads a diplotype of which at least one strand is unknown. The known strand may decide alone
/// (malignant hyperthermia), set the highest possible score (DPYD, docs/methods/phenotypes.md), or
/// have a phenotype of its own beside an allele of unknown function (TPMT, CPIC's tables). Else the
/// gene stays without reading. The unknown alleles are named as reasons in each case but the first.
void ReadUnknown(const Gene& gene, const std::string& text,
                 const std::vector<HaplotypeMeaning>& meanings, GeneInterpretation& result);

/// Names the alleles for which an indeterminate reading has to blame an uncertain function.
void ExplainIndeterminate(const Gene& gene, const std::vector<std::string>& alleles,
                          GeneInterpretation& result);

}  // namespace genflik::rules
