#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fhir/issue.h"
#include "fhir/json.h"
#include "rules/gene_result.h"
#include "services/mapping/genomics_codes.h"

// From the elements of an Observation, once they are told apart, to what they say of a gene.

namespace genflik::mapping {

/// What one Observation, or one group of its components, says.
struct Evidence {
  std::string gene = {};
  std::optional<TestCode> test = {};
  /// The element with value[x]: the Observation or a component.
  const fhir::Json* value = nullptr;
  std::vector<std::string> variant_names = {};
  std::string hgvs = {};
  std::string allelic_state = {};
  std::string ref = {};
  std::string alt = {};
  /// What is read instead of the value, where the test's name belongs to it; else empty.
  std::string text = {};
  /// Copies of the gene in all, where they are told beside the genotype; -1 when unreadable.
  std::optional<int> copies = {};
};

/// Adds the result that the evidence is, on top of what its Observation says of all of them; what
/// cannot be read is told in `log`. `evidence.test` and `evidence.value` must be there.
void AddEvidence(const Evidence& evidence, const rules::GeneResult& common, fhir::IssueLog& log,
                 std::vector<rules::GeneResult>& results);

}  // namespace genflik::mapping
