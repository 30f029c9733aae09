#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The one normal form of a genetic result, whichever way it came in. Pure values; the
// interpretation is computed from them by the phenotyper and never kept here.

namespace genflik::rules {

/// What is known of a gene. The four are different things: an absent gene is never normal.
enum class CallStatus {
  /// One diplotype (or one set of haplotypes) explains the data.
  kCalled,
  /// Several diplotypes explain the data; see GeneResult::diplotypes.
  kAmbiguous,
  /// Tested, but the laboratory could give no answer.
  kNoCall,
  /// Nobody looked.
  kNotTested,
};
/// "called", "ambiguous", "no-call" or "not-tested".
std::string_view CodeOf(CallStatus status);

/// Where a result stands in its life (FHIR Observation.status, the part that matters here).
enum class RecordStatus { kPreliminary, kFinal, kAmended, kCorrected, kEnteredInError };

/// What a transplantation does to a result; the greater weighs more.
enum class TransplantDoubt {
  kNone,
  /// From before a stem-cell transplantation: the patient's, but no longer the blood's.
  kBeforeStemCells,
  /// The liver carries another person's genes.
  kLiver,
  /// May be from after a stem-cell transplantation, and then shows the donor's genes.
  kDonor,
};

/// Which variants the method looked for, so that "nothing found" is never read as "normal".
struct Coverage {
  /// True when the laboratory said what it looked for.
  bool known = false;
  /// Star alleles (or variant names) that the method can find; empty when not told by allele.
  std::vector<std::string> alleles = {};
  /// Positions or rs numbers looked at; empty when not told by position.
  std::vector<std::string> positions = {};
  /// True when copy number and hybrid genes were looked for (matters for CYP2D6).
  bool copy_number = false;

  bool operator==(const Coverage&) const = default;
};

/// One gene of one patient as one laboratory reported it.
struct GeneResult {
  /// HGNC symbol, such as "CYP2D6".
  std::string gene = {};
  CallStatus status = CallStatus::kCalled;
  /// Candidate diplotypes as text in the field's notation ("*1/*4", "*1x2/*2",
  /// "c.1905+1G>A/Reference", "rs9923231 C/T" or, for a gene with one copy, "Reference"), best
  /// first; the gene's name not repeated.
  std::vector<std::string> diplotypes = {};
  /// Alleles found where phase is unknown (DPYD, RYR1) or presence is all that counts (HLA).
  std::vector<std::string> haplotypes = {};
  /// Alleles that the laboratory says are absent ("*57:01" of HLA-B).
  std::vector<std::string> absent = {};
  /// The laboratory's own phenotype in CPIC's terms; used only when there is no genotype.
  std::optional<std::string> reported_phenotype = {};
  /// The laboratory's own activity score; used only when there is no genotype.
  std::optional<double> reported_activity_score = {};
  /// The laboratory's own words for the result, untouched.
  std::string reported_text = {};
  Coverage coverage = {};
  RecordStatus record_status = RecordStatus::kFinal;
  /// Name of the laboratory, and of the method (PCR, panel, sequencing).
  std::string laboratory = {};
  std::string method = {};
  /// FHIR dateTime of the sample or the analysis, with the precision it was given in; may be empty.
  std::string effective = {};
  /// FHIR instant at which Genflik received it.
  std::string received = {};
  /// FHIR reference to the resource it was read from, such as "Observation/123".
  std::string source = {};
  /// Why, by whom and when a person has set it aside in favour of another result; empty: it counts.
  std::string set_aside = {};
  /// Not a result but a transplantation that changes what results mean (rules/transplant.h); then
  /// `gene` is empty and `effective` its date. It travels with the results so that nobody reads
  /// them without it; MakeProfile and JudgeResults take it out.
  std::string event = {};
  /// Worked out from the events.
  TransplantDoubt transplant = TransplantDoubt::kNone;

  bool operator==(const GeneResult&) const = default;
};

}  // namespace genflik::rules
