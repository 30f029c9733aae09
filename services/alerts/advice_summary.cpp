#include <algorithm>
#include <cmath>
#include <utility>

#include "services/alerts/advice_text.h"
#include "services/alerts/gene_words.h"
#include "services/alerts/insufficient_answer.h"
#include "services/alerts/leading_row.h"
#include "services/alerts/plain_words.h"

// The headline of an alert.

namespace genflik::alerts {
namespace {

using rules::Action;
using rules::ActionKind;
using rules::GeneEvidence;
using rules::KnowledgeBase;

constexpr size_t kMostCharacters = 139;

std::string Percent(double factor, Language language) {
  return PrintNumber(std::round(factor * 1000) / 10, language) + " %";
}

std::string LimitText(const rules::DoseLimit& limit, Language language) {
  std::string text = PrintNumber(limit.low, language);
  if (limit.high != limit.low) text += "–" + PrintNumber(limit.high, language);
  return text + ' ' + limit.unit + ' ' + PerText(limit.per, language);
}

std::string Alternatives(const Action& action, const KnowledgeBase& knowledge, Language language,
                         size_t most) {
  std::string text;
  for (size_t i = 0; i < std::min(most, action.alternatives.size()); ++i) {
    if (i > 0)
      text += i + 1 == std::min(most, action.alternatives.size()) ? Say(language, " eller ", " or ")
                                                                  : ", ";
    text += DrugName(knowledge, action.alternatives[i], language);
  }
  return text;
}

std::string FactorText(const Action& action, Language language) {
  if (action.factor) return Percent(*action.factor, language);
  if (!action.factor_range) return {};
  return PrintNumber(action.factor_range->first * 100, language) + "–" +
         Percent(action.factor_range->second, language);
}

// Of several full doses one is meant, and only the prescriber knows which.
std::string CheckText(const Action& action, Language language) {
  return std::string(Say(language, "kontrollera att ordinerad dos är högst ",
                         "check that the ordered dose is at most ")) +
         Percent(action.factor ? *action.factor : action.factor_range->second, language) +
         std::string(Say(language, " av full dos", " of the full one"));
}

// ", 3 dagar i veckan"
std::string DaysText(const Action& action, Language language) {
  if (!action.days) return {};
  return ", " + std::to_string(action.days->most) +
         std::string(Say(language, " dagar i veckan", " days a week"));
}

// Where the guideline names no part of the dose.
std::string LoweredText(DoseBasis basis, bool running, Language language) {
  switch (basis) {
    case DoseBasis::kConditional:
      return std::string(Say(language, "dosen kan behöva sänkas, se villkoren",
                             "the dose may need to be lowered, see the conditions"));
    case DoseBasis::kLowest:
      if (running) {
        return std::string(
            Say(language, "dosen kan behöva sänkas", "the dose may need to be lowered"));
      }
      return std::string(Say(language, "börja med lägsta rekommenderade dos",
                             "start with the lowest recommended dose"));
    default:
      break;
  }
  const bool start = basis == DoseBasis::kStart && !running;
  return std::string(Say(language, start ? "sänk startdosen" : "sänk dosen",
                         start ? "lower the starting dose" : "lower the dose"));
}

std::string ReducedText(const Action& action, bool running, Language language) {
  const DoseBasis basis = BasisOf(action);
  const std::string amount = FactorText(action, language);
  if (amount.empty()) return LoweredText(basis, running, language);
  // One who takes it already does not begin.
  const bool start = (basis == DoseBasis::kStart || basis == DoseBasis::kLowest) && !running;
  const std::string give(
      Say(language, start ? "börja med " : "ge ", start ? "start with " : "give "));
  switch (basis) {
    case DoseBasis::kLongTreatment:
      return std::string(
                 Say(language, "efter 12 veckor med effekt: ", "after 12 weeks, once it works: ")) +
             amount + std::string(Say(language, " av normal dos", " of the normal dose"));
    case DoseBasis::kConditional:
      return amount + std::string(Say(language, " av normal dos kan bli aktuellt, se villkoren",
                                      " of the normal dose may apply, see the conditions"));
    case DoseBasis::kMaintenance:
      return give + amount +
             std::string(
                 Say(language, " av normal underhållsdos", " of the normal maintenance dose"));
    case DoseBasis::kLowest:
      return give + amount +
             std::string(Say(language, " av lägsta vanliga startdos",
                             " of the lowest usual starting dose"));
    default:
      break;
  }
  return give + amount + std::string(Say(language, " av normal dos", " of the normal dose")) +
         DaysText(action, language);
}

// "börja med högst 2,5 mg per dygn; ordinerat 5 mg".
std::string StartText(const Advice& advice, const Action& action, Language language) {
  std::string text(Say(language, "börja med högst ", "start with at most "));
  if (advice.dose.verdict == DoseVerdict::kOver) return text + OverText(advice.dose, language);
  text += LimitText(*action.start_dose, language);
  if (action.max_dose)
    return text + std::string(Say(language, ", sedan högst ", ", then at most ")) +
           LimitText(*action.max_dose, language);
  return text + std::string(Say(language, ", höj försiktigt", ", raise with care"));
}

// What answers when the genotype cannot, where that is the same for all genes of the row.
std::string TestText(const Advice& advice, const KnowledgeBase& knowledge, Language language) {
  std::string test;
  for (const GeneEvidence& one : advice.lead->genes) {
    const rules::Gene* gene = knowledge.FindGene(one.gene);
    const std::string words = gene == nullptr ? "" : In(language, gene->clarified_by);
    const bool other = !test.empty() && words != test;
    test = words;
    if (!words.empty() && !other) continue;
    test = Say(language, "ytterligare provtagning", "a further test");
    break;
  }
  return test + std::string(Say(language, " före start", " before the start"));
}

std::string WithCircumstance(const std::string& text, const Action& action, Language language) {
  const std::string& only = In(language, action.only_if);
  return only.empty() ? text : text + ' ' + only;
}

std::string ForbiddenText(const Advice& advice, const Action& action,
                          const KnowledgeBase& knowledge, Language language) {
  const bool avoid = action.kind == ActionKind::kAvoid;
  std::string text(avoid ? Say(language, "undvik", "avoid")
                         : Say(language, "välj annat läkemedel", "choose another drug"));
  if (!action.only_if.empty()) return WithCircumstance(text, action, language);
  if (const auto names = Alternatives(action, knowledge, language, 2); !names.empty()) {
    text += avoid ? Say(language, "; överväg ", "; consider ")
                  : Say(language, ", t.ex. ", ", such as ");
    text += names;
  }
  if (advice.second.verdict == DoseVerdict::kOver) {
    text += std::string(Say(language, ", annars högst ", ", otherwise at most ")) +
            OverText(advice.second, language);
  }
  return text;
}

// What to do, in a few words.
std::string DoText(const Advice& advice, const Action& action, const KnowledgeBase& knowledge,
                   Language language) {
  if (advice.dose.start && action.start_dose) return StartText(advice, action, language);
  if (advice.dose.verdict == DoseVerdict::kOver && action.start_dose && action.max_dose) {
    return std::string(Say(language, "högst ", "at most ")) + OverText(advice.dose, language);
  }
  switch (action.kind) {
    case ActionKind::kAvoid:
    case ActionKind::kAlternative:
      return ForbiddenText(advice, action, knowledge, language);
    case ActionKind::kReduceDose:
      // A limit that the order breaks tells more than a part of a dose.
      if (action.max_dose &&
          (advice.dose.verdict == DoseVerdict::kOver || (!action.factor && !action.factor_range)))
        break;
      if (advice.dose.verdict == DoseVerdict::kMayFollow) return CheckText(action, language);
      return WithCircumstance(ReducedText(action, advice.running, language), action, language);
    case ActionKind::kMaxDose:
      break;
    case ActionKind::kIncreaseDose: {
      std::string text(Say(language, "dosen kan behöva höjas", "the dose may need to be raised"));
      // "to 100–250 %" says no more than "may need to be raised".
      const bool open = action.factor_range && action.factor_range->first <= 1;
      if (const auto amount = FactorText(action, language); !amount.empty() && !open)
        text += std::string(Say(language, " till ", " to ")) + amount +
                std::string(Say(language, " av normal dos", " of the normal dose"));
      return text;
    }
    case ActionKind::kAdjustDose:
      return std::string(Say(language, "justera dosen", "adjust the dose"));
    case ActionKind::kSlowTitration:
      // What was titrated for another phenotype may be too much for this one.
      if (advice.running && ChangedByDrug(*advice.lead))
        return LoweredText(DoseBasis::kLowest, true, language);
      return std::string(Say(language, "titrera långsamt", "titrate slowly"));
    case ActionKind::kMonitor:
      return std::string(
          Say(language, "följ effekt och biverkningar", "monitor effect and side effects"));
    case ActionKind::kTestFirst:
      return TestText(advice, knowledge, language);
    case ActionKind::kCalculate:
      return std::string(Say(language, "räkna ut dosen", "calculate the dose"));
    case ActionKind::kNoChange:
      return std::string(Say(language, "ingen ändring", "no change"));
    case ActionKind::kNoRecommendation:
      return std::string(Say(language, "ingen rekommendation", "no recommendation"));
  }
  if (!action.max_dose) return std::string(Say(language, "begränsa dosen", "limit the dose"));
  const std::string most(Say(language, "högst ", "at most "));
  if (advice.dose.verdict == DoseVerdict::kOver) return most + OverText(advice.dose, language);
  return most + LimitText(*action.max_dose, language);
}

std::string TestFirstSummary(const Advice& advice, const KnowledgeBase& knowledge,
                             Language language) {
  const std::string drug = Capital(DrugName(knowledge, advice.drug, language));
  const std::string& gene = advice.pretest->gene;
  if (const std::string& only = In(language, advice.pretest->only_if); !only.empty())
    return drug + ": " + only;
  if (advice.pretest->refused) {
    return drug + ": " + gene + advice.pretest->allele +
           (advice.pretest->required_status == "positive"
                ? std::string(Say(language, " påvisades inte – undvik", " was not found – avoid"))
                : std::string(Say(language, " påvisades – undvik", " was found – avoid")));
  }
  if (advice.pretest->enzyme) {
    return drug + ": " +
           std::string(Say(language, "mät aktiviteten av ", "measure the activity of ")) + gene +
           std::string(Say(language, " före start", " before the start"));
  }
  const auto unknown =
      std::find_if(advice.unknown.begin(), advice.unknown.end(),
                   [&](const rules::UnknownGene& one) { return one.gene == gene; });
  const bool unclear =
      unknown != advice.unknown.end() && unknown->status != rules::InterpretationStatus::kNotTested;
  const std::string origin = OriginText(*advice.pretest, language);
  if (!origin.empty() && !unclear) return drug + ": " + origin;
  if (unclear) {
    return drug + ": " + gene +
           std::string(Say(language, "-resultatet går inte att tolka – testa om före start",
                           " result cannot be interpreted – test again before the start"));
  }
  return drug + ": " + gene +
         std::string(Say(language, " är inte testad – testa före start",
                         " has not been tested – test before the start"));
}

std::string TransplantSummary(const Advice& advice, const KnowledgeBase& knowledge,
                              Language language) {
  std::string genes;
  for (const auto& note : advice.transplants) genes += (genes.empty() ? "" : ", ") + note.gene;
  return Capital(DrugName(knowledge, advice.drug, language)) + ": " +
         std::string(Say(language, "patienten är transplanterad – lita inte på svaret för ",
                         "the patient has a transplant – do not rely on the result of ")) +
         genes;
}

}  // namespace

std::string Summary(const Advice& advice, const KnowledgeBase& knowledge, Language language) {
  if (advice.kind == AdviceKind::kTestFirst) {
    return Shorten(TestFirstSummary(advice, knowledge, language), kMostCharacters);
  }
  if (advice.kind == AdviceKind::kTransplant) {
    return Shorten(TransplantSummary(advice, knowledge, language), kMostCharacters);
  }
  if (advice.kind == AdviceKind::kUnreadable) {
    return Shorten(UnreadableSummary(advice, knowledge, language), kMostCharacters);
  }
  if (advice.kind == AdviceKind::kNarrow) {
    return Shorten(NarrowSummary(advice, knowledge, language), kMostCharacters);
  }
  if (!advice.lead) return {};
  const std::string drug = Capital(DrugName(knowledge, advice.drug, language));
  const auto with = [&](GeneWords words, const std::string& what) {
    return drug + ": " + GenesText(*advice.lead, knowledge, words, language) + " – " + what;
  };
  std::string text =
      with(GeneWords::kWithCause, DoText(advice, advice.lead->action, knowledge, language));
  if (CountCharacters(text) <= kMostCharacters) return text;
  // The names of alternatives give way first; gene and advice stay.
  Action plain = advice.lead->action;
  plain.alternatives.clear();
  const std::string short_advice = DoText(advice, plain, knowledge, language);
  for (const GeneWords words : {GeneWords::kWithCause, GeneWords::kPlain, GeneWords::kTogether,
                                GeneWords::kBrief, GeneWords::kSymbols}) {
    text = with(words, short_advice);
    if (CountCharacters(text) <= kMostCharacters) return text;
  }
  return Shorten(std::move(text), kMostCharacters);
}

}  // namespace genflik::alerts
