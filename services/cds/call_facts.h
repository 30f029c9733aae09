#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/alerts/order_check.h"
#include "services/cds/decision.h"
#include "services/cds/resource_index.h"

// What one call and the record know of a patient, put together.

namespace genflik::cds {

/// False for orders that are not to be followed. One of unknown status may well be given.
[[nodiscard]] bool IsToBeFollowed(const fhir::Json& order);

class CallFacts {
 public:
  /// `input` must outlive it.
  explicit CallFacts(const DecisionInput& input);
  CallFacts(const CallFacts&) = delete;
  CallFacts& operator=(const CallFacts&) = delete;

  [[nodiscard]] const alerts::PatientFacts& patient() const { return patient_; }
  /// Finds what came with the call. What refers to another server is not taken for a resource of
  /// the same id here.
  [[nodiscard]] mapping::ResourceLookup Lookup() const;
  /// The drugs of what came with the call or is stored.
  [[nodiscard]] const alerts::DrugReadings& readings() const { return readings_; }
  /// Everything that may say what the patient takes, the orders of the call not among it.
  [[nodiscard]] std::vector<const fhir::Json*> Taken() const;

  /// The list of what the patient takes came, and every drug in it could be read.
  [[nodiscard]] bool DrugsListed() const;
  /// It is known which genetic results there are, be it none.
  [[nodiscard]] bool ResultsKnown() const;
  /// Why results may exist that were not found, one sentence each.
  [[nodiscard]] std::vector<std::string> MissingResults() const;
  /// The same, and what is missing of the drugs. `drugs_matter`: what the patient takes can change
  /// what is said.
  [[nodiscard]] std::vector<std::string> Missing(bool drugs_matter) const;

 private:
  void ReadPatient();
  void AddActive(const fhir::Json& resource, bool in_call);

  const DecisionInput& in_;
  ResourceIndex index_;
  alerts::DrugReadings readings_;
  alerts::PatientFacts patient_;
  bool prefetched_results_ = false;
  // Genetic answers that came with the call and of which nothing can be used.
  size_t unread_results_ = 0;
  // Drugs in force that nobody can name.
  size_t unread_drugs_ = 0;
};

}  // namespace genflik::cds
