#pragma once

#include <string>
#include <vector>

#include "fhir/json.h"
#include "rules/gene_result.h"
#include "rules/knowledge_base.h"
#include "rules/recommendation.h"

// What guidelines say of drugs for one person's results, without an order: for the report that goes
// back to the laboratory's client.

namespace genflik::lab {

enum class ImplicationChoice {
  kNone,
  /// Only what asks for something: another drug or dose, a test, closer watch.
  kActionable,
  /// Also "no change".
  kAll,
};

/// The recommendations of every drug in the knowledge that rest on at least one of the results, by
/// drug. Nothing is known of the patient beside the genes, so every population's row is given.
[[nodiscard]] std::vector<rules::Recommendation> FindImplications(
    const rules::KnowledgeBase& knowledge, const std::vector<rules::GeneResult>& results,
    ImplicationChoice choice);

/// One recommendation as a therapeutic-implication Observation:
/// http://hl7.org/fhir/uv/genomics-reporting/STU3/StructureDefinition-therapeutic-implication.html
/// `derived_from` are references to the genotypes it rests on.
[[nodiscard]] fhir::Json RenderImplication(const rules::KnowledgeBase& knowledge,
                                           const rules::Recommendation& recommendation,
                                           const std::vector<std::string>& derived_from);

}  // namespace genflik::lab
