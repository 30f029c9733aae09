#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json.h"
#include "rules/drug_query.h"
#include "rules/knowledge_base.h"
#include "services/mapping/dosage.h"

// Orders as FHIR has them -> what the rules need: http://hl7.org/fhir/R4/medicationrequest.html

namespace genflik::mapping {

/// Finds a resource that an order refers to ("Medication/1"); null when it is not at hand.
using ResourceLookup = std::function<const fhir::Json*(std::string_view reference)>;

/// What an order says about its drug.
struct DrugOrder {
  /// "MedicationRequest/rx-1"; empty when the resource has no id.
  std::string reference = {};
  std::string status = {};
  /// Reference to the patient as the resource has it.
  std::string subject = {};
  rules::DrugQuery query = {};
  /// The drug in the order's own words, for display; may be empty.
  std::string name = {};
  /// The Medication that the order refers to, contains or is given with; null when none is at hand.
  const fhir::Json* medication = nullptr;
  /// The order refers to a Medication that is not at hand and says nothing else about its drug.
  bool drug_unknown = false;
  /// Reference to (without one: name of) an ingredient that is not at hand; empty when all are.
  std::string unread_ingredient = {};
  /// When the drug was ordered or begun, as FHIR has it; may be empty.
  std::string since = {};
  /// Population codes that the order's reason speaks for ("CVI ACS PCI").
  std::vector<std::string> indications = {};
};

/// True for a coding that says why there is no code (`data-absent-reason`, v3-NullFlavor).
[[nodiscard]] bool TellsAbsence(const fhir::Json& coding);
/// True for the resources that say which drugs a patient takes.
[[nodiscard]] bool IsDrugResource(const fhir::Json& resource);
/// False for orders that are no longer to be followed (stopped, cancelled, completed, in error, or
/// forbidding the drug).
[[nodiscard]] bool IsInForce(const fhir::Json& resource);

/// True where nobody has ordered yet: the `intent` is a proposal, a plan or an option.
[[nodiscard]] bool IsOnlyProposed(const fhir::Json& resource);

/// Reads a MedicationRequest, MedicationStatement, MedicationDispense or MedicationAdministration.
[[nodiscard]] DrugOrder ReadDrugOrder(const fhir::Json& resource, const ResourceLookup& lookup);

/// Weight and body surface, where known.
struct BodySize {
  std::optional<double> weight_kg = {};
  std::optional<double> surface_m2 = {};
};
/// The part of a search for Observations that finds what ReadBodySize reads, the oldest first.
inline constexpr std::string_view kBodySizeQuery =
    "&code=29463-7,8302-2,3140-1,3141-9,8277-6&_sort=date";
/// Reads Observations of weight (LOINC 29463-7), height (8302-2) and body surface (3140-1); the
/// surface is worked out by Mosteller's formula (doi:10.1056/NEJM198710223171717) when it is not
/// given. Later Observations win.
[[nodiscard]] BodySize ReadBodySize(const std::vector<const fhir::Json*>& observations);

/// The product of an order; one that only the order names is made in `named`, like a Medication
/// with that name. Null when nothing is told.
[[nodiscard]] const fhir::Json* ProductOf(const fhir::Json& resource, const DrugOrder& order,
                                          fhir::Json& named);
/// The names of a drug as products have them, best first.
[[nodiscard]] std::vector<std::string> SubstancesOf(const rules::Drug& drug);

/// Reads the dose of an order for one drug of the knowledge.
[[nodiscard]] DailyDose ReadOrderDose(const fhir::Json& resource, const DrugOrder& order,
                                      const rules::Drug& drug, const BodySize& size);
/// True when route, form or name say that what is ordered acts where it is put (cream, eye drops).
[[nodiscard]] bool ActsWhereItIsPut(const fhir::Json& resource, const DrugOrder& order);

/// A laboratory order that has to do with genes.
struct TestOrder {
  std::string reference = {};
  std::string subject = {};
  std::string status = {};
  /// Genes that the order would determine; empty for a concentration.
  std::vector<std::string> genes = {};
  /// Of genes of which only some alleles are asked for ("*15:02" of HLA-B): those alleles.
  std::map<std::string, std::vector<std::string>> alleles = {};
  /// Of other genes: variants that the order names ("*2A", "rs3918290", "c.2846A>T"). Whether it
  /// asks for more than them is not known.
  std::map<std::string, std::vector<std::string>> variants = {};
  /// Drug whose concentration is ordered; empty otherwise.
  std::string concentration_of = {};
  /// The test in the order's own words.
  std::string name = {};

  bool IsRelevant() const { return !genes.empty() || !concentration_of.empty(); }
};
/// Reads a ServiceRequest: codes of LOINC and NPU, gene names in local codes and words.
[[nodiscard]] TestOrder ReadTestOrder(const fhir::Json& resource);

/// A year-long or shorter age from a FHIR date at `today` ("2026-11-21"); nothing when not told.
[[nodiscard]] std::optional<double> AgeInYears(std::string_view birth_date, std::string_view today);

}  // namespace genflik::mapping
