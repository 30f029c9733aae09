#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rules/activity_score.h"
#include "rules/drug.h"
#include "rules/phenotyper.h"
#include "rules/text.h"

namespace genflik::rules {

/// What was known of one gene when a recommendation was looked up, the genetic and the effective
/// reading side by side.
struct GeneEvidence {
  std::string gene = {};
  /// Empty for a gene without a usable result ("No Result") or with only a phenotype.
  std::string diplotype = {};
  std::string phenotype = {};
  std::optional<ActivityScore> score = {};
  /// Differs from the genetic one when a drug taken at the same time changes it.
  std::string effective_phenotype = {};
  std::optional<ActivityScore> effective_score = {};
  /// English names of the drugs that change it.
  std::vector<std::string> caused_by = {};
  /// What must be checked about the effect of those drugs; empty when nothing.
  std::string needs_review = {};
  /// The value that the guideline was looked up with; "No Result" when there was none.
  std::string lookup_value = {};
  bool operator==(const GeneEvidence&) const = default;
};

/// One row of one guideline that applies to the order.
struct Recommendation {
  std::string id = {};
  /// "CPIC", "DPWG" or "regional".
  std::string source = {};
  int year = 0;
  std::string drug = {};
  std::vector<GeneEvidence> genes = {};
  std::string population = {};
  /// False when the context does not say whether the patient belongs to the population.
  bool population_known = true;
  Action action = {};
  /// The drug's full dose where its file has one, to tell a reduced order by.
  std::optional<StandardDose> standard_dose = {};
  std::string strength = {};
  AlertLevel alert = AlertLevel::kNone;
  LocalText text = {};
  LocalText implication = {};
  Citation citation = {};
  /// What must be checked before it is relied on: in the row itself, or in the strength of a drug
  /// that changed the phenotype by which the row was found.
  std::string needs_review = {};
  /// It holds for forms that act where they are put too.
  bool also_topical = false;
  /// The data allow other readings too, or two results disagree; the recommendations of all
  /// readings are listed, the safest first.
  bool ambiguous = false;
  bool conflict = false;
  std::string knowledge_version = {};
};

/// A gene that a guideline of the drug needs and that gives no answer.
struct UnknownGene {
  std::string gene = {};
  InterpretationStatus status = InterpretationStatus::kNotTested;
  /// Guideline sources that would use it.
  std::vector<std::string> sources = {};
  std::vector<Reason> reasons = {};
};

/// A known gene for which a guideline of the drug has no row.
struct SilentGuideline {
  std::string source = {};
  std::string drug = {};
  std::string population = {};
  std::vector<GeneEvidence> genes = {};
};

/// A gene of the order's guidelines whose result a transplantation puts in doubt.
struct TransplantNote {
  std::string gene = {};
  TransplantDoubt doubt = TransplantDoubt::kNone;
};

/// A drug taken at the same time that affects a gene of the order but has no agreed factor.
struct InteractionNote {
  std::string gene = {};
  std::string drug = {};
  std::string effect = {};
  std::string strength = {};
  LocalText text = {};
  /// Which source must be checked before the note is relied on; empty when none.
  std::string needs_review = {};
};

/// Everything that knowledge says about one order for one patient.
struct Evaluation {
  std::string knowledge_version = {};
  /// Names of the drug files that matched; empty means that Genflik has no knowledge of the drug,
  /// which is not the same as "nothing to say".
  std::vector<std::string> drugs = {};
  /// Matched, but in a form that does not act in the whole body; only the rules that hold for such
  /// forms too were applied, and where one did, the drug stands above as well.
  std::vector<std::string> not_systemic = {};
  /// Safest first: highest alert, then the action that holds back most.
  std::vector<Recommendation> recommendations = {};
  std::vector<UnknownGene> unknown = {};
  std::vector<SilentGuideline> silent = {};
  std::vector<InteractionNote> notes = {};
  std::vector<TransplantNote> transplants = {};
  /// Tests an authority wants before the start, of genes that have no usable result.
  std::vector<Pretest> pretests = {};
};

}  // namespace genflik::rules
