#include "services/mapping/genomics_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <utility>

#include "services/mapping/genomics_alleles.h"
#include "services/mapping/genomics_codes.h"

namespace genflik::mapping {
namespace {

using rules::CallStatus;

constexpr std::array<std::string_view, 14> kNoCallWords = {
    "no call",        "nocall",        "no-call",        "no result",        "inconclusive",
    "indeterminate",  "undetermined",  "not determined", "failed",           "ej bedömbar",
    "ej analyserbar", "inte bedömbar", "kan ej bedömas", "not interpretable"};
constexpr std::array<std::string_view, 15> kFillers = {
    "för",   "for",    "bärare",  "carrier", "av",        "of",  "genotyp", "genotype",
    "allel", "allele", "allelen", "variant", "varianten", "the", "a"};
constexpr std::array<std::string_view, 4> kAlternatives = {" or ", " eller ", "|", ";"};

/// Words between spaces.
std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  size_t start = 0;
  while (start < text.size()) {
    const size_t end = std::min(text.find(' ', start), text.size());
    if (end > start) words.emplace_back(text.substr(start, end - start));
    start = end + 1;
  }
  return words;
}

bool IsNoCall(std::string_view text) {
  const std::string lower = LowerCase(text);
  return std::any_of(kNoCallWords.begin(), kNoCallWords.end(),
                     [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

/// Takes "(PM)", ", poor metabolizer" or " AS 1.0" off the end of `text`.
void TakeInterpretation(std::string& text, GenotypeText& result) {
  for (size_t cut = text.size(); cut-- > 1;) {
    if (text[cut] != ' ' && text[cut] != '(' && text[cut] != ',' && text[cut] != '[') continue;
    std::string tail(Trim(std::string_view(text).substr(cut + 1)));
    while (!tail.empty() && (tail.back() == ')' || tail.back() == ']')) tail.pop_back();
    while (!tail.empty() && (tail.front() == '(' || tail.front() == '=')) tail.erase(tail.begin());
    const std::string_view rest = Trim(tail);
    if (const auto phenotype = PhenotypeOfWords(rest)) {
      result.phenotype = std::string(*phenotype);
    } else if (const auto score = ReadActivityScore(rest)) {
      result.activity_score = score;
    } else {
      continue;
    }
    while (cut > 0 && std::string_view(" (,[-:;=").find(text[cut - 1]) != std::string_view::npos) {
      --cut;
    }
    text.resize(cut);
  }
}

enum class Zygosity { kNotSaid, kHomozygous, kHeterozygous, kHemizygous };

/// Takes words of zygosity and fillers out of `text`.
Zygosity TakeZygosity(std::string& text) {
  Zygosity zygosity = Zygosity::kNotSaid;
  std::string rest;
  for (const std::string& word : Words(text)) {
    std::string lower = LowerCase(word);
    while (!lower.empty() && (lower.back() == ':' || lower.back() == ',')) lower.pop_back();
    if (lower.starts_with("homozyg") || lower.starts_with("homoplasm")) {
      zygosity = Zygosity::kHomozygous;
    } else if (lower.starts_with("heterozyg")) {
      zygosity = Zygosity::kHeterozygous;
    } else if (lower.starts_with("hemizyg")) {
      zygosity = Zygosity::kHemizygous;
    } else if (std::find(kFillers.begin(), kFillers.end(), lower) == kFillers.end()) {
      if (!rest.empty()) rest += ' ';
      rest += word;
    }
  }
  if (zygosity != Zygosity::kNotSaid) text = rest;
  return zygosity;
}

/// Two alleles joined by a slash, read; nothing when the text is not that.
std::optional<std::pair<std::string, std::string>> ReadPair(std::string_view text,
                                                            std::string_view gene) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos || text.find('/', slash + 1) != std::string_view::npos) {
    return std::nullopt;
  }
  auto first = ReadAllele(text.substr(0, slash), gene);
  auto second = ReadAllele(text.substr(slash + 1), gene);
  if (!first || !second) return std::nullopt;
  return std::pair(std::move(*first), std::move(*second));
}

bool HasOneCopy(std::string_view gene) { return gene == "MT-RNR1" || gene == "G6PD"; }

/// Alleles of HLA count by presence; the pair is kept beside them.
void AddPair(const std::pair<std::string, std::string>& pair, std::string_view gene,
             GenotypeText& result) {
  result.diplotypes.push_back(pair.first + "/" + pair.second);
  if (gene.starts_with("HLA-")) result.haplotypes = {pair.first, pair.second};
}

/// One reading without alternatives; false when it is no genotype.
bool ReadSingle(std::string text, std::string_view gene, GenotypeText& result) {
  const Zygosity zygosity = TakeZygosity(text);
  if (const SingleVariant* single = FindSingleVariant(gene)) {
    const std::string word = zygosity == Zygosity::kHomozygous     ? "homozygous"
                             : zygosity == Zygosity::kHeterozygous ? "heterozygous"
                                                                   : "";
    if (auto genotype = ReadSingleVariant(text, *single, word)) {
      result.diplotypes.push_back(std::move(*genotype));
      return true;
    }
  }
  if (const auto pair = ReadPair(text, gene)) {
    const bool same = pair->first == pair->second;
    if ((zygosity == Zygosity::kHomozygous && !same) ||
        (zygosity == Zygosity::kHeterozygous && same) || zygosity == Zygosity::kHemizygous) {
      return false;
    }
    AddPair(*pair, gene, result);
    return true;
  }
  auto allele = ReadAllele(text, gene);
  if (!allele) return false;
  if (zygosity == Zygosity::kHomozygous && !HasOneCopy(gene)) {
    AddPair({*allele, *allele}, gene, result);
  } else if (zygosity == Zygosity::kHemizygous ||
             (HasOneCopy(gene) && zygosity != Zygosity::kHeterozygous)) {
    result.diplotypes.push_back(std::move(*allele));
  } else {
    // The other allele is not said.
    result.haplotypes.push_back(std::move(*allele));
  }
  return true;
}

/// "*1/*2 or *3/*10": the parts, or the text alone.
std::vector<std::string> SplitAlternatives(const std::string& text) {
  for (const std::string_view separator : kAlternatives) {
    if (text.find(separator) == std::string::npos) continue;
    std::vector<std::string> parts;
    size_t start = 0;
    while (true) {
      const size_t end = text.find(separator, start);
      const auto part = Trim(std::string_view(text).substr(
          start, end == std::string::npos ? std::string::npos : end - start));
      if (!part.empty()) parts.emplace_back(part);
      if (end == std::string::npos) break;
      start = end + separator.size();
    }
    return parts;
  }
  return {text};
}

GenotypeText ReadOneGene(std::string_view original, std::string_view given) {
  GenotypeText result;
  std::string text = NormaliseSpaces(original);
  result.gene = TakeGenePrefix(text, given);
  const std::string gene = result.gene.empty() ? std::string(given) : result.gene;
  if (IsNoCall(text)) {
    result.status = CallStatus::kNoCall;
    result.understood = true;
    return result;
  }
  const bool phenotype_only = text.find_first_of("*/>") == std::string::npos;
  if (const auto phenotype = PhenotypeOfWords(text); phenotype && phenotype_only) {
    result.phenotype = std::string(*phenotype);
    result.understood = true;
    return result;
  }
  TakeInterpretation(text, result);
  for (const std::string& part : SplitAlternatives(text)) {
    GenotypeText one;
    std::string candidate = part;
    TakeGenePrefix(candidate, gene);
    if (!ReadSingle(candidate, gene, one)) {
      result.diplotypes.clear();
      result.haplotypes.clear();
      return result;
    }
    result.diplotypes.insert(result.diplotypes.end(), one.diplotypes.begin(), one.diplotypes.end());
    result.haplotypes.insert(result.haplotypes.end(), one.haplotypes.begin(), one.haplotypes.end());
  }
  if (result.diplotypes.size() > 1) result.status = CallStatus::kAmbiguous;
  result.understood = true;
  return result;
}

std::vector<std::string> SplitAt(std::string_view text, char separator) {
  std::vector<std::string> parts;
  size_t start = 0;
  while (start <= text.size()) {
    const size_t end = std::min(text.find(separator, start), text.size());
    parts.emplace_back(Trim(text.substr(start, end - start)));
    start = end + 1;
  }
  return parts;
}

/// The candidates of "A+B/C": allele ambiguity on either side, multiplied out.
bool AddGlGenotype(std::string_view text, const std::string& gene, GenotypeText& result) {
  const auto sides = SplitAt(text, '+');
  if (sides.size() > 2) return false;
  std::vector<std::vector<std::string>> alleles;
  for (const std::string& side : sides) {
    auto& candidates = alleles.emplace_back();
    for (const std::string& name : SplitAt(side, '/')) {
      auto allele = ReadAllele(name, gene);
      if (!allele) return false;
      candidates.push_back(std::move(*allele));
    }
  }
  if (alleles.size() == 1) {
    result.haplotypes.insert(result.haplotypes.end(), alleles[0].begin(), alleles[0].end());
    return true;
  }
  for (const std::string& first : alleles[0]) {
    for (const std::string& second : alleles[1]) {
      std::string pair = first;
      pair.append("/").append(second);
      if (std::find(result.diplotypes.begin(), result.diplotypes.end(), pair) ==
          result.diplotypes.end()) {
        result.diplotypes.push_back(pair);
        result.haplotypes = {first, second};
      }
    }
  }
  return true;
}

/// https://glstring.org: "^" parts loci, "|" genotypes, "+" copies, "/" alleles.
std::vector<GenotypeText> ReadGlString(std::string_view text) {
  if (text.starts_with("hla#")) {
    const size_t second = text.find('#', 4);
    text.remove_prefix(second == std::string_view::npos ? 4 : second + 1);
  }
  std::vector<GenotypeText> results;
  for (const std::string& locus : SplitAt(text, '^')) {
    GenotypeText result;
    std::string first = locus;
    result.gene = TakeGenePrefix(first, "");
    result.understood = !result.gene.empty();
    for (const std::string& genotype : SplitAt(locus, '|')) {
      result.understood = result.understood && AddGlGenotype(genotype, result.gene, result);
    }
    if (result.diplotypes.size() > 1) {
      // Presence of one allele cannot be said while the typing is ambiguous.
      result.status = CallStatus::kAmbiguous;
      result.haplotypes.clear();
    }
    if (!result.understood) result = GenotypeText{.gene = result.gene};
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace

std::vector<GenotypeText> ReadGenotypeText(std::string_view text, std::string_view gene) {
  const std::string_view trimmed = Trim(text);
  const bool is_gl_string =
      trimmed.starts_with("hla#") ||
      (trimmed.starts_with("HLA-") && trimmed.find_first_of("+^|") != std::string_view::npos);
  if (is_gl_string) return ReadGlString(trimmed);
  return {ReadOneGene(trimmed, gene)};
}

}  // namespace genflik::mapping
