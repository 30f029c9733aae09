#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/activity_score.h"
#include "rules/gene.h"
#include "rules/gene_result.h"
#include "rules/text.h"

namespace genflik::rules {

/// One possible reading of a gene's result.
struct Interpretation {
  /// Canonical text; empty when only a phenotype was reported.
  std::string diplotype = {};
  /// CPIC's term, never translated; empty when the gene has none (only statuses).
  std::string phenotype = {};
  std::optional<ActivityScore> score = {};
  /// Only a phenotype was reported; there is one candidate for each score that has this phenotype,
  /// and no score may be shown.
  bool score_assumed = false;
  /// Statuses of a gene read by allele presence ("*57:01 positive"); all hold at once.
  std::vector<std::string> statuses = {};
  /// Functions of the alleles, for display; empty when not known.
  std::vector<std::string> functions = {};

  bool operator==(const Interpretation&) const = default;
};

enum class InterpretationStatus {
  kInterpreted,
  /// Several readings with different meaning; all are kept.
  kAmbiguous,
  /// Two results disagree; the readings of both are kept.
  kConflict,
  /// There is a result, but it cannot be turned into a phenotype; see `reasons`.
  kNotInterpretable,
  kNoCall,
  kNotTested,
};
/// "interpreted", "ambiguous", "conflict", "not-interpretable", "no-call" or "not-tested".
std::string_view CodeOf(InterpretationStatus status);

/// Why something is not known, as a code for programs and words for people.
struct Reason {
  /// "unknown-allele", "no-function-assigned", "syntax", "no-allele", "unknown-phenotype",
  /// "unknown-gene", …
  std::string code = {};
  /// The allele or text concerned.
  std::string detail = {};
  LocalText text = {};
  bool operator==(const Reason&) const = default;
};

struct GeneInterpretation {
  std::string gene = {};
  InterpretationStatus status = InterpretationStatus::kNotTested;
  /// Every reading that the data allow; empty unless interpreted, ambiguous or in conflict.
  std::vector<Interpretation> candidates = {};
  std::vector<Reason> reasons = {};

  /// Whether guidelines can be looked up with it.
  bool usable() const { return !candidates.empty(); }
};

/// Turns one laboratory result into phenotypes. Never guesses: an unknown allele, or one without an
/// assigned function, makes the result not interpretable and is named, unless the other allele
/// alone decides the phenotype.
[[nodiscard]] GeneInterpretation Interpret(const Gene& gene, const GeneResult& result);
/// The reading of one diplotype text.
[[nodiscard]] GeneInterpretation InterpretDiplotype(const Gene& gene, std::string_view diplotype);

/// The readings that a score allows: one, or several when it is only known to be at least so much.
[[nodiscard]] std::vector<Interpretation> ReadScore(const Gene& gene, const ActivityScore& score);

/// The values by which a guideline of `source` ("CPIC", "DPWG", "regional") looks the reading up,
/// the most specific first: diplotype, the guideline's own key, score, phenotype, equivalents.
[[nodiscard]] std::vector<std::string> LookupValues(const Gene& gene, const Interpretation& reading,
                                                    std::string_view source);

}  // namespace genflik::rules
