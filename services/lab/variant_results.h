#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "rules/definition_loader.h"
#include "rules/knowledge_base.h"
#include "services/store/store.h"

// Single variants that laboratories report by whichever door (FHIR, HL7 v2, a table) become results
// or entries of the queue here, in the transaction that stores them: none stays silent.

namespace genflik::lab {

/// Watches variants as they are stored and keeps the results that follow from them up to date.
class VariantResults {
 public:
  using KnowledgeSource = std::function<std::shared_ptr<const rules::KnowledgeBase>()>;

  /// The allele definitions in force.
  using DefinitionSource = std::function<std::shared_ptr<const rules::AlleleDefinitions>()>;

  VariantResults(DefinitionSource definitions, KnowledgeSource knowledge)
      : definitions_(std::move(definitions)), knowledge_(std::move(knowledge)) {}

  /// For the variants in `written`: findings of one analysis (same patient, laboratory, time and
  /// specimen) are called gene by gene, unless the laboratory reports the alleles itself. Each call
  /// becomes an Observation that is derived from them ("Observation/call-…"); it follows when they
  /// are corrected or withdrawn. What cannot be called is queued with the reason, and an earlier
  /// call of it is withdrawn. Returns what was stored, for the observers that come after.
  std::vector<store::StoredResource> Update(
      store::Writer& writer, const std::vector<store::StoredResource>& written) const;

 private:
  DefinitionSource definitions_;
  KnowledgeSource knowledge_;
};

/// An observer that shows `next` what was written together with the results that follow from it.
[[nodiscard]] store::WriteObserver WithVariantResults(
    std::shared_ptr<const VariantResults> variants, std::vector<store::WriteObserver> next);

}  // namespace genflik::lab
