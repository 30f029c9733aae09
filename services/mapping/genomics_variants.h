#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json.h"

// What laboratories say of single places in the genome ("rs4244285 G/A"). One of them is seldom a
// result: star alleles follow from all positions of a gene together, by the allele definitions.

namespace genflik::mapping {

/// One tested place, as the laboratory reported it.
struct VariantFinding {
  /// Symbol; empty when only the variant is named.
  std::string gene = {};
  /// rs numbers and HGVS names, as written.
  std::vector<std::string> names = {};
  /// Coordinate and reference sequence ("NC_000010.11") where they are told.
  std::optional<std::int64_t> position = {};
  std::string sequence = {};
  /// Bases on the reference strand where they are told apart from the genotype.
  std::string ref = {};
  std::string alt = {};
  enum class Answer { kUnreadable, kNoCall, kReference, kPresent, kBases };
  Answer answer = Answer::kUnreadable;
  /// kBases: one for each copy, in capitals; "-" for a deletion; "0" and "1" for the reference and
  /// the one other.
  std::vector<std::string> bases = {};
  /// kPresent: on how many copies; 0 when not told.
  int copies = 0;
  /// The laboratory's words ("rs4244285 G/A").
  std::string text = {};
  /// Not inherited: found in a tumour.
  bool somatic = false;
};

/// The bases of a genotype text: "A/G", "A|G", "AG", "del/A", "0/1"; empty when it is none.
[[nodiscard]] std::vector<std::string> ReadBases(std::string_view text);

/// The one rs number in a text, in small letters; empty when there is none, or several.
[[nodiscard]] std::string RsNumberIn(std::string_view text);

/// True when the value of `element` is a genotype in bases or in words of zygosity.
[[nodiscard]] bool SaysBases(const fhir::Json& element);

/// Every place that an Observation speaks of: by its code, by a component that names the variant,
/// or by components that are coded with rs numbers. Whether the Observation is a result by itself
/// is ReadGeneResults' matter.
[[nodiscard]] std::vector<VariantFinding> ReadVariantFindings(const fhir::Json& observation);

}  // namespace genflik::mapping
