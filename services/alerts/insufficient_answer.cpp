#include "services/alerts/insufficient_answer.h"

#include "services/alerts/advice_text.h"

namespace genflik::alerts {

using rules::KnowledgeBase;

std::string UnreadableSummary(const Advice& advice, const KnowledgeBase& knowledge,
                              Language language) {
  std::string genes;
  for (const auto& unknown : advice.unknown) {
    if (unknown.status != rules::InterpretationStatus::kNotInterpretable) continue;
    genes += (genes.empty() ? "" : ", ") + unknown.gene;
  }
  return Capital(DrugName(knowledge, advice.drug, language)) + ": " + genes +
         std::string(Say(language, " – svaret går inte att tolka, läs det själv",
                         " – the answer cannot be interpreted, read it yourself"));
}

std::string UnreadableText(const Advice& advice, Language language) {
  std::string text;
  for (const auto& unknown : advice.unknown) {
    if (unknown.status != rules::InterpretationStatus::kNotInterpretable) continue;
    for (const auto& reason : unknown.reasons)
      text += "**" + unknown.gene + ":** " + EscapeMarkdown(In(language, reason.text)) + "\n\n";
  }
  return text + std::string(Say(language,
                                "Genen kan ha betydelse för läkemedlet. Fråga laboratoriet vad "
                                "svaret säger innan du litar på normal dos.",
                                "The gene can matter for this drug. Ask the laboratory what the "
                                "answer says before relying on the normal dose."));
}

std::string NarrowWords(const Advice& advice, Language language) {
  std::string names;
  for (const std::string& name : advice.not_looked_for) names += (names.empty() ? "" : ", ") + name;
  return advice.narrow_gene +
         std::string(Say(language, " normal, men svaret sökte inte efter ",
                         " normal, but the result did not look for ")) +
         names;
}

std::string NarrowSummary(const Advice& advice, const KnowledgeBase& knowledge, Language language) {
  return Capital(DrugName(knowledge, advice.drug, language)) + ": " + NarrowWords(advice, language);
}

std::string NarrowText(const Advice& advice, Language language) {
  std::string text(Say(language, "Svaret sökte inte efter dessa varianter:",
                       "The result did not look for these variants:"));
  text += '\n';
  for (const std::string& name : advice.not_looked_for) text += "\n- " + CodeSpan(name);
  text += "\n\n";
  return text + std::string(Say(language,
                                "Patienten kan ha en sådan variant. Låt komplettera analysen innan "
                                "du litar på normal dos.",
                                "The patient may have such a variant. Have the analysis completed "
                                "before relying on the normal dose."));
}

}  // namespace genflik::alerts
