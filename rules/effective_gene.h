#pragma once

#include <vector>

#include "rules/engine.h"

namespace genflik::rules {

/// What the drugs taken at the same time do to genes.
struct ActiveDrugs {
  std::vector<const PhenoconversionRule*> rules = {};
};

/// The effects of the context's active drugs. A drug that is itself ordered does not count: its
/// effect on its own metabolism is part of its guideline.
[[nodiscard]] ActiveDrugs FindActive(const KnowledgeBase& knowledge,
                                     const EvaluationContext& context,
                                     const std::vector<DrugMatch>& ordered);

/// One reading with what drugs make of it.
struct EffectiveReading {
  Interpretation effective = {};
  GeneEvidence evidence = {};
};

struct EffectiveReadings {
  std::vector<EffectiveReading> readings = {};
  std::vector<InteractionNote> notes = {};
};

/// Says that a drug taken at the same time chose one of a guideline's limits.
[[nodiscard]] InteractionNote LimitNote(const PhenoconversionRule& rule);

/// Phenoconversion by CPIC's factors on the activity score; drugs without an agreed factor are
/// noted and change nothing. `profiled` may be null (not tested).
[[nodiscard]] EffectiveReadings MakeReadings(const Gene& gene, const ProfiledGene* profiled,
                                             const ActiveDrugs& active);

}  // namespace genflik::rules
