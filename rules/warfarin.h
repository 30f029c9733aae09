#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/gene_profile.h"

// Starting doses of warfarin by two published equations. Estimates of a maintenance dose for an INR
// of 2-3, to be followed by INR measurements; not validated for children.
//
// IWPC: N Engl J Med 2009;360:753-764, doi:10.1056/NEJMoa0809329 (pharmacogenetic equation).
// Gage: Clin Pharmacol Ther 2008;84:326-331, doi:10.1038/clpt.2008.10.

namespace genflik::rules {

enum class WarfarinAlgorithm { kIwpc, kGage };
/// "IWPC" or "Gage".
std::string_view CodeOf(WarfarinAlgorithm algorithm);

/// The ancestry that the equations were fitted with; "unknown" counts as missing or mixed.
enum class WarfarinAncestry { kWhite, kAsian, kBlack, kUnknown };

struct WarfarinInput {
  std::optional<double> age_years = {};
  std::optional<double> height_cm = {};
  std::optional<double> weight_kg = {};
  WarfarinAncestry ancestry = WarfarinAncestry::kUnknown;
  /// Number of -1639 A alleles (rs9923231 T): 0, 1 or 2.
  std::optional<int> vkorc1_a_alleles = {};
  /// Numbers of CYP2C9*2 and *3 alleles; together at most two.
  std::optional<int> cyp2c9_2 = {};
  std::optional<int> cyp2c9_3 = {};
  /// CYP2C9 carries another allele with reduced function (*5, *6, *8, *11), which neither equation
  /// knows.
  bool other_cyp2c9_allele = false;
  bool amiodarone = false;
  /// Carbamazepine, phenytoin or rifampicin (IWPC only).
  bool enzyme_inducer = false;
  bool smoker = false;
  /// Treated for deep vein thrombosis or pulmonary embolism (Gage only).
  bool thrombosis = false;
  /// Gage only.
  double target_inr = 2.5;
};

struct WarfarinDose {
  /// Absent when `missing` or `outside` says why.
  std::optional<double> mg_per_week = {};
  /// Inputs that are needed and were not given ("age", "height", "weight", "VKORC1", "CYP2C9").
  std::vector<std::string> missing = {};
  /// Inputs outside the range in which the equation holds, with the range.
  std::vector<std::string> outside = {};
  /// What the equation does not take into account for this patient.
  std::vector<std::string> cautions = {};
  /// For whom and for what the equation holds, always the same for one algorithm.
  std::vector<std::string> limits = {};
  /// Which source must be checked before the dose is relied on.
  std::string needs_review = {};

  std::optional<double> mg_per_day() const {
    if (!mg_per_week) return std::nullopt;
    return *mg_per_week / kDaysPerWeek;
  }
  static constexpr double kDaysPerWeek = 7;
};

/// The equation's dose. IWPC takes an unknown genotype of one gene (it has a term for it), but not
/// of both; Gage needs both.
[[nodiscard]] WarfarinDose EstimateWarfarin(WarfarinAlgorithm algorithm,
                                            const WarfarinInput& input);

/// Body surface area in m² by DuBois and DuBois, as Gage used it.
[[nodiscard]] double BodySurface(double height_cm, double weight_kg);

/// Fills the genetic part of `input` from a profile; what is ambiguous or not interpretable stays
/// unknown.
void AddWarfarinGenes(const GeneProfile& profile, WarfarinInput& input);

}  // namespace genflik::rules
