#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "fhir/json.h"
#include "rules/gene_result.h"
#include "services/rest/genomics_input.h"

// One genetic finding in the record, and whether it is one that was asked for. Findings are told
// apart by Observation.code, never by meta.profile, which is often absent.

namespace genflik::rest {

enum class FindingKind { kGenotype, kHaplotype, kVariant, kPhase, kImplication };

struct Finding {
  FindingKind kind = FindingKind::kGenotype;
  /// "Observation/1", with "#id" for one contained in a report.
  std::string reference = {};
  fhir::Json observation = {};
  /// Read as Genflik reads it, for genotypes and haplotypes.
  std::vector<rules::GeneResult> results = {};
};

/// Nothing for an Observation of another code, and for what is withdrawn or was never done.
[[nodiscard]] std::optional<Finding> ReadFinding(const fhir::Json& observation,
                                                 std::string reference);

/// The gene studied, by HGNC id or symbol.
[[nodiscard]] bool IsOfGene(const Finding& finding, const GenomicsToken& gene);
/// A genotype or haplotype that holds what is named: whole, or one allele of it. What the
/// laboratory says is absent does not count.
[[nodiscard]] bool HoldsHaplotype(const Finding& finding, const GenomicsToken& haplotype);
/// A component with one of the codes has the value that is named.
[[nodiscard]] bool HasComponentValue(const Finding& finding,
                                     const std::vector<std::string_view>& codes,
                                     const GenomicsToken& value);
/// germline or somatic: a variant by what it says; a genotype or haplotype, whose profile has no
/// place to say it, is taken as germline.
[[nodiscard]] bool IsOfSource(const Finding& finding, std::string_view source_class);

/// A variant that is really there, with its place: not a position found unchanged, no call, or
/// absent.
[[nodiscard]] bool IsPresentVariant(const Finding& finding);
/// Where a variant lies; nothing when it does not say so on a reference sequence.
[[nodiscard]] std::optional<GenomicsRange> PlaceOfVariant(const Finding& finding);
[[nodiscard]] bool Overlaps(const GenomicsRange& place, const GenomicsRange& range);
/// A variant of this name: HGVS as it is written, or SPDI (NC_000010.11:94781858:G:A).
[[nodiscard]] bool IsVariant(const Finding& finding, const std::string& name);

}  // namespace genflik::rest
