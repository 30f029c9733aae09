#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rules/engine.h"
#include "services/alerts/dose_finding.h"

// Which of all that the guidelines say about an order is shown to a prescriber, and how loudly.
// Pure.

namespace genflik::alerts {

/// What a region sets.
struct PolicyOptions {
  /// The guideline that leads; the others stand in the detail.
  std::string leading = "CPIC";
  /// Authorities whose pretests count, by jurisdiction.
  std::vector<std::string> jurisdictions = {"EU", "SE"};
  /// The loudest that a rule may be, by the rule's id, the drug's name or the gene.
  std::map<std::string, rules::AlertLevel> loudest = {};
};

enum class AdviceKind {
  kRecommendation,
  kTestFirst,
  /// Nothing else is to be said, but it was judged by results that a transplantation puts in doubt.
  kTransplant,
  /// There is an answer for a gene that could matter, but it cannot be read. Silence would look
  /// like nothing having been found.
  kUnreadable,
  /// The answer is normal, but not all was looked for that should be (Advice::not_looked_for).
  kNarrow,
};

/// What is to be said about one drug of one order.
struct Advice {
  AdviceKind kind = AdviceKind::kRecommendation;
  /// Name of the drug file.
  std::string drug = {};
  /// kNone when there is nothing to show; then it is recorded only.
  rules::AlertLevel level = rules::AlertLevel::kNone;
  /// For kRecommendation: the row that leads.
  std::optional<rules::Recommendation> lead = {};
  /// What else the guidelines say of this drug, in the engine's order.
  std::vector<rules::Recommendation> others = {};
  /// For kTestFirst.
  std::optional<rules::Pretest> pretest = {};
  /// Genes of the drug that give no answer.
  std::vector<rules::UnknownGene> unknown = {};
  std::vector<rules::InteractionNote> notes = {};
  /// Results behind the advice, or behind there being none, that are in doubt.
  std::vector<rules::TransplantNote> transplants = {};
  DoseFinding dose = {};
  /// The ordered dose against what the guideline allows when its first choice is not followed.
  DoseFinding second = {};
  /// The patient has had the drug for so long that how it is begun is no question any more.
  bool running = false;
  /// The order is so low already that the guideline asks for no change of the dose.
  bool dose_is_low = false;
  /// The guideline ("DPWG 2024") whose limit the order keeps where the leading one names no number;
  /// empty when there is none.
  std::string keeps_to = {};
  /// For kNarrow: the gene, and the variants.
  std::string narrow_gene = {};
  std::vector<std::string> not_looked_for = {};
  std::string knowledge_version = {};

  /// What the advice is, for telling a repetition: rule or pretest, drug and gene.
  std::string Key() const;
};

/// The ordered dose of one of the drugs by its name.
using DoseOfDrug = std::function<OrderedDose(const std::string& drug)>;

/// Judges what the guidelines say; one Advice for each drug about which there is anything to say,
/// silent ones included.
[[nodiscard]] std::vector<Advice> Judge(const rules::Evaluation& evaluation,
                                        const DoseOfDrug& dose_of, const PolicyOptions& options);

}  // namespace genflik::alerts
