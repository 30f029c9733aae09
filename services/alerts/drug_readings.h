#pragma once

#include <unordered_map>
#include <utility>
#include <vector>

#include "fhir/json.h"
#include "rules/knowledge_base.h"
#include "services/mapping/orders.h"

// What the knowledge has on the drugs of one call, looked up once for each of them.

namespace genflik::alerts {

/// A resource that orders or lists a drug, and what the knowledge has on the drug. Points into the
/// knowledge.
struct DrugReading {
  mapping::DrugOrder order = {};
  std::vector<rules::DrugMatch> matches = {};
  /// What the drug does to the genes of others.
  std::vector<const rules::PhenoconversionRule*> converters = {};
};

/// `resource` is the one that `order` was read from. A cream changes no gene.
[[nodiscard]] DrugReading LookUpDrug(const rules::KnowledgeBase& knowledge,
                                     const fhir::Json& resource, mapping::DrugOrder order);

/// Reads each resource of a call when it is first asked for. Of one thread.
class DrugReadings {
 public:
  /// Both must outlive it.
  DrugReadings(const rules::KnowledgeBase& knowledge, mapping::ResourceLookup lookup)
      : knowledge_(knowledge), lookup_(std::move(lookup)) {}

  /// `resource` must stay where it is.
  [[nodiscard]] const DrugReading& Of(const fhir::Json& resource) const;

 private:
  const rules::KnowledgeBase& knowledge_;
  mapping::ResourceLookup lookup_;
  mutable std::unordered_map<const fhir::Json*, DrugReading> known_;
};

}  // namespace genflik::alerts
