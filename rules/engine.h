#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rules/drug_query.h"
#include "rules/gene_profile.h"
#include "rules/knowledge_base.h"
#include "rules/recommendation.h"

namespace genflik::rules {

/// What is known of the patient and the order beside the genes. Whatever is absent excludes
/// nothing.
struct EvaluationContext {
  std::optional<double> age_years = {};
  std::optional<double> weight_kg = {};
  /// Population codes that hold ("CVI ACS PCI", "CBZ naive", "<= 1g per day"); the other codes of
  /// the same group are then excluded.
  std::vector<std::string> indications = {};
  /// Drugs taken at the same time.
  std::vector<DrugQuery> active_drugs = {};
  /// What KnowledgeBase::Phenoconverters found for further such drugs: many orders of one patient
  /// need the same, and looking it up for each would take longer than all the rest.
  std::vector<const PhenoconversionRule*> converters = {};
};

/// Looks up what the guidelines say about the drug for this patient. Pure: same inputs, same
/// output, so that an alert can be replayed years later.
[[nodiscard]] Evaluation Evaluate(const KnowledgeBase& knowledge, const GeneProfile& profile,
                                  const DrugQuery& drug, const EvaluationContext& context);

/// A gene of the profile with the effect of drugs taken at the same time, for display.
struct EffectiveGene {
  GeneInterpretation genetic = {};
  /// One evidence for each genetic candidate, in the same order.
  std::vector<GeneEvidence> readings = {};
  std::vector<InteractionNote> notes = {};
};

/// The interpretation of the results alone, phenoconversion by the context's active drugs included.
[[nodiscard]] std::vector<EffectiveGene> EffectiveProfile(const KnowledgeBase& knowledge,
                                                          const GeneProfile& profile,
                                                          const EvaluationContext& context);

}  // namespace genflik::rules
