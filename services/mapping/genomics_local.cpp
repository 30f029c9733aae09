#include "services/mapping/genomics_local.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "fhir/issue.h"
#include "services/mapping/genomics_alleles.h"
#include "services/mapping/genomics_elements.h"
#include "services/mapping/genomics_text.h"
#include "services/mapping/genomics_variants.h"
#include "services/mapping/genomics_words.h"

namespace genflik::mapping {
namespace {

using fhir::Find;
using fhir::FindArray;
using fhir::Json;

bool IsGenotype(const std::vector<GenotypeText>& read) {
  return !read.empty() && std::all_of(read.begin(), read.end(), [](const GenotypeText& one) {
    return !one.diplotypes.empty() || !one.haplotypes.empty() || !one.absent.empty();
  });
}

/// What stands behind an allele in the name of its test: "HLA-B*58:01 [Presence] in Blood or Tissue
/// by Molecular genetics method", "HLA-B*58:01 Ql", "HLA-B*57:01:PrThr:Pt:Bld/Tiss:Ord:Molgen".
constexpr std::array<std::string_view, 41> kTestWords = {
    "presence",    "presens", "ql",      "qualitative", "kvalitativ", "kvalitativt", "prthr",
    "acnc",        "prid",    "pt",      "ord",         "nom",        "molgen",      "allele",
    "allel",       "allelen", "gene",    "gen",         "genotype",   "genotyp",     "genotyping",
    "genotypning", "typing",  "typning", "test",        "status",     "detection",   "påvisning",
    "förekomst",   "in",      "i",       "by",          "med",        "or",          "blood",
    "blod",        "bld",     "bldt",    "tiss",        "tissue",     "dna"};
constexpr std::array<std::string_view, 6> kMethodWords = {
    "molecular", "genetics", "method", "pcr", "metod", "molekylärgenetisk"};

bool IsTestWord(std::string_view word) {
  return std::find(kTestWords.begin(), kTestWords.end(), word) != kTestWords.end() ||
         std::find(kMethodWords.begin(), kMethodWords.end(), word) != kMethodWords.end();
}

/// The HLA allele that a test is named by ("*58:01"); empty where more is said of it than what a
/// test's name says ("of the donor").
std::string TestedAllele(std::string_view rest) {
  if (!rest.starts_with('*')) return "";
  size_t end = rest.find_first_of(" [(-/,");
  end = std::min({end, rest.find(":P"), rest.find(":A"), rest.size()});
  std::string words = LowerCase(rest.substr(end));
  std::replace_if(
      words.begin(), words.end(),
      [](char c) { return std::string_view("[]():/,.-^").find(c) != std::string_view::npos; }, ' ');
  for (size_t start = 0; start < words.size();) {
    const size_t stop = std::min(words.find(' ', start), words.size());
    const std::string_view word = std::string_view(words).substr(start, stop - start);
    if (!word.empty() && !IsTestWord(word)) return "";
    start = stop + 1;
  }
  return std::string(rest.substr(0, end));
}

/// Whether one HLA allele is there, under a name like LOINC's.
std::optional<LocalResult> ReadHlaPresence(const Json& observation, const std::string& gene,
                                           const std::string& rest) {
  const Presence presence = ReadPresence(observation);
  if (!gene.starts_with("HLA-") || !rest.starts_with('*') ||
      (presence != Presence::kPresent && presence != Presence::kAbsent))
    return std::nullopt;
  const char* const word = presence == Presence::kPresent ? " positive" : " negative";
  const std::string allele = TestedAllele(rest);
  // What cannot be read must not look as if nobody had tested.
  const std::string named = gene + (allele.empty() ? rest : allele);
  return LocalResult{.gene = gene, .text = named + word};
}

/// The test asks for one allele or variant by name, and the value says in a word or in bases what
/// was found: "HLA-B*57:01" with "negativ", "Faktor V Leiden" with "heterozygot". "Homozygot" may
/// be meant of either base.
std::optional<LocalResult> ReadLocalVariant(const Json& observation, const std::string& gene,
                                            const std::string& name) {
  // Read with the other variants of the gene (ReadVariantFindings).
  if (!RsNumberIn(name).empty()) return std::nullopt;
  for (const std::string& text : TextsOf(observation)) {
    std::string rest = text;
    const Zygosity zygosity = TakeZygosity(rest);
    const bool said = zygosity == Zygosity::kHeterozygous ||
                      FindingOfWords(text) != Finding::kNotSaid || SaysBases(observation);
    if (!said || zygosity == Zygosity::kHomozygous) continue;
    std::string whole = name + " " + text;
    if (!IsGenotype(ReadGenotypeText(whole, gene))) continue;
    return LocalResult{.gene = gene, .text = std::move(whole)};
  }
  return std::nullopt;
}

/// The gene studied, by the components.
std::string GeneOfComponents(const Json& observation) {
  fhir::IssueLog unused;
  for (const Json& component : FindArray(observation, "component")) {
    const Json* code = Find(component, "code");
    if (code == nullptr || !HasLoinc(*code, "48018-6")) continue;
    return ReadGene(component, unused).value_or("");
  }
  return "";
}

bool AsksForGenotype(const std::string& name) {
  const std::string lower = LowerCase(name);
  return lower.find("genotyp") != std::string::npos || lower.find("diplotyp") != std::string::npos;
}

}  // namespace

std::optional<LocalResult> ReadLocalResult(const Json& observation) {
  const Json* code = Find(observation, "code");
  if (code == nullptr) return std::nullopt;
  const std::string name = NormaliseSpaces(TextOfConcept(code));
  std::string rest = name;
  std::string gene = TakeGenePrefix(rest, "");
  if (FindGeneBySymbol(gene) == nullptr) gene.clear();
  const bool from_name = !gene.empty();
  if (gene.empty() && AsksForGenotype(name)) gene = GeneOfComponents(observation);
  const auto read = ReadGenotypeTexts(TextsOf(observation), gene);
  if (IsGenotype(read) && (!gene.empty() || !read.front().gene.empty())) {
    return LocalResult{.gene = gene};
  }
  if (!from_name) return std::nullopt;
  if (read.size() == 1 && read.front().phenotype) {
    return LocalResult{.gene = gene, .kind = TestKind::kPhenotype};
  }
  if (rest.empty()) return std::nullopt;
  if (auto variant = ReadLocalVariant(observation, gene, name)) return variant;
  return ReadHlaPresence(observation, gene, rest);
}

}  // namespace genflik::mapping
