#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/knowledge_base.h"
#include "services/alerts/alert_policy.h"
#include "services/alerts/text_form.h"

// The words of an alert, in Swedish and English; the same for cards and DetectedIssues.

namespace genflik::alerts {

/// The text in one language; the other one where that is empty.
[[nodiscard]] const std::string& In(Language language, const rules::LocalText& text);

/// A result behind an advice, as the record has it.
struct EvidenceLine {
  std::string gene = {};
  /// The laboratory's own text of the genotype.
  std::string genotype = {};
  std::string laboratory = {};
  std::string method = {};
  /// FHIR date; may be empty.
  std::string date = {};
  /// The laboratory has not settled it yet.
  bool preliminary = false;
};

/// "per dygn", "a dose" for the `per` of a limit ("d", "dose", "wk", "m2.d").
[[nodiscard]] std::string PerText(std::string_view per, Language language);

/// The limit and what was ordered ("20 mg per dygn; ordinerat 40 mg").
[[nodiscard]] std::string OverText(const DoseFinding& dose, Language language);

/// One sentence of fewer than 140 characters: drug, gene, phenotype and what to do.
[[nodiscard]] std::string Summary(const Advice& advice, const rules::KnowledgeBase& knowledge,
                                  Language language);

/// Everything that is known about the advice, as Markdown without HTML; genotypes stand in code
/// spans. `remarks` are further paragraphs (what could not be checked).
[[nodiscard]] std::string Detail(const Advice& advice, const rules::KnowledgeBase& knowledge,
                                 const std::vector<EvidenceLine>& evidence,
                                 const std::vector<std::string>& remarks, Language language);

/// The drug's name in the language; `name` itself when the knowledge lacks it.
[[nodiscard]] std::string DrugName(const rules::KnowledgeBase& knowledge, std::string_view name,
                                   Language language);

}  // namespace genflik::alerts
