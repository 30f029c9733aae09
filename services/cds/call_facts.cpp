#include "services/cds/call_facts.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/cds/missing_data.h"
#include "services/mapping/genomics_positions.h"

namespace genflik::cds {

using fhir::Json;

bool IsToBeFollowed(const Json& order) {
  if (fhir::FindText(order, "status") != "unknown") return mapping::IsInForce(order);
  const Json* forbids = fhir::Find(order, "doNotPerform");
  return forbids == nullptr || !forbids->is_boolean() || !forbids->get<bool>();
}

CallFacts::CallFacts(const DecisionInput& input)
    : in_(input), index_(input.request), readings_(input.knowledge, Lookup()) {
  ReadPatient();
}

mapping::ResourceLookup CallFacts::Lookup() const {
  return [this](std::string_view reference) { return index_.Find(reference); };
}

void CallFacts::ReadPatient() {
  std::vector<rules::GeneResult> results = in_.stored.results;
  std::vector<const Json*> sizes;
  std::vector<const Json*> observations;
  sizes.reserve(in_.stored.sizes.size());
  for (const Json& size : in_.stored.sizes) sizes.push_back(&size);
  for (const Json* resource : in_.request.prefetched) {
    if (fhir::FindText(*resource, "resourceType") != "Observation") continue;
    sizes.push_back(resource);
    observations.push_back(resource);
  }
  const size_t stored = results.size();
  unread_results_ = mapping::AddPatientResults(observations, in_.knowledge, results);
  prefetched_results_ = results.size() > stored;
  patient_.profile = rules::MakeProfile(in_.knowledge, results);
  patient_.size = mapping::ReadBodySize(sizes);
  patient_.context.weight_kg = patient_.size.weight_kg;
  std::string_view born = in_.stored.birth_date;
  if (in_.request.prefetched_patient != nullptr) {
    if (const auto told = fhir::FindText(*in_.request.prefetched_patient, "birthDate");
        !told.empty())
      born = told;
  }
  patient_.context.age_years = mapping::AgeInYears(born, in_.today);
  for (const Json& resource : in_.stored.medications) AddActive(resource, false);
  for (const Json* resource : in_.request.prefetched) AddActive(*resource, false);
  // A regimen in one call is judged as a whole.
  for (const Json* resource : in_.request.background) AddActive(*resource, true);
  for (const Json* resource : in_.request.orders) AddActive(*resource, true);
}

void CallFacts::AddActive(const Json& resource, bool in_call) {
  if (!mapping::IsDrugResource(resource)) return;
  if (in_call ? !IsToBeFollowed(resource) : !mapping::IsInForce(resource)) return;
  alerts::DrugReading reading = readings_.Of(resource);
  mapping::DrugOrder& order = reading.order;
  const bool draft = fhir::FindText(resource, "status") == "draft";
  const bool nameless = order.query.codes.empty() && order.query.names.empty();
  const bool known = !reading.matches.empty() || !reading.converters.empty();
  // A code of a system that nobody knows, without words, may be an inhibitor's.
  if (!draft && (order.drug_unknown || nameless || (!known && !order.unread_ingredient.empty())))
    ++unread_drugs_;
  // What is only being ordered was not taken before.
  if (draft) order.since.clear();
  alerts::AddActive(std::move(reading), patient_, in_call ? &resource : nullptr);
}

std::vector<const Json*> CallFacts::Taken() const {
  std::vector<const Json*> taken;
  for (const Json& resource : in_.stored.medications) taken.push_back(&resource);
  taken.insert(taken.end(), in_.request.prefetched.begin(), in_.request.prefetched.end());
  taken.insert(taken.end(), in_.request.background.begin(), in_.request.background.end());
  return taken;
}

bool CallFacts::DrugsListed() const {
  return in_.request.medications != Supply::kAbsent && unread_drugs_ == 0;
}

bool CallFacts::ResultsKnown() const {
  if (!in_.stored.patient.empty() || prefetched_results_) return true;
  return in_.request.genotypes == Supply::kComplete || in_.request.genotypes == Supply::kPaged;
}

std::vector<std::string> CallFacts::MissingResults() const {
  return cds::MissingResults(in_.request, in_.stored.patient, unread_results_ > 0, in_.language);
}

std::vector<std::string> CallFacts::Missing(bool drugs_matter) const {
  auto missing = MissingResults();
  // A client without prefetch leaves the list of drugs to Genflik.
  const Json* prefetch = fhir::Find(*in_.request.body, "prefetch");
  const bool left = prefetch == nullptr || prefetch->is_null();
  const DrugsAtHand drugs{.stored = !in_.stored.patient.empty() && (in_.stored.keeps_drugs || left),
                          .unread = unread_drugs_,
                          .matter = drugs_matter};
  for (auto& line : MissingDrugs(in_.request, drugs, in_.language))
    missing.push_back(std::move(line));
  return missing;
}

}  // namespace genflik::cds
