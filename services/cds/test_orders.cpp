#include "services/cds/test_orders.h"

#include <algorithm>
#include <set>
#include <string_view>

#include <nlohmann/json.hpp>

#include "rules/coverage_gap.h"
#include "services/alerts/gene_words.h"
#include "services/cds/order_gain.h"
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

std::string ReadingText(const rules::GeneInterpretation& interpretation,
                        const rules::Interpretation& reading, const CardFrame& frame) {
  if (reading.phenotype.empty()) return alerts::StatusesText(reading.statuses, frame.language);
  const rules::Gene* known = frame.knowledge.FindGene(interpretation.gene);
  return known == nullptr
             ? reading.phenotype
             : alerts::LowerFirst(alerts::In(frame.language, known->TextOf(reading.phenotype)));
}

std::string PhenotypeText(const rules::ProfiledGene& gene, const CardFrame& frame) {
  const auto& interpretation = gene.interpretation;
  if (!interpretation.usable()) {
    return std::string(Say(frame.language, "går inte att tolka", "cannot be interpreted"));
  }
  std::string text = ReadingText(interpretation, interpretation.candidates.front(), frame);
  if (interpretation.status == rules::InterpretationStatus::kConflict) {
    std::set<std::string> told{text};
    for (const auto& reading : interpretation.candidates) {
      const std::string other = ReadingText(interpretation, reading, frame);
      if (told.insert(other).second)
        text += std::string(Say(frame.language, " eller ", " or ")) + other;
    }
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

std::string CoverageText(size_t count, Language language) {
  const std::string_view text = count == 1
                                    ? Say(language, " allel söktes", " allele looked for")
                                    : Say(language, " alleler söktes", " alleles looked for");
  return std::to_string(count) + std::string(text);
}

bool IsPreliminary(const rules::GeneResult& result) {
  return result.record_status == rules::RecordStatus::kPreliminary;
}

// "Lab, metod, 2024-11-05, 12 alleler söktes"
std::string ReportText(const rules::GeneResult& result, const CardFrame& frame) {
  std::vector<std::string> parts;
  for (const std::string* part : {&result.laboratory, &result.method}) {
    if (!part->empty()) parts.push_back(alerts::EscapeMarkdown(*part));
  }
  if (!result.effective.empty())
    parts.push_back(alerts::EscapeMarkdown(result.effective.substr(0, 10)));
  if (result.coverage.known && !result.coverage.alleles.empty()) {
    parts.push_back(CoverageText(result.coverage.alleles.size(), frame.language));
  } else {
    parts.emplace_back(Say(frame.language, "vad metoden täcker är inte angivet",
                           "what the method covers is not told"));
  }
  if (IsPreliminary(result))
    parts.emplace_back(Say(frame.language, "preliminärt svar", "preliminary result"));
  return Join(parts);
}

// "- CYP2D6 `*1/*4`: intermediär metaboliserare (Lab, metod, 2024-11-05, 12 alleler söktes)"
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
  return text + " (" + ReportText(gene.results.front(), frame) + ")";
}

// What of the ordered genes is known, on its way, and new.
struct Split {
  std::vector<std::string> known;
  // Of the known ones: whose reports disagree, or of which not all is known that an order may find.
  std::vector<std::string> disputed;
  bool doubtful = false;
  std::vector<std::string> pending;
  std::vector<std::string> fresh;
  // "DPYD c.2846A>T": what the results of known genes did not look for.
  std::vector<std::string> unsought;
  bool hla_in_part = false;
  bool adds_something = false;
  std::string lines;
};

bool HasResult(const rules::ProfiledGene* gene) {
  return gene != nullptr && gene->interpretation.status != rules::InterpretationStatus::kNoCall &&
         gene->interpretation.status != rules::InterpretationStatus::kNotTested &&
         DoubtOf(*gene) != rules::TransplantDoubt::kDonor;
}

// Whether a new analysis may find what the results do not tell.
bool IsDoubtful(const rules::ProfiledGene& gene) {
  return gene.interpretation.status != rules::InterpretationStatus::kInterpreted ||
         DoubtOf(gene) != rules::TransplantDoubt::kNone ||
         std::ranges::all_of(gene.results, IsPreliminary);
}

// "HLA-B*15:02": what of the gene is ordered.
std::string AskedOf(const mapping::TestOrder& order, const std::string& gene) {
  const auto asked = order.alleles.find(gene);
  if (asked == order.alleles.end()) return gene;
  std::string text;
  for (const std::string& allele : asked->second)
    text += (text.empty() ? "" : ", ") + gene + allele;
  return text;
}

void AddGain(const Gain& gain, const std::string& gene, const CardFrame& frame, Split& split) {
  split.doubtful = split.doubtful || gain.unsure;
  split.hla_in_part = split.hla_in_part || gain.other_alleles || !gain.alleles.empty();
  const bool unsought = !gain.not_looked_for.empty();
  // Only the variants are asked for, if the order says all that it asks for.
  split.doubtful = split.doubtful || (unsought && gain.named_are_known);
  split.adds_something = split.adds_something || (unsought && !gain.named_are_known);
  for (const std::string& allele : gain.alleles) split.fresh.push_back(gene + allele);
  if (gain.other_alleles) {
    split.fresh.push_back(
        std::string(Say(frame.language, "andra alleler av ", "other alleles of ")) + gene);
  }
  for (const std::string& what : gain.not_looked_for) {
    const std::string_view copies = Say(frame.language, "antal kopior", rules::kCopyNumber);
    split.unsought.push_back(
        gene + ' ' + (what == rules::kCopyNumber ? std::string(copies) : alerts::CodeSpan(what)));
  }
}

// Reports that disagree, each with its own words.
std::string ReportLines(const rules::ProfiledGene& gene, const CardFrame& frame) {
  std::string lines;
  for (const rules::GeneResult& result : gene.results) {
    lines += (lines.empty() ? "- " : "\n- ") + gene.interpretation.gene;
    const std::string what = !result.reported_text.empty() ? result.reported_text
                             : !result.diplotypes.empty()  ? result.diplotypes.front()
                             : result.reported_phenotype   ? *result.reported_phenotype
                                                           : std::string();
    if (!what.empty()) lines += ' ' + alerts::CodeSpan(what);
    lines += " (" + ReportText(result, frame) + ")";
  }
  return lines;
}

Split SplitGenes(const mapping::TestOrder& order, const rules::GeneProfile& profile,
                 const std::vector<mapping::TestOrder>& pending, const CardFrame& frame) {
  Split split;
  for (const std::string& gene : order.genes) {
    const rules::ProfiledGene* found = profile.Find(gene);
    const bool ordered = std::any_of(pending.begin(), pending.end(), [&](const auto& one) {
      return AnswersOrder(one, order, gene, frame.knowledge.FindGene(gene));
    });
    Gain gain{.all_new = true};
    if (HasResult(found)) gain = GainOf(order, *found, frame.knowledge.FindGene(gene));
    if (!gain.all_new) {
      split.known.push_back(gene);
      const bool disputed = found->interpretation.status == rules::InterpretationStatus::kConflict;
      if (disputed) split.disputed.push_back(gene);
      if (disputed && ordered) split.pending.push_back(gene);
      split.doubtful = split.doubtful || IsDoubtful(*found);
      if (!disputed) AddGain(gain, gene, frame, split);
      split.lines += (split.lines.empty() ? "" : "\n") +
                     (disputed ? ReportLines(*found, frame) : GeneLine(*found, frame, true));
    } else if (ordered) {
      split.pending.push_back(AskedOf(order, gene));
    } else {
      split.fresh.push_back(AskedOf(order, gene));
    }
  }
  return split;
}

void SuggestRemoval(const mapping::TestOrder& order, bool recommended, const CardFrame& frame,
                    Card& card) {
  if (order.reference.empty()) return;
  const std::string label(Say(frame.language, "Ta bort beställningen", "Remove the order"));
  std::vector<Json> actions{DeleteAction(order.reference, label)};
  card.suggestions.push_back(
      MakeSuggestion(frame, card.subject + "|remove", label, std::move(actions), recommended));
}

std::string DuplicateSummary(const Split& split, const rules::GeneProfile& profile,
                             const CardFrame& frame) {
  if (split.known.empty()) {
    return std::string(Say(frame.language, "Genotypning av ", "Genotyping of ")) +
           Join(split.pending) +
           std::string(Say(frame.language, " är redan beställd", " is on order already"));
  }
  if (split.known.size() > 4) {
    return std::to_string(split.known.size()) +
           std::string(Say(frame.language, " av de beställda generna är redan genotypade",
                           " of the ordered genes have been genotyped already"));
  }
  const bool one = split.known.size() == 1;
  const std::string summary =
      Join(split.known) +
      std::string(
          one ? Say(frame.language, " är redan genotypad", " has been genotyped already")
              : Say(frame.language, " är redan genotypade", " have been genotyped already"));
  if (!split.disputed.empty()) {
    return summary + std::string(Say(frame.language, ", men svaren säger emot varandra",
                                     ", but the reports contradict each other"));
  }
  if (!one) return summary;
  std::string_view narrow;
  if (split.hla_in_part) {
    narrow = Say(frame.language, " för vissa alleler", " for some alleles");
  } else if (!split.unsought.empty()) {
    narrow = Say(frame.language, ", men inte för alla varianter", ", but not for all variants");
  }
  return summary + std::string(narrow) + ": " +
         PhenotypeText(*profile.Find(split.known.front()), frame);
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
  card.summary = DuplicateSummary(split, profile, frame);
  card.detail = split.lines;
  const auto add = [&](std::string_view swedish, std::string_view english,
                       const std::vector<std::string>& genes) {
    if (genes.empty()) return;
    card.detail += (card.detail.empty() ? "" : "\n\n") +
                   std::string(Say(frame.language, swedish, english)) + Join(genes);
  };
  add("Redan beställt, svar väntas: ", "On order, result awaited: ", split.pending);
  add("Beställningen skulle tillföra: ", "The order would add: ", split.fresh);
  add("Svaret som finns sökte inte efter: ", "The result on record did not look for: ",
      split.unsought);
  if (!split.disputed.empty()) {
    card.detail +=
        Say(frame.language, "\n\nSvaren säger emot varandra: en ny analys avgör vilket som gäller.",
            "\n\nThe reports contradict each other: a new analysis tells which holds.");
    card.override_reasons = true;
    return card;
  }
  card.detail += Say(frame.language,
                     "\n\nEtt genotypsvar gäller livet ut. Ny analys behövs bara om den täcker mer "
                     "eller om svaret ifrågasätts.",
                     "\n\nA genotype holds for life. A new analysis is needed only if it covers "
                     "more or the result is doubted.");
  if (split.fresh.empty() && !split.adds_something)
    SuggestRemoval(order, !split.doubtful, frame, card);
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
                const std::vector<std::string>& missing, const CardFrame& frame) {
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
  if (!missing.empty())
    card.summary +=
        Say(frame.language, "; underlaget är ofullständigt", "; the data are incomplete");
  for (const auto& line : missing) card.detail += line + "\n\n";
  for (const auto& [level, line] : active)
    card.detail += "- " + alerts::EscapeMarkdown(line) + "\n";
  if (!active.empty()) card.detail += "\n";
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
