#include "services/mapping/genomics_local.h"

#include <algorithm>
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
  return ReadLocalVariant(observation, gene, name);
}

}  // namespace genflik::mapping
