#include "services/cds/test_orders.h"

#include <algorithm>
#include <set>
#include <string_view>

#include <nlohmann/json.hpp>

#include "services/cds/suggestion.h"

namespace genflik::cds {
namespace {

using alerts::Language;
using alerts::Say;
using fhir::Json;

std::string Join(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string PhenotypeText(const rules::ProfiledGene& gene, const CardFrame& frame) {
  const auto& interpretation = gene.interpretation;
  if (!interpretation.usable()) {
    return std::string(Say(frame.language, "går inte att tolka", "cannot be interpreted"));
  }
  const auto& reading = interpretation.candidates.front();
  std::string text;
  const rules::Gene* known = frame.knowledge.FindGene(interpretation.gene);
  if (!reading.phenotype.empty()) {
    text = known == nullptr
               ? reading.phenotype
               : alerts::LowerFirst(alerts::In(frame.language, known->TextOf(reading.phenotype)));
  } else {
    text = Join(reading.statuses);
  }
  if (interpretation.status == rules::InterpretationStatus::kConflict) {
    text += Say(frame.language, " (två svar säger olika)", " (two reports disagree)");
  } else if (interpretation.status == rules::InterpretationStatus::kAmbiguous) {
    text += Say(frame.language, " (flera tolkningar)", " (several readings)");
  }
  return text;
}

rules::TransplantDoubt DoubtOf(const rules::ProfiledGene& gene) {
  auto doubt = rules::TransplantDoubt::kNone;
  for (const auto& result : gene.results) doubt = std::max(doubt, result.transplant);
  return doubt;
}

std::string_view DoubtText(rules::TransplantDoubt doubt, Language language) {
  switch (doubt) {
    case rules::TransplantDoubt::kNone:
      break;
    case rules::TransplantDoubt::kBeforeStemCells:
      return Say(language, " – från tiden före stamcellstransplantationen",
                 " – from before the stem-cell transplantation");
    case rules::TransplantDoubt::kLiver:
      return Say(language, " – säger inget om den transplanterade levern",
                 " – says nothing about the transplanted liver");
    case rules::TransplantDoubt::kDonor:
      return Say(language, " – kan vara stamcellsgivarens och används inte",
                 " – may be the stem-cell donor's and is not used");
  }
  return {};
}

// "- CYP2D6 `*1/*4`: intermediär metaboliserare (Lab, metod, 2024-11-05; söker efter 12 alleler)"
std::string GeneLine(const rules::ProfiledGene& gene, const CardFrame& frame, bool with_report) {
  std::string text = "- " + gene.interpretation.gene;
  if (gene.interpretation.usable() && !gene.interpretation.candidates.front().diplotype.empty()) {
    text += ' ' + alerts::CodeSpan(gene.interpretation.candidates.front().diplotype);
  } else if (!gene.results.empty() && !gene.results.front().reported_text.empty()) {
    text += ' ' + alerts::CodeSpan(gene.results.front().reported_text);
  }
  text += ": " + alerts::EscapeMarkdown(PhenotypeText(gene, frame));
  text += DoubtText(DoubtOf(gene), frame.language);
  if (!with_report || gene.results.empty()) return text;
  const rules::GeneResult& result = gene.results.front();
  std::vector<std::string> parts;
  for (const std::string* part : {&result.laboratory, &result.method}) {
    if (!part->empty()) parts.push_back(alerts::EscapeMarkdown(*part));
  }
  if (!result.effective.empty())
    parts.push_back(alerts::EscapeMarkdown(result.effective.substr(0, 10)));
  if (result.coverage.known && !result.coverage.alleles.empty()) {
    parts.push_back(std::to_string(result.coverage.alleles.size()) +
                    std::string(Say(frame.language, " alleler sökta", " alleles looked for")));
  } else {
    parts.emplace_back(Say(frame.language, "vad metoden täcker är inte angivet",
                           "what the method covers is not told"));
  }
  return text + " (" + Join(parts) + ")";
}

bool Holds(const std::vector<std::string>& genes, const std::string& gene) {
  return std::find(genes.begin(), genes.end(), gene) != genes.end();
}

// What of the ordered genes is known, on its way, and new.
struct Split {
  std::vector<std::string> known;
  std::vector<std::string> pending;
  std::vector<std::string> fresh;
  std::string lines;
};

bool HasResult(const rules::ProfiledGene* gene) {
  return gene != nullptr && gene->interpretation.status != rules::InterpretationStatus::kNoCall &&
         gene->interpretation.status != rules::InterpretationStatus::kNotTested &&
         DoubtOf(*gene) != rules::TransplantDoubt::kDonor;
}

Split SplitGenes(const mapping::TestOrder& order, const rules::GeneProfile& profile,
                 const std::vector<mapping::TestOrder>& pending, const CardFrame& frame) {
  Split split;
  for (const std::string& gene : order.genes) {
    const rules::ProfiledGene* found = profile.Find(gene);
    if (HasResult(found)) {
      split.known.push_back(gene);
      split.lines += (split.lines.empty() ? "" : "\n") + GeneLine(*found, frame, true);
    } else if (std::any_of(pending.begin(), pending.end(),
                           [&](const auto& one) { return Holds(one.genes, gene); })) {
      split.pending.push_back(gene);
    } else {
      split.fresh.push_back(gene);
    }
  }
  return split;
}

void SuggestRemoval(const mapping::TestOrder& order, const CardFrame& frame, Card& card) {
  if (order.reference.empty()) return;
  const std::string label(Say(frame.language, "Ta bort beställningen", "Remove the order"));
  std::vector<Json> actions{DeleteAction(order.reference, label)};
  card.suggestions.push_back(
      MakeSuggestion(frame, card.subject + "|remove", label, std::move(actions), true));
}

std::optional<Card> DuplicateCard(const mapping::TestOrder& order,
                                  const rules::GeneProfile& profile,
                                  const std::vector<mapping::TestOrder>& pending,
                                  const CardFrame& frame) {
  const Split split = SplitGenes(order, profile, pending, frame);
  if (split.known.empty() && split.pending.empty()) return std::nullopt;
  Card card;
  card.subject = order.reference + "|duplicate";
  card.topic = "duplicate-test";
  card.gene = order.genes.front();
  const bool nothing_new = split.fresh.empty();
  if (!split.known.empty()) {
    const bool one = split.known.size() == 1;
    card.summary = Join(split.known) + std::string(one ? Say(frame.language, " är redan genotypad",
                                                             " has been genotyped already")
                                                       : Say(frame.language, " är redan genotypade",
                                                             " have been genotyped already"));
    if (one) card.summary += ": " + PhenotypeText(*profile.Find(split.known.front()), frame);
    if (split.known.size() > 4) {
      card.summary = std::to_string(split.known.size()) +
                     std::string(Say(frame.language, " av de beställda generna är redan genotypade",
                                     " of the ordered genes have been genotyped already"));
    }
  } else {
    card.summary = std::string(Say(frame.language, "Genotypning av ", "Genotyping of ")) +
                   Join(split.pending) +
                   std::string(Say(frame.language, " är redan beställd", " is on order already"));
  }
  card.detail = split.lines;
  const auto add = [&](std::string_view swedish, std::string_view english,
                       const std::vector<std::string>& genes) {
    if (genes.empty()) return;
    card.detail += (card.detail.empty() ? "" : "\n\n") +
                   std::string(Say(frame.language, swedish, english)) + Join(genes);
  };
  add("Redan beställt, svar väntas: ", "On order, result awaited: ", split.pending);
  add("Beställningen skulle tillföra: ", "The order would add: ", split.fresh);
  card.detail += Say(frame.language,
                     "\n\nEtt genotypsvar gäller livet ut. Ny analys behövs bara om den täcker mer "
                     "eller om svaret ifrågasätts.",
                     "\n\nA genotype holds for life. A new analysis is needed only if it covers "
                     "more or the result is doubted.");
  if (nothing_new) SuggestRemoval(order, frame, card);
  card.override_reasons = true;
  return card;
}

std::optional<Card> ConcentrationCard(const mapping::TestOrder& order,
                                      const rules::GeneProfile& profile, const CardFrame& frame) {
  const rules::Drug* drug = frame.knowledge.FindDrug(order.concentration_of);
  if (drug == nullptr) return std::nullopt;
  std::set<std::string> genes;
  for (const auto& guideline : drug->guidelines)
    genes.insert(guideline.genes.begin(), guideline.genes.end());
  std::string lines;
  std::string first;
  for (const std::string& gene : genes) {
    const rules::ProfiledGene* found = profile.Find(gene);
    if (!HasResult(found)) continue;
    lines += (lines.empty() ? "" : "\n") + GeneLine(*found, frame, true);
    first += (first.empty() ? "" : ", ") + gene + ' ' + PhenotypeText(*found, frame);
  }
  if (lines.empty()) return std::nullopt;
  Card card;
  card.subject = order.reference + "|concentration";
  card.topic = "record";
  card.drug = drug->name;
  card.summary = alerts::Capital(alerts::DrugName(frame.knowledge, drug->name, frame.language)) +
                 std::string(Say(frame.language, "koncentration: ", " concentration: ")) + first;
  card.detail = lines;
  return card;
}

}  // namespace

std::optional<Card> TestOrderCard(const mapping::TestOrder& order,
                                  const rules::GeneProfile& profile,
                                  const std::vector<mapping::TestOrder>& pending,
                                  const CardFrame& frame) {
  if (!order.genes.empty()) return DuplicateCard(order, profile, pending, frame);
  return ConcentrationCard(order, profile, frame);
}

Card RecordCard(const alerts::PatientFacts& facts,
                const std::vector<std::pair<rules::AlertLevel, std::string>>& active,
                const CardFrame& frame) {
  Card card;
  card.subject = "patient|record";
  card.topic = "record";
  card.level = rules::AlertLevel::kInfo;
  const size_t count = facts.profile.genes.size();
  card.summary =
      std::string(
          Say(frame.language, "Permanenta genetiska resultat: ", "Permanent genetic results: ")) +
      std::to_string(count) +
      std::string(count == 1 ? Say(frame.language, " gen", " gene")
                             : Say(frame.language, " gener", " genes"));
  if (!active.empty()) {
    card.summary += std::string(Say(frame.language, "; råd finns om ", "; there is advice on ")) +
                    std::to_string(active.size()) +
                    std::string(active.size() == 1
                                    ? Say(frame.language, " pågående läkemedel", " current drug")
                                    : Say(frame.language, " pågående läkemedel", " current drugs"));
    card.level = std::min(active.front().first, rules::AlertLevel::kWarning);
  }
  for (const auto& [level, line] : active) {
    card.detail +=
        (card.detail.empty() ? "" : "\n") + std::string("- ") + alerts::EscapeMarkdown(line);
  }
  if (!card.detail.empty()) card.detail += "\n\n";
  bool first = true;
  for (const auto& gene : facts.profile.genes) {
    if (!first) card.detail += "\n";
    first = false;
    card.detail += GeneLine(gene, frame, false);
  }
  card.detail += "\n\n" +
                 std::string(Say(frame.language, "Kunskapsversion ", "Knowledge version ")) +
                 alerts::EscapeMarkdown(frame.knowledge.version());
  return card;
}

}  // namespace genflik::cds
