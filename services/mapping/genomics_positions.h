#pragma once

#include <cstddef>
#include <vector>

#include "fhir/json.h"
#include "rules/gene_result.h"
#include "rules/knowledge_base.h"

// Single places in the genome as results, for callers that have Observations but no store in which
// alleles are called from all of them (prefetch).

namespace genflik::mapping {

/// Reads `observations` into `results`: what ReadGeneResults finds, and then what single positions
/// say ("rs4244285 A/A"), joined gene by gene for each analysis (same laboratory and time). A
/// position that the knowledge does not know, or whose answer cannot be read, stands as an answer
/// in the laboratory's own words. Positions of an analysis whose alleles are in `results`, from
/// before or now, are details of those and add nothing.
/// Returns how many hold a genetic answer of which nothing can be used. Those that were cancelled
/// or entered in error, and what was found in a tumour, are none.
size_t AddPatientResults(const std::vector<const fhir::Json*>& observations,
                         const rules::KnowledgeBase& knowledge,
                         std::vector<rules::GeneResult>& results);

}  // namespace genflik::mapping
