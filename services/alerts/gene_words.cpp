#include "services/alerts/gene_words.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "rules/phenotyper.h"
#include "services/alerts/advice_text.h"

namespace genflik::alerts {
namespace {

using rules::DerivationMethod;
using rules::Gene;
using rules::GeneEvidence;
using rules::KnowledgeBase;
using rules::Recommendation;

bool HasAnswer(const GeneEvidence& gene) {
  return gene.lookup_value != "No Result" &&
         !(gene.phenotype.empty() && gene.diplotype.empty() && gene.lookup_value.empty());
}

const std::string& CodeOf(const GeneEvidence& gene) {
  return gene.effective_phenotype.empty() ? gene.phenotype : gene.effective_phenotype;
}

std::string WordsFor(const Gene* known, const std::string& code, Language language) {
  return known == nullptr ? code : LowerFirst(In(language, known->TextOf(code)));
}

bool IsReadByPresence(const Gene* known) {
  return known != nullptr && known->lookup == rules::LookupKind::kStatus;
}

// "*15:02 negative, *57:01 positive" in parts.
std::vector<std::string> StatusesIn(const std::string& text) {
  std::vector<std::string> statuses;
  for (size_t start = 0; start < text.size();) {
    const size_t end = std::min(text.find(", ", start), text.size());
    statuses.push_back(text.substr(start, end - start));
    start = end + 2;
  }
  return statuses;
}

std::string StatusWords(const Gene* known, const std::vector<std::string>& statuses,
                        Language language) {
  std::string text;
  for (const std::string& status : statuses)
    text += (text.empty() ? "" : ", ") + WordsFor(known, status, language);
  return text;
}

// What the guideline asked about; alleles that were not found only where none was.
std::vector<std::string> StatusesOf(const GeneEvidence& gene) {
  auto statuses = StatusesIn(gene.lookup_value.empty() ? gene.phenotype : gene.lookup_value);
  const auto is_absent = [](const std::string& status) { return status.ends_with(" negative"); };
  if (!std::all_of(statuses.begin(), statuses.end(), is_absent)) std::erase_if(statuses, is_absent);
  return statuses;
}

std::string FoundWords(const GeneEvidence& gene, const Gene* known, Language language) {
  if (IsReadByPresence(known)) return StatusWords(known, StatusesOf(gene), language);
  if (!CodeOf(gene).empty()) return WordsFor(known, CodeOf(gene), language);
  return gene.lookup_value.empty() ? gene.diplotype : gene.lookup_value;
}

// Words that are no name for a kind of person stand behind a colon: "MT-RNR1: ökad risk för …".
bool NeedsColon(const GeneEvidence& gene, const Gene* known) {
  const bool by_base = known != nullptr && (known->method == DerivationMethod::kSingleVariant ||
                                            known->method == DerivationMethod::kMitochondrial);
  return by_base && !CodeOf(gene).empty() && !CodeOf(gene).ends_with("Function");
}

// "Faktor V Leiden" and "protrombin 20210A" are better known than the symbols of their genes.
bool IsNamedByFinding(const GeneEvidence& gene) {
  return (gene.gene == "F5" || gene.gene == "F2") && !CodeOf(gene).empty();
}

std::string Join(const std::string& genes, const GeneEvidence& gene, const Gene* known,
                 const std::string& words) {
  // "HLA-B*57:01 finns" and "varierande G6PD-aktivitet" name their gene.
  if (IsNamedByFinding(gene) || words.find(gene.gene) != std::string::npos) return words;
  return genes + (NeedsColon(gene, known) ? ": " : " ") + words;
}

// Nothing was found in the gene, by a drug neither.
bool IsUsual(const GeneEvidence& gene, const Gene* known) {
  if (known == nullptr) return false;
  if (IsReadByPresence(known)) {
    const auto statuses = StatusesOf(gene);
    return std::all_of(statuses.begin(), statuses.end(),
                       [](const std::string& status) { return status.ends_with(" negative"); });
  }
  return known->usual_phenotype && *known->usual_phenotype == CodeOf(gene);
}

std::string DrugList(const std::vector<std::string>& names, const KnowledgeBase& knowledge,
                     Language language) {
  std::string drugs;
  for (const auto& name : names)
    drugs += (drugs.empty() ? "" : ", ") + DrugName(knowledge, name, language);
  return drugs;
}

// " på grund av paroxetin" where drugs, and not the genes alone, make the phenotype.
std::string CauseText(const GeneEvidence& gene, const KnowledgeBase& knowledge, Language language) {
  const bool shifted =
      !gene.effective_phenotype.empty() && gene.effective_phenotype != gene.phenotype;
  if (!shifted || gene.caused_by.empty()) return {};
  return std::string(Say(language, " på grund av ", " because of ")) +
         DrugList(gene.caused_by, knowledge, language);
}

// "långsam" of "långsam metaboliserare".
std::string Brief(std::string words) {
  constexpr std::array<std::string_view, 4> kNouns = {" metaboliserare", " metabolizer",
                                                      " acetylerare", " metaboliser"};
  for (const std::string_view noun : kNouns) {
    if (words.ends_with(noun)) words.resize(words.size() - noun.size());
  }
  return words;
}

struct Told {
  const GeneEvidence* gene = nullptr;
  const Gene* known = nullptr;
  std::string words = {};
  /// The symbols of all genes of which the words are said.
  std::vector<std::string> symbols = {};
};

std::vector<Told> InOrder(const Recommendation& row, const KnowledgeBase& knowledge,
                          Language language) {
  std::vector<Told> all;
  for (const bool usual : {false, true}) {
    for (const GeneEvidence& gene : row.genes) {
      const Gene* known = knowledge.FindGene(gene.gene);
      if (!HasAnswer(gene) || IsUsual(gene, known) != usual) continue;
      all.push_back({&gene, known, FoundWords(gene, known, language), {gene.gene}});
    }
  }
  return all;
}

// Genes with the same words are told together.
std::vector<Told> Together(const std::vector<Told>& all) {
  std::vector<Told> together;
  for (const Told& one : all) {
    const auto same = std::find_if(together.begin(), together.end(),
                                   [&](const Told& other) { return other.words == one.words; });
    if (same == together.end()) {
      together.push_back(one);
    } else {
      same->symbols.push_back(one.gene->gene);
    }
  }
  return together;
}

std::string List(const std::vector<std::string>& parts, Language language) {
  std::string text;
  for (size_t i = 0; i < parts.size(); ++i) {
    const bool last = i > 0 && i + 1 == parts.size();
    if (i > 0) text += last ? Say(language, " och ", " and ") : ", ";
    text += parts[i];
  }
  return text;
}

}  // namespace

std::string GenesText(const Recommendation& row, const KnowledgeBase& knowledge, GeneWords words,
                      Language language) {
  std::vector<Told> all = InOrder(row, knowledge, language);
  if (words == GeneWords::kTogether || words == GeneWords::kBrief) all = Together(all);
  std::string text;
  for (const Told& one : all) {
    if (!text.empty()) text += ", ";
    if (words == GeneWords::kSymbols) {
      text += one.gene->gene;
      continue;
    }
    const std::string said = words == GeneWords::kBrief ? Brief(one.words) : one.words;
    text += Join(List(one.symbols, language), *one.gene, one.known, said);
    if (words == GeneWords::kWithCause) text += CauseText(*one.gene, knowledge, language);
  }
  return text;
}

std::string StatusesText(const std::vector<std::string>& statuses, Language language) {
  constexpr std::string_view kAbsent = " negative";
  constexpr std::string_view kFound = " positive";
  std::string text;
  for (const std::string& status : statuses) {
    text += text.empty() ? "" : ", ";
    if (status.ends_with(kAbsent)) {
      text += status.substr(0, status.size() - kAbsent.size());
      text += Say(language, " påvisades inte", " not detected");
    } else if (status.ends_with(kFound)) {
      text += status.substr(0, status.size() - kFound.size());
      text += Say(language, " påvisades", " detected");
    } else {
      text += status;
    }
  }
  return text;
}

std::string GeneDetail(const GeneEvidence& gene, const std::vector<rules::UnknownGene>& unknown,
                       const KnowledgeBase& knowledge, Language language) {
  std::string text = "- " + gene.gene;
  if (!gene.diplotype.empty()) text += ' ' + CodeSpan(gene.diplotype);
  const Gene* known = knowledge.FindGene(gene.gene);
  const auto number = [&](const rules::ActivityScore& score) {
    std::string printed = score.Text();
    if (language == Language::kSwedish) std::replace(printed.begin(), printed.end(), '.', ',');
    return printed;
  };
  if (!gene.phenotype.empty()) {
    text += ", " + EscapeMarkdown(IsReadByPresence(known)
                                      ? StatusWords(known, StatusesIn(gene.phenotype), language)
                                      : WordsFor(known, gene.phenotype, language));
  }
  if (gene.phenotype.empty() && HasAnswer(gene) && gene.diplotype != gene.lookup_value)
    text += ' ' + CodeSpan(gene.lookup_value);
  if (gene.score && gene.score->known()) {
    text +=
        std::string(Say(language, ", aktivitetspoäng ", ", activity score ")) + number(*gene.score);
  }
  if (!HasAnswer(gene)) {
    const auto why =
        std::find_if(unknown.begin(), unknown.end(),
                     [&](const rules::UnknownGene& one) { return one.gene == gene.gene; });
    const bool untested =
        why != unknown.end() && why->status == rules::InterpretationStatus::kNotTested;
    text += untested ? Say(language, ": ej testad", ": not tested")
                     : Say(language, ": inget användbart resultat", ": no usable result");
  }
  if (!gene.caused_by.empty()) {
    text += std::string(Say(language, "; med ", "; with ")) +
            DrugList(gene.caused_by, knowledge, language) +
            std::string(Say(language, " i praktiken ", " in effect ")) +
            EscapeMarkdown(WordsFor(known, gene.effective_phenotype, language));
    if (gene.effective_score && gene.effective_score->known())
      text += " (" + number(*gene.effective_score) + ")";
  }
  return text;
}

}  // namespace genflik::alerts
