#pragma once

#include <string>
#include <vector>

#include "rules/gene.h"
#include "rules/phenotyper.h"

namespace genflik::rules {

/// Reads a gene where the presence of a risk allele is all that counts (HLA, CYP4F2). `found` holds
/// diplotypes, alleles or statuses ("*57:01 positive"); `absent` the alleles reported as absent.
/// Two alleles typed in full settle every risk allele of the gene; one allele settles only itself.
void ReadPresence(const Gene& gene, const std::vector<std::string>& found,
                  const std::vector<std::string>& absent, GeneInterpretation& result);

}  // namespace genflik::rules
