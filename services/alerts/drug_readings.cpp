#include "services/alerts/drug_readings.h"

#include <utility>

#include <nlohmann/json.hpp>

namespace genflik::alerts {

DrugReading LookUpDrug(const rules::KnowledgeBase& knowledge, const fhir::Json& resource,
                       mapping::DrugOrder order) {
  DrugReading reading;
  reading.matches = knowledge.Match(order.query);
  reading.converters = knowledge.Phenoconverters(order.query);
  if (!reading.converters.empty() && mapping::ActsWhereItIsPut(resource, order))
    reading.converters.clear();
  reading.order = std::move(order);
  return reading;
}

const DrugReading& DrugReadings::Of(const fhir::Json& resource) const {
  const auto known = known_.find(&resource);
  if (known != known_.end()) return known->second;
  return known_
      .emplace(&resource,
               LookUpDrug(knowledge_, resource, mapping::ReadDrugOrder(resource, lookup_)))
      .first->second;
}

}  // namespace genflik::alerts
