#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/knowledge_base.h"
#include "services/alerts/alert_policy.h"

// The words of an alert, in Swedish and English; the same for cards and DetectedIssues.

namespace genflik::alerts {

enum class Language { kSwedish, kEnglish };

/// The text in one language; the other one where that is empty.
[[nodiscard]] const std::string& In(Language language, const rules::LocalText& text);
/// Picks by language.
[[nodiscard]] std::string_view Say(Language language, std::string_view swedish,
                                   std::string_view english);

/// A result behind an advice, as the record has it.
struct EvidenceLine {
  std::string gene = {};
  /// The laboratory's own text of the genotype.
  std::string genotype = {};
  std::string laboratory = {};
  std::string method = {};
  /// FHIR date; may be empty.
  std::string date = {};
};

/// One sentence of fewer than 140 characters: drug, gene, phenotype and what to do.
[[nodiscard]] std::string Summary(const Advice& advice, const rules::KnowledgeBase& knowledge,
                                  Language language);

/// Everything that is known about the advice, as Markdown without HTML; genotypes stand in code
/// spans. `remarks` are further paragraphs (what could not be checked).
[[nodiscard]] std::string Detail(const Advice& advice, const rules::KnowledgeBase& knowledge,
                                 const std::vector<EvidenceLine>& evidence,
                                 const std::vector<std::string>& remarks, Language language);

/// Text from data for use in Markdown: nothing in it can become markup or HTML.
[[nodiscard]] std::string EscapeMarkdown(std::string_view text);
/// A code span.
[[nodiscard]] std::string CodeSpan(std::string_view text);
/// Number of characters (not bytes) of UTF-8 text.
[[nodiscard]] size_t CountCharacters(std::string_view text);
/// At most `most` characters, with an ellipsis where cut, at a word's end where possible.
[[nodiscard]] std::string Shorten(std::string text, size_t most);
/// A number as people write it in the language: "0,5" or "0.5".
[[nodiscard]] std::string PrintNumber(double value, Language language);
/// First letter in capitals.
[[nodiscard]] std::string Capital(std::string text);
/// The drug's name in the language; `name` itself when the knowledge lacks it.
[[nodiscard]] std::string DrugName(const rules::KnowledgeBase& knowledge, std::string_view name,
                                   Language language);

}  // namespace genflik::alerts
