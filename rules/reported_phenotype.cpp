#include "rules/reported_phenotype.h"

#include <algorithm>
#include <array>
#include <utility>

#include "rules/knowledge_base.h"
#include "rules/notation.h"

namespace genflik::rules {

std::string KnownPhenotype(const Gene& gene, std::string_view reported) {
  std::string folded = LowerAscii(Trim(reported));
  if (folded.starts_with(LowerAscii(gene.symbol) + " ")) folded.erase(0, gene.symbol.size() + 1);
  const std::string words = FoldName(folded);
  // "III/Deficient" is how CPIC writes a deficiency with its WHO class; a class that is not
  // deficient is one allele's, and no word about the patient.
  if (const size_t slash = folded.find('/'); slash != std::string::npos &&
                                             folded.find_first_not_of("iv") == slash &&
                                             folded.substr(slash + 1).starts_with("deficient"))
    folded.erase(0, slash + 1);
  if (const size_t at = folded.find("metaboliser"); at != std::string::npos) {
    // Not "metaboliserare", which is Swedish.
    if (!folded.substr(at).starts_with("metaboliserare")) folded.replace(at, 11, "metabolizer");
  }
  constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kWords = {{
      {"pm", "poor metabolizer"},
      {"im", "intermediate metabolizer"},
      {"nm", "normal metabolizer"},
      {"rm", "rapid metabolizer"},
      {"um", "ultrarapid metabolizer"},
      {"slow acetylator", "poor metabolizer"},
      {"intermediate acetylator", "intermediate metabolizer"},
      {"rapid acetylator", "rapid metabolizer"},
      {"deficiency", "deficient"},
      {"brist", "deficient"},
      {"mhs", "malignant hyperthermia susceptibility"},
      {"malignant hyperthermia susceptible", "malignant hyperthermia susceptibility"},
      {"malignant hyperthermia susceptibility (mhs)", "malignant hyperthermia susceptibility"},
  }};
  const auto word = std::ranges::find(kWords, folded, &decltype(kWords)::value_type::first);
  if (word != kWords.end()) folded = word->second;
  for (const PhenotypeTerm& term : gene.terms) {
    if (folded == LowerAscii(term.code) || folded == LowerAscii(term.text.en) ||
        words == FoldName(term.text.sv)) {
      return term.code;
    }
  }
  return {};
}

bool SaysNoPhenotype(std::string_view reported) {
  constexpr std::array<std::string_view, 12> kWords = {
      "n/a",   "na",    "n.a.",  "-",        "unknown",    "indeterminate", "not determined",
      "okänd", "okänt", "oklar", "obestämd", "ej bedömbar"};
  return std::ranges::find(kWords, FoldName(Trim(reported))) != kWords.end();
}

}  // namespace genflik::rules
