#include "rules/haplotype_meaning.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace genflik::rules {
namespace {

// The function that goes with a computed activity value (CPIC's terms for CYP2D6 alleles).
std::string FunctionOfValue(const ActivityScore& value) {
  if (!value.known()) return "Uncertain function";
  if (value.thousandths() == 0) return "No function";
  if (value.thousandths() < 1000) return "Decreased function";
  return value.thousandths() < 2000 ? "Normal function" : "Increased function";
}

HaplotypeMeaning OfAllele(const Gene& gene, const std::string& name) {
  const Allele* allele = gene.FindAllele(name);
  if (allele == nullptr) return {.unknown = MakeReason(gene, "unknown-allele", name)};
  const bool scored = !gene.scores.empty();
  if (scored ? !allele->value.has_value() : allele->function.empty()) {
    return {.unknown = MakeReason(gene, "no-function-assigned", name)};
  }
  return {.function = allele->function, .value = allele->value};
}

// Copies in tandem add up.
HaplotypeMeaning OfTandem(const Gene& gene, const Haplotype& haplotype) {
  if (gene.method != DerivationMethod::kActivityScore) {
    return {.unknown = MakeReason(gene, "copy-number", Print(haplotype))};
  }
  ActivityScore sum = ActivityScore::Exact(0);
  for (const AlleleUnit& unit : haplotype.units) {
    HaplotypeMeaning meaning = OfAllele(gene, unit.name);
    if (meaning.unknown) return meaning;
    ActivityScore value = meaning.value->Times(unit.copies);
    // Copies of an allele without function add nothing, however many they are.
    if (unit.at_least && value.known() && value.thousandths() > 0) {
      value = ActivityScore::AtLeast(value.thousandths());
    }
    sum = sum + value;
  }
  return {.function = FunctionOfValue(sum), .value = sum};
}

// Variants on one copy: the lowest of them decides (DPYD), or the one that decides alone (RYR1).
HaplotypeMeaning OfTogether(const Gene& gene, const Haplotype& haplotype) {
  const bool lowest = gene.method == DerivationMethod::kLowestFunction;
  if (!lowest && gene.method != DerivationMethod::kAnyVariant) {
    return {.unknown = MakeReason(gene, "combination", Print(haplotype))};
  }
  std::optional<HaplotypeMeaning> decisive;
  std::optional<HaplotypeMeaning> unknown;
  const auto rank = [&](const std::string& function) {
    const std::string_view result = gene.PairResult(function, function);
    return std::ranges::find(gene.terms, result, &PhenotypeTerm::code) - gene.terms.begin();
  };
  for (const AlleleUnit& unit : haplotype.units) {
    HaplotypeMeaning meaning = OfAllele(gene, unit.name);
    if (meaning.unknown) {
      if (!unknown) unknown = std::move(meaning);
      continue;
    }
    const bool lower =
        !decisive || (lowest ? meaning.value->thousandths() < decisive->value->thousandths()
                             : rank(meaning.function) < rank(decisive->function));
    if (lower) decisive = std::move(meaning);
  }
  if (!unknown) return *decisive;
  // Nothing lies below a strand without function, nor above one that decides alone.
  const bool settled =
      decisive && (lowest ? decisive->value->thousandths() == 0 : rank(decisive->function) == 0);
  if (settled) return *decisive;
  if (decisive && lowest) unknown->at_most = decisive->value;
  return *unknown;
}

struct ReasonWords {
  std::string_view code;
  const char* en;
  const char* sv;
};

// "%1" is the gene, "%2" the allele or text.
constexpr auto kWords = std::to_array<ReasonWords>({
    {"unknown-allele",
     "%1 %2 is not an allele that the knowledge has; the result is not interpreted.",
     "%1 %2 finns inte i kunskapsbasen; resultatet tolkas inte."},
    {"no-function-assigned", "%1 %2 has no assigned function; the result is not interpreted.",
     "%1 %2 saknar fastställd funktion; resultatet tolkas inte."},
    {"at-most",
     "%1: the effect of %2 is not known. The known variant sets the highest possible score; "
     "every lower one is considered, the safest first.",
     "%1: effekten av %2 är okänd. Den kända varianten sätter högsta möjliga poäng; alla lägre "
     "beaktas, den säkraste först."},
    {"beside-unknown",
     "%1: the effect of %2 is not known; the phenotype rests on the other allele alone.",
     "%1: effekten av %2 är okänd; fenotypen vilar bara på den andra allelen."},
    {"uncertain-function",
     "%1 %2: the effect of this allele is uncertain, so no phenotype can be given. That is no "
     "normal result.",
     "%1 %2: allelens effekt är osäker, så någon fenotyp kan inte anges. Det är inte ett "
     "normalt svar."},
    {"one-found",
     "%1: only %2 was named; the other copy is taken for the ordinary one. Check whether both "
     "carry it.",
     "%1: bara %2 angavs; den andra kopian antas vara den vanliga. Kontrollera om båda bär "
     "den."},
    {"no-phenotype", "%1: the laboratory could give no phenotype (\"%2\").",
     "%1: laboratoriet kunde inte ange någon fenotyp (\"%2\")."},
    {"copy-number", "%1 %2: copies or tandems of this gene cannot be interpreted.",
     "%1 %2: kopior eller tandem av denna gen kan inte tolkas."},
    {"combination", "%1 %2: variants combined on one copy cannot be interpreted.",
     "%1 %2: varianter tillsammans på en kopia kan inte tolkas."},
    {"syntax", "%1: \"%2\" cannot be read as a genotype.",
     "%1: \"%2\" kan inte läsas som en genotyp."},
    {"one-allele", "%1: only one allele was given (%2); two are needed.",
     "%1: bara en allel angavs (%2); två behövs."},
    {"no-allele", "%1: the result names no allele and no phenotype.",
     "%1: resultatet anger varken allel eller fenotyp."},
    {"unknown-phenotype", "%1: \"%2\" is no phenotype that the knowledge has.",
     "%1: \"%2\" är ingen fenotyp i kunskapsbasen."},
    {"no-rule", "%1: no rule gives a phenotype for %2.", "%1: ingen regel ger en fenotyp för %2."},
    {"unknown-gene", "The knowledge has no gene %1.", "Kunskapsbasen saknar genen %1."},
    {"no-call", "%1 was tested, but the laboratory could give no answer.",
     "%1 analyserades, men laboratoriet kunde inte ge något svar."},
    {"not-tested", "%1 has not been tested.", "%1 är inte analyserad."},
    {"conflict", "%1: results disagree (%2); the safest reading is used.",
     "%1: resultaten motsäger varandra (%2); den säkraste tolkningen används."},
    {"positions-only", "%1: only %2 was looked at; other variants are not excluded.",
     "%1: bara %2 är undersökt; andra varianter är inte uteslutna."},
    {"other-allele",
     "%1: %2 is heterozygous; the other allele was not named and is taken for the ordinary one.",
     "%1: %2 är heterozygot; den andra allelen angavs inte och antas vara den vanliga."},
    {"bases", "%1: the bases of \"%2\" cannot be read for certain.",
     "%1: baserna i \"%2\" kan inte läsas säkert."},
    {"newer-unreadable",
     "%1: a newer result cannot be interpreted; the older normal one (%2) is not relied on.",
     "%1: ett nyare resultat kan inte tolkas; det äldre normala (%2) används inte."},
    {"newer-doubt",
     "%1: a newer result cannot be interpreted; the older one (%2) is kept for safety.",
     "%1: ett nyare resultat kan inte tolkas; det äldre (%2) får gälla för säkerhets skull."},
    {"allele-not-typed", "%1: the allele that matters (%2) was not tested.",
     "%1: den allel som avgör (%2) är inte analyserad."},
});

std::string Fill(std::string text, const std::string& gene, const std::string& detail) {
  for (size_t at = text.find('%'); at != std::string::npos; at = text.find('%', at)) {
    const std::string& word = text[at + 1] == '1' ? gene : detail;
    text.replace(at, 2, word);
    at += word.size();
  }
  return text;
}

}  // namespace

Reason MakeReason(const Gene& gene, const std::string& code, const std::string& detail) {
  Reason reason{code, detail, {}};
  const auto* const words = std::ranges::find(kWords, code, &ReasonWords::code);
  if (words != kWords.end()) {
    reason.text = {Fill(words->en, gene.symbol, detail), Fill(words->sv, gene.symbol, detail)};
  }
  return reason;
}

HaplotypeMeaning MeaningOf(const Gene& gene, const Haplotype& haplotype) {
  if (haplotype.together) return OfTogether(gene, haplotype);
  if (haplotype.units.size() == 1 && haplotype.units[0].copies == 1 &&
      !haplotype.units[0].at_least) {
    return OfAllele(gene, haplotype.units[0].name);
  }
  return OfTandem(gene, haplotype);
}

}  // namespace genflik::rules
