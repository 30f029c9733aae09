#include "services/alerts/advice_text.h"

#include <algorithm>

#include "rules/populations.h"
#include "rules/transplant.h"
#include "services/alerts/gene_words.h"
#include "services/alerts/insufficient_answer.h"
#include "services/alerts/plain_words.h"

namespace genflik::alerts {
namespace {

using rules::ActionKind;
using rules::GeneEvidence;
using rules::KnowledgeBase;
using rules::Recommendation;

void AddParagraph(std::string& text, std::string_view heading, std::string_view body) {
  if (body.empty()) return;
  if (!text.empty()) text += "\n\n";
  if (!heading.empty()) text += "**" + std::string(heading) + "** ";
  text += body;
}

// The note itself speaks to those who keep the knowledge, not to prescribers.
void AddReview(const std::string& note, Language language, std::string& text) {
  if (note.empty()) return;
  AddParagraph(text, Say(language, "Ska granskas:", "Needs review:"),
               language == Language::kSwedish
                   ? "rådet är ännu inte jämfört med sin källa; kontrollera den före beslut."
                   : "the advice has not yet been compared with its source; check it before "
                     "deciding.");
}

std::string CitationText(const rules::Citation& citation) {
  std::string text = EscapeMarkdown(citation.title);
  if (!citation.doi.empty()) {
    text += (text.empty() ? "" : ", ") + std::string("[doi:") + citation.doi +
            "](https://doi.org/" + citation.doi + ")";
  } else if (!citation.pmid.empty()) {
    text += (text.empty() ? "" : ", ") + std::string("PMID ") + citation.pmid;
  } else if (citation.url.starts_with("https://")) {
    text += (text.empty() ? "" : ", ") + std::string("<") + citation.url + ">";
  }
  return text;
}

std::string EvidenceText(const EvidenceLine& line, Language language) {
  std::string text = "- " + line.gene + ": " + CodeSpan(line.genotype);
  for (const std::string* part : {&line.laboratory, &line.method}) {
    if (!part->empty()) text += ", " + EscapeMarkdown(*part);
  }
  if (line.date.size() >= 4) text += ", " + EscapeMarkdown(line.date.substr(0, 10));
  if (line.laboratory.empty() && line.date.empty())
    text += Say(language, ", utan uppgift om laboratorium", ", laboratory not told");
  if (line.preliminary) text += Say(language, ", preliminärt svar", ", preliminary result");
  return text;
}

// The order would keep to the limit of most patients, but a lower one may be this patient's.
bool DependsOnTheUnknown(const Advice& advice) {
  const rules::Action& action = advice.lead->action;
  const auto unsure = [](const rules::Action& one, const DoseFinding& finding) {
    return finding.verdict == DoseVerdict::kNotCompared && one.max_dose && one.max_dose_range;
  };
  return unsure(action, advice.dose) ||
         (!action.or_else.empty() && unsure(action.or_else.front(), advice.second));
}

std::string ComparedText(const Advice& advice, Language language) {
  if (advice.second.verdict == DoseVerdict::kOver) {
    return std::string(Say(language, "Om läkemedlet ges ändå: högst ",
                           "If the drug is given all the same: at most ")) +
           OverText(advice.second, language) + '.';
  }
  if (advice.second.verdict == DoseVerdict::kFollows) {
    return std::string(Say(
        language, "Den ordinerade dosen är inom vad riktlinjen tillåter när läkemedlet ges ändå.",
        "The ordered dose is within what the guideline allows when the drug is given all the "
        "same."));
  }
  if (!advice.keeps_to.empty()) {
    return std::string(Say(language, "Den ordinerade dosen håller sig inom gränsen i ",
                           "The ordered dose keeps within the limit of ")) +
           advice.keeps_to + '.';
  }
  const DoseFinding& dose = advice.dose;
  if (dose.verdict == DoseVerdict::kOver) {
    return std::string(Say(language, "Ordinerat ", "Ordered ")) +
           PrintNumber(dose.ordered, language) + ' ' + dose.unit + ' ' +
           PerText(dose.per, language) +
           std::string(Say(language, ", gränsen är ", ", the limit is ")) +
           PrintNumber(dose.limit, language) + ' ' + dose.unit + '.';
  }
  if (dose.verdict == DoseVerdict::kUnreadable && dose.unit.ends_with("/kg")) {
    return std::string(
        Say(language,
            "Gränsen är satt per kg; vikten är inte känd och dosen är inte jämförd med gränsen.",
            "The limit is by weight; the weight is not known and the dose was not compared."));
  }
  if (dose.verdict == DoseVerdict::kUnreadable) {
    return std::string(
        Say(language, "Ordinationens dos kunde inte räknas ut och är inte jämförd med gränsen.",
            "The ordered dose could not be worked out and was not compared with the limit."));
  }
  if (DependsOnTheUnknown(advice)) {
    return std::string(
        Say(language,
            "Gränsen är lägre för en del patienter, och patientens ålder eller vikt är inte känd.",
            "The limit is lower for some patients, and the patient's age or weight is not known."));
  }
  return {};
}

// "A tenth, on three days a week", and the order has a tenth of a day's dose in the mean only.
std::string OtherDaysText(const rules::Action& action, Language language) {
  if (!action.factor || !action.days) return {};
  const std::string part = PrintNumber(100 * *action.factor, language) + " %";
  return std::string(Say(language, "Den ordinerade dosen är i medeltal högst ",
                         "The ordered dose is at most ")) +
         part +
         std::string(Say(language, " om dagen, men riktlinjen vill ha ",
                         " a day on average, but the guideline wants ")) +
         part +
         std::string(Say(language, " av en dagsdos på högst ", " of a day's dose on at most ")) +
         std::to_string(action.days->most) +
         std::string(Say(language, " dagar i veckan.", " days a week."));
}

// Where the drug has several usual full doses and the order does not tell which is meant.
std::string SeveralText(const Advice& advice, const KnowledgeBase& knowledge, Language language) {
  const rules::Action& action = advice.lead->action;
  const auto& standard = advice.lead->standard_dose;
  if (!standard || (!action.factor && !action.factor_range)) return {};
  const std::string part =
      PrintNumber(100 * (action.factor ? *action.factor : action.factor_range->second), language) +
      " %";
  return std::string(Say(language, "Fulla doser av ", "Full doses of ")) +
         DrugName(knowledge, advice.drug, language) + std::string(Say(language, " är ", " are ")) +
         PrintNumber(standard->lowest, language) + "–" + PrintNumber(standard->value, language) +
         ' ' + standard->unit + ' ' + PerText("d", language) +
         std::string(Say(language, ", beroende på regim. Den ordinerade dosen är högst ",
                         ", depending on the regimen. The ordered dose is at most ")) +
         part +
         std::string(
             Say(language, " av den högsta, men mer än ", " of the highest, but more than ")) +
         part +
         std::string(Say(language, " av den lägsta; kontrollera att den är högst ",
                         " of the lowest; check that it is at most ")) +
         part + std::string(Say(language, " av den som avses.", " of the one that is meant.")) +
         std::string(!advice.dose.before_results
                         ? ""
                         : Say(language, " Ordinationen skrevs innan svaret fanns.",
                               " The order was written before the result was there."));
}

std::string DoseText(const Advice& advice, const KnowledgeBase& knowledge, Language language) {
  std::string text = advice.dose.verdict == DoseVerdict::kMayFollow
                         ? SeveralText(advice, knowledge, language)
                         : ComparedText(advice, language);
  if (advice.dose.verdict == DoseVerdict::kOtherDays) {
    const std::string other = OtherDaysText(advice.lead->action, language);
    text = text.empty() ? other : other + ' ' + text;
  }
  if (!text.empty() && (advice.dose.together || advice.second.together)) {
    text += Say(language,
                " Dosen är summan av de ordinationer av läkemedlet som görs samtidigt och "
                "förutsätter att alla ska tas.",
                " The dose is the sum of the orders of this drug that are made together, and "
                "supposes that all of them are taken.");
  }
  return text;
}

std::string SourceText(const Recommendation& row) {
  return row.source + (row.year > 0 ? ' ' + std::to_string(row.year) : "");
}

// What the other guidelines say, each once.
std::string OthersText(const Advice& advice, Language language) {
  std::vector<std::string> lines;
  for (const Recommendation& row : advice.others) {
    if (row.action.kind == ActionKind::kNoRecommendation || lines.size() == 4) continue;
    if (advice.lead && row.source == advice.lead->source &&
        row.population == advice.lead->population)
      continue;
    std::string line = "- " + SourceText(row);
    if (row.population != "general") {
      line += " (" + EscapeMarkdown(In(language, rules::PopulationText(row.population))) + ")";
    }
    line += ": " + EscapeMarkdown(In(language, row.text));
    // Rows about two genes may say the same.
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
  }
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
  return text;
}

void AddLead(const Advice& advice, const KnowledgeBase& knowledge, Language language,
             std::string& text) {
  const Recommendation& row = *advice.lead;
  AddParagraph(text, Say(language, "Råd:", "Advice:"), EscapeMarkdown(In(language, row.text)));
  AddParagraph(text, Say(language, "Dos:", "Dose:"), DoseText(advice, knowledge, language));
  std::string genes;
  for (const GeneEvidence& gene : row.genes)
    genes += (genes.empty() ? "" : "\n") + GeneDetail(gene, advice.unknown, knowledge, language);
  AddParagraph(text, "",
               "**" + std::string(Say(language, "Resultat:", "Results:")) + "**\n\n" + genes);
  AddParagraph(text, Say(language, "Innebörd:", "Implication:"),
               EscapeMarkdown(In(language, row.implication)));
  if (row.population != "general") {
    AddParagraph(text, Say(language, "Gäller:", "Applies to:"),
                 EscapeMarkdown(In(language, rules::PopulationText(row.population))) +
                     (row.population_known
                          ? std::string()
                          : std::string(Say(language, " (framgår inte om det gäller patienten)",
                                            " (not known whether that is so here)"))));
  }
  if (row.conflict) {
    AddParagraph(text, "",
                 Say(language, "Två resultat för genen säger olika. Det försiktigare rådet visas.",
                     "Two results of the gene disagree. The more cautious advice is shown."));
  } else if (row.ambiguous) {
    AddParagraph(text, "",
                 Say(language, "Resultatet kan tolkas på flera sätt. Det försiktigare rådet visas.",
                     "The result can be read in several ways. The more cautious advice is shown."));
  }
  std::string source = SourceText(row);
  if (!row.strength.empty())
    source += std::string(
                  Say(language, ", rekommendationens styrka: ", ", strength of recommendation: ")) +
              EscapeMarkdown(StrengthText(row.strength, language));
  AddParagraph(text, Say(language, "Källa:", "Source:"),
               source + ". " + CitationText(row.citation));
  AddReview(row.needs_review, language, text);
}

void AddPretest(const Advice& advice, Language language, std::string& text) {
  const rules::Pretest& test = *advice.pretest;
  AddParagraph(text, Say(language, "Råd:", "Advice:"), EscapeMarkdown(In(language, test.text)));
  for (const auto& unknown : advice.unknown) {
    if (unknown.gene != test.gene) continue;
    for (const auto& reason : unknown.reasons) {
      AddParagraph(text, unknown.gene + ":", EscapeMarkdown(In(language, reason.text)));
    }
  }
  std::string source = test.authority;
  if (test.year > 0) source += ' ' + std::to_string(test.year);
  AddParagraph(text, Say(language, "Källa:", "Source:"),
               EscapeMarkdown(source) + ". " + CitationText(test.citation));
  AddReview(test.needs_review, language, text);
}

void AddNarrow(const Advice& advice, const KnowledgeBase& knowledge, Language language,
               std::string& text) {
  AddParagraph(text, "", NarrowText(advice, language));
  const rules::Gene* gene = knowledge.FindGene(advice.narrow_gene);
  if (gene == nullptr || !gene->look_for) return;
  AddParagraph(text, Say(language, "Källa:", "Source:"), CitationText(gene->look_for->citation));
  AddReview(gene->look_for->needs_review, language, text);
}

// Which genes are in doubt, one sentence for each kind of doubt.
void AddTransplants(const Advice& advice, Language language, std::string& text) {
  using rules::TransplantDoubt;
  for (const auto doubt :
       {TransplantDoubt::kDonor, TransplantDoubt::kLiver, TransplantDoubt::kBeforeStemCells}) {
    std::string genes;
    for (const auto& note : advice.transplants) {
      if (note.doubt == doubt) genes += (genes.empty() ? "" : ", ") + note.gene;
    }
    if (genes.empty()) continue;
    AddParagraph(text, Say(language, "Transplanterad patient:", "Patient with a transplant:"),
                 EscapeMarkdown(In(language, rules::TextOf(doubt, genes))));
  }
}

}  // namespace

std::string PerText(std::string_view per, Language language) {
  if (per == "dose") return std::string(Say(language, "per dos", "a dose"));
  if (per == "wk") return std::string(Say(language, "per vecka", "a week"));
  if (per == "m2.d") return std::string(Say(language, "per m2 och dygn", "a day for each m2"));
  return std::string(Say(language, "per dygn", "a day"));
}

std::string OverText(const DoseFinding& dose, Language language) {
  return PrintNumber(dose.limit, language) + ' ' + dose.unit + ' ' + PerText(dose.per, language) +
         std::string(Say(language, "; ordinerat ", "; ordered ")) +
         PrintNumber(dose.ordered, language) + ' ' + dose.unit;
}

const std::string& In(Language language, const rules::LocalText& text) {
  const std::string& wanted = language == Language::kSwedish ? text.sv : text.en;
  const std::string& other = language == Language::kSwedish ? text.en : text.sv;
  return wanted.empty() ? other : wanted;
}

std::string Detail(const Advice& advice, const KnowledgeBase& knowledge,
                   const std::vector<EvidenceLine>& evidence,
                   const std::vector<std::string>& remarks, Language language) {
  std::string text;
  AddTransplants(advice, language, text);
  if (advice.lead) AddLead(advice, knowledge, language, text);
  if (advice.pretest) AddPretest(advice, language, text);
  if (advice.kind == AdviceKind::kUnreadable)
    AddParagraph(text, "", UnreadableText(advice, language));
  if (advice.kind == AdviceKind::kNarrow) AddNarrow(advice, knowledge, language, text);
  if (const auto others = OthersText(advice, language); !others.empty()) {
    AddParagraph(text, "",
                 "**" + std::string(Say(language, "Andra riktlinjer:", "Other guidelines:")) +
                     "**\n\n" + others);
  }
  std::string reports;
  for (const EvidenceLine& line : evidence)
    reports += (reports.empty() ? "" : "\n") + EvidenceText(line, language);
  if (!reports.empty()) {
    AddParagraph(text, "",
                 "**" + std::string(Say(language, "Svar i journalen:", "Reports on record:")) +
                     "**\n\n" + reports);
  }
  for (const auto& note : advice.notes)
    AddParagraph(text, "", EscapeMarkdown(Capital(In(language, note.text))));
  for (const auto& remark : remarks) AddParagraph(text, "", EscapeMarkdown(remark));
  AddParagraph(
      text, "",
      std::string(Say(language, "Kunskapsversion ", "Knowledge version ")) +
          EscapeMarkdown(advice.knowledge_version) +
          std::string(Say(language, ". Genflik är en prototyp och ger råd; läkaren beslutar.",
                          ". Genflik is a prototype and advises; a clinician decides.")));
  return text;
}

std::string DrugName(const KnowledgeBase& knowledge, std::string_view name, Language language) {
  if (const rules::Drug* drug = knowledge.FindDrug(name)) return In(language, drug->names);
  if (const rules::AlternativeDrug* other = knowledge.FindAlternative(name))
    return In(language, other->names);
  // A drug that only changes what others do.
  const auto& converters = knowledge.phenoconversion();
  const auto found =
      std::find_if(converters.begin(), converters.end(),
                   [&](const rules::PhenoconversionRule& rule) { return rule.drug == name; });
  return found == converters.end() ? std::string(name) : In(language, found->names);
}

}  // namespace genflik::alerts
