#pragma once

#include <string>
#include <vector>

#include "rules/knowledge_base.h"
#include "rules/recommendation.h"
#include "services/alerts/text_form.h"

// What an advice says of the patient's genes.

namespace genflik::alerts {

/// How much is told, most first.
enum class GeneWords {
  /// "CYP2D6 långsam metaboliserare på grund av paroxetin".
  kWithCause,
  kPlain,
  /// "CYP2B6 och CYP2C19 långsam metaboliserare".
  kTogether,
  /// "CYP2B6 och CYP2C19 långsam".
  kBrief,
  kSymbols,
};

/// The genes of a row with what was found in them, those that deviate first; of HLA only the
/// alleles that were found, where there are any.
[[nodiscard]] std::string GenesText(const rules::Recommendation& row,
                                    const rules::KnowledgeBase& knowledge, GeneWords words,
                                    Language language);

/// "*57:01 påvisades inte, *58:01 påvisades", of statuses as the rules have them ("*57:01
/// negative").
[[nodiscard]] std::string StatusesText(const std::vector<std::string>& statuses, Language language);

/// One line of the list of results. `unknown` tells why a gene gives no answer.
[[nodiscard]] std::string GeneDetail(const rules::GeneEvidence& gene,
                                     const std::vector<rules::UnknownGene>& unknown,
                                     const rules::KnowledgeBase& knowledge, Language language);

}  // namespace genflik::alerts
